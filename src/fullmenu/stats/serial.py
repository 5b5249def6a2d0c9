"""Residuals of a run whose neighbours go together: what they are worth as independent ones."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MOST = 0.95
"""Residuals are never taken to be more alike than this."""

_ROUNDING = 1e-20


def noise(
    residuals: Floats, k: int, scale: float = 0.0, caution: float = 0.0
) -> tuple[float, float, float]:
    """Return variance, inflation and degrees of freedom of a fit with ``k`` coefficients.

    The inflation is by how many times the variance of what is averaged over the run exceeds that
    of independent residuals: (1 + ρ)/(1 − ρ) of a first-order autoregression, ρ the correlation of
    neighbours, corrected for what the fit took out, never below 0. With fewer than three residuals
    a coefficient it cannot be told, and counts as 1.

    Parameters
    ----------
    residuals : (n,)
        In the order of the run.
    k
        Coefficients that were fitted.
    scale
        Sum of squares of what was fitted: a share of 1e-20 of it is rounding.
    caution
        So many standard errors are added to ρ.

    Examples
    --------
    >>> r = np.tile([1.0, 1, 1, 1, 1, -1, -1, -1, -1, -1], 6)
    >>> [round(x, 2) for x in noise(r, 2)]
    [1.23, 5.59, 8.74]
    """
    n, total = len(residuals), float(residuals @ residuals)
    rho = 0.0
    if total > _ROUNDING * scale and n >= 3 * k:
        seen = float(residuals[1:] @ residuals[:-1]) / total
        rho = min(max((seen * n + k) / (n - 2 * k) + caution / math.sqrt(n), 0.0), _MOST)
    inflation = (1 + rho) / (1 - rho)
    df = n / inflation - k
    variance = total / (inflation * df) if df >= 1 else total / max(n - k, 1)
    return variance, inflation, max(df, 1.0)
