"""Means and their changes, every prompt left out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t

from fullmenu.errors import NotEnoughData
from fullmenu.stats.means import mean, mean_difference, positive_interval


def test_by_prompt() -> None:
    # without the first prompt 3.5, without the second 1.5: s.e. √(½ (1 + 1)) = 1, one df
    e = mean(np.array([1.0, 2, 3, 4]), np.array([0, 0, 1, 1]), "words")
    half = t.ppf(0.975, 1)
    assert (e.value, e.low, e.high) == pytest.approx((2.5, 2.5 - half, 2.5 + half))
    assert (e.n, e.unit) == (2, "words")
    assert "prompts" in e.method


def test_prompts_of_other_sizes() -> None:
    # sums 6, 4, 2 of 3, 1, 2 outputs: 6/3, 8/5, 10/4 are left of 12/6
    e = mean(np.array([1.0, 2, 3, 4, 0, 2]), np.array([5, 5, 5, 2, 9, 9]), "words", 0.8)
    left = np.array([6 / 3, 8 / 5, 10 / 4])
    half = t.ppf(0.9, 2) * math.sqrt(2 / 3 * ((left - left.mean()) ** 2).sum())
    assert (e.value, e.low, e.high) == pytest.approx((2, 2 - half, 2 + half))


def test_of_one_prompt_the_outputs_are_the_units() -> None:
    x = np.array([1.0, 2, 3, 6])
    e = mean(x, np.zeros(4, int), "words")
    half = t.ppf(0.975, 3) * x.std(ddof=1) / 2
    assert (e.low, e.high) == pytest.approx((3 - half, 3 + half))
    assert "outputs" in e.method
    for few in (x[:1], x[:0]):
        with pytest.raises(NotEnoughData, match=f"at least 2 outputs, not {len(few)}"):
            mean(few, np.zeros(len(few), int), "words")


def test_the_change_on_shared_prompts() -> None:
    # before 4/2, 12/2, 9/1, after 2/1, 8/1, 26/2: 5 and 9. Without each prompt in turn:
    # before 21/3, 13/3, 16/4, after 34/3, 28/3, 10/2: changes 13/3, 5, 1
    before = np.array([1.0, 3, 5, 7, 9, 500]), np.array([0, 0, 1, 1, 2, 7])
    after = np.array([2.0, 8, 12, 14, -500]), np.array([0, 1, 2, 2, 8])
    e = mean_difference(before, after, "words")
    left = np.array([13 / 3, 5, 1])
    half = t.ppf(0.975, 2) * math.sqrt(2 / 3 * ((left - left.mean()) ** 2).sum())
    assert (e.value, e.low, e.high) == pytest.approx((4, 4 - half, 4 + half))
    assert e.n == 3


def test_two_shared_prompts_are_enough() -> None:
    # without one: 3 − 1 and 5 − 2; s.e. √(½ (¼ + ¼)) = ½
    e = mean_difference(
        (np.array([2.0, 1]), np.array([0, 1])), (np.array([5.0, 3]), np.array([0, 1])), "words"
    )
    assert (e.value, e.high) == pytest.approx((2.5, 2.5 + t.ppf(0.975, 1) / 2))
    with pytest.raises(NotEnoughData, match="2 shared prompts, not 1"):
        mean_difference(
            (np.array([2.0, 1]), np.array([0, 1])), (np.array([5.0, 3]), np.array([0, 2])), "words"
        )


def test_a_quantity_of_at_least_0() -> None:
    # left out: 3, 5, 4: s.e. √(2/3 · 2); never below 0
    half = t.ppf(0.9, 2) * math.sqrt(4 / 3)
    assert positive_interval(4.0, np.array([3.0, 5, 4]), 0.8) == pytest.approx((4 - half, 4 + half))
    assert positive_interval(1.0, np.array([3.0, 5, 4]), 0.95)[0] == 0


def test_where_all_units_agree_there_is_no_upper_bound() -> None:
    # three units of three miss what a share of ⅘ holds with chance .2³ = .008
    assert positive_interval(2.0, np.full(3, 2.0), 0.992) == (pytest.approx(2 * 0.2), None)
    assert positive_interval(0.0, np.zeros(3), 0.95) == (0, None)
    # one part in 10¹² of the value is rounding, for a value below 1 of 1
    for value, spread in ((100.0, 5e-11), (0.1, 5e-13)):
        assert positive_interval(value, value + np.array([-1, 0, 1]) * spread, 0.9)[1] is None
        assert positive_interval(value, value + np.array([-1, 0, 1]) * 4 * spread, 0.9)[1]


def test_two_outputs_are_enough() -> None:
    e = mean(np.array([1.0, 3.0]), np.zeros(2, int), "words")
    assert (e.value, e.high) == pytest.approx((2, 2 + t.ppf(0.975, 1)))
