"""Mean, nearest and cosine between outputs: the definitions, copies, exact jackknives and sizes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import chamfer, homogenization_embedding, mean_pairwise_distance
from fullmenu.measures.vectors.distances import _nearest


def _rows(seed: int, n: int, d: int = 6) -> np.ndarray:
    x = np.random.default_rng(seed).normal(size=(n, d)) + 0.5
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _distances(x: np.ndarray, metric: str) -> np.ndarray:
    d = np.linalg.norm(x[:, None] - x[None], axis=2)
    return d**2 / 2 if metric == "cosine" else d


def _chamfer(x: np.ndarray, metric: str) -> float:
    d = _distances(x, metric)
    np.fill_diagonal(d, np.inf)
    return float(d.min(1).mean())


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("n", [2, 3, 40, 300])
def test_by_definition(metric: str, n: int) -> None:
    x = _rows(0, n)
    mean = _distances(x, metric).sum() / (n * (n - 1))
    for rows in (x, csr_matrix(x)):
        assert mean_pairwise_distance(rows, metric).value == pytest.approx(mean, rel=1e-9)
        assert chamfer(rows, metric).value == pytest.approx(_chamfer(x, metric), rel=1e-9)
    if metric == "cosine":
        assert homogenization_embedding(x).value == pytest.approx(1 - mean, rel=1e-9)


def test_euclidean_rows_need_no_unit_length() -> None:
    assert mean_pairwise_distance(np.array([[0.0], [3], [9]]), "euclidean").value == 6
    for f in (mean_pairwise_distance, chamfer, homogenization_embedding):
        with pytest.raises(BadInput, match="unit length"):
            f(np.array([[0.0], [3], [9]]))


def test_the_peer_counts_the_diagonal() -> None:
    x = _rows(1, 10)
    with_diagonal = float(_distances(x, "cosine").mean())
    assert mean_pairwise_distance(x).value * 9 / 10 == pytest.approx(with_diagonal, rel=1e-12)


def test_the_mean_is_unbiased_and_the_nearest_falls_with_n() -> None:
    small = np.mean([mean_pairwise_distance(_rows(s, 10)).value for s in range(200)])
    large = np.mean([mean_pairwise_distance(_rows(s, 60)).value for s in range(100)])
    assert small == pytest.approx(large, rel=0.03)
    assert chamfer(_rows(0, 60)).value < 0.7 * chamfer(_rows(0, 10)).value


@pytest.mark.parametrize("m", range(2, 9))
def test_every_subset_and_every_row_left_out(m: int) -> None:
    x = _rows(2, 8, 2)

    def mean(rows: np.ndarray, size: int) -> float:
        each = [_chamfer(rows[list(c)], "euclidean") for c in combinations(range(len(rows)), size)]
        return float(np.mean(each))

    value, without = _nearest(x, "euclidean", m)
    assert value == pytest.approx(mean(x, m), rel=1e-12)
    exact = [mean(np.delete(x, i, 0), min(m, 7)) for i in range(8)]
    assert without == pytest.approx(exact, rel=1e-12)
    assert chamfer(x, "euclidean", size=m).value == value


def test_samples_of_different_sizes_compare_at_one_size() -> None:
    at_20 = np.mean([chamfer(_rows(s, 20)).value for s in range(60)])
    assert chamfer(_rows(99, 400), size=20).value == pytest.approx(at_20, rel=0.05)


def test_copies_are_at_no_distance() -> None:
    x = _rows(3, 20, 300)
    twice = np.concatenate([x, x])
    for metric in ("cosine", "euclidean"):
        e = chamfer(twice, metric)
        assert e.value == e.low == 0.0
    same = np.tile(x[:1], (30, 1))
    assert mean_pairwise_distance(same).value == 0.0
    assert mean_pairwise_distance(same, "euclidean").high is None
    assert homogenization_embedding(same).value == 1.0


def test_blind_jackknives_get_a_width() -> None:
    same, apart = np.eye(3)[[0] * 30], np.eye(30)
    for f in (mean_pairwise_distance, homogenization_embedding, chamfer):
        for x in (same, apart):
            e = f(x)
            assert e.low is not None and e.high is not None
            assert e.high - e.low > 0.005


def test_size_says_what_would_do() -> None:
    with pytest.raises(NotEnoughData, match="size=9 of 4"):
        chamfer(np.eye(4), size=9)
    with pytest.raises(BadInput, match="metric"):
        chamfer(np.eye(4), "manhattan")  # type: ignore[arg-type]
