"""How many dishes are on the menu that the sample does not show? At least so many (Chao1)."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.counts._counts import Spectrum, spectrum
from fullmenu.measures.registry import measure


@measure(takes="counts", unit="dishes", paper="Chao 1984, 1987; Colwell et al. 2012", rises=None)
def unseen(counts: Any, *, units: int | None = None, level: float = 0.95) -> Estimate:
    """Estimate how many dishes exist that were not served in this sample: Chao1's lower bound.

    ``value`` = (n−1)/n · f₁²/(2f₂), from the dishes seen once and twice.

    Parameters
    ----------
    units
        …: Chao2 instead of Chao1.
    level
        …, log-normal.

    Raises
    ------
    NotEnoughData
        …, or no dish served twice.

    Notes
    -----
    A lower bound: dishes rarer than one in n or so leave no trace, and the interval covers the
    bound, not the truth. In a small sample it is far too low. Where no dish was seen just once
    the value is 0 and only the upper bound informs. Says nothing of variety by itself: a
    collapsed model and a rich one may both have many unseen dishes.

    Examples
    --------
    >>> print(unseen([46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12))
    17.9 [4.51, 71]
    """
    s = spectrum(counts, units=units)
    low, high = unseen_interval(s, level)
    name = "Chao1" if units is None else "Chao2"
    return Estimate(f0(s), low, high, s.size, "dishes", f"{name} − observed, log-normal", level)


def f0(s: Spectrum) -> float:
    """Chao1's number of unseen dishes, with the factor (n−1)/n; Chao2's with sampling units."""
    k = (s.size - 1) / s.size
    f1, f2 = s.seen(1), s.seen(2)
    if f1 == s.n:
        raise NotEnoughData(
            f"none of {s.n} servings was the same dish as another, so nothing tells how many more "
            "there are; give more outputs, until some dish comes twice"
        )
    return k * f1 * f1 / (2 * f2) if f2 else k * abs(f1 * (f1 - 1)) / 2


def unseen_interval(s: Spectrum, level: float) -> tuple[float, float]:
    """Log-normal interval of the number of unseen dishes (Chao 1987)."""
    return log_normal(s, f0(s), _variance(s), level)


def log_normal(s: Spectrum, missing: float, variance: float, level: float) -> tuple[float, float]:
    """Interval of an estimated number of unseen dishes from its variance (Chao 1987)."""
    if not 0 < level < 1:
        raise BadInput(f"level={level} is no coverage; give one in (0, 1), such as 0.95")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    if missing <= 0 or variance <= 0:
        return 0.0, max(_none_once(s, z), missing)
    k = float(np.exp(min(z * np.sqrt(np.log1p(variance / missing**2)), 700.0)))
    return missing / k, missing * k


def _variance(s: Spectrum) -> float:
    k = (s.size - 1) / s.size
    f1, f2 = s.seen(1), s.seen(2)
    if f2:
        r = f1 / f2
        return f2 * (k * r**2 / 2 + k**2 * r**3 + k**2 * r**4 / 4)
    chao1 = s.dishes + f0(s)
    return k * f1 * (f1 - 1) / 2 + k**2 * f1 * (2 * f1 - 1) ** 2 / 4 - k**2 * f1**4 / (4 * chao1)


def _none_once(s: Spectrum, z: float) -> float:
    """Upper bound on unseen dishes where f₀ is 0 (EstimateS, eq. 14); one more there may be."""
    missed = np.exp(-s.x)
    p = float((s.f * missed).sum()) / s.dishes
    v = float((s.f * (missed - missed**2)).sum()) - float((s.x * missed * s.f).sum()) ** 2 / s.size
    high = s.dishes / (1 - p) + z * float(np.sqrt(max(v, 0.0))) / (1 - p)
    return max(high - s.dishes, 1.0)
