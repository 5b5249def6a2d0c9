"""Counts of rare things."""

from __future__ import annotations

import numpy as np

from fullmenu.stats.arrays import Floats


def upper_tail(seen: Floats, expected: Floats) -> Floats:
    """Return how likely so many or more are of a Poisson number, (w,) each.

    >>> upper_tail(np.array([0.0, 3.0]), np.array([0.5, 0.5])).round(4).tolist()
    [1.0, 0.0144]
    """
    from scipy.special import pdtrc

    return np.where(seen > 0, pdtrc(np.maximum(seen, 1) - 1, expected), 1.0)


def largest_mean(seen: int, level: float = 0.95) -> float:
    """Return the mean at which so few or fewer are seen in (1 − level)/2 of cases.

    >>> [round(largest_mean(k), 2) for k in (0, 3)]
    [3.69, 8.77]
    """
    from scipy.special import pdtri

    return float(pdtri(seen, (1 - level) / 2))
