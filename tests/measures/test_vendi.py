"""The Vendi score: published and brute-force values, both routes, every order, one size."""

from __future__ import annotations

from importlib import import_module
from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.gram import rows_of
from fullmenu.measures import repeat_rate, truncated_vendi, vendi

INF = float("inf")
README = [[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]]
ORDERS = (0, 0.5, 1, 2, 3.5, 40, INF)


def _rows(seed: int, n: int, d: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(4, d))[rng.integers(0, 4, n)] + 0.7 * rng.normal(size=(n, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _number(p: np.ndarray, q: float) -> float:
    p = p[p > 1e-12]
    if q == 1:
        return float(np.exp(-(p * np.log(p)).sum()))
    return float(1 / p.max() if np.isinf(q) else (p**q).sum() ** (1 / (1 - q)))


@pytest.mark.parametrize(
    ("order", "value"), [(0, 3), (0.5, 2.420348), (1, 2.157300), (2, 1.948052), (INF, 1.578947)]
)
def test_values_of_the_readme_of_vendi_score(order: float, value: float) -> None:
    assert vendi(rows_of(README), order).value == pytest.approx(value, abs=6e-7)
    assert vendi(rows_of(csr_matrix(README)), order).value == pytest.approx(value, abs=6e-7)


def test_noise_of_rank_16() -> None:
    x = np.random.default_rng(0).standard_normal((200, 16))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    found = [vendi(x, q).value for q in (0, 1, 2, INF)]
    assert found == pytest.approx([16, 15.45218, 14.95574, 10.61052], abs=6e-6)
    assert vendi(rows_of(x @ x.T), 0).value == 16


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("n", "d"), [(60, 9), (20, 70), (30, 30)])
def test_by_definition_on_either_side(order: float, n: int, d: int) -> None:
    x = _rows(1, n, d)
    exact = _number(np.linalg.eigvalsh(x @ x.T / n), order)
    dense, sparse = vendi(x, order), vendi(csr_matrix(x), order)
    assert dense.value == pytest.approx(exact, rel=1e-9)
    assert sparse.value == pytest.approx(exact, rel=1e-9)
    assert (sparse.low, sparse.high) == pytest.approx((dense.low, dense.high), rel=1e-6)


def test_a_wide_sparse_sample_is_not_made_dense() -> None:
    rows = np.arange(40)
    x = csr_matrix((np.ones(40), (rows, rows % 8 * 10**8)), (40, 10**9))
    assert vendi(x).value == pytest.approx(8, rel=1e-12)


def test_one_hot_rows_give_hill_numbers() -> None:
    counts = np.array([46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12)
    x = np.eye(26)[np.repeat(np.arange(26), counts)]
    found = [vendi(x, q).value for q in (0, 1, 2, INF)]
    assert found == pytest.approx([26, 12.05965, 7.84, 168 / 46], abs=5e-6)


def test_order_2_and_the_repeat_rate() -> None:
    x = _rows(2, 50, 12)
    u = repeat_rate(x).value
    assert vendi(x, 2).value == pytest.approx(1 / (1 / 50 + 49 / 50 * u), rel=1e-12)


def test_falls_with_the_order() -> None:
    near = vendi(_rows(3, 80, 12), 1 + 1e-12).value
    assert near == pytest.approx(vendi(_rows(3, 80, 12)).value, rel=1e-12)
    values = [vendi(_rows(3, 80, 12), q).value for q in ORDERS]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(
    "x", [np.tile([0.6, 0.8], (30, 1)), np.tile(np.ones(90) / 90**0.5, (9, 1))]
)
@pytest.mark.parametrize("order", [0, 0.5, 1, 2, INF])
def test_one_dish_is_exactly_one(x: np.ndarray, order: float) -> None:
    e = vendi(x, order)
    assert e.value == e.low == 1.0
    assert e.high is not None and 1 < e.high <= 2
    more = vendi(np.tile(x, (5, 1)), order)
    assert more.high is not None and (more.high < e.high or order == 0)


def test_all_different_is_n_and_no_more() -> None:
    e = vendi(np.eye(30))
    assert e.value == pytest.approx(30) and e.high == pytest.approx(30)
    assert e.low is not None and 20 < e.low < 29


def test_float32_rows_lose_nothing() -> None:
    x = np.tile(_rows(4, 5, 33).astype(np.float32), (30, 1))
    assert vendi(x, 0).value == 5


def test_size_is_the_mean_over_subsets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("fullmenu.measures.vectors.vendi"), "SUBSETS", 200)
    x = _rows(5, 9, 4)
    every = [
        _number(np.linalg.eigvalsh(x[list(c)] @ x[list(c)].T / 5), 1)
        for c in combinations(range(9), 5)
    ]
    e = vendi(x, size=5)
    assert e.low is not None and e.high is not None
    assert e.value == pytest.approx(np.mean(every), rel=0.03)
    assert e.low < np.mean(every) < e.high


def test_samples_of_different_sizes_compare_at_one_size() -> None:
    rng = np.random.default_rng(0)
    p = 1 / np.arange(1, 101)
    small, large = (np.eye(100)[rng.choice(100, n, p=p / p.sum())] for n in (60, 600))
    assert vendi(large).value > 1.5 * vendi(small).value
    assert vendi(large, size=60).value == pytest.approx(vendi(small).value, rel=0.25)


def test_size_does_not_read_the_order_of_rows() -> None:
    x = _rows(6, 40, 6)
    moved = x[np.random.default_rng(0).permutation(40)]
    assert vendi(moved, size=11).value == pytest.approx(vendi(x, size=11).value, rel=1e-12)
    assert vendi(x, size=40) == vendi(x)


def test_the_interval_of_many_rows_is_read_from_some() -> None:
    x = _rows(7, 3_000, 12)
    few, all_of_them = vendi(x), _influence(x)
    assert few.low is not None and few.high is not None
    assert np.log(few.high / few.low) / 2 / 1.96 == pytest.approx(all_of_them, rel=0.1)


def _influence(x: np.ndarray) -> float:
    values, vectors = np.linalg.eigh(x.T @ x / len(x))
    moved = ((x @ vectors) ** 2 * -np.log(values)).sum(1)
    return float(moved.std() / len(x) ** 0.5)


@pytest.mark.parametrize("order", [-1, float("nan"), "two", None])
def test_orders_that_are_none(order: object) -> None:
    with pytest.raises(BadInput, match="order"):
        vendi(np.eye(4), order)  # type: ignore[arg-type]


def test_says_what_would_do() -> None:
    with pytest.raises(BadInput, match="unit length"):
        vendi(2 * np.eye(4))
    with pytest.raises(NotEnoughData, match="size=9 of 4"):
        vendi(np.eye(4), size=9)
    for size in (1, 2.5, "3"):
        with pytest.raises(BadInput, match="size"):
            vendi(np.eye(4), size=size)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="8192"):
        vendi(csr_matrix((9_000, 9_000)))


def test_truncated_by_definition() -> None:
    x = _rows(8, 60, 20)
    w = np.sort(np.linalg.eigvalsh(x.T @ x / 60))[::-1]
    for q in (0.5, 1, 2, INF):
        shares = w[:4] + (1 - w[:4].sum()) / 4
        assert truncated_vendi(x, q, rank=4).value == pytest.approx(_number(shares, q), rel=1e-12)
        assert truncated_vendi(x, q, rank=20).value == pytest.approx(vendi(x, q).value, rel=1e-12)
        assert truncated_vendi(x, q, rank=4).value <= vendi(x, q).value
    assert truncated_vendi(x, rank=1).value == 1.0


def test_truncated_settles_where_vendi_grows() -> None:
    small, large = (_rows(9, n, 200) for n in (60, 1_500))
    grows = vendi(large).value / vendi(small).value
    settles = truncated_vendi(large, rank=4).value / truncated_vendi(small, rank=4).value
    assert grows > 1.3 and settles == pytest.approx(1, abs=0.1)


def test_truncated_refuses() -> None:
    with pytest.raises(BadInput, match="order=0"):
        truncated_vendi(np.eye(4), 0)
    with pytest.raises(BadInput, match="rank"):
        truncated_vendi(np.eye(4), rank=0)


def test_rows_of_a_kernel() -> None:
    x = _rows(10, 30, 6)
    rows = rows_of(x @ x.T)
    assert rows.shape == (30, 6)
    assert rows @ rows.T == pytest.approx(x @ x.T, abs=1e-12)
    assert repeat_rate(rows).value == pytest.approx(repeat_rate(x).value, rel=1e-10)


@pytest.mark.parametrize(
    ("kernel", "says"),
    [
        ([[1, 0.5], [0.4, 1]], "symmetric"),
        ([[1, 2], [2, 1]], "negative eigenvalue"),
        ([[2, 0], [0, 2]], "diagonal"),
        ([[1, np.nan], [np.nan, 1]], "finite"),
        ([[1, 0, 0], [0, 1, 0]], "shape"),
    ],
)
def test_what_is_no_kernel(kernel: object, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        rows_of(kernel)
