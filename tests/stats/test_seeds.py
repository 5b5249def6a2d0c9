"""Means over seeds."""

from __future__ import annotations

import math

import pytest
from scipy.stats import t

from fullmenu.errors import NotEnoughData
from fullmenu.stats.seeds import over_seeds


def test_two_seeds_have_an_interval() -> None:
    # mean 4, standard deviation √2, s.e. 1
    e = over_seeds([3, 5], "modes")
    assert (e.value, e.low, e.high) == pytest.approx((4, 4 - t.ppf(0.975, 1), 4 + t.ppf(0.975, 1)))
    assert (e.n, e.unit) == (2, "modes")


def test_one_seed_or_seeds_alike_have_none() -> None:
    one = over_seeds([3], "modes")
    assert (one.value, one.low, one.high, one.n) == (3, None, None, 1)
    alike = over_seeds([3, 3], "modes", 0.9)
    assert (alike.value, alike.low, alike.high, alike.n, alike.level) == (3, None, None, 2, 0.9)


@pytest.mark.parametrize("values", [[], [3, math.nan], [math.inf]])
def test_seeds_that_gave_nothing(values: list[float]) -> None:
    with pytest.raises(NotEnoughData, match="run the seeds that did not again"):
        over_seeds(values, "modes")
