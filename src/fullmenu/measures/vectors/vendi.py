"""Effective numbers of the directions in which a sample's rows spread: the Vendi score and kin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.kernel.rows import Features, as_features
from fullmenu.measures.registry import measure
from fullmenu.measures.vectors._order import (
    chance,
    entropies,
    evened,
    number_estimate,
    slopes,
    snapped_order,
)
from fullmenu.measures.vectors._spectrum import Spectrum, raw, spectrum
from fullmenu.measures.vectors._subsets import at_least, subsets
from fullmenu.stats.arrays import Floats
from fullmenu.stats.effective_number import log_number

SUBSETS = 32
"""How many subsets the value at a given size is the mean of."""


@measure(unit="dishes", paper="Friedman & Dieng 2023; Pasarkar & Dieng 2024", rises=True)
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
    ``benchmarks/intervals_kernels.py`` prints how often the intervals hold the expected score. Rows
    count as independent: where those of one prompt go together (20 prompts of 5 rows around a
    centre each) it held in 84 %; give one output of each prompt.
    With one dish only the upper bound is for one other dish, as rare as n rows can miss.

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

    >>> x = np.eye(3)[[0, 0, 1, 2]]
    >>> [round(vendi(x, q).value, 4) for q in (0, 1, 2, float("inf"))]
    [3.0, 2.8284, 2.6667, 2.0]
    >>> round(vendi(np.eye(50)[np.arange(100) % 50], size=20).value)
    18
    """
    x = as_features(features)
    q = snapped_order(order)
    n, d = x.shape
    at_least(n, 2, "the Vendi score", "is about how outputs differ")
    m = checked_size(size, n)
    if m == n:
        log, variance = log_score(spectrum(x), q)
        method = f"order {q:g}, eigenvalues, influence of outputs"
    else:
        log, variance = _of_size(x, q, m, seed)
        method = f"order {q:g} of {m} outputs, mean of {SUBSETS} subsets, influence of outputs"
    e = number_estimate(log, variance, q, m, most=min(m, d), level=level, method=method, df=n - 1)
    if q == 0 and m == n:
        rank = float(round(e.value))
        return replace(e, value=rank, low=min(e.low or 1.0, rank), high=max(e.high or 1.0, rank))
    return replace(e, n=n)


def checked_size(size: int | None, n: int) -> int:
    """Return the size at which samples are compared: by default their own."""
    if size is None:
        return n
    if size > n:
        raise NotEnoughData(
            f"size={size} of {n} outputs: a sample says nothing of a larger one; "
            "give more outputs, or a smaller size"
        )
    return size


def log_score(s: Spectrum, q: float) -> tuple[float, float]:
    """Return the log of the score of order q, and its variance."""
    log = snapped(log_number(s.values, q))
    if q == 0:
        return log, _rank_variance(s)
    weights = evened(s.values, slopes(s.values, q, s.n))
    return log, s.variance(weights) + chance(s.agreement, float((s.values**2).sum()), q, s.n)


def _rank_variance(s: Spectrum) -> float:
    """Return the jackknife's variance: rows that alone hold a direction, and one more."""
    # a row of leverage Σ_k ⟨x, v_k⟩² / nλ_k = 1 holds a direction alone: without it the rank falls
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


@measure(unit="dishes", paper="Ospanov & Farnia 2024", rises=True)
def truncated_vendi(
    features: Any, order: float = 1.0, *, rank: int = 100, level: float = 0.95
) -> Estimate:
    """Estimate the Vendi score of the few largest eigenvalues, the rest spread over them.

    ``value`` between 1 and ``rank``.

    Settles once n is some times ``rank``, where the Vendi score of a soft kernel grows on; it is
    never larger than that. Cannot see variety beyond ``rank`` directions. At n below ``rank`` it
    drifts with n as the Vendi score does. The interval is for the expected score of n rows. Equals
    ``TruncatedVendi`` of its authors, except that theirs gives every eigenvalue a least value.

    Parameters
    ----------
    order
        As in :func:`~fullmenu.measures.vendi`, above 0: of order 0 it would be ``rank`` itself.
    rank
        How many eigenvalues are kept. With as many as the sample has, or more, this is the Vendi
        score.
    level
        …: influence of each row through the eigenvalues, t on the log scale.

    Raises
    ------
    BadInput
        Rows that are not of unit length, an order of 0 or less, a rank below 1, or too many of
        both rows and columns for eigenvalues.

    >>> x = np.eye(4)[[0, 0, 0, 0, 1, 1, 2, 3]]
    >>> round(truncated_vendi(x, rank=2).value, 4)  # of 5/8 and 3/8
    1.9378
    """
    x = as_features(features)
    q = snapped_order(order)
    if q == 0:
        raise BadInput("order=0 of a truncated spectrum is its rank in any sample; give 1 or 2")
    n, d = x.shape
    at_least(n, 2, "the truncated Vendi score", "is about how outputs differ")
    s = spectrum(x)
    log, variance = _log_score(s, q, rank)
    method = f"order {q:g}, {rank} eigenvalues, influence of outputs"
    if rank == 1:
        return Estimate(1.0, 1.0, 1.0, n, "dishes", method, level)
    most = min(n, d, rank)
    return number_estimate(log, variance, q, n, most=most, level=level, method=method)


def _log_score(s: Spectrum, q: float, rank: int) -> tuple[float, float]:
    # λ_k + (1 − Σ_{j≤r} λ_j)/r for the r largest (Ospanov & Farnia 2024)
    top = s.values[:rank]
    shares = top + (1 - top.sum()) / len(top)
    steep = slopes(shares, q, s.n)
    weights = np.zeros(len(s.values))
    weights[: len(top)] = steep - (steep.mean() if len(top) < len(s.values) else 0.0)
    log = snapped(log_number(shares, q))
    missed = chance(s.agreement, float((s.values**2).sum()), q, s.n)
    return log, s.variance(evened(s.values, weights)) + missed


@measure(unit="dimensions", paper="Roy & Vetterli 2007", rises=True)
def effective_rank(features: Any, *, level: float = 0.95) -> Estimate:
    """Estimate the effective rank: the exponential of the entropy of the singular values.

    ``value`` between 1 and the smaller of n and d.

    For unit rows the *squares* of the singular values, divided by n, are the eigenvalues of the
    Vendi score of order 1: that one weighs directions by their share, this one by the root of it,
    so it is never smaller, and small directions, noise among them, count for more. Grows with n
    where the rows have noise in every direction; the interval is for the expected value of n rows.
    Cannot see clusters inside one direction, and a few long rows outweigh many short ones.

    Parameters
    ----------
    features
        Rows of one sample, of any length; they are not centred.
    level
        …: influence of each row through the singular values, t on the log scale.

    Raises
    ------
    NotEnoughData
        …, or nothing but zeros.
    BadInput
        Too many of both rows and columns (more than 8,192) for singular values.

    >>> round(effective_rank(np.diag([3.0, 1.0])).value, 4)
    1.7548
    """
    x = as_features(features)
    n, d = x.shape
    at_least(n, 2, "the effective rank", "is about how outputs differ")
    s = raw(x)
    if not len(s.values):
        raise NotEnoughData(f"all {n} rows are zeros, which have no rank; give other features")
    log, variance = _log_rank(s)
    method = "entropy of the singular values, influence of outputs"
    return number_estimate(
        log, variance, 0.5, n, most=min(n, d), level=level, method=method, unit="dimensions"
    )


def _log_rank(s: Spectrum) -> tuple[float, float]:
    # exp(−Σ p ln p) with p = σ_k/Σσ, σ_k = √λ_k (Roy & Vetterli 2007)
    singular = np.sqrt(s.values)
    total = float(singular.sum())
    shares = singular / total
    log = snapped(log_number(shares, 1.0))
    step = np.minimum(s.values, float(s.values.sum()) / s.n)
    left = np.sqrt(s.values - step) / total
    lost = entropies(shares) - entropies(left) + (1 - log) * (shares - left)
    weights = evened(s.values, lost / step)
    mean = float((s.values**2).sum() / s.values.sum() ** 2)
    return log, s.variance(weights) + chance(s.agreement, mean, 0.5, s.n)
