"""Means over the seeds of a training run: few, independent, and no two of one run."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.stats.quantile import t_quantile


def over_seeds(values: Sequence[float], unit: str, level: float = 0.95) -> Estimate:
    """Estimate a mean over independent runs, one value a seed, with Student's t.

    Runs that all gave the same leave nothing to judge the spread by: the interval is then open on
    both sides, and the method says so. One run has no interval at all; no value, or one that is not
    finite, is ``NotEnoughData``.

    >>> print(over_seeds([24, 25, 23, 25, 25], "modes"))
    24.4 [23.3, 25.5]
    >>> over_seeds([25, 25, 25], "modes").method
    'mean over 3 seeds, all alike: no spread to judge by'
    """
    x = np.asarray(values, dtype=np.float64)
    if x.size == 0 or not np.isfinite(x).all():
        raise NotEnoughData(
            f"a mean over seeds of {list(values)}: every seed must have given a finite number; "
            "run the seeds that did not again"
        )
    mean, n = float(x.mean()), x.size
    if n == 1:
        return Estimate(mean, None, None, 1, unit, "one seed: no interval", level)
    if np.ptp(x) == 0:
        method = f"mean over {n} seeds, all alike: no spread to judge by"
        return Estimate(mean, None, None, n, unit, method, level)
    half = t_quantile(level, n - 1) * float(x.std(ddof=1)) / math.sqrt(n)
    return Estimate(mean, mean - half, mean + half, n, unit, f"mean over {n} seeds, t", level)
