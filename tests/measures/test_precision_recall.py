"""Precision, recall, density, coverage: prdc's numbers, the definition, and each row left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import coverage, density, precision, recall
from fullmenu.measures.reference._neighbours import balls
from fullmenu.measures.reference.precision_recall import without_centre

NAMES = ("features", "the reference")


def _inside(x: Any, y: Any, k: int) -> tuple[Any, Any]:
    """Return who is in whose ball, and what each ball weighs, by definition."""
    d = ((x[:, None] - y[None]) ** 2).sum(2)
    own = ((y[:, None] - y[None]) ** 2).sum(2)
    np.fill_diagonal(own, np.inf)
    radius = np.sort(own, 1)[:, k - 1]
    return (d < radius) | (d == 0), 1 / np.maximum(k, (own == 0).sum(1))


def _draw(seed: int) -> tuple[Any, Any, int]:
    """Return two samples, every other time with many copies and ties."""
    rng = np.random.default_rng(seed)
    n, m, k = (int(rng.integers(a, b)) for a, b in ((2, 25), (8, 25), (1, 5)))
    if seed % 2:
        return rng.normal(size=(n, 2)), rng.normal(size=(m, 2)), k
    side = 2 + seed % 4 // 2
    return rng.integers(0, side, (n, 3)) + 0.0, rng.integers(0, side, (m, 3)) + 0.0, k


def test_the_numbers_of_prdc() -> None:
    rng = np.random.default_rng(42)
    real, made = rng.normal(size=(500, 64)), rng.normal(size=(500, 64))
    found = [f(made, real).value for f in (precision, recall, density, coverage)]
    assert found == pytest.approx([0.802, 0.784, 1.0512, 0.976], abs=1e-12)


@pytest.mark.parametrize("seed", range(16))
def test_the_definition(seed: int) -> None:
    x, y, k = _draw(seed)
    inside, weight = _inside(x, y, k)
    assert precision(x, y, k).value == pytest.approx(inside.any(1).mean())
    assert recall(y, x, k).value == pytest.approx(inside.any(1).mean())
    assert coverage(x, y, k).value == pytest.approx(inside.any(0).mean())
    assert density(x, y, k).value == pytest.approx((inside * weight).sum(1).mean())


@pytest.mark.parametrize("seed", range(16))
def test_each_centre_left_out(seed: int) -> None:
    x, y, k = _draw(seed)
    b = balls(x, y, k, "", NAMES)
    full, weight = _inside(x, y, k)
    for u in range(len(y)):
        left, heavy = _inside(x, np.delete(y, u, 0), k)
        assert b.change[u] == left.any(1).sum() - full.any(1).sum()
        grown = (left * heavy).sum() - (full * weight).sum()
        assert without_centre(b, k)[u] == pytest.approx(grown)


def test_identical_samples_are_inside_each_other_even_when_all_rows_are_equal() -> None:
    rng = np.random.default_rng(0)
    for x in (np.ones((40, 4)), np.repeat(rng.normal(size=(5, 4)), 10, axis=0)):
        assert [f(x, x).value for f in (precision, recall, coverage)] == [1, 1, 1]
        assert density(x, x).value == pytest.approx(1, abs=0.15)
    rare = np.eye(12)[[*range(10)]]  # no copies: balls hold no other row, however near
    assert precision(np.eye(12)[10:], rare).value == 0


def test_coverage_is_blind_to_contraction_and_recall_is_not() -> None:
    real = np.random.default_rng(0).normal(size=(300, 64))
    made = 0.5 * np.random.default_rng(1).normal(size=(300, 64))
    assert (precision(made, real).value, coverage(made, real).value) == (1, 1)
    assert density(made, real).value > 10
    assert recall(made, real).value == 0


def test_dropped_modes_lower_coverage_to_their_share() -> None:
    rng = np.random.default_rng(0)
    centres = 10 * np.eye(10)
    real = centres[rng.integers(0, 10, 600)] + rng.normal(size=(600, 10))
    made = centres[rng.integers(0, 6, 600)] + rng.normal(size=(600, 10))
    e = coverage(made, real)
    assert e.low is not None and e.high is not None and e.low < 0.6 < e.high


def test_far_from_the_origin_and_at_any_scale() -> None:
    rng = np.random.default_rng(3)
    real, made = rng.normal(size=(200, 5)), rng.normal(size=(150, 5)) + 0.5
    plain = [f(made, real).value for f in (precision, recall, density, coverage)]
    for scale, shift in ((1e-12, 0.0), (1e12, 0.0), (1.0, 2.0**20)):
        moved = [
            f(scale * made + shift, scale * real + shift).value
            for f in (precision, recall, density, coverage)
        ]
        assert moved == pytest.approx(plain)
    assert precision(csr_matrix(made), csr_matrix(real)).value == plain[0]


def test_nothing_inside_leaves_no_upper_bound_of_density() -> None:
    x = np.random.default_rng(0).normal(size=(30, 3))
    e = density(x + 100, x)
    assert (e.value, e.low, e.high) == (0, 0, None)
    assert precision(x + 100, x).high < 0.25


def test_what_it_refuses() -> None:
    x = np.random.default_rng(0).normal(size=(30, 3))
    with pytest.raises(BadInput, match="same number of columns"):
        precision(x, x[:, :2])
    with pytest.raises(BadInput, match="neighbours=0"):
        coverage(x, x, 0)
    with pytest.raises(NotEnoughData, match="at least 6 rows of the reference"):
        density(x, x[:5])
    with pytest.raises(NotEnoughData, match="at least 6 rows of features"):
        recall(x[:5], x)
