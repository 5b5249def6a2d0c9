"""Unseen dishes: published values and edges."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.measures import unseen

GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
LOGGED = [88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4] + [3] * 4 + [2] * 4 + [1] * 14


@pytest.mark.parametrize(
    ("counts", "value", "low", "high"),
    [
        (GIRDLED, 43.893 - 26, 30.511 - 26, 96.971 - 26),
        (LOGGED, 61.403 - 37, 43.502 - 37, 128.583 - 37),
    ],
)
def test_published_values(counts: list[int], value: float, low: float, high: float) -> None:
    e = unseen(counts)
    assert (e.value, e.low, e.high) == pytest.approx((value, low, high), abs=6e-4)


def test_no_dish_seen_once() -> None:
    e = unseen([5, 9, 3])
    assert e.value == e.low == 0.0
    assert np.copysign(1, e.value) == 1
    assert e.high is not None and e.high >= 1


def test_no_dish_seen_twice_but_one_often() -> None:
    e = unseen([40, 1, 1, 1, 1])
    assert e.value == pytest.approx(43 / 44 * 4 * 3 / 2)
    assert e.low is not None and e.high is not None
    assert 0 < e.low < e.value < e.high


def test_all_different_says_so() -> None:
    with pytest.raises(NotEnoughData, match="comes twice"):
        unseen([1, 1, 1])


def test_a_lower_bound() -> None:
    rng = np.random.default_rng(0)
    p = 1 / np.arange(1, 201)
    p /= p.sum()
    values = []
    for _ in range(200):
        x = rng.multinomial(200, p)
        values.append(unseen(x).value + (x > 0).sum())
    assert 110 < np.mean(values) < 200


def test_published_value_of_units() -> None:
    e = unseen([1] * 9 + [2] * 4 + [3, 10], units=16)  # SpadeR's Chao2 on 15 dishes seen
    assert (e.value, e.low, e.high) == pytest.approx((9.492, 2.113, 42.648), abs=5.1e-4)
