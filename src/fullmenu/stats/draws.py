"""Draws without replacement: what they miss."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_EXACT = 256
"""Counts up to this use the product itself; beyond it, differences of log Γ are precise enough."""


def missed(counts: Any, total: float, m: float) -> NDArray[np.float64]:
    """Return the chance that m of ``total``, drawn without replacement, hold none of some x.

    ``counts`` holds x for several kinds: how many of the total are of each. Fractions are allowed.

    >>> missed([1, 2, 9], 10, 2).round(4).tolist()  # C(10 − x, 2) / C(10, 2)
    [0.8, 0.6222, 0.0]
    """
    return np.exp(_log_missed(counts, total, m))


def shown(counts: Any, total: float, m: float) -> NDArray[np.float64]:
    """Return the chance that the draw holds one of them at least: 1 − :func:`missed`, exactly."""
    return -np.expm1(_log_missed(counts, total, m))


def _log_missed(counts: Any, total: float, m: float) -> NDArray[np.float64]:
    x = np.asarray(counts, np.float64)
    # hypergeometric: C(N − x, m) / C(N, m) = Π_{i<x} (1 − m/(N − i))
    steps = np.arange(min(_EXACT, int(x.max(initial=0))))
    with np.errstate(divide="ignore"):
        logs = np.cumsum(np.log1p(-np.minimum(m / np.maximum(total - steps, 1e-9), 1.0)))
    table = np.concatenate([[0.0], logs])
    out = table[np.minimum(x, len(table) - 1).astype(np.int64)]
    many = (x >= len(table)) & (x <= total - m)
    if many.any():
        from scipy.special import gammaln

        c = x[many]
        out[many] = gammaln(total - c + 1) - gammaln(total - c - m + 1)
        out[many] += gammaln(total - m + 1) - gammaln(total + 1)
    return np.where(x > total - m, -np.inf, out)
