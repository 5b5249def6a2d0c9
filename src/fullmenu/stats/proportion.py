"""Shares and how sure they are: Wilson intervals; by prompt where its outputs go together."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.stats.arrays import Floats
from fullmenu.stats.quantile import normal_quantile, t_quantile

_SAME = 1e-12
"""Replicates that differ by less than this are equal: the jackknife has nothing to say."""


def wilson(
    hits: float, n: float, level: float = 0.95, *, df: float = np.inf
) -> tuple[float, float]:
    """Interval of a share: Wilson's, never empty and never outside [0, 1].

    An effective number ``n`` may be a fraction; ``df`` are the degrees of freedom of the variance
    that it was read from.

    >>> [round(x, 4) for x in wilson(3, 10)]
    [0.1078, 0.6032]
    """
    if n <= 0:
        raise NotEnoughData("a share of nothing has no interval; give at least one output")
    if not 0 <= hits <= n * (1 + 1e-9):
        raise BadInput(f"{hits} of {n} is no share")
    p = min(hits / n, 1.0)
    z2 = (t_quantile(level, df) if np.isfinite(df) else normal_quantile(level)) ** 2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    low = 0.0 if p == 0 else max(float(middle - half), 0.0)
    high = 1.0 if p == 1 else min(float(middle + half), 1.0)
    return min(low, p), max(high, p)


def share_interval(
    value: float, without: Any, level: float = 0.95, *, most: float = np.inf
) -> tuple[float, float]:
    """Interval of a quantity in [0, 1] from its delete-one replicates, one for each unit left out.

    The jackknife variance is turned into an effective number of independent draws, ``most`` at the
    most, and Wilson's interval with Student's t is read at that number. Where all replicates agree
    the jackknife is blind; the units then count as that many draws.

    >>> x = np.array([1.0] * 3 + [0.0] * 7)
    >>> [round(b, 3) for b in share_interval(0.3, (3 - x) / 9)]  # a little wider than Wilson's
    [0.087, 0.658]
    """
    reps = np.asarray(without, np.float64)
    m = len(reps)
    if m < 2:
        raise NotEnoughData(f"an interval needs at least 2 units, not {m}; give more outputs")
    se = jackknife_se(reps)
    n = min(value * (1 - value) / se**2, most) if se > _SAME else float(m)
    if not 0 < value < 1:
        n = float(m)
    return wilson(value * n, n, level, df=m - 1)


def jackknife_se(without: Floats) -> float:
    """Standard error from delete-one replicates of m units, or from what each of them changes."""
    m = len(without)
    # Efron & Stein 1981: s.e.² = (m − 1)/m · Σ (θ₍ᵢ₎ − mean θ₍·₎)²
    return float(np.sqrt((m - 1) / m * ((without - without.mean()) ** 2).sum()))


def share_of_two(
    value: float, variance: float, sizes: tuple[int, int], level: float
) -> tuple[float, float]:
    """Interval of a share whose units are two samples: Wilson's at as many draws as it is worth.

    Of ``sizes`` a and b there are never more draws than ab/(a + b), as many as two plain shares
    tell of: the jackknife's ``variance`` sees too little where nearly all rows count, or nearly
    none.
    """
    n = sizes[0] * sizes[1] / (sizes[0] + sizes[1])
    if variance > 0 and 0 < value < 1:
        n = min(n, value * (1 - value) / variance)
    return wilson(value * n, n, level, df=max(min(sizes) - 1, 1))


def share(
    hits: Any, totals: Any = None, *, groups: Any = None, level: float = 0.95, unit: str = "share"
) -> Estimate:
    """Estimate a share, Σ hits ÷ Σ totals, from units that may hold more or less of it.

    Each output, (n,), counts as far as ``hits`` says, out of its total (1 each by default). With
    ``groups``, the prompt of each, the interval leaves prompts out, because outputs of one prompt
    go together; by default it leaves out outputs. With fewer than two of them, or totals that add
    up to 0, it raises ``NotEnoughData``.

    >>> print(share([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
    0.2 [0.0567, 0.51]
    >>> print(share([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], groups=[0, 0, 0, 1, 1, 1, 2, 2, 3, 3]))
    0.3 [0.0189, 0.905]
    """
    y, t, names = _by_group(hits, totals, groups)
    m, total = len(y), float(t.sum())
    if m < 2:
        raise NotEnoughData(f"the interval of a share needs at least 2 {names}, not {m}; give more")
    if total <= 0 or float((total - t).min()) <= 0:
        raise NotEnoughData(f"one of the {m} {names} holds everything that is counted; give more")
    value = min(float(y.sum()) / total, 1.0)
    if groups is None and totals is None and np.isin(y, (0.0, 1.0)).all():
        low, high = wilson(float(y.sum()), m, level)
        return Estimate(value, low, high, m, unit, "share, Wilson over outputs", level)
    low, high = share_interval(value, (y.sum() - y) / (total - t), level, most=max(total, m))
    method = f"share, Wilson on the effective number, jackknife over {names}"
    return Estimate(value, low, high, m, unit, method, level)


def difference(
    before_hits: Any,
    before_totals: Any,
    after_hits: Any,
    after_totals: Any,
    *,
    level: float = 0.95,
) -> Estimate:
    """Estimate the change of a share, after − before, on the same prompts.

    For each prompt, (P,), how many outputs count, and out of how many, on either side: every prompt
    weighs as many outputs as it has, none on one side included. The interval is a delete-one-prompt
    jackknife, t with P − 1 degrees of freedom; where every prompt changed by the same (by nothing,
    say) the jackknife is blind, and the half-width is the upper Wilson limit of 0 out of P. With
    fewer than two prompts, or one that holds all outputs of a side, it raises ``NotEnoughData``.

    >>> print(difference([0, 1, 0, 2, 0, 1], [10] * 6, [2, 4, 1, 5, 3, 3], [10] * 6))
    0.233 [0.148, 0.319]
    """
    yb, tb, ya, ta = (
        np.asarray(x, np.float64) for x in (before_hits, before_totals, after_hits, after_totals)
    )
    if not yb.shape == tb.shape == ya.shape == ta.shape or yb.ndim != 1:
        raise BadInput("a difference of shares takes four arrays of one length, one entry a prompt")
    p = len(yb)
    if p < 2:
        raise NotEnoughData(f"a change by prompt needs at least 2 prompts, not {p}; give more")
    left_b, left_a = tb.sum() - tb, ta.sum() - ta
    if min(left_b.min(), left_a.min()) <= 0:
        raise NotEnoughData(
            f"one of the {p} prompts holds all outputs of a side; give more prompts"
        )
    value = float(ya.sum() / ta.sum() - yb.sum() / tb.sum())
    without = (ya.sum() - ya) / left_a - (yb.sum() - yb) / left_b
    se = jackknife_se(without)
    half = t_quantile(level, p - 1) * se if se > _SAME else wilson(0, p, level, df=p - 1)[1]
    return Estimate(
        value,
        max(value - half, -1.0),
        min(value + half, 1.0),
        p,
        "share",
        "difference of shares, delete-one-prompt jackknife, t",
        level,
    )


def leader_interval(
    ranked: Any, k: int = 1, level: float = 0.95, *, unseen: float = 0.0, effect: float = 1.0
) -> tuple[float, float]:
    """Interval of the share that the k commonest hold together.

    The winners' share is too high by the luck that made them win. The lower bound is therefore
    Clopper and Pearson's at an error rate divided by the number of ways in which the k might have
    been chosen among all that could as well be there; the upper bound is Wilson's.

    Parameters
    ----------
    ranked : (S,)
        Counts, descending.
    unseen
        How many are thought to exist that were not counted at all.
    effect
        Design effect: by how much outputs of one prompt go together; counts are divided by it.

    Examples
    --------
    >>> [round(x, 3) for x in leader_interval([10, 1] + [1] * 39)]
    [0.1, 0.33]
    >>> [round(x, 3) for x in leader_interval([10] + [9] * 4 + [4])]
    [0.077, 0.33]
    """
    from scipy.special import betaincinv, gammaln

    x = np.asarray(ranked, np.float64) / effect
    n, k = float(x.sum()), min(k, len(x))
    hits, last = float(x[:k].sum()), x[k - 1]
    near = np.abs(x - last) <= 2 * np.sqrt(x + last)
    rivals = float(near.sum()) + (unseen if last <= 4 else 0.0)
    seats = float(near[:k].sum())
    ways = gammaln(rivals + 1) - gammaln(seats + 1) - gammaln(rivals - seats + 1)
    error = max((1 - level) / 2 * float(np.exp(-ways)), 1e-300)
    high = wilson(hits, n, level)[1]
    low = float(betaincinv(hits, n - hits + 1, error))
    return min(max(low, 0.0), hits / n), high


def _by_group(hits: Any, totals: Any, groups: Any) -> tuple[Floats, Floats, str]:
    y = np.asarray(hits, np.float64)
    t = np.ones_like(y) if totals is None else np.asarray(totals, np.float64)
    if y.ndim != 1 or y.shape != t.shape:
        raise BadInput(f"hits of shape {y.shape} and totals of shape {t.shape}: give one a unit")
    if not (np.isfinite(y).all() and np.isfinite(t).all() and (y >= 0).all() and (y <= t).all()):
        raise BadInput("hits must lie between 0 and their totals")
    if groups is None:
        return y, t, "outputs"
    g = np.asarray(groups)
    if g.shape != y.shape:
        raise BadInput(f"groups of shape {g.shape} for {len(y)} outputs: give one prompt an output")
    _, codes = np.unique(g, return_inverse=True)
    return (
        np.bincount(codes, y).astype(np.float64),
        np.bincount(codes, t).astype(np.float64),
        "prompts",
    )
