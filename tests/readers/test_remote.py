"""Logs that are elsewhere, on a server of this machine."""

import gzip
import json
import pickle

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fullmenu import read
from fullmenu.errors import BadInput
from fullmenu.readers import remote
from fullmenu.readers.parts import parts
from fullmenu.samples import Samples

SECRET = "wJalrXUtnFEMI-K7MDENG"
ROWS = [{"prompt": f"p{i % 3}", "output": f"fig {i}", "model": "ab"[i % 2]} for i in range(60)]


@pytest.fixture(scope="module")
def s3(require):
    """A server that speaks S3, with a bucket of logs; and what the environment says of it."""
    server = require("moto.server").ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3, require, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    remote._s3.cache_clear()
    client = require("boto3").client("s3", endpoint_url=s3, region_name="us-east-1")
    client.create_bucket(Bucket="logs")
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "a.parquet", row_group_size=20)
    lines = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
    for name, body in {
        "run/model=x/a.parquet": (tmp_path / "a.parquet").read_bytes(),
        "run/b.jsonl.gz": gzip.compress(lines),
        "run/c.jsonl": lines,
        "run/.hidden.jsonl": lines,
        "run/notes.docx": b"none",
        "empty/notes.docx": b"none",
    }.items():
        client.put_object(Bucket="logs", Key=name, Body=body)
    yield "s3://logs"
    client.close()
    remote._s3.cache_clear()


@pytest.mark.filterwarnings("ignore")  # of the server's own libraries
def test_files_globs_and_folders_are_read_as_they_are_here(bucket, tmp_path):
    here = read(tmp_path / "a.parquet")
    there = read(f"{bucket}/run/model=x/a.parquet")
    assert there == here
    assert read(f"{bucket}/run/b.jsonl.gz").outputs == here.outputs
    assert len(read(f"{bucket}/run/*.jsonl*")) == 120
    whole = read(f"{bucket}/run")
    assert len(whole) == 180
    assert whole.notes[-1] == "1 other files in run were not read: notes.docx"
    assert len(read([f"{bucket}/run/c.jsonl", f"{bucket}/run/**/a.parquet"])) == 120
    assert read(f"{bucket}/run/**/*.parquet", where="model = 'a'").outputs == [
        row["output"] for row in ROWS if row["model"] == "a"
    ]


@pytest.mark.filterwarnings("ignore")
def test_parts_of_files_elsewhere(bucket, tmp_path):
    cut = parts(f"{bucket}/run/model=x/a.parquet", size=1)
    assert [part.row_groups for part in cut] == [(0,), (1,), (2,)]
    assert cut[0].source == f"{bucket}/run/model=x/a.parquet"
    logs = [s for part in pickle.loads(pickle.dumps(list(cut))) for s in part.batches()]
    assert Samples.joined(logs).outputs == read(tmp_path / "a.parquet").outputs
    assert SECRET not in repr(cut) + pickle.dumps(list(cut)).decode("latin-1")
    (part,) = parts(f"{bucket}/run/b.jsonl.gz")
    assert sum(map(len, part.batches())) == 60


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("/run/none.jsonl", "no such file: 's3://logs/run/none.jsonl'"),
        ("/run/*.csv", "no file matches 's3://logs/run/"),
        ("/empty", "no readable file in the directory"),
        ("-not-there/a.jsonl", "no such file|cannot read"),
    ],
)
def test_what_is_not_there(bucket, name, why):
    with pytest.raises(BadInput, match=why) as error:
        read(bucket + name)
    assert SECRET not in str(error.value)


def test_a_server_that_is_not_there_is_named_without_the_keys(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setattr(remote, "_WAIT", 1.0)
    remote._s3.cache_clear()
    with pytest.raises(BadInput, match=r"cannot read 's3://logs/a.jsonl' from Amazon S3") as error:
        read("s3://logs/a.jsonl")
    remote._s3.cache_clear()
    assert SECRET not in str(error.value)
    assert "AKIDEXAMPLE" not in str(error.value)


def test_what_a_service_says_is_told_without_the_keys(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with (
        pytest.raises(BadInput, match=r"denied to \$AWS_SECRET_ACCESS_KEY"),
        remote._faults("s3://b"),
    ):
        raise OSError(f"denied to {SECRET}")


def test_addresses_that_are_none():
    with pytest.raises(BadInput, match=r"ftp:// is not read; s3:// \(Amazon S3\)"):
        read("ftp://logs/a.jsonl")
    with pytest.raises(BadInput, match="holds no keys") as error:
        read(f"s3://AKID:{SECRET}@logs/a.jsonl")
    assert SECRET not in str(error.value)


def test_the_hub_needs_its_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "huggingface_hub", None)
    remote._hf.cache_clear()
    with pytest.raises(ImportError, match=r'pip install "fullmenu\[remote\]"'):
        read("hf://datasets/a/b/c.jsonl")


def test_any_fsspec_file_system_is_read_alike(require, monkeypatch, tmp_path):
    """The Hub's is one; its stand-in here is in memory."""
    memory = require("fsspec").filesystem("memory")
    memory.pipe("/datasets/a/b/c.jsonl", b'{"prompt": "p", "output": "fig"}\n')
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "a.parquet", row_group_size=20)
    memory.pipe("/datasets/a/b/d.parquet", (tmp_path / "a.parquet").read_bytes())
    from pyarrow import fs

    monkeypatch.setattr(remote, "_hf", lambda: fs.PyFileSystem(fs.FSSpecHandler(memory)))
    assert read("hf://datasets/a/b/c.jsonl").outputs == ["fig"]
    assert len(read("hf://datasets/a/b/")) == 61
    assert len(parts("hf://datasets/a/b/*.parquet", size=1)) == 3
