"""Rényi entropy: the log of Hill numbers."""

from __future__ import annotations

import math

import pytest

from fullmenu.measures import hill, renyi

GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12


def test_hand_computed() -> None:
    counts = [2, 1, 1]
    assert renyi(counts, 1, asymptotic=False).value == pytest.approx(1.5 * math.log(2))
    assert renyi(counts, 2, asymptotic=False).value == pytest.approx(-math.log(0.375))
    assert renyi(counts, 0, asymptotic=False).value == pytest.approx(math.log(3))
    assert renyi(counts, math.inf, asymptotic=False).value == pytest.approx(math.log(2))


def test_published_asymptote() -> None:
    assert math.exp(renyi(GIRDLED, 1).value) == pytest.approx(13.826, abs=5e-4)


def test_interval_is_the_log_of_the_hill_number() -> None:
    e, number = renyi(GIRDLED), hill(GIRDLED)
    assert number.low is not None and number.high is not None
    assert (e.low, e.high) == pytest.approx((math.log(number.low), math.log(number.high)))
    assert renyi([1] * 30, asymptotic=False).high is None


def test_one_dish_is_zero() -> None:
    e = renyi([9])
    assert e.value == e.low == 0.0
