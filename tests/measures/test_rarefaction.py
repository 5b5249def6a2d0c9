"""Rarefaction and extrapolation: published values, every subsample counted, edges."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import hill, rarefaction
from fullmenu.measures.counts._community import community
from fullmenu.measures.counts._counts import tally
from fullmenu.measures.counts.rarefaction import (
    coverage_at,
    diversity_at,
    missed,
    rarefaction_curve,
    size_for,
)

GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
LOGGED = [88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4] + [3] * 4 + [2] * 4 + [1] * 14
# Ants at 2000 m (Longino & Colwell 2011): in how many of 200 units each species occurs.
ANTS = [1, 2, 2, 3, 4, 8, 8, 13, 15, 19, 23, 34, 59, 80]


@pytest.mark.parametrize(
    ("counts", "size", "value", "coverage"),
    [
        (GIRDLED, 84, 18.912, 0.900),
        (GIRDLED, 248, 30.883, 0.948),
        (GIRDLED, 336, 34.731, 0.964),
        (LOGGED, 126, 28.268, 0.908),
        (LOGGED, 371, 42.786, 0.958),
        (LOGGED, 504, 47.644, 0.969),
    ],
)
def test_published_values(counts: list[int], size: int, value: float, coverage: float) -> None:
    assert rarefaction(counts, size=size, bootstrap=2).value == pytest.approx(value, abs=5e-4)
    assert coverage_at(tally(counts), size) == pytest.approx(coverage, abs=5e-4)


@pytest.mark.parametrize(("order", "value"), [(0, 12.909623), (1, 7.710717), (2, 5.794580)])
def test_published_values_of_units(order: float, value: float) -> None:
    e = rarefaction(ANTS, order, coverage=0.985, units=200, bootstrap=2)
    assert e.value == pytest.approx(value, abs=1e-6)
    assert size_for(tally(ANTS, units=200), 0.985) == pytest.approx(104.6306, abs=5e-5)


def test_published_intervals() -> None:
    e = rarefaction(GIRDLED, size=84, bootstrap=1_000)
    assert e.low == pytest.approx(15.902, abs=0.5)
    assert e.high == pytest.approx(21.923, abs=0.5)
    fixed = rarefaction(GIRDLED, coverage=coverage_at(tally(GIRDLED), 84), bootstrap=300)
    assert fixed.high is not None and 5 < fixed.high - fixed.value < 9.5  # published: 8.15


@pytest.mark.parametrize("order", [0, 0.5, 1, 2, 3])
@pytest.mark.parametrize("m", [1, 2, 4, 6])
def test_is_the_mean_spectrum_of_all_subsamples(order: float, m: int) -> None:
    dishes = [0, 0, 0, 1, 1, 2, 3]
    seen = np.zeros(m + 1)
    every = list(combinations(dishes, m))
    for one in every:
        seen += np.bincount(np.bincount(one), minlength=m + 1)[: m + 1] * (np.arange(m + 1) > 0)
    k, f = np.arange(1, m + 1), seen[1:] / len(every)
    if order == 1:
        expected = np.exp(-(k / m * np.log(k / m) * f).sum())
    else:
        expected = ((k / m) ** order * f).sum() ** (1 / (1 - order))
    assert diversity_at(tally([3, 2, 1, 1]), order, m) == pytest.approx(expected, rel=1e-12)


def test_coverage_is_what_the_next_serving_finds() -> None:
    dishes = [0, 0, 0, 1, 1, 2, 3]
    found = [
        dishes[i] in [dishes[j] for j in chosen]
        for chosen in combinations(range(7), 4)
        for i in range(7)
        if i not in chosen
    ]
    assert coverage_at(tally([3, 2, 1, 1]), 4) == pytest.approx(np.mean(found), rel=1e-12)


@pytest.mark.parametrize("coverage", [0.3, 0.6, 0.9, 0.9289, 0.93, 0.99])
def test_size_for_undoes_coverage_at(coverage: float) -> None:
    s = tally(GIRDLED)
    assert coverage_at(s, size_for(s, coverage)) == pytest.approx(coverage, abs=1e-4)


def test_large_counts_are_missed_as_small_ones() -> None:
    x = np.array([1.0, 255.0, 256.0, 257.0, 300.0])
    exact = [math.comb(1000 - int(c), 5) / math.comb(1000, 5) for c in x]
    assert missed(x, 1000, 5) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("order", [0, 0.5, 1, 2, 3])
def test_the_curve_has_no_break_and_ends_at_the_kitchen(order: float) -> None:
    s = tally(GIRDLED)
    values = [diversity_at(s, order, m) for m in (167, 167.5, 168, 168.5, 169, 1e9)]
    assert values == sorted(values)
    assert values[1] == pytest.approx((values[0] + values[2]) / 2, rel=1e-9)
    assert values[4] - values[2] == pytest.approx(values[2] - values[0], rel=0.02)
    assert values[5] == pytest.approx(hill(GIRDLED, order).value, rel=1e-6)
    assert rarefaction(GIRDLED, order, size=math.inf, bootstrap=2).value == pytest.approx(
        hill(GIRDLED, order).value, rel=1e-12
    )


def test_ten_million_servings() -> None:
    p = 1 / np.arange(1, 2_001)
    x = np.random.default_rng(0).multinomial(10_000_000, p / p.sum())
    whole, half = (hill(x, 1, asymptotic=False).value, rarefaction(x, 1, size=5e6, bootstrap=2))
    assert half.value == pytest.approx(whole, rel=1e-3)


def test_a_curve_shares_its_draws() -> None:
    curve = rarefaction_curve(GIRDLED, 1, sizes=[84, 336], bootstrap=20)
    alone = [rarefaction(GIRDLED, 1, size=m, bootstrap=20) for m in (84, 336)]
    assert curve == alone
    sizes = rarefaction_curve(GIRDLED, bootstrap=2)
    assert [e.value for e in sizes] == sorted(e.value for e in sizes)
    assert sizes[0].value == pytest.approx(1) and "336" in sizes[-1].method
    assert "seen in 30" in rarefaction_curve([1] * 30, bootstrap=2)[-1].method


def test_the_kitchen_that_samples_are_drawn_from() -> None:
    s = tally(GIRDLED)
    c = community(s)
    assert c.unseen == 18  # Chao1: 17.9
    assert c.seen.sum() + c.rest == pytest.approx(1)
    assert c.rest == pytest.approx(1 - 0.9289, abs=1e-4)
    draws = [c.draw(np.random.default_rng(i)) for i in range(20)]
    assert all(d.n == 168 for d in draws)
    units = community(tally(ANTS, units=200))
    assert units.draw(np.random.default_rng(0)).units == 200


def test_very_many_unseen_dishes_need_no_room() -> None:
    s = tally([1] * 100_000)
    assert community(s).unseen > 10**9
    assert community(s).draw(np.random.default_rng(0)).n == 100_000


def test_one_dish_leaves_room_for_another() -> None:
    e = rarefaction([7], size=5)
    assert e.value == e.low == 1.0
    assert e.high is not None and 1.5 < e.high < 2


def test_at_one_serving_there_is_one_dish() -> None:
    e = rarefaction(GIRDLED, size=1)
    assert (e.low, e.value, e.high) == pytest.approx((1, 1, 1))


def test_the_kitchen_of_a_sample_without_repeats_is_unknown() -> None:
    assert rarefaction([1] * 30, size=20).value == pytest.approx(20)
    with pytest.raises(NotEnoughData, match="comes twice"):
        rarefaction([1] * 30, size=40)


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        ({"size": 9, "coverage": 0.5}, "give one of them"),
        ({"size": 0}, "size=0"),
        ({"coverage": 1}, "coverage=1"),
        ({"order": -1}, "order=-1"),
        ({"order": math.inf, "size": 20}, "order=inf"),
        ({"bootstrap": 1}, "bootstrap=1"),
        ({"level": 1.0}, "level=1.0"),
    ],
)
def test_what_cannot_be(bad: dict[str, float], match: str) -> None:
    with pytest.raises(BadInput, match=match):
        rarefaction(GIRDLED, **bad)
