"""A ratio of two sums over units, such as uses by words, with every unit left out in turn."""

from __future__ import annotations

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.stats.arrays import Floats
from fullmenu.stats.jackknife import Replicates, log_of
from fullmenu.stats.poisson import largest_mean
from fullmenu.stats.quantile import t_quantile

PER = 1_000
"""Words that a rate is given in."""

FEW = 6
"""Prompts with a use, below which the upper bound looks at their number."""


def sums_ratio(top: Floats, bottom: Floats) -> Replicates:
    """Return Σ top ÷ Σ bottom over prompts, (p,) each, with each prompt left out.

    >>> sums_ratio(np.array([1.0, 3.0]), np.array([10.0, 10.0])).value
    0.2
    """
    all_top, all_bottom = float(top.sum()), float(bottom.sum())
    if len(top) < 2 or all_bottom - float(bottom.max(initial=0)) <= 0:
        raise NotEnoughData(f"a rate needs words under 2 prompts at least, not {len(top)}")
    share = float(top.max()) / all_top if all_top else 0.0
    return Replicates(
        all_top / all_bottom, (all_top - top) / (all_bottom - bottom), "prompts", share=share
    )


def per_thousand(uses: Floats, words: Floats, level: float = 0.95) -> Estimate:
    """Estimate how often something is said in 1,000 words, with prompts, (p,), as units.

    Under few prompts the jackknife cannot know how many more might have been: the upper bound is
    then that of a Poisson number of prompts, if that is higher.

    >>> print(per_thousand(np.array([1.0, 3.0, 2.0]), np.full(3, 1000.0)))
    2 [0.56, 7.14]
    >>> print(per_thousand(np.zeros(100), np.full(100, 100.0)))
    0 [0, 0.369]
    """
    r = sums_ratio(uses, words)
    low = high = 0.0
    if r.value > 0 and float(r.without.min()) > 0:
        low, high = log_of(r).interval(level)
    some = int((uses > 0).sum())
    method = "uses by words, delete-one jackknife over prompts on the log, t"
    if some < FEW:
        each = float(uses.sum()) / some if some else 1.0
        high = max(high, largest_mean(some, level) * each / float(words.sum()))
        method = "uses by words, jackknife over prompts; upper bound of few prompts: Poisson"
    return Estimate(PER * r.value, PER * low, PER * high, r.n, "uses in 1,000 words", method, level)


def grouped_rate(value: float, without: Floats, thousands: float, level: float = 0.95) -> Estimate:
    """Estimate a rate in 1,000 words from its values with each of g parts of the units left out.

    For what is not a sum, and too dear to be taken without every unit: ``without``, (g,).

    >>> print(grouped_rate(2.0, np.array([1.9, 2.0, 2.1]), 100.0))
    2 [1.56, 2.56]
    """
    g = len(without)
    # delete-a-group jackknife: (g − 1)/g · Σ (value without a part − their mean)²
    se = float(np.sqrt((g - 1) / g * ((without - without.mean()) ** 2).sum()))
    method = f"mean over folds, delete-a-group jackknife over {g} parts on the log, t"
    if value > 0 and se > 0:
        half = t_quantile(level, g - 1) * se / value
        low, high = value * float(np.exp(-half)), value * float(np.exp(half))
    else:
        low, high = 0.0, value + largest_mean(0, level) / thousands
        method = "none found: a Poisson bound"
    return Estimate(value, low, high, g, "uses in 1,000 words", method, level)
