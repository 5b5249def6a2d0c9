"""The Vendi score: the effective number of directions in which a sample's rows spread."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.vectors._order import (
    all_same_interval,
    chance,
    checked_order,
    evened,
    interval,
    log_number,
    slopes,
)
from fullmenu.measures.vectors._rows import at_least, subsets
from fullmenu.measures.vectors._spectrum import Spectrum, spectrum
from fullmenu.measures.vectors.gram import Features, Floats, as_features

SUBSETS = 32
"""How many subsets the value at a given size is the mean of."""


@measure(
    takes="features",
    unit="dishes",
    paper="Friedman & Dieng 2023; Pasarkar & Dieng 2024",
    rises=True,
)
def vendi(
    features: Any,
    order: float = 1.0,
    *,
    size: int | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Estimate the Vendi score: the Hill number of the eigenvalues of the kernel matrix.

    ``value`` between 1 and the smaller of n (or ``size``) and d.

    Parameters
    ----------
    features
        …; the kernel is their inner product. For a kernel matrix of your own, give
        :func:`~fullmenu.measures.rows_of` of it.
    order
        0 is the rank, 1 (the Vendi score by itself) the exponential of the entropy, 2 the inverse
        mean of k², ``inf`` the inverse of the largest eigenvalue. Any number of at least 0.
    size
        The score of so many rows: the mean over random subsets, for samples of different sizes.
        By default the score of all rows.
    level
        …: influence of each row through the eigenvalues, t on the log scale.
    seed
        For the subsets of ``size``.

    Raises
    ------
    NotEnoughData
        …, or fewer than ``size``.
    BadInput
        Rows that are not of unit length, a negative order, or too many of both rows and columns
        (more than 8,192) for eigenvalues.

    Notes
    -----
    Grows with n at every order, for a soft kernel without an end in sight: the interval is for the
    expected score *of n rows* and says nothing of larger samples. Compare two samples at one
    ``size``; at order 2, 1/:func:`~fullmenu.measures.repeat_rate` does not drift at all.
    Directions are not dishes: two kinds of rows at a right angle, and one kind spread over two
    directions, score alike.

    The eigenvalues are those of the smaller of K/n (n × n) and XᵀX/n (d × d), in float64; what is
    below the double's precision times the longer side, relative to the largest, is rounding and
    counts as zero. That is what order 0 counts by. Of more than 512 rows the spread of influence
    is read from 512, chosen along an order that depends on content only.

    Equals ``vendi_score.vendi.score_dual`` and ``score_K``. Differs from its ``score_X``, which
    returns order 1 whatever the order, from ``score_K(q=0)``, which counts rounding errors as
    dishes, and from ``q=float("inf")``, which is NaN there (``benchmarks/peer/vendi.py``).
    ``benchmarks/intervals_kernels.py`` prints how often the intervals hold the expected score.
    With one dish only the upper bound is for one other dish, as rare as n rows can miss.

    Examples
    --------
    >>> x = np.eye(3)[[0, 0, 1, 2]]
    >>> [round(vendi(x, q).value, 4) for q in (0, 1, 2, float("inf"))]
    [3.0, 2.8284, 2.6667, 2.0]
    >>> round(vendi(np.eye(50)[np.arange(100) % 50], size=20).value)
    18
    """
    x = as_features(features)
    q = checked_order(order)
    n, d = x.shape
    at_least(n, 2, "the Vendi score", "is about how outputs differ")
    m = n if size is None else checked_size(size, n)
    if m == n:
        log, variance = log_score(spectrum(x), q)
        method = f"order {q:g}, eigenvalues, influence of outputs"
    else:
        log, variance = _of_size(x, q, m, seed)
        method = f"order {q:g} of {m} outputs, mean of {SUBSETS} subsets, influence of outputs"
    if log == 0.0:
        low, high = all_same_interval(m, q, level)
    else:
        low, high = interval(log, variance, n - 1, level, min(m, d))
    value = float(np.exp(log))
    if q == 0 and m == n:
        value = float(round(value))
        low, high = min(low, value), max(high, value)
    return Estimate(value, low, high, n, "dishes", method, level)


def checked_size(size: Any, n: int) -> int:
    """Return the size at which samples are compared."""
    if not isinstance(size, (int, np.integer)) or size < 2:
        raise BadInput(f"size={size!r}: give a whole number of outputs, at least 2")
    if size > n:
        raise NotEnoughData(
            f"size={size} of {n} outputs: a sample says nothing of a larger one; "
            "give more outputs, or a smaller size"
        )
    return int(size)


def log_score(s: Spectrum, q: float) -> tuple[float, float]:
    """Return the log of the score of order q, and its variance."""
    log = snapped(log_number(s.values, q))
    if q == 0:
        return log, _rank_variance(s)
    weights = evened(s.values, slopes(s.values, q, s.n))
    return log, s.variance(weights) + chance(s.agreement, float((s.values**2).sum()), q, s.n)


def _rank_variance(s: Spectrum) -> float:
    """Return the jackknife's variance: rows that alone hold a direction, and one more."""
    alone = s.along @ (1 / (s.n * s.values)) > 1 - 1e-4
    share = min(float(alone.mean()) + 1 / s.n, 1.0)
    return s.n * share / len(s.values) ** 2


def snapped(log: float) -> float:
    """Remove rounding error, so that one dish only reads exactly 1."""
    return log if log > 1e-12 else 0.0


def _of_size(x: Features, q: float, m: int, seed: int) -> tuple[float, float]:
    """Average over subsets.

    The mean over all subsets of m of n rows is a U-statistic: its variance is at most m/n of the
    variance of one subset's score (Hoeffding 1948). What drawing few subsets adds is added.
    """
    each = [log_score(spectrum(x[rows]), q) for rows in subsets(x, m, SUBSETS, seed)]
    scores: Floats = np.exp([log for log, _ in each])
    mean = float(scores.mean())
    ours = m / x.shape[0] * float(np.mean([variance for _, variance in each]))
    drawn = float(scores.var(ddof=1)) / SUBSETS / mean**2
    return float(np.log(mean)), ours + drawn
