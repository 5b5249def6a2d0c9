"""Cutting a log into visits."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from fullmenu.errors import BadInput
from fullmenu.samples import Record, Samples
from fullmenu.watch import Visit, gather, gather_some


def records(*rows):
    return Samples.from_records(Record(o, p, p, model) for p, o, model in rows)


def test_models_between_are_not_counted():
    log = records(("q", "a", "x"), ("q", "b", "y"), ("q", "c", "x"), ("r", "d", "x"))
    assert [(v.model, v.outputs) for v in gather(log)] == [
        ("x", ("a", "c")), ("y", ("b",)), ("x", ("d",)),
    ]  # fmt: skip


def test_an_index_that_starts_again_is_a_new_visit():
    rows = [Record(o, "q", "q", sample_index=i) for o, i in (("a", 0), ("b", 1), ("c", 0))]
    assert [v.outputs for v in gather(Samples.from_records(rows))] == [("a", "b"), ("c",)]


def test_parts_give_what_the_whole_gives():
    log = records(*((f"q{i // 3}", f"o{i}", "xy"[i % 5 == 0]) for i in range(40)))
    for cut in (1, 7, 20):
        first, rest = gather_some(log.take(range(cut)))
        again = Samples.from_records(
            Record(**{**row, "logprobs": None})
            for row in [*rest.table.to_pylist(), *log.take(range(cut, 40)).table.to_pylist()]
        )
        assert [*first, *gather(again)] == gather(log)


def test_time_and_scores_are_kept():
    when = datetime(2026, 1, 2, tzinfo=timezone.utc)
    rows = [Record("a", "q", "q", score=1.0), Record("b", "q", "q", time=when)]
    [visit] = gather(Samples.from_records(rows))
    assert (visit.time, visit.scores) == (when, (1.0,))


def test_refusals():
    with pytest.raises(BadInput, match="without outputs"):
        Visit("q", ())
    with pytest.raises(BadInput, match="size=0"):
        gather(Samples.of(["a", "b"]), size=0)
