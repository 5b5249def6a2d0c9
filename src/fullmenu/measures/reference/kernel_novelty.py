"""Kernel-based entropic novelty (KEN): modes that are served more often than in the reference."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.reference._two_samples import folds, in_order, two_samples
from fullmenu.measures.registry import measure
from fullmenu.stats.arrays import Floats
from fullmenu.stats.proportion import jackknife_se
from fullmenu.stats.quantile import t_quantile


@measure(unit="nats", paper="Zhang et al. 2024", rises=None)
def kernel_novelty(
    features: Any,
    reference: Any,
    bandwidth: float | None = None,
    *,
    ratio: float = 1.0,
    most: int = 500,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Measure how much, and how varied, is served more often than in a reference (KEN).

    With C and R the kernel covariances of features and reference, and λ the positive eigenvalues
    of C − ratio·R: −Σ λ log(λ / Σλ), that is the share of novel rows times the entropy of their
    modes.

    Parameters
    ----------
    bandwidth
        σ of the kernel exp(−‖x − y‖² / 2σ²): at this distance and below rows are alike. By default
        half the median distance between reference rows; give one number to compare models.
    ratio
        η: a mode is novel when it is served more than so many times as often as in the reference.
    most
        So many rows of either sample are read, drawn at random; the work grows as its cube.
    seed
        Draws the rows and deals them into parts.

    Raises
    ------
    NotEnoughData
        Fewer than three rows on either side; or no bandwidth given and half of the reference's
        pairs are equal.

    Notes
    -----
    Says nothing of what was lost, and one novel mode alone has entropy 0 and reads 0, however
    often it is served. Two samples of one source read above 0, because no two samples agree
    (ratio 1; less with a larger ratio): compare with the reference's own two halves, and at equal
    sizes. Depends on the bandwidth as everything does that reads a kernel.

    Equals the authors' KEN code, which needs a positive definite matrix, or the eigenvalues of a
    matrix that is not symmetric; here Cholesky's decomposition with pivots takes copies too.

    The interval leaves out a tenth of both samples at a time and is Student's. It is
    somewhat too narrow in some cases (``benchmarks/intervals_reference.py``).

    >>> modes = np.repeat(10 * np.eye(6), 50, axis=0)
    >>> x = modes + np.random.default_rng(0).normal(size=(300, 6))
    >>> old, some, more = x[:150], x[50:200], x[150:]  # 3 modes; one new; 3 new
    >>> values = [kernel_novelty(f, old, 5.0).value for f in (some, more)]
    >>> values[0] < values[1]
    True
    """
    x, y = two_samples(features, reference, "kernel novelty", (3, 3))
    rng = np.random.default_rng(seed)
    x, y = (_drawn(in_order(rows), most, rng) for rows in (x, y))
    kernel = _kernel(np.concatenate([x, y]), len(x), bandwidth)
    made = np.arange(len(kernel)) < len(x)
    value = novelty(kernel, made, ratio)
    count, *parts = folds(len(x), len(y), rng)
    part = np.concatenate(parts)
    without = []
    for g in range(count):
        keep = np.flatnonzero(part != g)
        without.append(novelty(kernel[np.ix_(keep, keep)], made[keep], ratio))
    half = t_quantile(level, count - 1) * jackknife_se(np.array(without))
    method = f"entropy of novel kernel modes, jackknife over {count} parts, t"
    n = min(len(x), len(y))
    return Estimate(value, max(value - half, 0.0), value + half, n, "nats", method, level)


def novelty(kernel: Floats, made: NDArray[np.bool_], ratio: float) -> float:
    """Return KEN of a positive semidefinite kernel matrix over both samples; η is ``ratio``.

    ``made`` says which rows are generated; the others are the reference.

    >>> same = np.array([0, 1, 2, 0, 0])  # served: two new dishes; the reference: one dish
    >>> k = (same[:, None] == same).astype(float)
    >>> round(novelty(k, np.arange(5) < 3, 1.0), 4), round(2 / 3 * float(np.log(2)), 4)
    (0.4621, 0.4621)
    """
    from scipy.linalg.lapack import dpstrf

    # C − ηR has the eigenvalues of U D Uᵀ, for UᵀU the kernel matrix weighted by 1/n and η/m and D
    # the signs of its rows (Zhang et al. 2024)
    n = int(made.sum())
    weight = np.where(made, 1 / n, ratio / (len(made) - n))
    root = np.sqrt(weight)
    factor, order, rank, _ = dpstrf(kernel * root * root[:, None], lower=0)
    upper = np.triu(factor)[:rank]
    sign = np.where(made, 1.0, -1.0)[order - 1]
    eigenvalues = np.linalg.eigvalsh((upper * sign) @ upper.T)
    novel = eigenvalues[eigenvalues > 1e-12]
    return float(-(novel * np.log(novel / novel.sum())).sum()) if len(novel) else 0.0


def _drawn(x: Floats, most: int, rng: np.random.Generator) -> Floats:
    return x if len(x) <= most else x[np.sort(rng.permutation(len(x))[:most])]


def _kernel(x: Floats, n: int, bandwidth: float | None) -> Floats:
    from scipy.spatial.distance import cdist

    d2 = cdist(x, x, "sqeuclidean")
    if bandwidth is None:
        own = d2[n:, n:][np.triu_indices(len(x) - n, 1)]
        bandwidth = float(np.sqrt(np.median(own))) / 2
        if bandwidth == 0:
            raise NotEnoughData(
                "half of the reference's pairs are equal, so they give no bandwidth; give one, "
                "such as a distance at which two outputs count as alike"
            )
    return np.asarray(np.exp(-d2 / (2 * bandwidth**2)))
