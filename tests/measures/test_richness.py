"""Richness: published tables, the delta method, edges."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.measures import hill, richness

# As SpadeR printed them: how many species were seen 1 … 10 times; 15 others are 242 individuals.
SEEN = (31, 18, 9, 6, 6, 4, 1, 1, 1, 1)
PLOT = [i + 1 for i, k in enumerate(SEEN) for _ in range(k)] + [16] * 13 + [17] * 2
GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
LOGGED = [88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4] + [3] * 4 + [2] * 4 + [1] * 14


@pytest.mark.parametrize(
    ("estimator", "value", "low", "high"),
    [
        ("chao1", 119.635, 104.072, 157.075),
        ("ace", 122.849, 107.478, 154.537),
        ("ace1", 132.020, 110.322, 180.895),
        ("jackknife1", 123.931, 111.943, 143.506),
        ("jackknife2", 136.913, 117.270, 172.455),
    ],
)
def test_published_values(estimator: str, value: float, low: float, high: float) -> None:
    e = richness(PLOT, estimator)
    assert (e.value, e.low, e.high) == pytest.approx((value, low, high), abs=5.1e-4)


@pytest.mark.parametrize(
    ("estimator", "value"), [("chao1_bias_corrected", 117.419), ("ichao1", 126.197)]
)
def test_published_estimates(estimator: str, value: float) -> None:
    assert richness(PLOT, estimator).value == pytest.approx(value, abs=5.1e-4)


@pytest.mark.parametrize(
    ("estimator", "value"),
    [("chao1", 24.625), ("ichao1", 24.625), ("ace", 19.069), ("ace1", 27.383),
     ("jackknife1", 15.85), ("jackknife2", 21.55)],
)  # fmt: skip
def test_published_estimates_of_units(estimator: str, value: float) -> None:
    e = richness([1] * 6 + [5, 7, 8, 9], estimator, units=40)
    assert e.value == pytest.approx(value, abs=5.1e-4)
    assert e.n == 40


def test_published_interval_of_chao2() -> None:
    e = richness([1] * 9 + [2] * 4 + [3, 10], units=16)
    assert (e.value, e.low, e.high) == pytest.approx((24.492, 17.113, 57.648), abs=5.1e-4)
    assert richness([1] * 9 + [2] * 4 + [3, 10], "ichao1", units=16).value == pytest.approx(
        25.968, abs=5.1e-4
    )


def test_ace_sums_pairs() -> None:
    assert richness(GIRDLED, "ace").value == pytest.approx(48.415, abs=5e-4)
    assert richness(LOGGED, "ace").value == pytest.approx(52.685, abs=5e-4)


@pytest.mark.parametrize("counts", [GIRDLED, LOGGED, [40, 1, 1, 1, 1]])
def test_the_delta_method_is_the_published_variance_of_chao1(counts: list[int]) -> None:
    a, b = richness(counts), hill(counts, 0)
    assert (a.value, a.low, a.high) == pytest.approx((b.value, b.low, b.high), rel=1e-12)


def test_the_delta_method_knows_how_much_ichao1_varies() -> None:
    rng = np.random.default_rng(0)
    p = 0.97 ** np.arange(150)
    draws = [richness(rng.multinomial(300, p / p.sum()), "ichao1") for _ in range(300)]
    values = np.array([e.value for e in draws])
    seen = richness(rng.multinomial(300, p / p.sum()), "ichao1")
    assert seen.low is not None and seen.high is not None
    spans = [np.log((e.high - s) / (e.low - s)) for e, s in _with_seen(draws)]
    assert 0.6 < np.std(np.log(values - 90)) / (np.median(spans) / 3.92) < 1.6


def _with_seen(draws: list) -> list:
    # K = √((high − S)(low − S)) is the number of unseen dishes: S = the dishes seen
    out = []
    for e in draws:
        s = (e.low * e.high - e.value**2) / (e.low + e.high - 2 * e.value)
        out.append((e, s))
    return out


def test_nothing_seen_once_leaves_nothing_unseen() -> None:
    for estimator in ("chao1", "ichao1", "ace", "jackknife1"):
        e = richness([5, 9, 3], estimator)
        assert e.value == e.low == 3
        assert e.high is not None and e.high >= 4


def test_never_fewer_than_were_seen() -> None:
    e = richness([2] * 9 + [5, 1], "jackknife2")
    assert e.value == e.low == 11


def test_nothing_seen_twice_says_so() -> None:
    for estimator in ("chao1", "ace", "jackknife1"):
        with pytest.raises(NotEnoughData, match="comes twice"):
            richness([1] * 30, estimator)
    with pytest.raises(NotEnoughData, match="served once"):
        richness([50, 30, 1, 1], "ace")


def test_what_cannot_be() -> None:
    with pytest.raises(UnknownName, match="ichao1"):
        richness(GIRDLED, "ichao")
    with pytest.raises(BadInput, match="cannot be above units"):
        richness([5, 9], units=8)
    with pytest.raises(BadInput, match="units="):
        richness([5, 9], units=10.5)
    with pytest.raises(NotEnoughData, match="units=1"):
        richness([1, 1], units=1)
