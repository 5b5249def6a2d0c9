"""How many dishes are on the menu: all of them, and those that the sample does not show?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.counts._counts import Tally, again, tally
from fullmenu.measures.registry import measure
from fullmenu.stats.quantile import normal_quantile

RARE = 10
"""Dishes served up to so many times are rare to the coverage-based estimators."""

Complex = NDArray[np.complex128]
Name = Literal["chao1", "chao1_bias_corrected", "ichao1", "ace", "ace1", "jackknife1", "jackknife2"]


@measure(
    unit="dishes",
    paper="Chao 1984, 1987; Chao & Lee 1992; Lee & Chao 1994; Chiu et al. 2014; "
    "Burnham & Overton 1978",
    rises=True,
)
def richness(
    counts: Any,
    estimator: Name = "chao1",
    *,
    units: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate how many dishes the menu has, those that were not served included.

    Parameters
    ----------
    estimator
        ``chao1``, from the dishes seen once and twice, a lower bound; ``chao1_bias_corrected``,
        smaller and less variable, for few dishes seen twice; ``ichao1``, from those seen thrice
        and four times too, a higher lower bound; ``ace``, from all dishes seen up to ten times
        and how unequal they are; ``ace1``, the same where they are very unequal; ``jackknife1``
        and ``jackknife2``, which take off bias in 1/n, step by step.
    units
        …: the same names then give Chao2, iChao2, ICE and the jackknives over units.
    level
        …: Chao's log-normal, from the number of dishes seen upwards, on the delta-method variance.

    Raises
    ------
    NotEnoughData
        …; no dish served twice; for ``ace``, no dish served twice to ten times while some were
        served once.
    UnknownName
        No such estimator.

    Notes
    -----
    The number of dishes is the one quantity that no sample bounds from above: any number of
    dishes may be rarer than one in n. All estimators are too low in a small sample of a long
    tail, and the interval covers what the estimator aims at, not the menu: how seldom it holds
    the menu is in ``benchmarks/intervals_counts.py``, least seldom for ``ichao1`` and ``chao1``.
    The jackknives are about twice and thrice the dishes seen where most were seen once, whatever
    the menu.

    ``chao1`` has the factor (n−1)/n, as in iNEXT and SpadeR; so does ``chao1_bias_corrected``,
    which scikit-bio computes without it. ``ace`` sums i(i−1)f_i, as Chao & Lee do (copia 0.1.4
    sums i·f_i). For ``ichao1`` SpadeR's standard error has the sign of one derivative reversed,
    and lacks the dishes seen; ours is the delta method's.

    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
    >>> print(richness(girdled))
    43.9 [30.5, 97]
    >>> print(richness(girdled, "ace"))
    48.4 [33.1, 96.6]
    >>> print(richness([6, 5, 3, 2, 2, 1, 1, 1], units=20))  # in how many of 20 prompts
    10.1 [8.25, 26.2]
    """
    s = tally(counts, units=units)
    value, low, high = missing_dishes(s, estimator, level)
    method = f"{_said(estimator, s)}, log-normal"
    return Estimate(
        s.dishes + value, s.dishes + low, s.dishes + high, s.size, "dishes", method, level
    )


@measure(unit="dishes", paper="Chao 1984, 1987; Colwell et al. 2012", rises=None)
def unseen(counts: Any, *, units: int | None = None, level: float = 0.95) -> Estimate:
    """Estimate how many dishes exist that were not served in this sample: Chao1's lower bound.

    ``value`` = (n−1)/n · f₁²/(2f₂), from the dishes seen once and twice.

    A lower bound: dishes rarer than one in n or so leave no trace, and the interval covers the
    bound, not the truth. In a small sample it is far too low. Where no dish was seen just once
    the value is 0 and only the upper bound informs. Says nothing of variety by itself: a
    collapsed model and a rich one may both have many unseen dishes.

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

    >>> print(unseen([46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12))
    17.9 [4.51, 71]
    """
    s = tally(counts, units=units)
    value, low, high = missing_dishes(s, "chao1", level)
    method = f"{_said('chao1', s)} − observed, log-normal"
    return Estimate(value, low, high, s.size, "dishes", method, level)


def missing_dishes(s: Tally, estimator: Name, level: float) -> tuple[float, float, float]:
    """Return how many dishes were not seen, and the log-normal interval of that (Chao 1987)."""
    if s.seen(1) == s.n:
        raise NotEnoughData(
            f"none of {s.n} servings was the same dish as another, so nothing tells how many more "
            "there are; give more outputs, until some dish comes twice"
        )
    missing = partial(_ESTIMATORS[estimator], s)
    value = max(float(missing(s.f.astype(np.complex128)).real), 0.0)
    z, variance = normal_quantile(level), _variance(s, missing, value)
    if value <= 0 or variance <= 0:
        return value, 0.0, max(_none_once(s, z), value)
    # f₀/K to f₀·K with K = exp(z √ln(1 + var/f₀²))
    k = float(np.exp(min(z * np.sqrt(np.log1p(variance / value**2)), 700.0)))
    return value, value / k, value * k


def f0(s: Tally) -> float:
    """Chao1's number of unseen dishes, with the factor (n−1)/n; Chao2's with sampling units."""
    return missing_dishes(s, "chao1", 0.95)[0]


def _variance(s: Tally, missing: Callable[[Complex], complex], value: float) -> float:
    """Delta method over the spectrum, whose cells vary as in a multinomial of Ŝ dishes.

    Derivatives by complex steps, exact to rounding.
    """
    # var Ŝ = Σ f_x (∂Ŝ/∂f_x)² − (Σ f_x ∂Ŝ/∂f_x)² / Ŝ; for Chao1 it is the variance of Chao 1987
    step = 1e-30
    slopes = np.empty(len(s.f))
    for i in range(len(s.f)):
        f = s.f.astype(np.complex128)
        f[i] += step * 1j
        slopes[i] = missing(f).imag / step
    slopes += 1.0  # a dish that was seen counts itself
    return float((slopes**2 * s.f).sum() - (slopes * s.f).sum() ** 2 / (s.dishes + value))


def _at(s: Tally, f: Complex, times: int) -> complex:
    return complex(f[s.x == times].sum())


def chao(s: Tally, f: Any) -> complex:
    """Return Chao1's number of unseen dishes (Chao2's, with sampling units) for these counts f."""
    # (n−1)/n · f₁²/2f₂, or f₁(f₁ − 1)/2 without any seen twice (Chao 1984)
    k, f1, f2 = (s.size - 1) / s.size, _at(s, f, 1), _at(s, f, 2)
    return k * f1 * f1 / (2 * f2) if f2 else k * f1 * (f1 - 1) / 2


def _chao_bias_corrected(s: Tally, f: Complex) -> complex:
    f1, f2 = _at(s, f, 1), _at(s, f, 2)
    return (s.size - 1) / s.size * f1 * (f1 - 1) / (2 * (f2 + 1))


def _ichao(s: Tally, f: Complex) -> complex:
    f1, f2, f3, f4 = (_at(s, f, i) for i in (1, 2, 3, 4))
    # Chao1 + f₃/4f₄ · max(f₁ − f₂f₃/2f₄, 0) (Chiu et al. 2014)
    n, f4 = s.size, f4 if f4 else 1.0
    factor, inner = (1.0, 1.0) if s.units is None else ((n - 3) / n, (n - 3) / (n - 1))
    more = f1 - inner * f2 * f3 / (2 * f4)
    return chao(s, f) + (factor * f3 / (4 * f4) * more if more.real > 0 and factor > 0 else 0)


def _ace(s: Tally, f: Complex, heterogeneous: bool = False) -> complex:
    # S_rare/C + f₁/C · γ² with C = 1 − f₁/n_rare and γ² the squared coefficient of variation, at
    # least S_rare/C · Σ x(x−1)f_x / n_rare(n_rare − 1) − 1 (Chao & Lee 1992; ICE: Lee & Chao 1994)
    rare = s.x <= RARE
    x, g, f1, n = s.x[rare], f[rare], _at(s, f, 1), s.size
    if not rare.any() or not f1:
        return 0j
    total, pairs, dishes = (x * g).sum(), (x * (x - 1) * g).sum(), g.sum()
    coverage = 1 - f1 / total * (1 if s.units is None else again(n, f1, _at(s, f, 2)))
    if abs(coverage) < 1e-12 or total.real <= 1:
        raise NotEnoughData(
            f"all dishes that were served up to {RARE} times were served once, so their coverage "
            'is unknown; give more outputs, or estimator="chao1_bias_corrected"'
        )
    unit = 1.0 if s.units is None else n / (n - 1)
    spread = unit * dishes / coverage * pairs / (total * (total - 1)) - 1
    if spread.real <= 0:
        spread = 0j
    elif heterogeneous:
        spread *= 1 + f1 / coverage * unit * pairs / (total * (total - 1))
    return dishes / coverage - dishes + f1 / coverage * spread


def _ace1(s: Tally, f: Complex) -> complex:
    return _ace(s, f, heterogeneous=True)


def _jackknife1(s: Tally, f: Complex) -> complex:
    return (s.size - 1) / s.size * _at(s, f, 1)


def _jackknife2(s: Tally, f: Complex) -> complex:
    # Burnham & Overton 1978, of second order; of first order it is (n−1)/n · f₁
    n = s.size
    return (2 * n - 3) / n * _at(s, f, 1) - (n - 2) ** 2 / (n * (n - 1)) * _at(s, f, 2)


_ESTIMATORS: dict[str, Callable[[Tally, Complex], complex]] = {
    "chao1": chao,
    "chao1_bias_corrected": _chao_bias_corrected,
    "ichao1": _ichao,
    "ace": _ace,
    "ace1": _ace1,
    "jackknife1": _jackknife1,
    "jackknife2": _jackknife2,
}


def _said(estimator: str, s: Tally) -> str:
    over = "servings" if s.units is None else "units"
    number = "1" if s.units is None else "2"
    ace = "ACE" if s.units is None else "ICE"
    return {
        "chao1": f"Chao{number}",
        "chao1_bias_corrected": f"Chao{number}, bias-corrected",
        "ichao1": f"iChao{number}",
        "ace": ace,
        "ace1": f"{ace}-1",
        "jackknife1": f"first-order jackknife over {over}",
        "jackknife2": f"second-order jackknife over {over}",
    }[estimator]


def _none_once(s: Tally, z: float) -> float:
    """Upper bound on unseen dishes where f₀ is 0 (EstimateS, eq. 14); one more there may be."""
    # P̂ = Σ f_x e^(−x) / S: what S/(1 − P̂) adds, and z √(Σ f_x (e^−x − e^−2x) − (Σ x e^−x f_x)²/n)
    missed = np.exp(-s.x)
    p = float((s.f * missed).sum()) / s.dishes
    v = float((s.f * (missed - missed**2)).sum()) - float((s.x * missed * s.f).sum()) ** 2 / s.size
    high = s.dishes / (1 - p) + z * float(np.sqrt(max(v, 0.0))) / (1 - p)
    return max(high - s.dishes, 1.0)
