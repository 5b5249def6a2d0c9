"""What comparisons and checkups put into a report: prompts with intervals, turns of phrase."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.judge.phrases import PHRASES
from fullmenu.judge.prompts import WITH_INTERVAL
from fullmenu.judge.turns.turn_uses import telling
from fullmenu.samples import Samples
from fullmenu.views import registry

Valid = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def log(serve: Any, menu: Any) -> Samples:
    return serve(menu[:6], prompts=45, outputs=8)


def expected(log: Samples, prompt: str, view: str) -> dict[str, float | None]:
    rows = [i for i, g in enumerate(log.groups) if log.prompt_ids[g] == prompt]
    features = registry.get(view).rows([log.outputs[i] for i in rows], [log.prompts[rows[0]]] * 8)
    found = fm.measures.repeat_rate(features)
    return {"value": found.value, "low": found.low, "high": found.high}


def test_a_check_gives_the_first_prompts_the_interval_of_the_measure(
    log: Samples, valid: Valid
) -> None:
    document = fm.check(log, views=["phrasing", "outline"]).document
    valid(document)
    listed = document["prompts"]
    assert len(listed) == 45
    for k in (0, WITH_INTERVAL - 1):
        for view in ("phrasing", "outline"):
            found = listed[k]["views"][view]
            assert found == pytest.approx(expected(log, listed[k]["prompt_id"], view))
            assert found["low"] <= found["value"] <= found["high"]
    for p in listed[WITH_INTERVAL:]:
        assert p["views"]["phrasing"].keys() == {"value", "low", "high"}
        assert (p["views"]["phrasing"]["low"], p["views"]["phrasing"]["high"]) == (None, None)


def test_a_comparison_gives_them_on_both_sides(
    log: Samples, serve: Any, menu: Any, valid: Valid
) -> None:
    after = serve(menu[:1], prompts=45, outputs=8)
    document = fm.compare(log, after, views=["phrasing"]).document
    valid(document)
    first = document["prompts"][0]
    found = first["views"]["phrasing"]
    assert found["before"] == pytest.approx(expected(log, first["prompt_id"], "phrasing"))
    assert found["after"] == pytest.approx({"value": 1, "low": 0.05 ** (2 / 8), "high": 1})
    last = document["prompts"][-1]["views"]["phrasing"]
    assert last["before"]["low"] is last["after"]["high"] is None


def test_two_outputs_of_a_prompt_say_nothing_sure(serve: Any) -> None:
    document = fm.check(serve(outputs=2), views=["phrasing"]).document
    found = document["prompts"][0]["views"]["phrasing"]
    assert (found["low"], found["high"]) == (0, 1)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("the", False), ("soup", False), ("in a", False), ("I'm sure", False),
        ("i’m not", False), ("every bite", True), ("in a way", True),
    ],
)  # fmt: skip
def test_turns_of_phrase_are_more_than_grammar(text: str, kept: bool) -> None:
    assert telling(text.lower()) == kept


def test_phrases_are_few_and_say_something() -> None:
    rng = np.random.default_rng(0)
    stock = [f"{a}{b} {b}{a}" for a in ("sal", "pep", "cin", "cum", "tar") for b in "abcde"]

    def served(turns: bool) -> Samples:
        def one() -> str:
            word = rng.integers(10_000, size=50).astype(str).tolist()
            said = (
                stock
                if turns
                else [f"x{a} x{b}" for a, b in zip(word[:25], word[25:], strict=True)]
            )
            return "; ".join(f"the {s}" for s in rng.permutation(said))

        return Samples.of({f"Guest {k}": [one() for _ in range(4)] for k in range(25)})

    dull, stocked = served(False), served(True)
    document = fm.compare(dull, stocked, views=["phrasing"]).document
    back = fm.compare(stocked, dull, views=["phrasing"]).document
    for found in (document["phrases"]["gained"], back["phrases"]["faded"]):
        assert len(found) == PHRASES
        assert all(len(p["text"].split()) >= 2 for p in found)


def test_a_trend_carries_what_it_was_judged_by(serve: Any, menu: Any, valid: Valid) -> None:
    logs = [serve(menu[:k], prompts=12, seed=k) for k in (6, 6, 2)]
    document = fm.trend(logs, views=["phrasing"], margins=fm.Margins(collapsed=0.4)).document
    valid(document)
    assert document["margins"]["collapsed"] == 0.4
    block = document["views"]["phrasing"]
    assert block["ruler"] == registry.get("phrasing").ruler
    assert [s["at_matched_lengths"] for s in block["steps"]] == [False, False]
