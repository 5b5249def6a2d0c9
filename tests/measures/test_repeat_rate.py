"""The repeat rate: its routes agree, its exact cases are exact, its interval covers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.likeness import pair_sums
from fullmenu.measures import repeat_rate


def _rows(seed: int, n: int, d: int = 12) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(4, d))[rng.integers(0, 4, n)] + 0.7 * rng.normal(size=(n, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _by_definition(x: np.ndarray) -> float:
    k2 = (x @ x.T) ** 2
    n = len(x)
    return float((k2.sum() - np.trace(k2)) / (n * (n - 1)))


@pytest.mark.parametrize("n", [2, 3, 40, 700])
def test_routes_agree(n: int) -> None:
    x = _rows(0, n)
    exact = _by_definition(x)
    values = [
        repeat_rate(rows, route=route).value
        for rows in (x, csr_matrix(x))
        for route in ("moments", "gram", "auto")
    ]
    assert values == pytest.approx([exact] * 6, rel=1e-12)
    intervals = [
        (e.low, e.high) for e in (repeat_rate(x), repeat_rate(csr_matrix(x), route="gram"))
    ]
    assert intervals[0] == pytest.approx(intervals[1], rel=1e-9)


def test_routes_agree_across_groups() -> None:
    x, groups = _rows(1, 60), np.random.default_rng(0).integers(0, 7, 60)
    k2 = (x @ x.T) ** 2 * (groups[:, None] != groups[None, :])
    for route in ("moments", "gram"):
        sums = pair_sums(x, groups, route=route)
        assert sums.same == pytest.approx(k2.sum(1), rel=1e-12)
        assert sums.partners == pytest.approx((groups[:, None] != groups[None, :]).sum(1))


def test_random_pairs_are_within_their_error() -> None:
    x = _rows(2, 4_000)
    exact = repeat_rate(x, route="moments").value
    e = repeat_rate(x, route="pairs", seed=3)
    assert e.low is not None and e.high is not None
    assert e.low < exact < e.high
    assert e.value == pytest.approx(exact, rel=0.05)
    assert e.value != repeat_rate(x, route="pairs", seed=4).value


@pytest.mark.parametrize("n", [0, 1])
def test_pairs_need_two(n: int) -> None:
    with pytest.raises(NotEnoughData, match=f"not {n}"):
        repeat_rate(np.eye(3)[:n])


def test_two_outputs_tell_next_to_nothing() -> None:
    e = repeat_rate(np.eye(2)[[0, 0]])
    assert (e.value, e.low, e.high) == (1.0, 0.0, 1.0)
    e = repeat_rate(np.eye(2))
    assert (e.value, e.low, e.high) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize("route", ["moments", "gram", "pairs"])
def test_one_dish_is_exactly_one(route: str) -> None:
    row = np.random.default_rng(0).normal(size=9)
    e = repeat_rate(np.tile(row / np.linalg.norm(row), (50, 1)), route=route)
    assert e.value == e.high == 1.0
    assert e.low == pytest.approx(0.05 ** (2 / 50))


def test_one_hot_rows_are_counts() -> None:
    counts = np.array([7, 5, 1, 1, 12])
    e = repeat_rate(np.eye(5)[np.repeat(np.arange(5), counts)])
    assert e.value == pytest.approx((counts * (counts - 1)).sum() / (26 * 25), rel=1e-13)


def test_no_two_alike_bounds_from_above_only() -> None:
    e = repeat_rate(np.eye(40))
    assert e.value == e.low == 0.0
    assert e.high is not None and 0 < e.high < 0.05


def test_equal_shares_still_have_an_interval() -> None:
    e = repeat_rate(np.eye(2)[[0, 0, 1, 1]])
    assert e.low is not None and e.high is not None
    assert e.low < e.value < e.high


@pytest.mark.parametrize(
    "p",
    [[0.5, 0.3, 0.2], [0.1] * 10, [0.6] + [0.01] * 40],
    ids=["three", "uniform", "leader"],
)
def test_interval_covers(p: list[float]) -> None:
    rng = np.random.default_rng(0)
    shares = np.array(p)
    truth = float((shares**2).sum())
    hits = 0
    for _ in range(300):
        x = rng.multinomial(40, shares)
        e = repeat_rate(np.eye(len(p))[np.repeat(np.arange(len(p)), x)])
        assert e.low is not None and e.high is not None
        hits += e.low <= truth <= e.high
    assert hits >= 279  # 93 % on a fixed seed; a jackknife alone covers 90 %


def test_unbiased() -> None:
    rng = np.random.default_rng(0)
    p = np.array([0.5, 0.25, 0.15, 0.1])
    values = [repeat_rate(np.eye(4)[rng.choice(4, 8, p=p)]).value for _ in range(3_000)]
    assert np.mean(values) == pytest.approx((p**2).sum(), abs=0.01)


@pytest.mark.parametrize(
    "bad", [np.ones(3), np.full((3, 2), np.nan), 2 * np.eye(3), np.array([["a"], ["b"]])]
)
def test_features_that_are_none(bad: np.ndarray) -> None:
    with pytest.raises(BadInput):
        repeat_rate(bad)


def test_unknown_route() -> None:
    with pytest.raises(BadInput, match="moments"):
        repeat_rate(np.eye(3), route="guess")
