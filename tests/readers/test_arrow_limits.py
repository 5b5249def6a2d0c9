"""Arrow files that declare more than they hold, or are cut off: one line, and no memory."""

import io
import struct

import pyarrow as pa
import pytest
from pyarrow import feather

from fullmenu.errors import BadInput
from fullmenu.readers import read

PROMPTS = ["Name a fruit.", "Name a tree."]


def as_stream(table, codec=None, rows=None):
    out = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=codec)
    with pa.ipc.new_stream(out, table.schema, options=options) as stream:
        stream.write_table(table, max_chunksize=rows)
    return out.getvalue()


def as_file(table, codec="uncompressed"):
    out = io.BytesIO()
    feather.write_feather(table, out, compression=codec)
    return out.getvalue()


def small(n=4):
    return pa.table({"prompt": PROMPTS * (n // 2), "response": [f"text {i}" for i in range(n)]})


def refused(path):
    with pytest.raises(BadInput) as caught:
        read(path)
    (line,) = str(caught.value).splitlines()
    return line


@pytest.mark.parametrize("codec", ["uncompressed", "lz4", "zstd"])
@pytest.mark.parametrize("rows", [4, 4_000])
def test_files_and_streams_are_read_whole(write, codec, rows):
    table = small(rows)
    name = None if codec == "uncompressed" else codec
    for n, data in enumerate([as_file(table, codec), as_stream(table, name, 999)]):
        assert read(write(f"x{n}.arrow", data)).outputs == table["response"].to_pylist()


def test_texts_as_categories_and_as_views(write):
    table = small()
    texts = table["response"].dictionary_encode()
    assert read(write("x.arrow", as_stream(table.set_column(1, "response", texts)))).outputs[3]
    if hasattr(pa, "string_view"):  # older pyarrow neither writes nor reads them
        views = table["response"].cast(pa.string_view())
        again = read(write("y.arrow", as_stream(table.set_column(1, "response", views))))
        assert again.outputs == table["response"].to_pylist()


def test_a_compressed_bomb_is_not_unpacked(write):
    bomb = pa.table({"prompt": ["p"], "response": ["a" * (300 << 20)]})
    for n, data in enumerate([as_file(bomb, "zstd"), as_stream(bomb, "zstd")]):
        assert len(data) < 1 << 20
        before = pa.total_allocated_bytes()
        assert "declares a batch of 314," in refused(write(f"x{n}.arrow", data))
        assert pa.total_allocated_bytes() - before < 1 << 20


def test_a_size_that_a_buffer_only_claims_is_not_reserved(write):
    data = as_stream(pa.table({"prompt": ["p"] * 99, "response": ["a" * 999] * 99}), "zstd")
    claimed = data.replace(struct.pack("<q", 99 * 999), struct.pack("<q", 1 << 40))
    assert claimed != data
    assert "declares a batch of 1,099,511," in refused(write("x.arrow", claimed))


def test_one_long_text_said_many_times(write):
    said = pa.DictionaryArray.from_arrays(
        pa.array([0] * 100_000, pa.int8()), pa.array(["a" * (100 << 20)])
    )
    table = pa.table({"prompt": ["p"] * 100_000, "response": said})
    assert "holds a row of 104,857," in refused(write("x.arrow", as_stream(table)))


def test_rows_of_nothing(write):
    rows = pa.table({"response": pa.nulls(2_000_000)})
    assert "declares 2,000,000 rows in a batch of 0 bytes" in refused(
        write("x.arrow", as_stream(rows))
    )


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 0.99])
def test_a_file_that_is_cut_off(write, part):
    for n, data in enumerate([as_file(small(4_000)), as_stream(small(4_000), rows=999)]):
        line = refused(write(f"x{n}.arrow", data[: int(len(data) * part)]))
        assert "not a readable Arrow file: it is cut off" in line


def test_kinds_that_repeat_a_value_unseen(write):
    kind = pa.run_end_encoded(pa.int32(), pa.string())
    runs = pa.RunEndEncodedArray.from_arrays([4], ["a"], kind)
    table = pa.table({"prompt": PROMPTS * 2, "response": runs})
    assert "which is not read" in refused(write("x.arrow", as_stream(table)))
