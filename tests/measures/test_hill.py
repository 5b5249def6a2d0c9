"""Hill numbers: published values, exact cases, edges."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fullmenu import measures
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures.counts.hill import _tail

# Spiders of two woods (Sackett et al. 2011), as in the vignette of iNEXT: values to 3 decimals.
GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
LOGGED = [88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4] + [3] * 4 + [2] * 4 + [1] * 14

hill = measures.hill


@pytest.mark.parametrize(
    ("counts", "order", "kitchen", "sample"),
    [
        (GIRDLED, 0, 43.893, 26),
        (GIRDLED, 1, 13.826, 12.060),
        (GIRDLED, 2, 8.175, 7.840),
        (LOGGED, 0, 61.403, 37),
        (LOGGED, 1, 16.337, 14.421),
        (LOGGED, 2, 6.920, 6.761),
    ],
)
def test_published_values(counts: list[int], order: float, kitchen: float, sample: float) -> None:
    assert hill(counts, order).value == pytest.approx(kitchen, abs=6e-4)
    assert hill(counts, order, asymptotic=False).value == pytest.approx(sample, abs=6e-4)


@pytest.mark.parametrize(
    ("counts", "low", "high"), [(GIRDLED, 30.511, 96.971), (LOGGED, 43.502, 128.583)]
)
def test_published_interval_of_chao1(counts: list[int], low: float, high: float) -> None:
    e = hill(counts, 0)
    assert e.low == pytest.approx(low, abs=6e-4)
    assert e.high == pytest.approx(high, abs=6e-4)


def test_intervals_are_as_wide_as_the_published_bootstrap() -> None:
    for counts, ses in ((GIRDLED, (1.339, 0.934)), (LOGGED, (1.864, 0.926))):
        for order, se in zip((1, 2), ses, strict=True):
            e = hill(counts, order)
            assert e.low is not None and e.high is not None
            assert 0.8 < (e.high - e.low) / (2 * 1.96) / se < 1.5


def test_largest_share_is_the_last_order() -> None:
    assert hill(GIRDLED, math.inf, asymptotic=False).value == pytest.approx(168 / 46)
    near = hill(GIRDLED, 5_000, asymptotic=False).value
    assert near == pytest.approx(168 / 46, rel=2e-3)


def test_plug_in_falls_with_the_order() -> None:
    values = [hill(LOGGED, q, asymptotic=False).value for q in (0, 0.5, 1, 1.5, 2, 3, math.inf)]
    assert values == sorted(values, reverse=True)


def test_order_two_is_one_over_the_repeat_rate() -> None:
    counts = np.array(GIRDLED)
    rows = np.eye(len(counts))[np.repeat(np.arange(len(counts)), counts)]
    rate, number = measures.repeat_rate(rows), hill(counts)
    assert number.value == pytest.approx(1 / rate.value, rel=1e-12)
    assert rate.low is not None and rate.high is not None
    assert (number.low, number.high) == pytest.approx((1 / rate.high, 1 / rate.low), rel=1e-9)


def test_unbiased_where_the_plug_in_is_not() -> None:
    rng = np.random.default_rng(0)
    p = 1 / np.arange(1, 101)
    p /= p.sum()
    truth = np.exp(-(p * np.log(p)).sum())
    draws = [rng.multinomial(150, p) for _ in range(200)]
    kitchen = np.mean([hill(x, 1).value for x in draws])
    sample = np.mean([hill(x, 1, asymptotic=False).value for x in draws])
    assert kitchen == pytest.approx(truth, rel=0.05)
    assert sample < 0.85 * truth


@pytest.mark.parametrize(("n", "a"), [(5, 0.999), (50, 0.5), (168, 0.01), (2, 0.3)])
def test_tail_is_the_sum(n: int, a: float) -> None:
    s = np.arange(20_000)
    assert _tail(n, a) == pytest.approx(((1 - a) ** (s + 1) / (n + s)).sum(), rel=1e-12)


def test_one_dish_is_exactly_one() -> None:
    for order in (0, 1, 2, 3):
        e = hill([7, 0], order)
        assert e.value == e.low == 1.0
        assert e.high is not None and 1 < e.high <= 2


def test_equal_counts_still_have_an_interval() -> None:
    e = hill([10, 10, 10])
    assert e.low is not None and e.high is not None
    assert e.low < 3 < e.value < e.high


def test_nothing_seen_twice_says_so() -> None:
    for order in (0, 1, 2):
        with pytest.raises(NotEnoughData):
            hill([1] * 30, order)
    e = hill([1] * 30, asymptotic=False)
    assert e.high is None and e.value == pytest.approx(30)
    with pytest.raises(NotEnoughData, match="served 5 times"):
        hill([4, 4], 5)


def test_units_with_one_dish_each_are_servings() -> None:
    for order in (1, 2, 3):
        assert hill(GIRDLED, order, units=168).value == pytest.approx(hill(GIRDLED, order).value)


@pytest.mark.parametrize("order", [0, 1, 2])
def test_incidence_is_unbiased_where_servings_are(order: float) -> None:
    rng = np.random.default_rng(1)
    chances = 0.8 * 0.8 ** np.arange(25)
    shares = chances / chances.sum()
    truth = {0: 25, 1: np.exp(-(shares * np.log(shares)).sum()), 2: 1 / (shares**2).sum()}[order]
    draws = [hill(rng.binomial(300, chances), order, units=300) for _ in range(60)]
    assert np.mean([e.value for e in draws]) == pytest.approx(truth, rel=0.05)
    if order:
        held = [e.low <= truth <= e.high for e in draws if e.low and e.high]
        assert np.mean(held) > 0.85


def test_one_dish_in_every_unit() -> None:
    e = hill([9], units=9)
    assert e.value == e.low == 1.0 and e.n == 9
    assert e.high is not None and 1 < e.high <= 2


@pytest.mark.parametrize("order", [0.25, 0.5, 1.5, 2.5])
def test_broken_orders_are_chao_and_jost(order: float) -> None:
    from fractions import Fraction

    from scipy.special import binom

    counts = [7, 4, 3, 2, 1, 1, 1]
    n, f1, f2 = sum(counts), 3, 1
    shown = [
        sum(
            Fraction(x * math.comb(n - x, k), n * math.comb(n - 1, k)) for x in counts if x <= n - k
        )
        for k in range(n)
    ]
    seen = sum(binom(order - 1, k) * (-1) ** k * float(d) for k, d in enumerate(shown))
    a = 2 * f2 / ((n - 1) * f1 + 2 * f2)
    rest = a ** (order - 1) - sum(binom(order - 1, r) * (a - 1) ** r for r in range(n))
    expected = (seen + f1 / n * (1 - a) ** (1 - n) * rest) ** (1 / (1 - order))
    assert hill(counts, order).value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("counts", [GIRDLED, LOGGED])
def test_broken_orders_lie_between_whole_ones(counts: list[int]) -> None:
    orders = (1e-3, 0.5, 1 - 1e-6, 1, 1 + 1e-6, 1.5, 2 - 1e-9, 2)
    values = [hill(counts, q).value for q in orders]
    assert values == sorted(values, reverse=True)
    assert values[0] == pytest.approx(hill(counts, 0).value, rel=0.01)
    assert values[2] == pytest.approx(values[3], rel=1e-5)
    assert values[6] == pytest.approx(values[7], rel=1e-6)


@pytest.mark.parametrize("order", [-1, math.nan, math.inf])
def test_orders_without_an_estimator(order: float) -> None:
    with pytest.raises(BadInput, match="order"):
        hill(GIRDLED, order)


@pytest.mark.parametrize("counts", [[1.5, 2], [-1, 3], [[1, 2]], ["a", "b"], [math.nan, 2]])
def test_counts_that_are_none(counts: list[object]) -> None:
    with pytest.raises(BadInput):
        hill(counts)
