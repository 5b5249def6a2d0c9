"""The effective rank: the exponential of the entropy of the singular values."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.vectors._order import (
    all_same_interval,
    chance,
    entropies,
    evened,
    interval,
    log_number,
)
from fullmenu.measures.vectors._rows import at_least
from fullmenu.measures.vectors._spectrum import Spectrum, raw
from fullmenu.measures.vectors.gram import as_features
from fullmenu.measures.vectors.vendi import snapped


@measure(takes="features", unit="dimensions", paper="Roy & Vetterli 2007", rises=True)
def effective_rank(features: Any, *, level: float = 0.95) -> Estimate:
    """Estimate the effective rank: the exponential of the entropy of the singular values.

    ``value`` between 1 and the smaller of n and d.

    Parameters
    ----------
    features
        Rows of one sample, of any length; they are not centred.
    level
        …: influence of each row through the singular values, t on the log scale.

    Raises
    ------
    NotEnoughData
        …, or nothing but zeros.
    BadInput
        Too many of both rows and columns (more than 8,192) for singular values.

    Notes
    -----
    For unit rows the *squares* of the singular values, divided by n, are the eigenvalues of the
    Vendi score of order 1: that one weighs directions by their share, this one by the root of it,
    so it is never smaller, and small directions, noise among them, count for more. Grows with n
    where the rows have noise in every direction; the interval is for the expected value of n rows.
    Cannot see clusters inside one direction, and a few long rows outweigh many short ones.

    Examples
    --------
    >>> round(effective_rank(np.diag([3.0, 1.0])).value, 4)
    1.7548
    """
    x = as_features(features)
    n, d = x.shape
    at_least(n, 2, "the effective rank", "is about how outputs differ")
    s = raw(x)
    if not len(s.values):
        raise NotEnoughData(f"all {n} rows are zeros, which have no rank; give other features")
    log, variance = _log_rank(s)
    if len(s.values) == 1:
        low, high = all_same_interval(n, 0.5, level)
    else:
        low, high = interval(log, variance, n - 1, level, min(n, d))
    method = "entropy of the singular values, influence of outputs"
    return Estimate(float(np.exp(log)), low, high, n, "dimensions", method, level)


def _log_rank(s: Spectrum) -> tuple[float, float]:
    singular = np.sqrt(s.values)
    total = float(singular.sum())
    shares = singular / total
    log = snapped(log_number(shares, 1.0))
    step = np.minimum(s.values, float(s.values.sum()) / s.n)
    left = np.sqrt(s.values - step) / total
    lost = entropies(shares) - entropies(left) + (1 - log) * (shares - left)
    weights = evened(s.values, lost / step)
    mean = float((s.values**2).sum() / s.values.sum() ** 2)
    return log, s.variance(weights) + chance(s.agreement, mean, 0.5, s.n)
