"""Measures asked for by name: what each is given, within and across prompts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from fullmenu import measures
from fullmenu.errors import BadInput, UnknownName
from fullmenu.judge.one import check
from fullmenu.judge.two import compare
from fullmenu.samples import Record, Samples

Serve = Callable[..., Samples]


def by_of(report: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {(m["name"], m["of"]): m for m in report.document["measures"]}


def test_within_is_the_mean_over_prompts(serve: Serve) -> None:
    log = serve(prompts=8, outputs=6)
    row = by_of(check(log, measures=["length"]))["length", "texts"]
    by_prompt = [
        measures.length([o for o, g in zip(log.outputs, log.groups, strict=True) if g == k]).value
        for k in range(8)
    ]
    assert row["within"]["value"] == pytest.approx(np.mean(by_prompt))
    assert row["within"]["n"] == 8
    assert row["across"]["n"] == 8


def test_each_kind_is_given_what_it_takes(serve: Serve) -> None:
    log = serve(prompts=8, outputs=6)
    found = by_of(check(log, measures=["repeat_rate", "top_share", "length"]))
    assert set(found) == {
        ("repeat_rate", "phrasing"),
        ("repeat_rate", "outline"),
        ("repeat_rate", "answer"),
        ("top_share", "dishes"),
        ("length", "texts"),
    }


def test_repeat_rate_agrees_with_the_view(serve: Serve) -> None:
    document = check(serve(prompts=8, outputs=6), measures=["repeat_rate"]).document
    for row in document["measures"]:
        inside = document["views"][row["of"]]["within"]["repeat_rate"]
        assert row["within"]["value"] == pytest.approx(inside["value"], rel=1e-6)


def test_order_of_rows_does_not_matter(serve: Serve, shuffled: Callable[..., Samples]) -> None:
    log = serve(prompts=7, outputs=5)
    names = ["top_share", "openings"]
    first, second = (check(x, measures=names).document["measures"] for x in (log, shuffled(log)))
    assert first == second


def test_change_is_paired_by_prompt(serve: Serve) -> None:
    before = serve(prompts=10, outputs=6)
    after = before.with_outputs([f"{text} indeed" for text in before.outputs])
    row = by_of(compare(before, after, measures=["length"]))["length", "texts"]
    assert row["within"]["change"]["value"] == pytest.approx(1.0)
    assert row["within"]["after"]["value"] == pytest.approx(row["within"]["before"]["value"] + 1)


def test_one_prompt_is_measured_directly() -> None:
    log = Samples.of({"Fruit?": ["fig", "kiwi", "fig", "plum tart"]})
    row = by_of(check(log, measures=["length"]))["length", "texts"]
    assert row["within"]["value"] == measures.length(log.outputs).value
    assert row["across"] == {"undefined": "fewer than 6 prompts"}


def test_lists_are_read_from_json_outputs(serve: Serve) -> None:
    lists = [f'["top", "b{k % 4}", "c{k}"]' for k in range(12)]
    log = Samples.of({f"user {k}": [text] for k, text in enumerate(lists)})
    row = by_of(check(log, measures=["user_overlap"], views=["phrasing"]))["user_overlap", "lists"]
    assert 0 < row["across"]["value"] < 1
    with pytest.raises(BadInput, match="JSON array"):
        check(serve(), measures=["user_overlap"], views=["phrasing"])


def test_logprobs_are_read_from_their_column(serve: Serve) -> None:
    log = Samples.from_records(
        Record(f"{k}", f"prompt {k % 8}", logprobs=[-0.5, -1.5]) for k in range(16)
    )
    row = by_of(check(log, measures=["surprisal"], views=["phrasing"]))["surprisal", "logprobs"]
    assert row["within"]["value"] == pytest.approx(1.0)
    with pytest.raises(BadInput, match="--map logprobs=FIELD"):
        check(serve(), measures=["surprisal"], views=["phrasing"])


def test_names_that_cannot_be_used_say_so(serve: Serve) -> None:
    with pytest.raises(UnknownName, match="did you mean 'openings'"):
        check(serve(), measures=["opening"])
    with pytest.raises(BadInput, match="fullmenu compare"):
        check(serve(), measures=["recall"])


def test_measures_against_a_reference_judge_after_by_before(serve: Serve) -> None:
    before = serve(prompts=8, outputs=12, seed=1)
    fallen = serve(before.outputs[:1], prompts=8, outputs=12)
    found = by_of(compare(before, fallen, measures=["modes_lost"]))["modes_lost", "dishes"]
    assert set(found["across"]) == {"value"}
    assert found["within"]["value"]["value"] > 1
