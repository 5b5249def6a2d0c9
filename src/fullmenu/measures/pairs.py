"""Means over pairs of outputs (or users) of different units, and how sure they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.kernel.rates import all_same_bound, none_same_bound, with_chance
from fullmenu.stats.arrays import Floats
from fullmenu.stats.jackknife import Replicates, log_of
from fullmenu.stats.quantile import check_level


def left_out(total: float, lost: Any, pairs: float, pairs_lost: Any) -> tuple[float, Floats]:
    """Return a mean over ordered pairs of different units, and the same with each unit left out.

    ``lost`` and ``pairs_lost``, (m,), are what of the total and of the pairs goes with each unit.
    """
    left = pairs - pairs_lost
    rest = np.maximum(total - lost, 0.0)
    return total / pairs, np.where(left > 0, rest / np.maximum(left, 1.0), 0.0)


def between_units(total: float, lost: Any, sizes: Any) -> tuple[float, Floats]:
    """Return :func:`left_out` over all ordered pairs of outputs of different units of some sizes.

    >>> value, without = between_units(4.0, np.array([4.0, 2.0, 2.0]), np.array([1, 1, 1]))
    >>> round(value, 3), without.tolist()
    (0.667, [0.0, 1.0, 1.0])
    """
    s = np.asarray(sizes, np.float64)
    n = float(s.sum())
    # n² − Σs² ordered pairs are of different units; 2s(n − s) of them go with a unit of s outputs
    return left_out(total, lost, n * n - float((s**2).sum()), 2 * s * (n - s))


def in_common(kind: Any, unit: Any, weight: Any, m: int) -> Floats:
    """Return what each of m units has in common with the others.

    Each entry, (c,), is of a kind (a dish, n-gram or item), of a unit, and weighs something there;
    entries of one kind in one unit are added up first.

    >>> in_common(np.array([0, 0, 1]), np.array([0, 1, 1]), np.ones(3), 2)
    array([1., 1.])
    """
    cells, where = np.unique(kind * m + unit, return_inverse=True)
    mine = np.bincount(where, weight, minlength=len(cells))
    kind, owner = np.divmod(cells, m)
    # Σ_{v≠u} Σ_k w_uk w_vk = Σ_k w_uk (W_k − w_uk), W_k the weight of kind k in all units
    others = np.bincount(kind, mine)[kind] - mine
    return np.asarray(np.bincount(owner, mine * others, minlength=m))


def rate_interval(
    value: float, without: Floats, names: str, level: float, *, graded: bool = False
) -> tuple[float, float]:
    """Return the interval of a mean over pairs, in [0, 1]: jackknife, t on the log scale.

    Where the jackknife is blind the interval is an exact one: all pairs alike, or none alike.
    ``graded``: pairs agree more or less (a share), not yes or no; there is less chance in it.
    """
    check_level(level)
    m = len(without)
    low, high = 0.0, 1.0
    if value == 1.0:
        low = all_same_bound(m, level)
    elif m > 2 and (value <= 0 or float(without.min()) <= 1e-15):
        high = none_same_bound(m, level)
    elif m > 2:
        q = log_of(Replicates(value, without, names))
        if not graded or q.se < 1e-9:
            q = with_chance(q, value, m)
        low, high = q.interval(level)
    return min(low, value), max(min(high, 1.0), value)


def rate_of_pairs(
    value: float,
    without: Floats,
    names: str,
    unit: str,
    method: str,
    level: float,
    *,
    graded: bool = False,
) -> Estimate:
    """Turn a mean over pairs of units, in [0, 1], into an estimate by :func:`rate_interval`."""
    value = 1.0 if abs(value - 1) < 1e-12 else min(max(value, 0.0), 1.0)
    low, high = rate_interval(value, without, names, level, graded=graded)
    method = f"{method}, jackknife over {names}"
    return Estimate(value, low, high, len(without), unit, method, level)
