"""Openings: known answers, prompts, odd texts."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import openings, repeat_rate

TEN = [f"{a} {b} c tail {i}" for i, (a, b) in enumerate(["xy", "xy", "xz", "uv", "uv"] * 2)]


def test_is_one_over_the_share_of_pairs_that_begin_alike() -> None:
    pairs = 4 * 3 + 2 * 1 + 4 * 3
    assert openings(TEN).value == pytest.approx(10 * 9 / pairs)
    assert openings(TEN, 1).value == pytest.approx(10 * 9 / (6 * 5 + 4 * 3))


def test_same_interval_as_the_repeat_rate_of_labels() -> None:
    kinds = np.random.default_rng(0).choice(5, 60, p=[0.4, 0.3, 0.1, 0.1, 0.1])
    e = openings([f"kind {k} of opening" for k in kinds])
    rate = repeat_rate(np.eye(5)[kinds])
    assert rate.low is not None and rate.high is not None
    assert (e.value, e.low, e.high) == pytest.approx((1 / rate.value, 1 / rate.high, 1 / rate.low))


def test_with_prompts_only_other_prompts_are_compared() -> None:
    groups = [0] * 5 + [1] * 5
    assert openings(TEN, groups=groups).value == pytest.approx(25 / (2 * 2 + 1 + 2 * 2))
    same_within = ["a b c"] * 3 + ["d e f"] * 3 + ["a b c"] * 3
    by_prompt = openings(same_within, groups=np.repeat([0, 1, 2], 3))
    assert by_prompt.value == pytest.approx(3)
    assert by_prompt.n == 3


def test_case_and_punctuation_do_not_matter() -> None:
    e = openings(["Sure! Here is one", "sure, HERE is two", "Sure — here is"])
    assert e.value == e.low == 1.0
    assert e.high is not None and e.high > 1


def test_short_and_empty_outputs_are_their_own_openings() -> None:
    assert openings(["yes", "yes", "yes sir no", ""]).value == pytest.approx(6)
    assert openings(["", "", "a"]).value == pytest.approx(3)


def test_long_words_are_read_whole() -> None:
    long = "x" * 5_000
    assert openings([f"{long} b c 1", f"{long} b c 2", f"{long} b d"]).value == pytest.approx(3)


def test_equal_shares_still_have_an_interval() -> None:
    e = openings(["a", "a", "b", "b"])
    assert e.low is not None and e.high is not None
    assert e.low < e.value < e.high


def test_all_different_says_so() -> None:
    with pytest.raises(NotEnoughData, match="more outputs"):
        openings([f"{i} one two" for i in range(20)])


@pytest.mark.parametrize("bad", [("a string", 3), (["a", None], 3), (["a", "b"], 0)])
def test_arguments_that_make_no_sense(bad: tuple[object, int]) -> None:
    with pytest.raises(BadInput):
        openings(*bad)
