"""Intervals of shares whose units are two samples at once."""

from __future__ import annotations

from fullmenu.measures.reference._rows import Floats
from fullmenu.stats.proportion import wilson


def left_out(changes: Floats) -> float:
    """Return the jackknife variance of a number, of what it changes by without each unit.

    >>> import numpy as np
    >>> x = np.array([1.0, 2, 6])
    >>> round(left_out((x.mean() - x) / 2), 4), round(float(x.var(ddof=1)) / 3, 4)
    (2.3333, 2.3333)
    """
    m = len(changes)
    return float((m - 1) / m * ((changes - changes.mean()) ** 2).sum())


def share_bounds(
    value: float, variance: float, sizes: tuple[int, int], level: float
) -> tuple[float, float]:
    """Return Wilson's interval of a share at the number of draws that its variance tells of.

    Parameters
    ----------
    value
        The share.
    variance
        Of it, over both samples.
    sizes
        Rows of both, a and b. There are never more draws than ab/(a + b), as many as two plain
        shares tell of: the jackknife sees too little where nearly all rows count, or nearly none.
    level
        Coverage.
    """
    n = sizes[0] * sizes[1] / (sizes[0] + sizes[1])
    if variance > 0 and 0 < value < 1:
        n = min(n, value * (1 - value) / variance)
    return wilson(value * n, n, level, df=max(min(sizes) - 1, 1))
