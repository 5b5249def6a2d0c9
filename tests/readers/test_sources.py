"""Sources: compression, globs, directories, stdin, many files."""

import bz2
import gzip
import io
import json
import lzma
import sys
import tracemalloc
from types import SimpleNamespace

import pytest
from backports import zstd

from fullmenu.errors import BadInput
from fullmenu.readers import Shape, known_formats, read

GOOD = b'{"prompt": "p", "response": "a"}\n{"prompt": "q", "response": "b"}\n'
PACKERS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("name", ["x.jsonl.{}", "x.jsonl", "x"])
def test_compression_is_told_by_magic_bytes(write, kind, name):
    samples = read(write(name.format(kind), PACKERS[kind](GOOD)))
    assert samples.outputs == ["a", "b"]


@pytest.mark.parametrize("kind", PACKERS)
def test_files_of_several_members(write, kind):
    pack = PACKERS[kind]
    assert read(write("x.jsonl", pack(GOOD[:33]) + pack(GOOD[33:]))).outputs == ["a", "b"]


def test_packed_parquet_and_eval(write, load, fixtures):
    for name in ("rows.parquet", "inspect.eval"):
        path = write(name + ".gz", gzip.compress((fixtures / name).read_bytes()))
        assert read(path).outputs == load(name).outputs


def test_the_extension_is_only_a_hint(write):
    assert read(write("x.csv", GOOD)).notes[0].startswith("read 2 outputs of 2 prompts from x.csv")
    assert "as JSONL" in read(write("x.txt", GOOD)).notes[0]
    assert "as JSON (" in read(write("x.jsonl.json", json.dumps([json.loads(GOOD[:33])]))).notes[0]
    assert "as CSV" in read(write("x", "prompt,output\np,a\n")).notes[0]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv", "rows.parquet", "inspect.eval"])
def test_stdin(load, monkeypatch, name, fixtures):
    data = (fixtures / name).read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    samples = read("-")
    assert samples.outputs == load(name).outputs
    assert "from stdin as" in samples.notes[0]
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO()))
    with pytest.raises(BadInput, match=r"^stdin is empty"):
        read("-")


def test_many_files(write, tmp_path):
    paths = [write(f"{i}.jsonl", GOOD) for i in range(5)]
    samples = read(paths)
    assert len(samples) == 10
    assert samples.notes[0].startswith("read 10 outputs of 2 prompts from 5 files (0.jsonl, ")
    assert samples.table["source"].to_pylist()[::2] == [p.name for p in paths]
    assert len(read(str(tmp_path / "*.jsonl"))) == 10
    assert len(read(tmp_path)) == 10
    again = read([paths[0], str(tmp_path / "*.jsonl")])
    assert len(again) == 10
    assert any("named twice" in note for note in again.notes)


def test_files_of_several_formats(write):
    samples = read([write("a.jsonl", GOOD), write("b.csv", "question,answer\np,c\n")])
    assert samples.outputs == ["a", "b", "c"]
    assert samples.notes[:3] == (
        "read 3 outputs of 2 prompts from 2 files",
        "2 outputs from a.jsonl as JSONL (output=response, prompt=prompt)",
        "1 output from b.csv as CSV (output=answer, prompt=question)",
    )


def test_directory(write, tmp_path):
    write("a.jsonl", GOOD)
    write("b.md", "notes")
    write("c.json", '{"config": {"lr": 1}}')
    write("d.jsonl", "")
    write(".hidden.jsonl", GOOD)
    (tmp_path / "sub").mkdir()
    write("sub/e.jsonl.gz", gzip.compress(GOOD))
    samples = read(tmp_path)
    assert len(samples) == 4
    notes = " ".join(samples.notes)
    for left_out in ("b.md", "c.json has no column", "d.jsonl is empty"):
        assert left_out in notes


def test_a_named_file_that_exists_is_no_glob(write):
    assert len(read(write("x[1].jsonl", GOOD))) == 2


def test_progress(write):
    seen = []
    path = write("x.jsonl", GOOD * 3_000)
    read(path, progress=lambda *now: seen.append(now))
    size = path.stat().st_size
    assert seen[-1] == ("x.jsonl", size, size)
    assert all(0 < done <= total == size for _, done, total in seen)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


@pytest.mark.parametrize("name", ["x.jsonl", "x.csv", "x.json", "x.parquet"])
def test_memory_does_not_grow_with_what_is_not_kept(tmp_path, name):
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [{"output": "a", "prompt": "p", "trace": "x" * 20_000}] * 2_000  # 40 MB
    path = tmp_path / name
    if name == "x.jsonl":
        path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    elif name == "x.json":
        path.write_text(json.dumps(rows))
    elif name == "x.csv":
        path.write_text("output,prompt,trace\n" + "".join(f"a,p,{r['trace']}\n" for r in rows))
    else:
        pq.write_table(pa.Table.from_pylist(rows), path, use_dictionary=False)
    read(path)
    tracemalloc.start()
    try:
        assert len(read(path)) == 2_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 << 20


def test_importing_is_cheap():
    import subprocess

    code = (
        "import sys, fullmenu.readers as r; r.parse_map('output=a'); r.known_formats; "
        "assert not {'pyarrow', 'backports.zstd', 'numpy'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_plugins(write, monkeypatch):
    from fullmenu import plugins
    from fullmenu.samples import Record

    shape = Shape(
        "dishes", "dishes", lambda v: "dish" in v, lambda v, log: [Record(v["dish"], v["menu"])]
    )
    plugin = SimpleNamespace(name="dishes", value="x:y", group="g", load=lambda: shape)
    monkeypatch.setattr(plugins, "entry_points", lambda group: [plugin])
    known_formats.cache_clear()
    try:
        samples = read(write("x.jsonl", '{"menu": "m", "dish": "fig"}'))
        assert samples.outputs == ["fig"]
        assert "as dishes (JSONL)" in samples.notes[0]
        plugin.load = lambda: "no format"
        known_formats.cache_clear()
        with pytest.warns(UserWarning, match="the plug-in 'dishes' .* is a str, not a Packing or"):
            assert len(read(write("x.jsonl", GOOD))) == 2
        plugin.load = lambda: 1 / 0
        known_formats.cache_clear()
        with pytest.warns(UserWarning, match="is broken: ZeroDivisionError: .* it is left out"):
            assert len(read(write("x.jsonl", GOOD))) == 2
    finally:
        known_formats.cache_clear()
