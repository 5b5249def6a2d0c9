"""Checked and compared part by part, a log gives what it gives in memory, however it is cut."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import fullmenu as fm
from fullmenu.engine.engines import Local, Pool
from fullmenu.errors import BadInput, NotEnoughData
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


@pytest.mark.parametrize("group", [7, 60, 1000])
@pytest.mark.parametrize("shuffled", [False, True])
def test_check_says_what_it_says_in_memory_however_the_log_is_cut(
    tmp_path, small_parts, group, shuffled
):
    log = rows(0)
    whole = fm.check(jsonl(tmp_path / "log.jsonl", log)).document
    if shuffled:
        log = [log[i] for i in np.random.default_rng(1).permutation(len(log))]
    path = parquet(tmp_path / "log.parquet", log, group)
    document = check_in_parts(path, label="log").document
    assert close(without_files(whole, "log"), without_files(document, "log"))


def test_processes_give_what_one_gives(tmp_path, small_parts):
    path = parquet(tmp_path / "log.parquet", rows(2), 50)
    one = check_in_parts(path, engine=Local(), memory=4 << 30).document
    assert close(one, check_in_parts(path, engine=Pool(2), memory=4 << 30).document)


def test_a_file_larger_than_a_part_is_read_in_pieces(tmp_path, small_parts):
    log = rows(3)
    path = jsonl(tmp_path / "log.jsonl", log)
    assert close(fm.check(path).document, check_in_parts(path).document)


@pytest.mark.parametrize("dishes", [2, 30])
def test_compare_says_what_it_says_in_memory(tmp_path, small_parts, dishes):
    logs = [rows(4), rows(5, dishes=dishes)]
    paths = [jsonl(tmp_path / f"{i}.jsonl", log) for i, log in enumerate(logs)]
    whole, report = fm.compare(*paths), compare_in_parts(*paths)
    assert report.verdict == whole.verdict
    assert close(whole.document, report.document)


def test_prompts_that_only_one_log_has_are_left_out_and_counted(tmp_path, small_parts):
    more = [*rows(5, prompts=43), {"prompt": "New?", "output": "x"}]
    paths = [jsonl(tmp_path / "a.jsonl", rows(4)), jsonl(tmp_path / "b.jsonl", more)]
    whole, report = fm.compare(*paths), compare_in_parts(*paths)
    assert report.verdict == whole.verdict
    assert close(whole.document["views"], report.document["views"])
    assert report.document["shared_prompts"] == 40 and report.document["after"]["outputs"] == 240
    assert "4 prompts are in b only: their 19 outputs are left out." in report.document["caveats"]


def test_of_a_large_log_a_sample_is_looked_at_closely_and_the_report_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(faces, "SAMPLED", 60)
    path = jsonl(tmp_path / "log.jsonl", rows(6))
    whole, document = fm.check(path).document, check_in_parts(path).document
    for view, seen in whole["views"].items():
        assert close(seen["within"], document["views"][view]["within"])
    assert document["log"]["outputs"] == 240 and document["log"]["prompts"] == 40
    assert any("72 of 240 outputs: those of 12 whole prompts" in c for c in document["caveats"])
    assert any("about these 40 prompts" in c for c in document["caveats"])


def test_the_sample_is_the_same_however_the_log_is_cut(tmp_path, monkeypatch, small_parts):
    monkeypatch.setattr(faces, "SAMPLED", 60)
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


def test_a_stopped_run_goes_on(tmp_path, small_parts):
    path = parquet(tmp_path / "log.parquet", rows(9), 20)
    whole = check_in_parts(path).document
    for stop in (1, 4, 9):

        def tell(step: str, done: int, of: int, stop: int = stop) -> None:
            if step == "log outputs" and done == stop:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            check_in_parts(path, folder=tmp_path / "run", tell=tell)
    done = len([*(tmp_path / "run" / "log outputs").glob("*.done")])
    assert done == 9
    assert close(whole, check_in_parts(path, folder=tmp_path / "run").document)


def test_a_log_that_changed_is_no_run_to_go_on_with(tmp_path):
    path = jsonl(tmp_path / "log.jsonl", rows(10))
    check_in_parts(path, folder=tmp_path / "run")
    jsonl(path, rows(10, prompts=41))
    with pytest.raises(BadInput, match="holds a run of other files"):
        check_in_parts(path, folder=tmp_path / "run")


def test_few_prompts_are_refused(tmp_path):
    path = jsonl(tmp_path / "log.jsonl", rows(11, prompts=5))
    with pytest.raises(NotEnoughData, match="5 prompts are in the log: in parts it takes 6"):
        check_in_parts(path)


def test_a_prompt_with_too_many_outputs_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(faces, "MOST", 5)
    path = jsonl(tmp_path / "log.jsonl", rows(12))
    with pytest.raises(BadInput, match="one prompt has 6 outputs, and at most 5"):
        check_in_parts(path)


def test_outputs_that_are_labels_are_refused_unless_views_are_named(tmp_path):
    log = [{"prompt": f"Q{i % 9}", "output": "yes" if i % 3 else "no"} for i in range(90)]
    path = jsonl(tmp_path / "log.jsonl", log)
    with pytest.raises(BadInput, match="name the views"):
        check_in_parts(path)
    seen = check_in_parts(path, views=["exact"]).document["views"]["exact"]["within"]
    assert close(seen, fm.check(path, views=["exact"]).document["views"]["exact"]["within"])


def test_too_little_memory_is_refused(tmp_path):
    path = jsonl(tmp_path / "log.jsonl", rows(13))
    with pytest.raises(BadInput, match=r"50 MiB for 1 worker.*they need 552 MiB"):
        check_in_parts(path, memory=50 << 20)


def test_rejects_are_counted_over_all_parts(tmp_path, small_parts):
    path = tmp_path / "log.jsonl"
    jsonl(path, rows(14))
    path.write_text(path.read_text() + "{damaged\n" * 3)
    read = check_in_parts(path).document["log"]["read"]
    assert any(note.startswith("3 of 243 records rejected") for note in read)
