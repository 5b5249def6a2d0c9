"""Quantiles of the distributions that intervals are read from."""

from __future__ import annotations

from fullmenu.errors import BadInput


def t_quantile(level: float, df: float) -> float:
    """Two-sided t quantile: a share ``level`` of the distribution lies within ± this.

    >>> round(t_quantile(0.95, 10), 3)
    2.228
    """
    from scipy.special import stdtrit

    if not 0 < level < 1:
        raise BadInput(f"level={level} is no coverage; give one in (0, 1), such as 0.95")
    return float(stdtrit(max(df, 1.0), 0.5 + level / 2))
