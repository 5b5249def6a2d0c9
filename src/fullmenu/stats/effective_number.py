"""Effective numbers of any order: how many equally common dishes would be as varied."""

from __future__ import annotations

import numpy as np

from fullmenu.stats.arrays import Floats


def log_number(commonness: Floats, order: float, weights: Floats | None = None) -> float:
    """Return the log of the effective number of some order q ≥ 0, or ``inf``.

    ``commonness``, (s,), says how common each dish is, above 0: its share; or, where dishes are
    partly alike, the share of all that is like it, and then ``weights`` are the shares. Leinster &
    Cobbold 2012; Hill 1973 where both are the same.

    >>> halves = np.array([0.5, 0.5])
    >>> [round(float(np.exp(log_number(halves, q))), 9) for q in (0, 1, 2, np.inf)]
    [2.0, 2.0, 2.0, 2.0]
    """
    w = commonness if weights is None else weights
    logs = np.log(commonness)
    # ln (Σ w u^(q−1))^(1/(1−q)); its limits are −Σ w ln u at q = 1 and −ln max u at q = ∞
    if order == 1:
        return -float((w * logs).sum())
    top = float(logs.max())
    if np.isinf(order):
        return -top
    return float(np.log((w * np.exp((order - 1) * (logs - top))).sum()) / (1 - order)) - top
