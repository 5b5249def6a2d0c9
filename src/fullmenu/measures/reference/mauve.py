"""MAUVE: how far do two histograms of the same space go together?"""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.measures.reference._two_samples import in_order, two_samples
from fullmenu.measures.registry import measure
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.proportion import share_of_two

_POINTS = 25
_KEPT = 0.9
_STARTS = 5
_DIGITS = 9
"""Of projected rows: copies must not differ by rounding, or bins would tell them apart."""


@measure(unit="share", paper="Pillutla et al. 2021; Pillutla et al. 2023", rises=True)
def mauve(
    features: Any,
    reference: Any,
    buckets: int | None = None,
    *,
    scaling: float = 5.0,
    smoothing: float = 0.5,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Measure how well features and a reference agree as histograms (MAUVE), 0 to 1.

    Rows of both samples are brought to unit length, projected to the principal components that
    hold 90 % of their variance, and sorted into bins by k-means; MAUVE is the area under the curve
    of exp(−c·KL) of both histograms to their mixtures.

    Parameters
    ----------
    features
        Generated rows.
    buckets
        Bins; a tenth of the smaller sample by default, and at least 2.
    scaling
        c, the paper's 5.
    smoothing
        Added to every bin of both histograms: 0.5 is Krichevsky and Trofimov's estimate, which the
        authors' second paper finds better than the plain histogram; 0 is the first paper's MAUVE.
    level
        Coverage of the interval, of the value that samples of these sizes give in these bins.
    seed
        For k-means.

    Raises
    ------
    NotEnoughData
        Fewer than ten rows on either side.

    Notes
    -----
    Sees dropped and invented modes, cannot tell which: both lower it. Cannot see anything within a
    bin. The value depends on the number of bins and on the sizes (few rows a bin make two samples
    of one source differ): compare at equal sizes and with equal bins.

    The steps are those of the package mauve-text; the bins are not the same ones, as k-means is
    drawn anew, so values agree closely and not exactly. :func:`agreement` is its formula on given
    histograms.

    The interval leaves out each row of both samples in turn, bins kept, and is Wilson's at the
    number of draws that this variance tells of. It does not hold the luck of the bins: give
    several seeds to see it.

    >>> modes = np.repeat(np.eye(10), 30, axis=0)
    >>> real = modes + 0.1 * np.random.default_rng(0).normal(size=(300, 10))
    >>> fake = modes[:180] + 0.1 * np.random.default_rng(1).normal(size=(180, 10))
    >>> mauve(real[::2], real[1::2]).value > 0.95 > mauve(fake, real).value
    True
    """
    x, y = two_samples(features, reference, "MAUVE", (10, 10))
    x, y = in_order(x), in_order(y)
    count = buckets or max(2, round(min(len(x), len(y)) / 10))
    if count > len(x) + len(y):
        raise BadInput(f"buckets={count} for {len(x) + len(y)} rows: give no more than rows")
    rows = np.round(_projected(np.concatenate([y, x])), _DIGITS)
    found = _binned(rows, count, np.random.default_rng(seed))
    real = np.bincount(found[: len(y)], minlength=count)
    made = np.bincount(found[len(y) :], minlength=count)
    value = agreement(made, real, scaling, smoothing)
    variance = _variance(made, real, scaling, smoothing)
    low, high = share_of_two(value, variance, (len(x), len(y)), level)
    method = f"area under the divergence curve, {count} bins, Wilson, jackknife over both samples"
    return Estimate(value, low, high, min(len(x), len(y)), "share", method, level)


def agreement(made: Any, real: Any, scaling: float = 5.0, smoothing: float = 0.0) -> float:
    """Return MAUVE of two histograms (counts) of the same bins.

    >>> agreement([5, 5], [10, 10]), round(agreement([1, 0], [0, 1]), 4)
    (1.0, 0.0041)
    """
    q, p = (_shares(np.atleast_2d(np.asarray(c, np.float64)), smoothing) for c in (made, real))
    return float(_area(p, q, scaling)[0])


def _binned(x: Floats, count: int, rng: np.random.Generator) -> Ints:
    """Sort rows into at most ``count`` bins by k-means, the best of several starts."""
    from scipy.cluster.vq import kmeans, vq

    if (x == x[0]).all():
        return np.zeros(len(x), np.int64)
    runs = (kmeans(x, _spread(x, count, rng)) for _ in range(_STARTS))
    return np.asarray(vq(x, min(runs, key=lambda run: run[1])[0])[0], np.int64)


def _spread(x: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Draw centres one by one, each with chance as its squared distance to those before.

    k-means++ (Arthur & Vassilvitskii 2007): centres drawn evenly would hardly ever be those of rare
    modes. SciPy's own start of this kind takes count² distances to every row.
    """
    chosen = [int(rng.integers(len(x)))]
    far = ((x - x[chosen[0]]) ** 2).sum(1)
    while len(chosen) < count and far.any():
        chosen.append(int(rng.choice(len(x), p=far / far.sum())))
        far = np.minimum(far, ((x - x[chosen[-1]]) ** 2).sum(1))
    return x[chosen]


def _shares(counts: Floats, smoothing: float) -> Floats:
    smooth = counts + smoothing
    return np.asarray(smooth / smooth.sum(1, keepdims=True))


def _area(p: Floats, q: Floats, scaling: float) -> Floats:
    """Return the area for each pair of rows of p and q, (r, K): the mean of both readings."""
    # Pillutla et al. 2021: exp(−c·KL(q‖r)) against exp(−c·KL(p‖r)), r = λp + (1 − λ)q, 0 < λ < 1
    near_q, near_p = np.zeros((_POINTS + 2, len(p))), np.zeros((_POINTS + 2, len(p)))
    near_q[0] = near_p[-1] = 1.0
    for i, weight in enumerate(np.linspace(1e-6, 1 - 1e-6, _POINTS), 1):
        mixed = weight * p + (1 - weight) * q
        near_q[i] = np.exp(-scaling * _divergence(q, mixed))
        near_p[i] = np.exp(-scaling * _divergence(p, mixed))
    area = _under(near_q, near_p) - _under(near_p, near_q)
    return np.clip(area / 2, 0.0, 1.0)


def _divergence(p: Floats, q: Floats) -> Floats:
    ratio = np.divide(p, q, out=np.ones_like(p), where=p > 0)
    return np.asarray((p * np.log(ratio)).sum(1))


def _under(x: Floats, y: Floats) -> Floats:
    return np.asarray((np.diff(y, axis=0) * (x[1:] + x[:-1])).sum(0) / 2)


def _variance(made: Ints, real: Ints, scaling: float, smoothing: float) -> float:
    """Jackknife over the rows of both samples: rows of bins with equal counts change the same."""
    pairs, first, times = np.unique(
        np.column_stack([made, real]), axis=0, return_index=True, return_counts=True
    )
    both = np.array([made, real], np.float64)
    total = 0.0
    for side in (0, 1):
        has = pairs[:, side] > 0
        less = np.repeat(both[None], int(has.sum()), axis=0)
        less[np.arange(len(less)), side, first[has]] -= 1
        q, p = (_shares(less[:, k], smoothing) for k in (0, 1))
        values, n = _area(p, q, scaling), float(both[side].sum())
        weights = times[has] * pairs[has, side] / n
        total += (n - 1) * float(weights @ (values - weights @ values) ** 2)
    return total


def _projected(x: Floats) -> Floats:
    """Return unit rows on the principal components that hold most of the variance."""
    norms = np.sqrt(np.einsum("ij,ij->i", x, x))
    rows = x / np.where(norms > 0, norms, 1.0)[:, None]
    rows -= rows.mean(0)
    wide = rows.shape[1] > len(rows)  # the smaller side has the same components
    variance, axes = np.linalg.eigh(rows @ rows.T if wide else rows.T @ rows)
    variance, axes = np.maximum(variance[::-1], 0.0), axes[:, ::-1]
    held = np.cumsum(variance) / max(float(variance.sum()), 1e-300)
    kept = int(np.searchsorted(held, _KEPT)) + 1
    if wide:
        return np.asarray(axes[:, :kept] * np.sqrt(variance[:kept]))
    return np.asarray(rows @ axes[:, :kept])
