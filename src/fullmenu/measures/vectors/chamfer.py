"""The Chamfer distance of a sample to itself: how far is the nearest other output?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.vectors._distance import MOST, Metric, distances, prepared
from fullmenu.measures.vectors._rows import at_least
from fullmenu.measures.vectors.gram import Features, Floats
from fullmenu.measures.vectors.vendi import checked_size
from fullmenu.stats.proportion import jackknife_se
from fullmenu.stats.quantile import t_quantile


@measure(takes="features", unit="distance", paper="Cox et al. 2021; Shaib et al. 2024", rises=True)
def chamfer(
    features: Any,
    metric: Metric = "cosine",
    *,
    size: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate how far the nearest other output is, on average (Chamfer distance).

    ``value`` ≥ 0. ``high`` is ``None`` where a distance has no bound and the sample none to go by.

    Parameters
    ----------
    features
        Rows of one sample; of unit length for ``cosine``.
    size
        The mean nearest distance in a sample of so many outputs: exactly the mean over all subsets
        of that size. By default in the whole sample.
    level
        …: every output left out in turn, t.

    Raises
    ------
    NotEnoughData
        …, or fewer than ``size``.

    Notes
    -----
    Falls as n grows, because a larger sample has someone nearer: compare samples at one ``size``.
    The interval is for the expected value at that size. Sees near copies and nothing else: a
    sample in which every output has one twin scores 0, however varied. Equals ``chamfer_dist`` of
    the ``diversity`` package, for its embeddings. O(n²d) time, and O(n² log n) with ``size``.

    Examples
    --------
    >>> x = np.array([[0.0], [1.0], [3.0]])
    >>> round(chamfer(x, "euclidean").value, 4), round(chamfer(x, "euclidean", size=2).value, 4)
    (1.3333, 2.0)
    """
    x = prepared(features, metric)
    n = x.shape[0]
    at_least(n, 2, "the nearest output", "is another one")
    m = n if size is None else checked_size(size, n)
    value, without = _nearest(x, metric, m)
    low, high = _interval(value, without, level, MOST[metric])
    of = "" if size is None else f" among {m}"
    method = f"{metric}, mean nearest{of}, jackknife over outputs"
    return Estimate(value, low, high, n, "distance", method, level)


def _nearest(x: Features, metric: Metric, m: int) -> tuple[float, Floats]:
    """Return the mean nearest distance in subsets of m rows, and with each row left out."""
    n = x.shape[0]
    whole, fewer = _weights(n - 1, m - 1), _weights(n - 2, min(m, n - 1) - 1)
    ranks = max(_last(whole), _last(fewer) + 1)
    own, left, shifted = np.empty(n), np.empty(n), np.zeros(n)
    for at, d in distances(x, metric):
        d[np.arange(len(d)), np.arange(at.start, at.stop)] = np.inf
        order, near = _ranked(d, min(ranks, n - 1))
        k = near.shape[1]
        own[at] = near @ whole[:k]
        # without the row at rank r, those before it keep their weight, and those behind move up
        kept = _before(near * fewer[:k])
        moved = near[:, 1:] * fewer[: k - 1]
        after = np.concatenate([_behind(moved), np.zeros((len(near), 1))], axis=1)
        full = (near * fewer[:k]).sum(1)
        left[at] = full
        np.add.at(shifted, order, kept + after - full[:, None])
    # full is right for every row but for those within reach, whose change was added up
    total = left.sum() - left + shifted
    return float(own.mean()), total / max(n - 1, 1)


def _ranked(d: Floats, ranks: int) -> tuple[NDArray[np.int64], Floats]:
    """Return, for each row, who is nearest, second nearest … and how far."""
    first = np.argpartition(d, ranks - 1, axis=1)[:, :ranks]
    near = np.take_along_axis(d, first, 1)
    inner = np.argsort(near, axis=1)
    return np.take_along_axis(first, inner, 1), np.take_along_axis(near, inner, 1)


def _weights(others: int, chosen: int) -> Floats:
    """Return the chance that the k-th nearest of the others is the nearest of those chosen."""
    weights = np.zeros(max(others, 1) + 1)
    if others < 1 or chosen < 1:
        return weights
    left = chosen / others
    for k in range(others - chosen + 1):
        weights[k] = left
        left *= (others - k - chosen) / max(others - k - 1, 1)
    return weights


def _last(weights: Floats) -> int:
    """Return how many ranks have a weight that matters."""
    return int(np.flatnonzero(weights > 1e-15).max(initial=0)) + 1


def _before(a: Floats) -> Floats:
    return np.asarray(np.cumsum(a, axis=1) - a)


def _behind(a: Floats) -> Floats:
    return np.asarray(np.cumsum(a[:, ::-1], axis=1)[:, ::-1])


def _interval(
    value: float, without: Floats, level: float, most: float
) -> tuple[float, float | None]:
    n = len(without)
    if n < 3:
        return 0.0, most if np.isfinite(most) else None
    half = t_quantile(level, n - 1) * jackknife_se(without)
    if half <= 1e-9 * value or value == 0:
        # every row has the same to its nearest: so many of n may be otherwise and be missed
        other = min(-2 * float(np.log1p(-level)) / n, 1.0)
        high = value + other * (most - value) if np.isfinite(most) else None
        return value * (1 - other), high
    return max(value - half, 0.0), min(value + half, most)
