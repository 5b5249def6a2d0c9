"""Tsallis entropy: Gini–Simpson, Shannon and the number of dishes in one family."""

from __future__ import annotations

import math

import pytest

from fullmenu.measures import tsallis

GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12


def test_hand_computed() -> None:
    counts = [2, 1, 1]
    assert tsallis(counts, 0, asymptotic=False).value == pytest.approx(2)
    assert tsallis(counts, 1, asymptotic=False).value == pytest.approx(1.5 * math.log(2))
    assert tsallis(counts, 2, asymptotic=False).value == pytest.approx(1 - 0.375)
    assert tsallis(counts, 3, asymptotic=False).value == pytest.approx((1 - 10 / 64) / 2)
    assert tsallis(counts, math.inf, asymptotic=False).value == 0.0


def test_order_two_is_the_share_of_unlike_pairs() -> None:
    assert tsallis([2, 1, 1]).value == pytest.approx(10 / 12)
    pairs = sum(x * (x - 1) for x in GIRDLED) / (168 * 167)
    assert tsallis(GIRDLED).value == pytest.approx(1 - pairs)


def test_no_finite_number_of_dishes_is_still_an_entropy() -> None:
    e = tsallis([1] * 30, asymptotic=False)
    assert e.high == 1.0


def test_one_dish_is_zero() -> None:
    e = tsallis([9])
    assert e.value == e.low == 0.0
    assert math.copysign(1, e.value) == 1
