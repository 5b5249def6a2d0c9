"""Effective numbers of any order from shares that add up to 1, and how each share moves them."""

from __future__ import annotations

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.kernel.rates import all_same_bound
from fullmenu.stats.arrays import Floats
from fullmenu.stats.effective_number import log_number
from fullmenu.stats.quantile import t_quantile

TIED = 1e-9
"""Shares that differ by less than this part of themselves are the same."""


def snapped_order(q: float) -> float:
    """Return the order; 1 where it is next to 1, because there the formula is all rounding."""
    return 1.0 if abs(q - 1) < 1e-7 else q


def slopes(p: Floats, q: float, n: int) -> Floats:
    """Return how steeply each share moves the log of the number, when one of n rows is left out.

    Chords over 1/n (or the whole share, where it is smaller), not tangents: a share that one row
    holds alone goes altogether. Up to a constant, which does not matter to shares.
    """
    if np.isinf(q):
        first = (p > p.max() * (1 - TIED)).astype(np.float64)
        return np.asarray(-first / (p.max() * first.sum()))
    # (f(p) − f(p − step))/step, f = −p ln p at q = 1 and p^q / (1 − q)Σp^q at other orders
    step = np.minimum(p, 1 / n)
    left = p - step
    if q == 1:
        return np.asarray((entropies(p) - entropies(left)) / step)
    top = p.max()
    powers = (p / top) ** q
    lost = powers - (left / top) ** q
    return np.asarray(lost / ((1 - q) * powers.sum() * step))


def entropies(p: Floats) -> Floats:
    """Return −p ln p, which is 0 at 0."""
    return np.asarray(-p * np.log(np.where(p > 0, p, 1.0)))


def evened(p: Floats, weights: Floats) -> Floats:
    """Give tied shares (descending) one weight: which of them comes first is rounding."""
    group = np.concatenate([[0], np.cumsum(p[1:] < p[:-1] * (1 - TIED))])
    return np.asarray((np.bincount(group, weights) / np.bincount(group))[group])


def chance(agreement: float, mean: float, q: float, n: int) -> float:
    """Return the variance of the log number that a first-order view of n rows misses.

    Where all dishes are equally common no single row moves the number; what is left is the chance
    of which rows agree (as in :func:`~fullmenu.kernel.rates.with_chance`). Three more pairs might
    as well have agreed (the rule of three). ``agreement`` is the variance over pairs of rows of how
    alike they are, ``mean`` their mean, each row with itself too.
    """
    pairs = n * (n - 1) / 2
    return (min(q, 2.0) / 2) ** 2 * (agreement + 3 / pairs) / (pairs * mean**2)


def number_estimate(
    log: float,
    variance: float,
    order: float,
    n: int,
    *,
    most: float,
    level: float,
    method: str,
    unit: str = "dishes",
    df: float | None = None,
) -> Estimate:
    """Return an effective number of n rows, at most ``most``, from its log and variance."""
    if log == 0.0:
        low, high = _all_same_interval(n, order, level)
    else:
        low, high = _interval(log, variance, n - 1 if df is None else df, level, most)
    return Estimate(float(np.exp(log)), low, high, n, unit, method, level)


def _interval(
    log: float, variance: float, df: float, level: float, most: float
) -> tuple[float, float]:
    """Return the t interval on the log scale, inside what the number can be."""
    half = t_quantile(level, df) * float(np.sqrt(variance))
    value = float(np.exp(log))
    low, high = max(float(np.exp(log - half)), 1.0), float(np.exp(min(log + half, 700.0)))
    return min(low, value), max(min(high, most), value)


def _all_same_interval(n: int, q: float, level: float) -> tuple[float, float]:
    """Return the interval of a sample of one dish: another may be as rare as n rows can miss."""
    p = max(float(np.sqrt(all_same_bound(n, level))), 0.5)
    return 1.0, float(np.exp(log_number(np.array([p, 1 - p]), q)))
