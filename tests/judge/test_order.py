"""The order of rows that everything else starts from."""

from __future__ import annotations

from itertools import pairwise

from fullmenu.judge.case import in_order
from fullmenu.samples import Record, Samples


def test_it_depends_on_content_alone(serve, shuffled, menu):
    log = serve(menu[:3], prompts=5)
    assert in_order(log).table.equals(in_order(shuffled(log)).table) is False  # sample_index stays
    columns = ["prompt_id", "prompt", "output", "model", "score"]
    one, other = (in_order(x).table.select(columns) for x in (log, shuffled(log)))
    assert one.equals(other)
    assert sorted(one.column("output").to_pylist()) == sorted(log.outputs)


def test_prompts_stay_together_and_outputs_do_not_sort(menu):
    log = Samples.of({f"p{k}": menu for k in range(6)})
    found = in_order(log)
    assert found.groups.tolist() == sorted(found.groups.tolist())
    firsts = [found.outputs[12 * k] for k in range(6)]
    assert len(set(firsts)) > 2, "another prompt, another shuffle"


def test_twins_do_not_stand_side_by_side():
    log = Samples.of({"p": ["a"] * 20 + ["b"] * 20})
    found = in_order(log).outputs
    changes = sum(x != y for x, y in pairwise(found))
    assert changes > 8


def test_scores_travel_with_their_outputs(shuffled):
    records = [Record(output=f"o{k % 3}", prompt="p", score=float(k % 4)) for k in range(24)]
    log = Samples.from_records(records)
    one, other = (in_order(x).table.to_pylist() for x in (log, shuffled(log)))
    pairs = [[(r["output"], r["score"]) for r in rows] for rows in (one, other)]
    assert pairs[0] == pairs[1]
    assert sorted(pairs[0]) == sorted((r.output, r.score) for r in records)


def test_an_empty_log_stays_empty():
    assert len(in_order(Samples.of({}))) == 0
