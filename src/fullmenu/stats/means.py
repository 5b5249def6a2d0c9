"""Means over outputs whose prompts are the clusters, and how they changed."""

from __future__ import annotations

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.proportion import jackknife_se
from fullmenu.stats.quantile import t_quantile


def mean(values: Floats, groups: Ints, unit: str, level: float = 0.95) -> Estimate:
    """Estimate a mean over outputs, every prompt left out in turn.

    With fewer than two prompts each output is left out instead.

    >>> print(mean(np.array([1.0, 2, 3, 4]), np.array([0, 0, 1, 1]), "words"))
    2.5 [-10.2, 15.2]
    """
    names = "prompts"
    if len(np.unique(groups)) < 2:
        groups, names = np.arange(len(values)), "outputs"
        if len(values) < 2:
            raise NotEnoughData(
                f"the interval of a mean needs at least 2 outputs, not {len(values)}"
            )
    total, without = _without(values, groups)
    half = t_quantile(level, len(without) - 1) * jackknife_se(without)
    method = f"mean, delete-one jackknife over {names}, t"
    return Estimate(total, total - half, total + half, len(without), unit, method, level)


def mean_difference(
    before: tuple[Floats, Ints],
    after: tuple[Floats, Ints],
    unit: str,
    level: float = 0.95,
) -> Estimate:
    """Estimate the change of a mean, after − before, on prompts that both sides have.

    Either side holds values and the prompt of each, on one numbering.
    """
    shared = np.intersect1d(before[1], after[1])
    if len(shared) < 2:
        raise NotEnoughData(
            f"a change by prompt needs at least 2 shared prompts, not {len(shared)}"
        )
    (first, a), (second, b) = (
        _without(v[np.isin(g, shared)], g[np.isin(g, shared)]) for v, g in (before, after)
    )
    half = t_quantile(level, len(shared) - 1) * jackknife_se(b - a)
    change = second - first
    return Estimate(
        change, change - half, change + half, len(shared), unit,
        "difference of means, delete-one-prompt jackknife, t", level,
    )  # fmt: skip


def positive_interval(value: float, without: Floats, level: float) -> tuple[float, float | None]:
    """Return the interval of a quantity of at least 0 from its delete-one replicates: t.

    Where all of m units agree the jackknife is blind: one that was missed may be anything, so that
    there is no upper bound, and the lower one allows for as many as m can miss.

    >>> positive_interval(2.0, np.array([2.0, 2.0]), 0.75)
    (1.0, None)
    """
    m, se = len(without), jackknife_se(without)
    if se <= 1e-12 * max(value, 1.0):
        return value * float((1 - level) ** (1 / m)), None
    half = t_quantile(level, m - 1) * se
    return max(value - half, 0.0), value + half


def _without(values: Floats, groups: Ints) -> tuple[float, Floats]:
    _, codes = np.unique(groups, return_inverse=True)
    sums, sizes = np.bincount(codes, values), np.bincount(codes)
    return float(values.mean()), (sums.sum() - sums) / (sizes.sum() - sizes)
