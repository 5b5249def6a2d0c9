"""The table of samples."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest

from fullmenu.errors import BadInput
from fullmenu.samples import SCHEMA, Record, Samples

TWO = {"Name a fruit": ["fig", "kiwi", "fig"], "Name a tree": ["oak"]}


def test_of_prompts() -> None:
    s = Samples.of(TWO, model="m1")
    assert (len(s), s.n_prompts, s.models) == (4, 2, ["m1"])
    assert s.outputs == ["fig", "kiwi", "fig", "oak"]
    assert s.prompts[-1] == "Name a tree"
    assert s.groups.tolist() == [0, 0, 0, 1]
    assert s.table.column("sample_index").to_pylist() == [0, 1, 2, 0]
    assert s.table.schema == SCHEMA


def test_of_one_prompt_without_a_text() -> None:
    s = Samples.of(["a", "b"])
    assert s.n_prompts == 1
    assert s.prompts == [None, None]


def test_none_at_all() -> None:
    s = Samples.from_records([])
    assert (len(s), s.n_prompts, s.outputs, s.models) == (0, 0, [], [])
    assert s.groups.shape == (0,)


def test_what_readers_may_leave_out() -> None:
    plus_two = timezone(timedelta(hours=2))
    s = Samples.from_records(
        [
            Record("x", prompt="p", time=datetime(2026, 1, 1)),
            Record("y", prompt="p", time=datetime(2026, 1, 1, 2, tzinfo=plus_two), score=0.5),
            Record("z", prompt_id="other", prompt="p", sample_index=7),
        ],
        notes=["read by hand"],
    )
    assert s.prompt_ids == ["p", "other"]
    assert s.table.column("sample_index").to_pylist() == [0, 1, 7]
    first, second, third = s.table.column("time").to_pylist()
    assert first == second == datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert third is None
    assert s.scores.tolist() == [0.5]
    assert s.notes == ("read by hand",)


def test_groups_follow_first_appearance() -> None:
    s = Samples.from_records(Record("o", prompt_id=p) for p in "babca")
    assert s.prompt_ids == ["b", "a", "c"]
    assert s.groups.tolist() == [0, 1, 0, 2, 1]


def test_more_than_one_batch() -> None:
    s = Samples.from_records(Record(str(i), prompt_id=str(i % 7)) for i in range(25_003))
    assert len(s) == 25_003
    assert s.outputs[-1] == "25002"
    assert s.groups.max() == 6
    assert np.bincount(s.groups).sum() == 25_003


def test_lone_surrogates_and_nul_survive() -> None:
    s = Samples.of(["a\ud800b", "\x00", "🦓", "\ud83e\udd93"])
    assert s.outputs == ["a\ufffdb", "\x00", "🦓", "🦓"]


def test_take_and_replace() -> None:
    s = Samples.of(TWO)
    assert s.take([3, 0]).outputs == ["oak", "fig"]
    assert s.take(np.array([True, False, False, True])).outputs == ["fig", "oak"]
    assert len(s.take([])) == 0
    other = s.with_outputs(["1", "2", "3", "4"])
    assert other.outputs == ["1", "2", "3", "4"]
    assert other.prompt_ids == s.prompt_ids
    assert s.outputs[0] == "fig"


def test_other_columns_are_refused() -> None:
    with pytest.raises(BadInput, match="prompt_id"):
        Samples(pa.table({"text": ["a"]}))
