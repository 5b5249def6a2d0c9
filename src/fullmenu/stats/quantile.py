"""Quantiles of the distributions that intervals are read from."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.stats.arrays import Floats


def normal_quantile(level: float) -> float:
    """Two-sided normal quantile.

    >>> round(normal_quantile(0.95), 3)
    1.96
    """
    check_level(level)
    return NormalDist().inv_cdf(0.5 + level / 2)


@lru_cache(maxsize=4096)
def t_quantile(level: float, df: float) -> float:
    """Two-sided t quantile: a share ``level`` of the distribution lies within ± this.

    Fewer than one degree of freedom count as one.

    >>> round(t_quantile(0.95, 10), 3)
    2.228
    """
    z = t = normal_quantile(level)
    df = max(df, 1.0)
    if df > _MANY:
        # Fisher's expansion in 1/df (Abramowitz and Stegun 1964, 26.7.5)
        return z + sum(
            z * float(np.polyval(above, z * z)) / (below * df**k)
            for k, (above, below) in enumerate(_FISHER, 1)
        )
    # with x = √df cot φ: P(|T| > t) = C ∫₀^acot(t/√df) sin^(df − 1) φ dφ
    nodes, weights = _gauss_legendre(4 if df < 20 else 1)
    c = 2 / math.sqrt(math.pi) * math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2))
    while True:  # Newton's steps from the left of a convex function never pass its root
        angle = math.atan2(math.sqrt(df), t)
        outside = c * angle * float(weights @ np.sin(angle * nodes) ** (df - 1))
        density = c / math.sqrt(df) * math.sin(angle) ** (df + 1)
        step = (outside - (1 - level)) / density
        if step <= 1e-13 * t:
            return t
        t += step


_MANY = 200.0
_FISHER = (
    ((1, 1), 4),
    ((5, 16, 3), 96),
    ((3, 19, 17, -15), 384),
    ((79, 776, 1482, -1920, -945), 92_160),
)


@lru_cache(maxsize=2)
def _gauss_legendre(power: int) -> tuple[Floats, Floats]:
    """Return nodes and weights on [0, 1]; a power of them smooths what a root has at 0."""
    nodes, weights = np.polynomial.legendre.leggauss(64)
    x = (nodes + 1) / 2
    return x**power, weights / 2 * power * x ** (power - 1)


def check_level(level: float) -> None:
    """Refuse what is no coverage of an interval."""
    if not 0 < level < 1:
        raise BadInput(f"level={level} is no coverage; give one in (0, 1), such as 0.95")
