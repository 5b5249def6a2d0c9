"""The repeat rate: how likely are two outputs the same dish?

``U`` = mean of k(x, x')² over pairs of different outputs, k the inner product of unit feature
rows. An unbiased U-statistic: it does not drift with sample size. ``1/U`` is the effective number
of modes of order 2.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.vectors.gram import (
    Features,
    Floats,
    as_features,
    gram,
    gram_of,
    lengths,
    moments,
    unit,
)
from fullmenu.stats.jackknife import LogQuantity, Replicates, log_of

Route = Literal["auto", "moments", "gram", "pairs"]

BLOCK = 128
"""Rows of a Gram block; the ``pairs`` route compares rows only inside random blocks this large."""

ALL_PAIRS = 1_024
"""Up to so many rows every pair is compared; beyond it ``auto`` takes random blocks of pairs."""


@dataclass(frozen=True, slots=True)
class PairSums:
    """What the repeat rate adds up over the pairs that were compared.

    Parameters
    ----------
    same : (n,)
        For each output, Σ k² over its partners.
    partners : (n,)
        How many partners it was compared with.
    """

    same: Floats
    partners: Floats

    @property
    def rate(self) -> float:
        """The mean of k² over all ordered pairs compared."""
        return snapped(float(self.same.sum()) / float(self.partners.sum()))


@measure(takes="features", unit="probability", paper="Chao & Jost 2012; Pasarkar & Dieng 2024")
def repeat_rate(
    features: Any, *, route: Route = "auto", level: float = 0.95, seed: int = 0
) -> Estimate:
    """Estimate how likely two outputs of one sample are the same dish.

    ``value`` in [0, 1]; 1 means one dish only.

    Parameters
    ----------
    features
        Unit rows of one sample (one prompt's outputs, say).
    route
        ``moments``: ‖XᵀX‖²_F, for d below n. ``gram``: all pairs, a block of rows at a time; the
        same number. ``pairs``: each row against the others of its random block, for large n; the
        interval then includes the pairs not looked at. ``auto`` chooses.
    level
        …: jackknife over outputs, t on the log scale.
    seed
        For the ``pairs`` route.

    Notes
    -----
    Cannot see what the kernel cannot see. With all rows equal, or no two alike at all, the
    jackknife is blind; the interval is then the exact one for a leading dish: the largest (or
    smallest) rate under which such a sample has at least a chance of 1 − level.

    Examples
    --------
    >>> x = np.eye(3)[[0, 0, 1, 2]]
    >>> round(repeat_rate(x).value, 4)
    0.1667
    >>> repeat_rate(x[:1])
    Traceback (most recent call last):
    ...
    fullmenu.errors.NotEnoughData: the repeat rate compares pairs: it needs 2 outputs, not 1
    """
    x = as_features(features)
    n = x.shape[0]
    sums = pair_sums(x, route=route, seed=seed)
    rate = sums.rate
    low, high = interval_over_outputs(sums, level)
    return Estimate(rate, low, high, n, "probability", "U-statistic, jackknife over outputs", level)


def pair_sums(
    x: Features,
    groups: NDArray[np.int64] | None = None,
    *,
    route: Route = "auto",
    seed: int = 0,
) -> PairSums:
    """Sum k² for every row over the other rows, or over the rows of *other groups*.

    Parameters
    ----------
    x : (n, d)
        Unit rows.
    groups : (n,), optional
        Rows of one group are not compared with each other (the across-prompts question).
    """
    n = x.shape[0]
    if n < 2:
        raise NotEnoughData(f"the repeat rate compares pairs: it needs 2 outputs, not {n}")
    if route == "auto":
        dense = not hasattr(x, "indptr")
        cheap = dense and x.shape[1] <= min(n, 1024)
        route = "moments" if cheap else "gram" if n <= ALL_PAIRS else "pairs"
    if route == "moments":
        return _by_moments(unit(x), groups)
    if route == "gram":
        return _by_gram(x, groups)
    if route == "pairs":
        return _by_pairs(x, groups, seed)
    raise BadInput(f"unknown route {route!r}; use auto, moments, gram or pairs")


def within_pairs(x: Features, groups: NDArray[np.int64], n_groups: int) -> PairSums:
    """Sum k² for every row over the other rows of *its own* group."""
    n = x.shape[0]
    order = np.argsort(groups, kind="stable")
    ordered = x if (groups[1:] >= groups[:-1]).all() else x[order]
    norms = lengths(ordered)
    bounds = np.concatenate([[0], np.cumsum(np.bincount(groups, minlength=n_groups))])
    same, partners = np.zeros(n), np.zeros(n)
    for a, b in itertools.pairwise(bounds.tolist()):
        if 2 <= b - a <= ALL_PAIRS:
            k2 = (_gram_between(ordered, a, b) / norms[a:b, None] / norms[a:b]) ** 2
            np.fill_diagonal(k2, 0.0)
            same[order[a:b]], partners[order[a:b]] = k2.sum(1), b - a - 1.0
        elif b - a > ALL_PAIRS:
            rows = pair_sums(ordered[a:b])
            same[order[a:b]], partners[order[a:b]] = rows.same, rows.partners
    return PairSums(same, partners)


def _gram_between(x: Features, a: int, b: int) -> Floats:
    if hasattr(x, "indptr"):
        return gram_of(x.indices, x.data, x.indptr[a : b + 1], x.shape[1])
    return gram(np.asarray(x[a:b], np.float64))


def _by_moments(x: Features, groups: NDArray[np.int64] | None) -> PairSums:
    n = x.shape[0]
    if groups is None:
        own = np.ones(n)
        partners = np.full(n, n - 1.0)
    else:
        inside = within_pairs(x, groups, int(groups.max()) + 1)
        own = inside.same + 1.0
        partners = n - 1.0 - inside.partners
    m = moments(x)
    same = np.empty(n)
    for a in range(0, n, BLOCK):
        block = x[a : a + BLOCK]
        rows = block.toarray() if hasattr(block, "toarray") else np.asarray(block, np.float64)
        same[a : a + BLOCK] = np.einsum("ij,ij->i", rows @ m, rows)
    return PairSums(np.maximum(same - own, 0.0), partners)


def _by_gram(x: Features, groups: NDArray[np.int64] | None) -> PairSums:
    n = x.shape[0]
    same, partners = np.zeros(n), np.zeros(n)
    blocks = np.array_split(np.arange(n), -(-n // ALL_PAIRS))
    for i, a in enumerate(blocks):
        for b in blocks[i:]:
            both = a if a is b else np.concatenate([a, b])
            k2 = gram(unit(x[both]))[: len(a), -len(b) :] ** 2
            apart = _apart(a, b, groups)
            same[a] += (k2 * apart).sum(1)
            partners[a] += apart.sum(1)
            if a is not b:
                same[b] += (k2 * apart).sum(0)
                partners[b] += apart.sum(0)
    return PairSums(same, partners)


def _by_pairs(x: Features, groups: NDArray[np.int64] | None, seed: int) -> PairSums:
    n = x.shape[0]
    same, partners = np.zeros(n), np.zeros(n)
    shuffled = np.random.default_rng(seed).permutation(n)
    for rows in np.array_split(shuffled, max(1, n // BLOCK)):
        k2 = gram(unit(x[rows])) ** 2
        apart = _apart(rows, rows, groups)
        same[rows] = (k2 * apart).sum(1)
        partners[rows] = apart.sum(1)
    return PairSums(same, partners)


def _apart(
    a: NDArray[np.int64], b: NDArray[np.int64], groups: NDArray[np.int64] | None
) -> NDArray[np.bool_]:
    if groups is None:
        return a[:, None] != b[None, :]
    return np.asarray(groups[a][:, None] != groups[b][None, :])


def replicates_of_outputs(sums: PairSums) -> Replicates:
    """Leave each output of one sample out in turn."""
    total, pairs = sums.same.sum(), sums.partners.sum()
    left = pairs - 2 * sums.partners
    if len(left) < 3 or left.min() <= 0:
        raise NotEnoughData(
            f"an interval over outputs needs at least 3 of them, not {len(left)}; sample more"
        )
    return Replicates(sums.rate, (total - 2 * sums.same) / left, "outputs")


def interval_over_outputs(sums: PairSums, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of :func:`repeat_rate` for the outputs of one sample.

    Examples
    --------
    >>> alike = PairSums(np.full(10, 9.0), np.full(10, 9.0))
    >>> [round(b, 2) for b in interval_over_outputs(alike)]
    [0.55, 1.0]
    """
    rate, n = sums.rate, len(sums.same)
    if n < 3:
        return 0.0, 1.0
    if rate == 1.0:
        return all_same_bound(n, level), 1.0
    r = replicates_of_outputs(sums)
    if rate <= 0 or r.without.min() <= 0:
        return 0.0, none_same_bound(n, level)
    low, high = with_chance(log_of(r), rate, n).interval(level)
    return low, min(high, 1.0)


def with_chance(q: LogQuantity, rate: float, n: int) -> LogQuantity:
    """Add what the jackknife over n outputs misses: the chance of which pairs agree.

    Where all dishes are about equally common, leaving one out changes next to nothing and the
    jackknife alone may cover 87 % (``benchmarks/measures_coverage.py``), or give an interval of no
    width. Added in quadrature: the standard error of a share of n(n−1)/2 independent pairs.
    """
    chance = 2 * (1 - rate) / (rate * n * (n - 1))
    return LogQuantity(q.log, float(np.sqrt(q.se**2 + chance)), q.df)


def all_same_bound(n: int, level: float) -> float:
    """Smallest rate at which n outputs are all one dish with chance ≥ 1 − level."""
    return float((1 - level) ** (2 / n))


def none_same_bound(n: int, level: float) -> float:
    """Largest p² of a dish that n outputs show at most once with chance ≥ 1 − level."""
    low, high = 0.0, 1.0
    for _ in range(60):
        p = (low + high) / 2
        shown = (1 - p) ** n + n * p * (1 - p) ** (n - 1)
        low, high = (p, high) if shown > 1 - level else (low, p)
    return high * high


def snapped(rate: float) -> float:
    """Remove rounding error at the ends of [0, 1], so that one dish only reads exactly 1."""
    if abs(rate - 1.0) < 1e-12:
        return 1.0
    return min(max(rate, 0.0), 1.0)
