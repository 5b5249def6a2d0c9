"""Quantiles of the distributions that intervals are read from."""

from __future__ import annotations

from statistics import NormalDist

from fullmenu.errors import BadInput


def normal_quantile(level: float) -> float:
    """Two-sided normal quantile.

    >>> round(normal_quantile(0.95), 3)
    1.96
    """
    check_level(level)
    return NormalDist().inv_cdf(0.5 + level / 2)


def t_quantile(level: float, df: float) -> float:
    """Two-sided t quantile: a share ``level`` of the distribution lies within ± this.

    >>> round(t_quantile(0.95, 10), 3)
    2.228
    """
    from scipy.special import stdtrit

    check_level(level)
    return float(stdtrit(max(df, 1.0), 0.5 + level / 2))


def check_level(level: float) -> None:
    """Refuse what is no coverage of an interval."""
    if not 0 < level < 1:
        raise BadInput(f"level={level} is no coverage; give one in (0, 1), such as 0.95")
