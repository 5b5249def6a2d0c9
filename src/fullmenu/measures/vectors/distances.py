"""Distances between rows: their mean over pairs, and that to the nearest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fullmenu.estimate import Estimate
from fullmenu.kernel.gram import blocks
from fullmenu.kernel.likeness import pair_sums
from fullmenu.kernel.rates import all_same_bound, none_same_bound
from fullmenu.kernel.rows import Features, as_features, unit, unit_dense
from fullmenu.measures.registry import measure
from fullmenu.measures.vectors._subsets import at_least
from fullmenu.measures.vectors.vendi import checked_size
from fullmenu.stats.arrays import Floats
from fullmenu.stats.proportion import jackknife_se
from fullmenu.stats.quantile import t_quantile

Metric = Literal["cosine", "euclidean"]

MOST = {"cosine": 2.0, "euclidean": np.inf}
"""The largest distance that there is."""

_ROUNDING = 1e-13


def prepared(features: Any, metric: Metric) -> Features:
    """Return rows to compare, in float64: of unit length for cosine distances."""
    x = as_features(features)
    sparse = hasattr(x, "indptr")
    if metric == "cosine":
        return unit(x) if sparse else unit_dense(x)
    return x.astype(np.float64) if sparse else np.asarray(x, np.float64)


def distances(x: Features, metric: Metric) -> Iterator[tuple[slice, Floats]]:
    """Walk over the (n, n) distances, some rows at a time; a row is 0 from its copies.

    Of two rows whose distance is below 3e-7 of their length rounding leaves nothing; they are
    copies.
    """
    # ‖x − y‖² = ‖x‖² + ‖y‖² − 2⟨x, y⟩, and 1 − cos is half of it for unit rows
    squares = _squares(x)
    for at, k in blocks(x):
        both = squares[at, None] + squares
        d = both - 2 * k
        d[d <= _ROUNDING * both] = 0.0
        d = d / 2 if metric == "cosine" else np.sqrt(d)
        d[np.arange(len(d)), np.arange(at.start, at.stop)] = 0.0
        yield at, d


def _squares(x: Features) -> NDArray[np.float64]:
    if hasattr(x, "indptr"):
        return np.asarray(x.multiply(x).sum(1), np.float64).ravel()
    return np.einsum("ij,ij->i", x, x)


@measure(unit="distance", paper="Cox et al. 2021; Shaib et al. 2024", rises=True)
def mean_pairwise_distance(
    features: Any, metric: Metric = "cosine", *, level: float = 0.95
) -> Estimate:
    """Estimate the mean distance between two outputs (remote-clique).

    ``value`` ≥ 0; at most 2 for ``cosine``. ``high`` is ``None`` where a distance has no bound and
    the sample none to go by.

    A mean over pairs of *different* outputs: unbiased, and the same at every n. The ``diversity``
    package's ``remote_clique`` counts every output's distance 0 from itself as well, and so is
    (n − 1)/n times this. A few outputs far away outweigh many copies: half of the outputs at each
    of two points score as high as if all were different, so it cannot see a collapse to a few
    opposite dishes. O(n²d) time, 256 rows at a time.

    Parameters
    ----------
    features
        Rows of one sample; of unit length for ``cosine``.
    level
        …: jackknife over outputs, t.

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
    """Return a mean over pairs of different rows, and its interval within ``ends``.

    ``sums`` are of each row over the others, ``squares`` over all ordered pairs. Where no row moves
    the mean more than another the jackknife is blind; the variance of a mean of so many independent
    pairs is added. Where all pairs are alike, as many may be otherwise as such a sample can miss.
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


@measure(unit="cosine", paper="Padmakumar & He 2024; Shaib et al. 2024")
def homogenization_embedding(features: Any, *, level: float = 0.95) -> Estimate:
    """Estimate the mean cosine between two outputs: how alike they are on average.

    ``value`` in [−1, 1]; 1 means one dish only.

    A mean over pairs of different outputs: unbiased, and the same at every n; 1 minus
    :func:`~fullmenu.measures.mean_pairwise_distance` by cosine, without comparing pairs one by
    one. Embeddings of unrelated texts have a cosine above 0, so only differences under one model
    mean something. But for the diagonal the mean cosine is the squared length of the mean row: it
    sees only where the middle lies. Two opposite dishes and a thousand in all directions both score
    about 0; what sees that is :func:`~fullmenu.measures.repeat_rate`.

    Parameters
    ----------
    features
        …, embeddings say.
    level
        …: jackknife over outputs, t.

    >>> import numpy as np
    >>> round(homogenization_embedding(np.eye(3)[[0, 0, 1, 2]]).value, 4)
    0.1667
    """
    x = prepared(features, "cosine")
    n = x.shape[0]
    at_least(n, 2, "homogenization", "compares pairs")
    sums = sums_of_cosines(x)
    squares = pair_sums(x).rate * n * (n - 1)
    value, low, high = mean_over_pairs(sums, squares, level, (-1.0, 1.0))
    method = "mean cosine, U-statistic, jackknife over outputs"
    return Estimate(value, low, high, n, "cosine", method, level)


@measure(unit="distance", paper="Cox et al. 2021; Shaib et al. 2024", rises=True)
def chamfer(
    features: Any,
    metric: Metric = "cosine",
    *,
    size: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate how far the nearest other output is, on average (Chamfer distance).

    ``value`` ≥ 0. ``high`` is ``None`` where a distance has no bound and the sample none to go by.

    Falls as n grows, because a larger sample has someone nearer: compare samples at one ``size``.
    The interval is for the expected value at that size. Sees near copies and nothing else: a
    sample in which every output has one twin scores 0, however varied. Equals ``chamfer_dist`` of
    the ``diversity`` package, for its embeddings. O(n²d) time, and O(n² log n) with ``size``.

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

    >>> x = np.array([[0.0], [1.0], [3.0]])
    >>> round(chamfer(x, "euclidean").value, 4), round(chamfer(x, "euclidean", size=2).value, 4)
    (1.3333, 2.0)
    """
    x = prepared(features, metric)
    n = x.shape[0]
    at_least(n, 2, "the nearest output", "is another one")
    m = checked_size(size, n)
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
    # P(the k-th nearest is the nearest of m chosen from N) = C(N − k, m − 1)/C(N, m)
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
