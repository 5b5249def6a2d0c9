"""Fréchet and kernel distance, MAUVE and kernel novelty: by definition, and where they are 0."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import frechet_distance, kernel_distance, kernel_novelty, mauve
from fullmenu.measures.reference.frechet_distance import distance
from fullmenu.measures.reference.kernel_novelty import novelty
from fullmenu.measures.reference.mauve import _binned, _projected, _variance, agreement


def _two(n: int, d: int, shift: float = 0.0) -> tuple[Any, Any]:
    rng = np.random.default_rng(5)
    return rng.normal(size=(n, d)) * np.linspace(0.5, 2, d) + shift, rng.normal(size=(n, d))


@pytest.mark.parametrize(("n", "d"), [(200, 6), (8, 20)])
def test_frechet_is_the_formula_with_a_matrix_root(n: int, d: int) -> None:
    x, y = _two(n, d, 0.3)
    s, t = np.cov(x.T), np.cov(y.T)
    values, vectors = np.linalg.eigh(s)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    middle = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ t @ root), 0)).sum()
    formula = ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(s) + np.trace(t) - 2 * middle
    found = frechet_distance(x, y, limit=False).value
    assert found == pytest.approx(formula, rel=1e-9 if n > d else 1e-6)
    assert distance(x, x) == pytest.approx(0, abs=1e-10)


def test_frechet_of_a_shift_and_a_stretch() -> None:
    x = np.random.default_rng(0).normal(size=(50, 4))
    assert distance(x, x + np.array([3, 4, 0, 0])) == pytest.approx(25)
    stretched = (x - x.mean(0)) * 3 + x.mean(0)
    assert distance(x, stretched) == pytest.approx(4 * x.var(0, ddof=1).sum())


def test_the_limit_is_free_of_the_drift_that_the_plain_number_has() -> None:
    plain, limit = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        x, y = rng.normal(size=(60, 8)), rng.normal(size=(60, 8))
        plain.append(frechet_distance(x, y, limit=False).value)
        limit.append(frechet_distance(x, y).value)
    assert np.mean(plain) > 0.5
    assert abs(np.mean(limit)) < 0.15


@pytest.mark.parametrize("degree", [1, 3])
def test_kernel_distance_by_definition(degree: int) -> None:
    x, y = _two(14, 3)
    y = y[:9]

    def mean(a: Any, b: Any, same: bool) -> float:
        pairs = [(i, j) for i, j in itertools.product(range(len(a)), range(len(b)))]
        kept = [(a[i] @ b[j] / 3 + 1) ** degree for i, j in pairs if not (same and i == j)]
        return float(np.mean(kept))

    def by_definition(a: Any, b: Any) -> float:
        return mean(a, a, True) + mean(b, b, True) - 2 * mean(a, b, False)

    e = kernel_distance(x, y, degree=degree)
    assert e.value == pytest.approx(by_definition(x, y))
    left_x = np.array([by_definition(np.delete(x, i, 0), y) for i in range(14)])
    left_y = np.array([by_definition(x, np.delete(y, i, 0)) for i in range(9)])
    variance = 13 * left_x.var() + 8 * left_y.var()
    from fullmenu.stats.quantile import t_quantile

    assert e.high is not None
    assert e.high - e.value == pytest.approx(t_quantile(0.95, 8) * np.sqrt(variance))


def test_kernel_distance_has_no_bias_and_may_be_negative() -> None:
    found = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x, y = rng.normal(size=(30, 4)), rng.normal(size=(30, 4))
        found.append(kernel_distance(x, y).value)
    assert min(found) < 0 < max(found)
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(40)


def _frontier(p: Any, q: Any, c: float) -> float:
    """Integrate the curve finely, by definition."""
    w = np.linspace(1e-6, 1 - 1e-6, 4_001)[:, None]
    r = w * p + (1 - w) * q

    def kl(a: Any) -> Any:
        safe = np.where(a > 0, a, 1.0)
        return (a * np.log(safe / np.where(a > 0, r, 1.0))).sum(1)

    x = np.r_[1, np.exp(-c * kl(q)), 0]
    y = np.r_[0, np.exp(-c * kl(p)), 1]
    return float((np.diff(y) * (x[1:] + x[:-1])).sum() / 2)


def test_mauve_of_histograms_is_the_area_under_the_frontier() -> None:
    rng = np.random.default_rng(1)
    for _ in range(5):
        made, real = rng.multinomial(60, np.ones(7) / 7), rng.multinomial(50, np.arange(7) / 21)
        area = _frontier(real / 50, made / 60, 5.0)
        assert agreement(made, real) == pytest.approx(area, abs=0.01)
        assert agreement(made, real) == pytest.approx(agreement(real, made))
    assert agreement([3, 2], [30, 20]) == pytest.approx(1)
    assert agreement([1, 0], [0, 1]) < 0.01


def test_mauve_leaves_each_row_out() -> None:
    made, real = np.array([5, 0, 3, 3]), np.array([1, 4, 3, 2])
    total = 0.0
    for side in (0, 1):
        left = []
        for b in np.flatnonzero((made, real)[side]):
            less = [made.copy(), real.copy()]
            less[side][b] -= 1
            left += [agreement(*less, 5.0, 0.5)] * int((made, real)[side][b])
        total += (len(left) - 1) * np.var(left)
    assert _variance(made, real, 5.0, 0.5) == pytest.approx(total)


def test_mauve_sees_a_dropped_mode() -> None:
    rng = np.random.default_rng(2)
    modes = np.eye(10)[rng.integers(0, 10, 400)] + 0.05 * rng.normal(size=(400, 10))
    kept = modes[:200][modes[:200].argmax(1) < 6]
    assert mauve(modes[:200], modes[200:]).value > 0.9 > mauve(kept, modes[200:]).value


def test_kmeans_finds_what_is_far_apart() -> None:
    x = np.repeat([[0.0, 0], [9, 0], [0, 9]], 5, axis=0) + np.random.default_rng(0).normal(
        size=(15, 2)
    )
    found = _binned(x, 3, np.random.default_rng(1)).reshape(3, 5)
    assert (found == found[:, :1]).all() and len(set(found[:, 0].tolist())) == 3


def test_kmeans_of_copies_is_one_bin() -> None:
    assert not _binned(np.ones((12, 3)), 4, np.random.default_rng(0)).any()
    copies = np.repeat(np.eye(3)[[0]], 20, axis=0) + 1e-16 * np.arange(20)[:, None]
    assert mauve(copies, copies[::-1]).value == 1.0


def test_kmeans_finds_a_rare_mode_among_copies() -> None:
    x = np.repeat(np.eye(3), [30, 30, 2], axis=0)
    for seed in range(20):
        found = _binned(x, 3, np.random.default_rng(seed))
        assert len(set(found.tolist())) == 3 and len(set(found[60:].tolist())) == 1


def test_novelty_is_the_entropy_of_positive_eigenvalues() -> None:
    rng = np.random.default_rng(3)
    x, y, sigma, eta = rng.normal(size=(12, 2)), rng.normal(size=(9, 2)) + 1, 0.8, 1.5
    z = np.concatenate([x, y])
    k = np.exp(-((z[:, None] - z) ** 2).sum(2) / (2 * sigma**2))
    w = np.r_[np.full(12, 1 / 12), np.full(9, -eta / 9)]
    values = np.linalg.eigvals(w[:, None] * k).real
    values = values[values > 1e-12]
    entropy = -(values * np.log(values / values.sum())).sum()
    assert novelty(k, w > 0, eta) == pytest.approx(entropy)
    assert kernel_novelty(x, y, sigma, ratio=eta).value == pytest.approx(entropy)


def test_novelty_of_dishes_with_copies() -> None:
    dishes = np.eye(6) * 100
    old, made = dishes[[0, 0, 0, 1, 1, 1]], dishes[[0, 0, 1, 2, 3, 4]]
    excess = np.array([1, 1, 1]) / 6
    by_hand = -(excess * np.log(excess / excess.sum())).sum()
    assert kernel_novelty(made, old, 1.0).value == pytest.approx(by_hand)
    assert kernel_novelty(old, old, 1.0).value == pytest.approx(0, abs=1e-9)


def test_what_they_refuse() -> None:
    x = np.random.default_rng(0).normal(size=(30, 3))
    for f in (frechet_distance, kernel_distance, kernel_novelty, mauve):
        with pytest.raises(BadInput, match="same number of columns"):
            f(x, x[:, :2])
        with pytest.raises(NotEnoughData, match="rows of the reference"):
            f(x, x[:2])
    with pytest.raises(NotEnoughData, match=r"more rows than the 39 dimensions.*not 20"):
        frechet_distance(*_two(20, 60))
    with pytest.raises(BadInput, match="degree"):
        kernel_distance(x, x, degree=0)
    with pytest.raises(BadInput, match="gamma"):
        kernel_distance(x, x, gamma=-1.0)
    with pytest.raises(BadInput, match="buckets"):
        mauve(x, x, 1)
    with pytest.raises(BadInput, match="bandwidth"):
        kernel_novelty(x, x, 0.0)
    with pytest.raises(NotEnoughData, match="bandwidth"):
        kernel_novelty(x, np.ones((30, 3)))


def test_mauve_projects_wide_rows_as_it_projects_long_ones() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(40, 6))
    turn = np.linalg.qr(rng.normal(size=(300, 6)))[0]
    far = [np.linalg.norm(p[:, None] - p[None], axis=-1) for p in map(_projected, (x, x @ turn.T))]
    assert far[1] == pytest.approx(far[0], abs=1e-9)
