"""Evenness: hand-computed values, its ends, edges."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.measures import evenness, rarefaction

GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12


def test_hand_computed() -> None:
    p = np.array([0.5, 0.25, 0.25])
    number = math.exp(-(p * np.log(p)).sum())
    counts = [2, 1, 1]
    assert evenness(counts).value == pytest.approx((number - 1) / 2)
    assert evenness(counts, form="pielou").value == pytest.approx(math.log(number) / math.log(3))
    assert evenness(counts, 2).value == pytest.approx((1 / 0.375 - 1) / 2)
    assert evenness(counts, 2, "ratio").value == pytest.approx(1 / 0.375 / 3)


def test_even_is_one_whatever_the_number() -> None:
    for dishes in (2, 30):
        e = evenness([20] * dishes)
        assert e.value == e.high == 1.0
        assert e.low is not None and 0.8 < e.low < 1
    assert evenness(GIRDLED, 0).value == 1.0


def test_one_dish_with_almost_everything_is_next_to_zero() -> None:
    assert evenness([100_000, 1, 1, 1]).value < 1e-3


def test_is_read_where_rarefaction_is() -> None:
    number, dishes = (rarefaction(GIRDLED, q, coverage=0.9, bootstrap=2).value for q in (1, 0))
    at = evenness(GIRDLED, coverage=0.9, bootstrap=2)
    assert at.value == pytest.approx((number - 1) / (dishes - 1))
    assert at.value > evenness(GIRDLED, bootstrap=2).value


def test_a_single_dish_has_none() -> None:
    with pytest.raises(NotEnoughData, match="one dish"):
        evenness([9, 0])
    with pytest.raises(NotEnoughData, match="shows one dish"):
        evenness([9, 3], size=1)


def test_what_cannot_be() -> None:
    with pytest.raises(UnknownName, match="pielou"):
        evenness(GIRDLED, form="pielo")
    with pytest.raises(BadInput, match="order=-1"):
        evenness(GIRDLED, -1)
    with pytest.raises(BadInput, match="give one of them"):
        evenness(GIRDLED, size=10, coverage=0.5)
