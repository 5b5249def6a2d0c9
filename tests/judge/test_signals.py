"""What stands beside the views."""

from __future__ import annotations

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.errors import NotEnoughData
from fullmenu.judge import signals
from fullmenu.judge.case import OrderedLog
from fullmenu.judge.description import about
from fullmenu.measures import token_entropy
from fullmenu.report.document import to_json
from fullmenu.samples import Record, Samples


def ordered(samples):
    return OrderedLog(samples, samples.outputs, samples.prompts, samples.groups)


def columns(samples):
    return signals.columns(ordered(samples))


def test_length_is_words_by_output():
    log = Samples.of({"a": ["one two", "three"], "b": ["", "four five  six"]})
    found = columns(log)["length"]
    assert found.values.tolist() == [2, 1, 0, 3]
    assert found.estimate().value == 1.5


def test_caution_is_a_share():
    refusal = "I'm sorry, but I can't help with that."
    log = Samples.of({f"p{k}": ["Roast the salmon.", refusal] for k in range(10)})
    found = columns(log)["caution"]
    estimate = found.estimate()
    assert found.unit == estimate.unit == "share"
    assert estimate.value == 0.5
    assert 0 <= estimate.low < 0.5 < estimate.high <= 1


def test_missing_scores_are_not_zero():
    scores = [0.5, None, 1.5, None, 2.5, 3.5]
    log = Samples.from_records(Record("x", f"p{k // 2}", score=s) for k, s in enumerate(scores))
    found = columns(log)["score"]
    assert found.values.tolist() == [0.5, 1.5, 2.5, 3.5]
    assert found.groups.tolist() == [0, 1, 2, 2]
    assert "score" not in columns(Samples.of(["x"]))


def test_measures_of_the_whole_set(serve, menu):
    wide, narrow = serve(prompts=12), serve(menu[:1], prompts=12)
    one, other = (signals.of_sets(ordered(s)) for s in (wide, narrow))
    assert set(one) == set(signals.SETS)
    assert one["openings"].value > 5
    assert other["openings"].value == pytest.approx(1)
    assert other["repeated_phrases"].value == 1


def test_too_little_is_none_not_zero():
    assert set(signals.of_sets(ordered(Samples.of(["x"]))).values()) == {None}

    def fails():
        raise NotEnoughData("no")

    assert signals.or_none(fails) is None


def test_deciles_run_from_least_to_most():
    assert signals.deciles(np.arange(101.0)) == pytest.approx(list(range(0, 101, 10)))


def test_about_a_log():
    records = [Record(o, p, model=m) for o, p, m in (("", "a", "m1"), (" \n", "a", "m2"))]
    log = Samples.from_records([*records, Record("x", "b", model="m1")], notes=["read it"])
    found = to_json(about(log, "mine"))
    assert found == {
        "label": "mine", "outputs": 3, "prompts": 2, "outputs_per_prompt": 1.5,
        "models": ["m1", "m2"], "media": "text", "empty": 2, "read": ["read it"],
    }  # fmt: skip


def spoken(scale, seed, *, first=None):
    """A log whose tokens have a surprise of ``scale`` on average; ``first``: the first tokens."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(80):
        said = " ".join(rng.choice(["fig", "kiwi", "plum", "pear"], 1 + i % 7))
        tokens = (-scale * rng.exponential(size=len(said.split()))).tolist()
        if i == 0 and first is not None:
            tokens = first
        rows.append(Record(said, f"Fruit {i // 8}?", f"p{i // 8}", logprobs=tokens))
    return Samples.from_records(rows)


def test_entropy_of_a_token_stands_in_both_documents_and_is_that_of_the_measure():
    before, after = spoken(1.0, 0), spoken(0.5, 1)
    one = fm.check(before).document["signals"]["entropy"]
    told = token_entropy(before.column("logprobs"), groups=before.groups)
    assert one["value"]["value"] == pytest.approx(told.value)
    assert one["value"]["high"] == pytest.approx(told.high)
    both = fm.compare(before, after).document["signals"]["entropy"]
    assert both["difference"]["high"] < 0
    gap = both["after"]["value"] - both["before"]["value"]
    assert both["difference"]["value"] == pytest.approx(gap)


@pytest.mark.parametrize("first", [[], [-9999.0], [float("-inf")]])
def test_entropy_is_not_told_where_some_tokens_have_no_probability(first):
    found = fm.check(spoken(1.0, 0, first=first)).document["signals"]
    assert "entropy" not in found
