"""Bad input: counted, written down, and one clear line when there is too much of it."""

import json

import pytest

from fullmenu.errors import BadInput, UnknownName
from fullmenu.readers import ledger, read

GOOD = '{"prompt": "p", "response": "a"}\n'


def _error(source, **options):
    with pytest.raises(BadInput) as caught:
        read(source, **options)
    message = str(caught.value)
    assert "\n" not in message, "one line"
    return message


def test_a_few_rejects_are_noted_and_written_down(write, tmp_path):
    bad = ["not json\n", '{"prompt": "p"}\n', '{"prompt": "p", "response": {"x": 1}}\n', "[1]\n"]
    path = write("x.jsonl", GOOD * 3 + "".join(bad) + GOOD)
    samples = read(path, rejects=tmp_path / "bad.jsonl")
    assert samples.outputs == ["a"] * 4
    rows = [json.loads(line) for line in (tmp_path / "bad.jsonl").read_text().splitlines()]
    assert [row["line"] for row in rows] == [4, 5, 6, 7]
    assert [row["source"] for row in rows] == ["x.jsonl"] * 4
    assert rows[0]["record"] == "not json\n"
    assert "not JSON" in rows[0]["reason"]
    assert "no field 'response'; fields: prompt" in rows[1]["reason"]
    note = next(n for n in samples.notes if "rejected" in n)
    assert "4 of 8 records rejected (first: x.jsonl line 4: not JSON" in note
    assert "bad.jsonl" in note


def test_too_many_rejects_stop(write):
    path = write("x.jsonl", GOOD * 100 + "oops\n" * 11)
    message = _error(path)
    assert "11 of 111 records rejected" in message
    assert "line 101" in message
    assert "--tolerate" in message
    assert len(read(path, tolerate=True)) == 100


@pytest.mark.parametrize(("good", "bad"), [(1, 10), (1_089, 11)])
def test_ten_or_one_per_cent_go_through(write, good, bad):
    assert len(read(write("x.jsonl", GOOD * good + "oops\n" * bad))) == good


def test_hopeless_input_is_not_read_to_its_end(write):
    path = write("x.jsonl", "oops\n" * 50_000)
    assert "each of the first 1,000 records was rejected" in _error(path)


def test_rejects_are_bounded(write, tmp_path):
    path = write("x.jsonl", GOOD + "x" * 100_000 + "\n")
    read(path, rejects=str(tmp_path / "bad.jsonl"))
    (row,) = map(json.loads, (tmp_path / "bad.jsonl").read_text().splitlines())
    assert len(row["record"]) == 2_000


def test_rejects_file_is_written_even_if_empty(write, tmp_path):
    (tmp_path / "bad.jsonl").write_text("of an earlier run")
    read(write("x.jsonl", GOOD), rejects=tmp_path / "bad.jsonl")
    assert (tmp_path / "bad.jsonl").read_text() == ""


def test_rejects_never_overwrite_the_source(write):
    path = write("x.jsonl", GOOD)
    assert "being read" in _error(path, rejects=path)
    assert path.read_text() == GOOD
    assert "cannot write rejects" in _error(path, rejects=path.parent / "no" / "bad.jsonl")


def test_a_record_too_long_is_rejected_and_the_next_is_read(write, monkeypatch):
    monkeypatch.setattr(ledger, "MAX_RECORD", 1_000)
    long = json.dumps({"prompt": "p", "response": "b" * 3_000_000}) + "\n"
    samples = read(write("x.jsonl", GOOD + long + GOOD))
    assert samples.outputs == ["a", "a"]
    assert any("line 2: longer than 1000 bytes" in note for note in samples.notes)
    rows = 'prompt,output\np,a\np,"' + "b\n" * 2_000 + '"\np,c\n'
    samples = read(write("x.csv", rows), tolerate=True)
    assert samples.outputs[0] == "a"
    assert any("too long" in note for note in samples.notes)


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.jsonl", ""), ("x.jsonl", " \n\n"), ("x.csv", ""), ("x.json", "\ufeff"), ("x.txt", "\n")],
)
def test_empty_file(write, name, content):
    assert f"{name} is empty" in _error(write(name, content))


@pytest.mark.parametrize(("name", "content"), [("x.csv", "prompt,output\n"), ("x.json", "[]")])
def test_no_records(write, name, content):
    assert f"no output found in {name}" in _error(write(name, content))


def test_missing_column_lists_those_found(write):
    path = write("x.jsonl", '{"question": "p", "respons": "a", "n": 1}')
    message = _error(path)
    assert "did you mean 'respons'?" in message
    assert "Columns found: question, respons, n" in message
    assert "--map output=respons" in message
    message = _error(write("x.csv", "a,b\n1,2\n"))
    assert "Columns found: a, b" in message


def test_wrong_map(write):
    path = write("x.jsonl", GOOD)
    message = _error(path, map={"output": "respose"})
    assert "has no column 'respose' (for output); did you mean 'response'?" in message
    assert "Columns found: prompt, response" in message
    assert "did you mean 'output'" in _error(path, map={"outputs": "response"})
    assert "fields of its own" in _error(path, map={"output": "response"}, format="otel")
    assert "no column to map" in _error(write("l.json", '["a", "b"]'), map={"output": "a"})


def test_unknown_format(write):
    with pytest.raises(UnknownName, match="did you mean 'jsonl'"):
        read(write("x.jsonl", GOOD), format="jsnl")


def test_wrong_format(write):
    path = write("x.txt", "just\nwords\n")
    assert "2 of 2 records rejected (first: x.txt line 1: not JSON" in _error(path, format="jsonl")
    assert "not a readable Parquet file" in _error(path, format="parquet")
    assert "not JSON" in _error(path, format="json")
    jsonl = write("x.jsonl", GOOD)
    assert "no resps" in _error(jsonl, format="lm-eval")


@pytest.mark.parametrize(
    ("content", "looks"),
    [
        (b"SQLite format 3\0" + bytes(100), "SQLite"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "image"),
        (b"%PDF-1.7", "PDF"),
        (b"\x80\x04\x95" + bytes(50), "pickle"),
        (bytes(range(256)) * 10, "not text"),
    ],
)
def test_binary_files(write, content, looks):
    message = _error(write("x.bin", content))
    assert looks in message
    assert "--format" in message


def test_markup_saved_as_json(write):
    message = _error(write("x.json", "<html><body>503</body></html>"))
    assert "not JSON" in message


def test_all_outputs_empty(write):
    message = _error(write("x.jsonl", '{"prompt": "p", "response": ""}\n' * 3))
    assert "all 3 outputs in x.jsonl are empty" in message
    assert "output=response" in message


def test_no_such_file(write, tmp_path):
    write("samples.jsonl", GOOD)
    message = _error(tmp_path / "sample.jsonl")
    assert "no such file" in message
    assert "did you mean" in message
    assert "no file matches" in _error(str(tmp_path / "*.csv"))
    assert "no source given" in _error([])
    assert "cannot read a list with 3 (int) in it; give a file" in _error([3])


def test_directory_without_readable_files(tmp_path):
    assert "it is empty" in _error(tmp_path)
    (tmp_path / "x.md").write_text("x")
    message = _error(tmp_path)
    assert "x.md" in message
    assert ".jsonl" in message


def test_a_json_array_cut_off(write):
    whole = json.dumps([{"prompt": "p", "output": "abc"}] * 5)
    path = write("x.json", whole[:-20])
    assert "nothing after it can be read" in _error(path)
    assert "--tolerate" in _error(path)
    samples = read(path, tolerate=True)
    assert samples.outputs == ["abc"] * 4
    assert any("1 of 5 records rejected" in note for note in samples.notes)


def test_a_json_array_broken_early_is_not_read_whole(write):
    rows = ",".join(['{"prompt": "p", "output": "abc"}'] * 200_000)
    message = _error(write("x.json", '[{"prompt": "p", "output": oops},\n' + rows + "]"))
    assert "line 1: the JSON array breaks here: Expecting value" in message


@pytest.mark.parametrize("pack", ["gzip", "bz2", "lzma", "backports.zstd"])
def test_a_compressed_file_cut_off(write, pack):
    from importlib import import_module
    from random import Random

    words = Random(0)
    text = "".join(
        json.dumps({"prompt": "p", "response": str(words.random())}) + "\n" for _ in range(50_000)
    )
    packed = import_module(pack).compress(text.encode())
    path = write("x.jsonl.packed", packed[: len(packed) * 3 // 4])
    message = _error(path, format="jsonl")
    assert "cut off or damaged" in message or "not JSON" in message
    assert 10_000 < len(read(path, format="jsonl", tolerate=True)) < 50_000


def test_csv_rows_of_other_lengths(write):
    samples = read(write("x.csv", 'prompt,output\np,a\np,b,c\np\np,"d\ne"\np,f\n'))
    assert samples.outputs == ["a", "d\ne", "f"]
    assert any("line 3: 3 fields where the header has 2" in note for note in samples.notes)
    assert "twice in its header" in _error(write("x.csv", "output,output\na,b\n"))


def test_odd_text_is_kept(write):
    lines = [
        b'\xef\xbb\xbf{"prompt": "p", "response": "nul \\u0000 raw"}\r\n',
        b'{"prompt": "p", "response": "bad \xff byte"}\r\n',
        b'{"prompt": "p", "response": "lone \\ud800 half"}\r\n',
        b'{"prompt": "p", "response": "line\\r\\nend"}\r\n',
        b'{"prompt": "p", "response": "", "score": NaN}\r\n',
    ]
    samples = read(write("x.jsonl", b"".join(lines)))
    assert samples.outputs == [
        "nul \0 raw",
        "bad \ufffd byte",
        "lone \ufffd half",
        "line\r\nend",
        "",
    ]
    notes = " ".join(samples.notes)
    for words in ("not valid UTF-8", "lone surrogates", "empty outputs", "no finite number"):
        assert words in notes
    assert samples.table["score"].null_count == 5


def test_odd_bytes_in_csv_and_text_and_json(write):
    assert read(write("x.csv", b"prompt,output\r\np,a\xffb\r\n")).outputs == ["a\ufffdb"]
    assert (
        read(write("x.txt", b"a\xffb\nnul \0 in a longer line " + b"x" * 99)).outputs[0]
        == "a\ufffdb"
    )
    assert read(write("x.json", b'["a\xffb"]')).outputs == ["a\ufffdb"]


def test_utf16(write):
    samples = read(write("x.tsv", "prompt\toutput\np\tŁódź\n".encode("utf-16")))
    assert samples.outputs == ["Łódź"]
    assert "x.tsv was UTF-16" in samples.notes


def test_deeply_nested_json(write):
    samples = read(write("x.jsonl", GOOD + "[" * 200_000 + "\n"))
    assert len(samples) == 1
    assert any("nested too deeply" in note for note in samples.notes)
