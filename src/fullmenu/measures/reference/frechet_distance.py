"""The Fréchet distance (FID): how far apart are mean and covariance of two samples?"""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.reference._two_samples import folds, in_order, two_samples
from fullmenu.measures.registry import measure
from fullmenu.stats.arrays import Floats
from fullmenu.stats.proportion import jackknife_se
from fullmenu.stats.quantile import t_quantile

_PIVOT = 1e-4
"""Cholesky's factor is taken where no pivot is smaller than this share of the largest."""


@measure(unit="squared distance", paper="Heusel et al. 2017; Chong & Forsyth 2020", rises=False)
def frechet_distance(
    features: Any, reference: Any, *, limit: bool = True, level: float = 0.95, seed: int = 0
) -> Estimate:
    """Estimate the Fréchet distance of features to a reference (FID), freed of sample size.

    ‖μ − ν‖² + tr(S + T − 2(ST)^½) of the means and covariances of both samples.

    Parameters
    ----------
    limit
        The distance of samples without end, extrapolated from leaving out parts of both samples:
        the part that falls as one over the sample size is taken out. It may be a little below 0.
        With ``False`` the plain formula, which is the number that the field prints: it is too high
        by about a constant over n, so it compares at equal sizes only.
    level
        Coverage of the interval.
    seed
        Deals the rows into parts.

    Raises
    ------
    NotEnoughData
        Fewer than three rows on either side; or, for the limit, no more rows on a side than
        dimensions in which the samples vary (columns, at most).

    Notes
    -----
    Sees means and covariances only: two samples that share these are at distance 0, whatever their
    modes. A fall in variety and a fall in quality both raise it. The limit takes out the drift;
    with few rows a column it takes out a little too much (``benchmarks/intervals_reference.py``
    prints where). With fewer rows than columns nothing can take it out,
    and the limit is refused: project both samples to fewer columns. "FID" is this distance with
    Inception features.

    With ``limit=False`` it equals torch-fidelity, torchmetrics and the formula with a matrix square
    root, which is not needed: the trace is the sum of the singular values of a product of two
    triangular matrices, and is right where the covariances are singular too.

    The interval leaves out a tenth of both samples at a time (of fewer than ten rows, one) and is
    Student's. It is for the limit, or with ``limit=False`` for the value at these sizes.

    >>> x = np.random.default_rng(0).normal(size=(400, 8))
    >>> y = np.random.default_rng(1).normal(size=(400, 8))
    >>> print(frechet_distance(x, y, limit=False))
    0.0901 [0.00917, 0.171]
    >>> print(frechet_distance(x, y))
    -0.0398 [-0.121, 0.0411]
    """
    x, y = two_samples(features, reference, "the Fréchet distance", (3, 3))
    x, y = in_order(x), in_order(y)
    if limit:
        _require_rows(x, y)
    plain = distance(x, y)
    count, in_x, in_y = folds(len(x), len(y), np.random.default_rng(seed))
    without = np.array([distance(x[in_x != g], y[in_y != g]) for g in range(count)])
    drift = (count - 1) * (float(without.mean()) - plain)
    value = plain - drift if limit else plain
    half = t_quantile(level, count - 1) * jackknife_se(without)
    method = f"{'limit of the ' if limit else ''}Fréchet distance, jackknife over {count} parts, t"
    low = value - half if limit else max(value - half, 0.0)
    n = min(len(x), len(y))
    return Estimate(value, low, value + half, n, "squared distance", method, level)


def _require_rows(x: Floats, y: Floats) -> None:
    """Refuse samples that cannot show how the distance falls with their size."""
    n, d = min(len(x), len(y)), x.shape[1]
    if n > d:
        return
    middle = y.mean(0)
    rank = int(np.linalg.matrix_rank(np.concatenate([x - middle, y - middle])))
    if n <= rank:
        raise NotEnoughData(
            f"the limit of the Fréchet distance needs more rows than the {rank} dimensions in "
            f"which these samples vary, not {n}; give more rows, project both samples to fewer "
            "columns, or take the plain formula with limit=False"
        )


def distance(x: Floats, y: Floats) -> float:
    """Return the plain Fréchet distance of two samples, covariances over n − 1.

    >>> x = np.array([[0.0], [2.0]])
    >>> round(distance(x, 3 * x + 1), 12)  # means 1 and 4, deviations √2 and 3√2
    17.0
    """
    # ‖μ − ν‖² + tr S + tr T − 2 tr (ST)^½, and tr (ST)^½ = Σ singular values of ABᵀ for S = AᵀA,
    # T = BᵀB (Dowson & Landau 1982)
    mu, nu = x.mean(0), y.mean(0)
    a, b = _factor(x - mu), _factor(y - nu)
    shared = np.linalg.svd(a @ b.T, compute_uv=False).sum()
    apart = float(((mu - nu) ** 2).sum() + (a**2).sum() + (b**2).sum() - 2 * shared)
    return max(apart, 0.0)


def _factor(centred: Floats) -> Floats:
    """Return A with AᵀA the covariance, and no more rows than columns."""
    n, d = centred.shape
    scaled = centred / np.sqrt(n - 1)
    if n <= d:
        return np.asarray(scaled)
    if n > 2 * d:  # cheaper, and as good where the covariance is far from singular
        covariance = scaled.T @ scaled
        try:
            factor = np.linalg.cholesky(covariance).T
        except np.linalg.LinAlgError:
            factor = np.zeros((d, d))
        pivots = np.diag(factor)
        if pivots.min() > _PIVOT * pivots.max():
            return np.asarray(factor)
    return np.asarray(np.linalg.qr(scaled, mode="r"))
