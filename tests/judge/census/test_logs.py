"""What is read of logs in parts: conditions, rejects, prompts that one log has, the sample."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import fullmenu as fm
from fullmenu.errors import BadInput
from fullmenu.judge.census import faces
from fullmenu.judge.census.faces import check_in_parts, compare_in_parts

WORDS = np.array(
    ["fig", "kiwi", "plum", "pear", "soup", "rice", "stew", "cake", "oak", "elm", "ash", "yew"]
)


def rows(seed: int, prompts: int = 40, each: int = 6, dishes: int = 30) -> list[dict[str, str]]:
    rng = np.random.default_rng(seed)
    texts = [" ".join(rng.choice(WORDS, 12)) for _ in range(dishes)]
    return [
        {"prompt": f"Question {p}?", "output": texts[rng.integers(dishes)], "model": f"m{p % 2}"}
        for p in range(prompts)
        for _ in range(each)
    ]


def jsonl(path: Path, log: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in log), encoding="utf-8")
    return path


def parquet(path: Path, log: list[dict[str, str]], group: int) -> Path:
    pq.write_table(pa.Table.from_pylist(log), path, row_group_size=group)
    return path


def close(a: object, b: object) -> bool:
    """Whether two documents say the same, numbers to 1e-9."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(close, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return a == pytest.approx(b, rel=1e-9, abs=1e-12)
    return a == b


def without_files(document: dict[str, object], *logs: str) -> dict[str, object]:
    return {
        name: {**value, "read": []} if name in logs else value  # type: ignore[dict-item]
        for name, value in document.items()
    }


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of a few rows, so that a small log has many."""
    monkeypatch.setattr(faces, "SIZE", 512)


def test_prompts_that_only_one_log_has_are_left_out_and_counted(tmp_path, small_parts):
    more = [*rows(5, prompts=43), {"prompt": "New?", "output": "x"}]
    paths = [jsonl(tmp_path / "a.jsonl", rows(4)), jsonl(tmp_path / "b.jsonl", more)]
    whole, report = fm.compare(*paths), compare_in_parts(*paths)
    assert report.verdict == whole.verdict
    assert close(whole.document["views"], report.document["views"])
    assert report.document["shared_prompts"] == 40 and report.document["after"]["outputs"] == 240
    assert "Left out, since only b has them: 4 prompts, 19 outputs." in report.document["caveats"]


def test_the_sample_is_the_same_however_the_log_is_cut(tmp_path, look_at, small_parts):
    look_at(60)
    log = rows(7)
    mixed = [log[i] for i in np.random.default_rng(2).permutation(len(log))]
    documents = [
        check_in_parts(parquet(tmp_path / f"{i}.parquet", rows, 40), label="log").document
        for i, rows in enumerate([log, mixed])
    ]
    assert close(*(without_files(d, "log") for d in documents))


def test_where_reads_some_records(tmp_path):
    path = jsonl(tmp_path / "log.jsonl", rows(8))
    document = check_in_parts(path, where="model = 'm1'").document
    assert document["log"]["outputs"] == 120 and document["log"]["models"] == ["m1"]


def test_a_log_that_changed_is_no_run_to_go_on_with(tmp_path):
    path = jsonl(tmp_path / "log.jsonl", rows(10))
    check_in_parts(path, folder=tmp_path / "run")
    jsonl(path, rows(10, prompts=41))
    with pytest.raises(BadInput, match="holds a run of other files"):
        check_in_parts(path, folder=tmp_path / "run")


def test_rejects_are_counted_over_all_parts(tmp_path, small_parts):
    path = tmp_path / "log.jsonl"
    jsonl(path, rows(14))
    path.write_text(path.read_text() + "{damaged\n" * 3)
    read = check_in_parts(path).document["log"]["read"]
    assert any(note.startswith("3 of 243 records rejected") for note in read)
