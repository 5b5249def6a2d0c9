"""Of very many prompts some are looked at closely, and the repeat rates are of all."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.judge import closeup as closeup_module
from fullmenu.judge.closeup import closeup
from fullmenu.judge.one import check
from fullmenu.samples import Record, Samples

PROMPTS, EACH = 2_100, 10


@pytest.fixture(scope="module")
def log() -> Samples:
    """A log of prompts that get a few dishes each, some with a longer list than others."""
    rng = np.random.default_rng(3)
    words = np.array([f"word{k}" for k in range(400)])
    records = []
    for p in range(PROMPTS):
        dishes = [" ".join(words[rng.integers(0, 400, 6)]) for _ in range(1 + p % 7)]
        for _ in range(EACH):
            records.append(Record(dishes[rng.integers(len(dishes))], f"Question {p}?", f"p{p}"))
    return Samples.from_records(records)


def rate(document: dict, question: str) -> dict:
    return document["views"]["phrasing"][question]["repeat_rate"]


def test_rates_within_prompts_are_of_every_output(log, monkeypatch):
    close = check(log, views=["phrasing"]).document
    monkeypatch.setattr(closeup_module, "SAMPLED", 10**9)
    whole = check(log, views=["phrasing"]).document
    for bound in ("value", "low", "high", "n"):
        assert rate(close, "within")[bound] == pytest.approx(rate(whole, "within")[bound], 1e-12)
    assert close["log"] == whole["log"]
    assert rate(close, "across")["low"] <= rate(whole, "across")["value"]
    assert rate(whole, "across")["value"] <= rate(close, "across")["high"]
    said = [c for c in close["caveats"] if "whole prompts" in c]
    assert said and "20,480 of 21,000 outputs: those of 2,048 whole prompts" in said[0]
    assert not any("whole prompts" in c for c in whole["caveats"])


def test_the_order_of_a_log_changes_nothing(log):
    turned = log.take(np.random.default_rng(0).permutation(len(log)))
    one, other = (check(x, views=["phrasing"]).document for x in (log, turned))
    for question in ("within", "across"):
        assert rate(one, question)["value"] == pytest.approx(rate(other, question)["value"], 1e-12)
    assert one["dishes"] == other["dishes"]
    assert one["fallback"] == other["fallback"]


def test_whole_prompts_are_chosen_by_their_ids_alone(log):
    close = closeup(log)
    assert close.n_prompts == 2_048
    assert (np.bincount(close.groups) == EACH).all()
    other = closeup(log.with_outputs(["fig"] * len(log)))
    assert other.prompt_ids == close.prompt_ids


def test_few_prompts_are_looked_at_whole():
    log = Samples.of({f"Question {p}?": [f"fig {i}" for i in range(100)] for p in range(300)})
    assert closeup(log) is log


def test_prompts_asked_once_but_for_a_few_are_looked_at_whole():
    menu = {f"Question {p}?": ["fig"] for p in range(30_000)}
    assert closeup(Samples.of(menu)).n_prompts == 20_000
    log = Samples.of({**menu, "Question 7?": ["fig", "kiwi"]})
    assert closeup(log) is log


def test_items_are_counted_in_all_outputs():
    log = Samples.of({f"Question {p}?": ["yes", "no"] * 5 for p in range(PROMPTS)})
    document = check(log).document
    assert [notice["name"] for notice in document["notices"]][:1] == ["exact"]
    assert rate_of_exact(document) == pytest.approx(4 / 9)
    assert not any("whole prompts" in caveat for caveat in document["caveats"])


def rate_of_exact(document: dict) -> float:
    return document["views"]["exact"]["within"]["repeat_rate"]["value"]
