"""Damage and hostility, kind by kind: one clear line, bounds, and nothing lost without a word."""

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from datetime import datetime, timezone

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fullmenu import pictures, plugins
from fullmenu.cli import main
from fullmenu.errors import BadInput
from fullmenu.readers import read
from fullmenu.readers import streams as packed

ROW = '{"prompt": "p", "response": "a"}\n'


def _refused(source, **options):
    with pytest.raises(BadInput) as caught:
        read(source, **options)
    return str(caught.value)


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line; return its exit code, and what it said on stdout and stderr."""

    def run(*given):
        monkeypatch.setattr(sys, "argv", ["fullmenu", *map(str, given)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


# CSV


@pytest.mark.parametrize("later", ["", 'p1,"a quoted, cell"\n', 'p1,"one\ntwo"\n'])
@pytest.mark.parametrize("ending", [".csv", ".tsv"])
def test_an_open_quote_is_refused_with_its_line(write, later, ending):
    rows = [f"p{i},answer {i} of it\n" for i in range(200)]
    rows[40] = 'p40,"answer 40 of it\n'
    rows[150] = later or rows[150]
    text = "prompt,response\n" + "".join(rows)
    message = _refused(write(f"x{ending}", text.replace(",", "\t") if ending == ".tsv" else text))
    assert "a quote opened on line 42" in message
    assert "never closed" in message


def test_text_after_a_closing_quote_is_a_reject(write):
    samples = read(write("x.csv", 'prompt,response\np,"a"b\n' + "p,c\n" * 3))
    assert samples.outputs == ["c"] * 3
    assert any("1 of 4 records rejected (first: x.csv line 2: not CSV" in n for n in samples.notes)


def test_many_columns_take_no_time(write):
    names = ["prompt", "response", *(f"c{i}" for i in range(60_000))]
    text = "\n".join([",".join(names), *(",".join(["p", "a", *["1"] * 60_000]) for _ in range(3))])
    began = time.process_time()
    assert len(read(write("x.csv", text))) == 3
    _refused(write("y.csv", text.replace("response", "zzz")))
    assert time.process_time() - began < 8


# files that are no files


def test_a_folder_with_links_pipes_and_loops_is_read_and_they_are_said(write, tmp_path):
    write("a.jsonl", ROW)
    (tmp_path / "gone.jsonl").symlink_to(tmp_path / "nowhere")
    (tmp_path / "x.jsonl").symlink_to(tmp_path / "y.jsonl")
    (tmp_path / "y.jsonl").symlink_to(tmp_path / "x.jsonl")
    os.mkfifo(tmp_path / "pipe.jsonl")
    for source in (tmp_path, str(tmp_path / "*.jsonl")):
        samples = read(source)
        assert len(samples) == 1
        note = next(n for n in samples.notes if n.startswith("not read in"))
        assert "gone.jsonl (a link that leads nowhere), pipe.jsonl (no regular file)" in note
        assert "4 in all" in note
    assert "leads nowhere" in _refused(tmp_path / "x.jsonl")


def test_folders_that_cannot_be_read_are_said(write, tmp_path, monkeypatch):
    write("a.jsonl", ROW)
    (tmp_path / "shut").mkdir()
    (tmp_path / "elsewhere").symlink_to(tmp_path.parent)
    scan = os.scandir

    def scandir(path):
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    (note,) = (n for n in read(tmp_path).notes if "folders" in n)
    assert "shut (Permission denied)" in note
    assert "elsewhere (a link to a folder, which is not followed)" in note


def test_no_home_of_that_user():
    assert "no such file: '~nosuchuser/x.jsonl'" in _refused("~nosuchuser/x.jsonl")


# what is read is never written over


@pytest.mark.parametrize("link", [None, os.link, os.symlink])
def test_reports_are_never_written_over_what_is_read(run, write, tmp_path, link):
    log = write("log.json", json.dumps([{"prompt": "p", "response": x} for x in "abc"]))
    other = write("other.json", log.read_bytes())
    target = log
    if link:
        target = tmp_path / "same.json"
        link(log, target)
    before = log.read_bytes()
    for given in (
        ("check", log, "--html", target),
        ("check", tmp_path, "--html", target),
        ("check", log, "--rejects", target),
        ("compare", other, log, "-o", target),
        ("compare", log, other, "--rejects", target),
        ("data", "select", log, "--k", "1", "--out", target),
        ("data", "select", log, "--k", "1", "--rejects", target),
        ("watch", log, "--baseline", other, "--html", target),
    ):
        code, _, err = run(*given)
        assert code == 1
        assert "which is being read" in err
        assert log.read_bytes() == before


def test_a_report_that_fails_leaves_the_old_one(run, write, tmp_path, monkeypatch):
    log, page = write("log.jsonl", ROW * 9), write("page.html", "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    code, _, err = run("check", log, "-q", "--html", page)
    assert (code, err) == (1, "fullmenu: No space left on device\n")
    assert page.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["log.jsonl", "page.html"]


# JSON


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.jsonl", '{"prompt": "p", "response": "a", "response": "b"}\n'),
        ("x.jsonl", '{"prompt" : "p: q", "response" : "a", "response" : "b"}\n'),
        ("x.json", '[{"prompt": "p", "response": "a", "response": "b"}]'),
        ("x.json", '{"data": [{"prompt": "p", "response": "a", "response": "b"}]}'),
    ],
)
def test_a_name_twice_is_said(write, name, text):
    samples = read(write(name, text))
    assert samples.outputs == ["b"]
    assert "objects with the name 'response' twice, of which the last was read (1)" in samples.notes


@pytest.mark.parametrize("text", ['{\\"a\\": 1, \\"a\\": 2}', 'he said \\"x\\": y', "a: b: c"])
def test_colons_in_texts_are_no_names(write, text):
    samples = read(write("x.jsonl", f'{{"prompt": "p", "response": "{text}"}}\n' * 3))
    assert not any("twice" in note for note in samples.notes)


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"prompt":'])
@pytest.mark.parametrize("name", ["x.json", "x.jsonl"])
def test_deep_nests_are_refused(write, name, opening):
    _refused(write(name, opening * 100_000))


def test_prompts_without_sense_are_counted(write):
    rows = "".join(f'{{"prompt": "p\\udc0{i}", "response": "a"}}\n' for i in range(2))
    assert (
        "prompts with lone surrogates, which became U+FFFD (2)"
        in read(write("x.jsonl", rows)).notes
    )


def _grows(path, **options):
    """Return by how many bytes the memory of a process grows that reads a file."""
    code = (
        "import resource, sys\nfrom fullmenu.readers import read\n"
        "import pyarrow.parquet, numpy\nfrom fullmenu.errors import BadInput\n"
        "was = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    read(sys.argv[1])\nexcept BadInput as error:\n    said = str(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - was, said)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    grown, said = done.stdout.split(maxsplit=1)
    return int(grown) * 1024, said


def test_small_files_of_many_objects_stay_small(write, tmp_path):
    objects = b"{}," * 30_000_000 + b"{}"
    line = gzip.compress(b'{"prompt":"p","output":[' + objects + b"]}\n", 1)
    for name in ("x.jsonl.gz", "x.json.gz"):
        grown, said = _grows(write(name, line))
        assert grown < 1 << 30
        assert "memory" in said or "longer than" in said
    path = tmp_path / "x.eval"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", '{"eval": {}}')
        archive.writestr("samples/1.json", b'{"id": 1, "input": [' + objects + b"]}")
    grown, said = _grows(path)
    assert grown < 1 << 30
    assert "memory" in said


# Inspect


def _eval(path, change=None, flags=0):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", '{"eval": {"task": "t", "model": "m"}}')
        for i in range(20):
            text = f"answer {i:02}"
            choice = {"message": {"role": "assistant", "content": text}}
            sample = {"id": i, "epoch": 1, "input": "q", "output": {"choices": [choice]}}
            archive.writestr(f"samples/{i}.json", json.dumps(sample))
    data = path.read_bytes()
    if change:
        data = data.replace(*change, 1)
    if flags:  # of the last entry in the directory
        at = data.rindex(b"PK\x01\x02") + 8
        data = data[:at] + bytes([data[at] | flags]) + data[at + 1 :]
    path.write_bytes(data)
    return path


def test_an_altered_sample_is_rejected(tmp_path):
    samples = read(_eval(tmp_path / "x.eval", (b"answer 07", b"ANSWER 07")))
    assert len(samples) == 19
    assert any("samples/7.json: its checksum is wrong" in note for note in samples.notes)


def test_an_encrypted_sample_is_rejected(tmp_path):
    samples = read(_eval(tmp_path / "x.eval", flags=1))
    assert any("samples/19.json: it is encrypted" in note for note in samples.notes)


# times


@pytest.mark.parametrize(
    "time",
    [1.7e12, "1700000000000.0", "1.7e12", 1_700_000_000, "1700000000.0", 1.7e15, "1.7E+18", 1.7e18],
)
@pytest.mark.parametrize("name", ["x.jsonl", "x.csv"])
def test_times_of_any_writing(write, name, time):
    row = json.dumps({"prompt": "p", "response": "a", "time": time}) + "\n"
    samples = read(write(name, row if name == "x.jsonl" else f"prompt,response,time\np,a,{time}\n"))
    (when,) = samples.table["time"].to_pylist()
    assert when == datetime(2023, 11, 14, 22, 13, 20, tzinfo=timezone.utc)


# Parquet


def _parquet(tmp_path, **columns):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"prompt": ["p"] * 3, "response": ["a", "b", "c"], **columns}), path)
    return path


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1 << 62, 0, 1], pa.timestamp("us")),
        pa.array([2**31 - 1, 0, 1], pa.int32()).cast(pa.date32()),
        pa.array([0, 1, 2], pa.timestamp("us", "Mars/Olympus")),
        pa.array([[1 << 62], [], None], pa.list_(pa.timestamp("ms"))),
    ],
)
@pytest.mark.parametrize("name", ["time", "whatever"])
def test_dates_that_python_cannot_hold(tmp_path, column, name):
    samples = read(_parquet(tmp_path, **{name: column}))
    assert samples.outputs == ["a", "b", "c"]
    zone = getattr(column.type, "tz", None)
    if name == "time" and not zone:
        assert any("times left out" in note for note in samples.notes)
    if name == "time" and zone:
        assert samples.table["time"].null_count == 0


def test_text_that_is_not_utf_8_is_refused(tmp_path):
    path = _parquet(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\x01\x00\x00\x00c", b"\x01\x00\x00\x00\xff"))
    assert "not a readable Parquet file" in _refused(path)
    path = _parquet(tmp_path, zebra=[1, 2, 3])
    path.write_bytes(path.read_bytes().replace(b"zebra", b"z\xffbra"))
    assert "not a readable Parquet file" in _refused(path)


def test_a_column_twice_is_refused(tmp_path):
    table = pa.table([["p"], ["a"], ["b"]], names=["prompt", "output", "output"])
    pq.write_table(table, tmp_path / "x.parquet")
    assert "has the column 'output' twice" in _refused(tmp_path / "x.parquet")


def test_the_temporary_folder_is_not_filled(write, monkeypatch):
    monkeypatch.setattr(packed, "MAX_COPY", 1 << 20)
    bomb = gzip.compress(b"PAR1" + bytes(1 << 22))
    assert "unpacks to more than 1,048,576 bytes" in _refused(write("x.parquet.gz", bomb))


def test_a_full_disk_is_not_called_damage(write, monkeypatch):
    import tempfile

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    message = _refused(write("x.parquet.gz", gzip.compress(b"PAR1" + bytes(99))))
    assert "No space left on device" in message
    assert "damaged" not in message


# arrays and pictures


def _npy(shape, data=b"\0" * 64, descr="'<f8'"):
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


@pytest.mark.parametrize(
    "data",
    [
        _npy("(-5, 8, 8)"), _npy("(True, 8)"), _npy("(10**9, 64, 64)"),
        _npy("(1000000000, 64, 64)"), _npy("(4000000000, 4000000000, 4000000000)"),
        _npy("(" * 80 + ")" * 80), _npy("(2, 2)", descr="[" * 3_000), _npy("8"), _npy("(2,"),
        b"\x93NUMPY\x01\x00\xff\xff", b"PK\x03\x04rest", b"", b"\x93NUMPY\x09\x00",
    ],
)  # fmt: skip
def test_headers_that_lie(tmp_path, data):
    (tmp_path / "x.npy").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", data)
    for name in ("x.npy", "x.npz"):
        message = _refused(tmp_path / name)
        assert name in message


def test_an_array_that_unpacks_to_too_much(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", _npy("(5, 8192, 8192)", bytes(5 << 26), "'|u1'"))
    assert "more than the 268,435,400 that are unpacked" in _refused(tmp_path / "x.npz")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "I;16"])
def test_large_pictures_are_made_smaller(require, tmp_path, monkeypatch, mode):
    image = require("PIL.Image")
    rng = np.random.default_rng(0)
    base = np.kron(rng.integers(0, 256, (6, 8), np.uint8), np.ones((20, 20), np.uint8))
    picture = image.fromarray(base).convert("RGBA" if mode == "RGBA" else "L")
    if mode == "I;16":
        picture = image.fromarray(base.astype(np.uint16) * 257)
    elif mode == "RGBA":
        picture.putalpha(image.fromarray(base.T.copy().reshape(base.shape)))
    else:
        picture = picture.convert(mode)
    path = str(tmp_path / "x.png")
    picture.save(path)
    whole = np.asarray(pictures.opened(path).resize((8, 6)), float)
    monkeypatch.setattr(pictures, "_ALONE", 100)
    assert np.array_equal(np.asarray(pictures.opened(path).resize((8, 6)), float), whole)
    monkeypatch.setattr(pictures, "LARGE", 120 * 160 // 4)
    made = pictures.opened(path)
    assert made.size == (80, 60)
    assert np.abs(np.asarray(made.resize((8, 6)), float) - whole).max() < 8


def test_large_pictures_are_decoded_one_by_one(require, tmp_path, monkeypatch):
    image = require("PIL.Image")
    monkeypatch.setattr(pictures, "_ALONE", 100)
    decode, now, most = pictures._upright, [], []

    def counted(*given):
        now.append(1)
        most.append(len(now))
        time.sleep(0.005)
        made = decode(*given)
        now.pop()
        return made

    monkeypatch.setattr(pictures, "_upright", counted)
    for i in range(12):
        image.new("RGBA", (40, 40), (i, 9, 9, 100)).save(tmp_path / f"{i}.png")
    assert len(read(tmp_path)) == 12
    assert most == [1] * 12


# content


HOSTILE = "\x1b]0;PWN\x07\x1b[2J\x9b31m\u202e\u200b\u061cx\r\n\u2028y"


def _clean(text):
    return not any(c in text for c in "\x1b\x07\x9b\u202e\u200b\u061c\r\u2028\x85")


def test_content_never_reaches_the_terminal_raw(run, tmp_path):
    odd = tmp_path / "o\x1b[2Jdd\u202e.jsonl"
    odd.write_text(json.dumps({HOSTILE: "a", "z": 1}) + "\n")
    code, out, err = run("check", odd)
    assert code == 1
    assert len(err.splitlines()) == 1
    assert _clean(err + out)
    rows = [{"prompt": HOSTILE, "response": HOSTILE * (i % 2), "model": HOSTILE} for i in range(30)]
    odd.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{\n")
    for given in (("check", odd), ("check", odd, "--model", "no"), ("compare", odd, odd)):
        _, out, err = run(*given)
        assert _clean(err + out)
    csv = tmp_path / "x.csv"
    csv.write_text(f'"{HOSTILE}",response,response\n1,2,3\n')
    code, _, err = run("check", csv, "--map", "output=no")
    assert (code, len(err.splitlines())) == (1, 1)
    assert _clean(err)


def test_joiners_of_emoji_and_scripts_are_kept():
    from fullmenu.cleaner import clean

    family, word = "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u0645\u06cc\u200c\u062e"
    assert clean(family + word) == family + word
    assert clean("pay\u200dpal\u200c") == "pay\ufffdpal\ufffd"


def test_no_memory_is_one_line(run, write, monkeypatch):
    from fullmenu.samples import Samples

    def none(*_):
        raise MemoryError

    monkeypatch.setattr(Samples, "from_records", none)
    code, _, err = run("check", write("x.jsonl", ROW))
    assert (code, len(err.splitlines())) == (1, 1)
    assert "memory does not suffice" in err


# plug-ins, requests


@pytest.mark.parametrize("group", ["readers", "measures", "experiments"])
def test_a_broken_plug_in_is_named_and_left_out(tmp_path, write, group):
    info = tmp_path / "broken-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[fullmenu.{group}]\nbad = broken_one:X\n")
    (tmp_path / "broken_one.py").write_text('raise RuntimeError("plugin broke")\n')
    log = write("x.jsonl", ROW)
    command = {
        "readers": ["check", str(log)],
        "measures": ["measures"],
        "experiments": ["lab", "list"],
    }
    done = subprocess.run(
        [sys.executable, "-c", "from fullmenu.cli import main; main()", *command[group]],
        capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (
        f"fullmenu: the plug-in 'bad' of fullmenu.{group} (broken_one:X) is broken: "
        "RuntimeError: plugin broke; it is left out"
    ) in done.stderr.splitlines()


def test_a_broken_view_is_refused_by_name(monkeypatch):
    from importlib.metadata import EntryPoint

    entry = EntryPoint("odd", "no_such_module:X", "fullmenu.views")
    with pytest.raises(BadInput, match=r"the plug-in 'odd' of fullmenu.views .* is broken"):
        plugins.load(entry)


def test_requests_of_what_is_no_batch(write, tmp_path):
    log = write("x.jsonl", ROW)
    assert "no such file" in _refused(log, requests=tmp_path / "gone")
    assert "requests belong to the output of a batch, and x.jsonl is none" in _refused(
        log, requests=log
    )


def _numbered(n, names=("id", "model", "output")):
    return [",".join(names)] + [f"{i},m-1,dish {i}" for i in range(n)]


@pytest.mark.parametrize("column", [1, 2])
def test_a_stray_quote_that_another_closes_is_refused(tmp_path, column):
    lines = _numbered(60)
    for at, end in ((21, False), (40, True)):
        cells = lines[at].split(",")
        cells[column] = f'{cells[column]}"' if end else f'"{cells[column]}'
        lines[at] = ",".join(cells)
    log = tmp_path / "log.csv"
    log.write_text("\n".join(lines) + "\n")
    assert "a quote opened on line 22 is closed on line 41" in _refused(log)


def test_repeated_prompts_tell_a_stray_quote_too(tmp_path):
    lines = ["prompt,output"] + [f"Guest {i % 5}?,dish {i}" for i in range(40)]
    lines[12] = 'Guest 1?,"dish 11'
    lines[30] = 'Guest 4?,dish 29"'
    log = tmp_path / "log.csv"
    log.write_text("\n".join(lines) + "\n")
    assert "a quote opened on line 13 is closed on line 31" in _refused(log)


def _said(rng):
    """Return an answer of several lines: prose, code, a list, a table, CSV with a title."""
    width = int(rng.integers(1, 5))
    words = ["fig", "kiwi", "m-1", "yes", "Guest 1?", "7", "0.5", 'a "pear"', "", "x == y"]
    rows = [
        [str(rng.choice(words)) if rng.random() < 0.7 else str(k) for _ in range(width)]
        for k in range(int(rng.integers(1, 12)))
    ]
    kind = rng.integers(4)
    if kind == 0:
        return "def f(a, b):\n    return a, b\n" * len(rows)
    if kind == 1:
        return "\n".join(f"{k}, {', '.join(row)}" for k, row in enumerate(rows))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return ("Here it is:\n" if kind == 2 else "") + out.getvalue()


@pytest.mark.parametrize("seed", range(60))
def test_honest_cells_of_several_lines_are_read(tmp_path, seed):
    rng = np.random.default_rng(seed)
    names = [["prompt", "output"], ["output", "prompt"], ["id", "prompt", "output"]][seed % 3]
    wanted = [_said(rng) for _ in range(30)]
    rows = [{"id": i, "prompt": f"Guest {i % 7}?", "output": o} for i, o in enumerate(wanted)]
    log = tmp_path / "log.csv"
    with log.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, names, extrasaction="ignore")
        out.writeheader()
        out.writerows(rows)
    assert sorted(read(log).outputs) == sorted(wanted)
