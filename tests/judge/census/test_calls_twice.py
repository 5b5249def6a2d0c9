"""Calls that several parts of a log hold are not counted as outputs that repeat."""

from __future__ import annotations

import json
import random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.judge.census.faces import check_in_parts, compare_in_parts, trend_in_parts
from fullmenu.judge.census.part_sample import check_sample
from fullmenu.judge.census.tally import calls_twice, merged
from fullmenu.judge.one import check
from fullmenu.readers.reader import read
from fullmenu.stats.bottom_k import BottomK

DISHES = ["soup", "stew", "fig tart", "rice", "plum cake", "toast", "salad"]


def rows(n, seed=0, **more):
    rng = random.Random(seed)
    return [
        {"call_id": f"{seed}-{i}", "prompt": f"Dish {i % 40}?", "output": rng.choice(DISHES),
         **{name: value(i) for name, value in more.items()}}
        for i in range(n)
    ]  # fmt: skip


def written(folder, *logs):
    folder.mkdir(exist_ok=True)
    for number, log in enumerate(logs):
        (folder / f"{number}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in log))
    return folder


def test_a_log_that_two_exporters_wrote_is_refused_in_parts_and_read_once_whole(tmp_path):
    once = rows(400)
    log = written(tmp_path / "log", once, once[:300])
    with pytest.raises(BadInput, match=r"calls more than once: 300 of 400 calls .* stand in sev"):
        check_in_parts(log)
    with pytest.raises(BadInput, match="300 of 400 calls"):
        compare_in_parts(written(tmp_path / "before", rows(400, 1)), log)
    assert len(read(log)) == 400


def test_a_few_are_told_of(tmp_path):
    once = rows(1_000)
    report = check_in_parts(written(tmp_path / "log", once, once[:4]))
    said = " ".join(report.document["caveats"])
    assert "4 of 1,000 calls that were looked at stand in several of its parts, word" in said


def test_choices_of_one_call_and_calls_without_a_name_are_no_repeats(tmp_path):
    choices = [rows(400, choice=lambda i, c=c: c) for c in range(2)]
    log = written(tmp_path / "choices", *choices)
    document = check_in_parts(log).document
    assert "several parts" not in " ".join(document["caveats"])
    assert document["views"] == check(log).document["views"]
    nameless = [{k: v for k, v in row.items() if k != "call_id"} for row in rows(400)]
    document = check_in_parts(written(tmp_path / "nameless", nameless, nameless)).document
    assert document["log"]["outputs"] == 800


def test_groups_and_versions_are_looked_at_too(tmp_path):
    once = rows(900, model=lambda i: f"m{i % 3}")
    log = written(tmp_path / "log", once, once)
    with pytest.raises(BadInput, match="calls more than once"):
        trend_in_parts(log, by="model")
    versions = [written(tmp_path / f"v{n}", rows(300, n)) for n in range(2)]
    with pytest.raises(BadInput, match="v2 holds calls more than once: 300 of 300"):
        trend_in_parts([*versions, written(tmp_path / "v2", *[rows(300, 2)] * 2)])


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_sample_of_row_groups_sees_it(tmp_path, share):
    once = rows(6_000)
    twice = once[: int(share * len(once))] + rows(6_000 - int(share * len(once)), 9)
    path = tmp_path / "log.parquet"
    pq.write_table(pa.Table.from_pylist(once + twice), path, row_group_size=200)
    if share:
        with pytest.raises(BadInput, match="calls more than once"):
            check_sample(path, 6_000)
    else:
        check_sample(path, 6_000)


@pytest.mark.parametrize("group", [30, 45, 90])
def test_a_sample_that_is_the_whole_log(tmp_path, group):
    once = rows(90)
    path = tmp_path / "log.parquet"
    pq.write_table(pa.Table.from_pylist(once), path, row_group_size=group)
    if group == 30:
        assert check_sample(path, 1_000).document["log"]["outputs"] == 90
    else:
        with pytest.raises(
            NotEnoughData, match=r"has \d part\(s\), all of them read: leave the sam"
        ):
            check_sample(path, 1_000)


@pytest.mark.parametrize(
    "share, least, most", [(0.005, 0.0, 0.05), (0.01, 0.0, 0.05), (0.06, 0.9, 1.0)]
)
@pytest.mark.parametrize("drawn", [20, 100, 400])
def test_how_often_a_log_is_refused(share, least, most, drawn):
    rng, refused, draws, parts, each = np.random.default_rng(2), 0, 60, 400, 200
    for _ in range(draws):
        keys = rng.integers(0, 1 << 63, parts * each, np.uint64)
        twice = rng.random(len(keys)) < share
        part = np.concatenate([np.arange(len(keys)) // each, rng.integers(0, parts, twice.sum())])
        keys = np.concatenate([keys, keys[twice]])
        some = rng.choice(parts, drawn, replace=False)
        states = [BottomK.of({*keys[part == k].tolist()}) for k in some]
        seen = (drawn - 1) / (parts - 1)
        try:
            calls_twice("log", merged(states), seen)
        except BadInput:
            refused += 1
    assert least <= refused / draws <= most
