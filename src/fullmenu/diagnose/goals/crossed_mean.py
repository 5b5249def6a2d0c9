"""A mean over training runs crossed with items, both drawn at random."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.stats.quantile import t_quantile


def crossed(
    values: Any, seeds: Any, items: Any, *, unit: str, what: str = "levels", level: float = 0.95
) -> Estimate:
    """Estimate the mean of values in [−1, 1], one for each seed and item.

    The variance of the means over seeds and that of the means over items are added, which is never
    too little. Two items of ±1 are added for the spread only (as Agresti and Min do for paired
    shares), so that items that all agree leave an interval of some width.

    ``seeds`` and ``items``, (n,), say which training run and which item (a ``what``) each value is
    of. With one seed the interval speaks for that one run.

    >>> print(crossed([1, 1, 0, 1], [0, 0, 1, 1], [0, 1, 0, 1], unit="share"))
    0.75 [-1, 1]
    """
    x = np.asarray(values, np.float64)
    by_seed, by_item = _means(x, seeds), _means(x, items)
    runs, n = len(by_seed), len(by_item)
    if n < 2:
        raise NotEnoughData(f"an interval over {what} needs at least 2 of them, not {n}; give more")
    mean = float(x.mean())
    # Var = Σ (item − mean)² / (n + 1)(n + 2), with two items of ±1 added, + Var(run means) / runs;
    # degrees of freedom by Satterthwaite
    spread = np.append(by_item, [-1.0, 1.0]) - mean
    parts = [(float((spread**2).sum()) / (n + 1) / (n + 2), n - 1)]
    if runs > 1:
        parts.append((float(by_seed.var(ddof=1)) / runs, runs - 1))
    variance = sum(v for v, _ in parts)
    df = variance**2 / sum(v**2 / f for v, f in parts)
    half = t_quantile(level, df) * math.sqrt(variance)
    over = f"{runs} policies × {n} {what}" if runs > 1 else f"{n} {what}, this one policy"
    return Estimate(
        mean, max(mean - half, -1.0), min(mean + half, 1.0), n, unit, f"mean over {over}; t", level
    )


def _means(x: Any, groups: Any) -> Any:
    _, codes = np.unique(np.asarray(groups), return_inverse=True)
    return np.bincount(codes, x) / np.bincount(codes)
