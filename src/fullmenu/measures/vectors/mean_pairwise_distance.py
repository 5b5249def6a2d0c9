"""The mean distance between two outputs (remote-clique)."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.vectors._distance import MOST, Metric, distances, prepared
from fullmenu.measures.vectors._rows import at_least
from fullmenu.measures.vectors.gram import Features, Floats
from fullmenu.measures.vectors.repeat_rate import all_same_bound, none_same_bound
from fullmenu.stats.proportion import jackknife_se
from fullmenu.stats.quantile import t_quantile


@measure(takes="features", unit="distance", paper="Cox et al. 2021; Shaib et al. 2024", rises=True)
def mean_pairwise_distance(
    features: Any, metric: Metric = "cosine", *, level: float = 0.95
) -> Estimate:
    """Estimate the mean distance between two outputs (remote-clique).

    ``value`` ≥ 0; at most 2 for ``cosine``. ``high`` is ``None`` where a distance has no bound and
    the sample none to go by.

    Parameters
    ----------
    features
        Rows of one sample; of unit length for ``cosine``.
    level
        …: jackknife over outputs, t.

    Notes
    -----
    A mean over pairs of *different* outputs: unbiased, and the same at every n. The ``diversity``
    package's ``remote_clique`` counts every output's distance 0 from itself as well, and so is
    (n − 1)/n times this. A few outputs far away outweigh many copies: half of the outputs at each
    of two points score as high as if all were different, so it cannot see a collapse to a few
    opposite dishes. O(n²d) time, 256 rows at a time.

    Examples
    --------
    >>> round(mean_pairwise_distance(np.eye(3)[[0, 0, 1, 2]]).value, 4)
    0.8333
    """
    x = prepared(features, metric)
    n = x.shape[0]
    at_least(n, 2, "a distance between outputs", "compares pairs")
    sums, squares = np.empty(n), 0.0
    for at, d in distances(x, metric):
        sums[at] = d.sum(1)
        squares += float((d**2).sum())
    value, low, high = mean_over_pairs(sums, squares, level, (0.0, MOST[metric]))
    method = f"{metric}, U-statistic, jackknife over outputs"
    return Estimate(value, low, high, n, "distance", method, level)


def mean_over_pairs(
    sums: Floats, squares: float, level: float, ends: tuple[float, float]
) -> tuple[float, float | None, float | None]:
    """Return a mean over pairs of different rows, and its interval.

    Where no row moves the mean more than another the jackknife is blind; the variance of a mean of
    so many independent pairs is added. Where all pairs are alike, as many may be otherwise as such
    a sample can miss.

    Parameters
    ----------
    sums : (n,)
        Of each row over the others.
    squares
        Sum of squares over all ordered pairs.
    ends
        The least and the most that a pair can be.
    """
    n = len(sums)
    pairs = n * (n - 1)
    total = float(sums.sum())
    value = min(max(total / pairs, ends[0]), ends[1])
    over_pairs = max(squares / pairs - value**2, 0.0)
    if n < 3:
        return value, ends[0], ends[1] if np.isfinite(ends[1]) else None
    if over_pairs <= 1e-12 * (squares / pairs) or squares == 0:
        alike = value in ends or squares == 0
        other = 1 - all_same_bound(n, level) if alike else none_same_bound(n, level)
        high = value + other * (ends[1] - value) if np.isfinite(ends[1]) else None
        return value, value - other * (value - ends[0]), high
    without = (total - 2 * sums) / ((n - 1) * (n - 2))
    half = t_quantile(level, n - 1) * np.sqrt(jackknife_se(without) ** 2 + 2 * over_pairs / pairs)
    return value, float(max(value - half, ends[0])), float(min(value + half, ends[1]))


def sums_of_cosines(x: Features) -> Floats:
    """Return Σ k(xᵢ, xⱼ) over j ≠ i for unit rows, in O(nd)."""
    whole = np.asarray(x.sum(0), np.float64).ravel()
    return np.asarray(x @ whole, np.float64).ravel() - 1.0
