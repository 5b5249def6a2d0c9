"""Delete-one jackknife: how much a number depends on each unit that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.stats.arrays import Floats
from fullmenu.stats.quantile import t_quantile

DOMINANT = 0.2
"""A unit that holds more than this share of a sum leaves no honest two-sided interval."""


@dataclass(frozen=True, slots=True)
class Replicates:
    """A positive quantity on the whole sample and with each unit (of ``units``) left out, (m,).

    ``strata`` says in which stratum each unit is, where units were drawn within fixed strata (the
    outputs of a few fixed prompts); by default all are one sample.

    Parameters
    ----------
    share
        The largest share of the sum that one unit holds.
    hidden
        What outputs that are all alike still hide: 2/n of n outputs, in the log. All of one dish
        of share p have the chance pⁿ = U^(n/2), and in −log U that is an exponential distribution
        with this mean.
    fixed_se
        The standard error were the units fixed, over the outputs of each; ``None`` where unknown.
    compared
        Outputs of a unit (a harmonic mean) and units, where pairs were compared inside units.
    """

    value: float
    without: Floats
    units: str
    strata: NDArray[np.int64] | None = None
    share: float = 0.0
    hidden: float = 0.0
    fixed_se: float | None = None
    compared: tuple[float, int] | None = None

    @property
    def n(self) -> int:
        """How many units."""
        return len(self.without)

    @property
    def largest(self) -> int:
        """Which unit holds most: without it least is left."""
        return int(self.without.argmin())

    def fragile(self) -> str | None:
        """Say why no honest interval exists, or ``None``."""
        if self.value <= 0 or (self.n and float(self.without.min()) <= 0):
            return f"leaving out one of the {self.units} leaves no repeats at all"
        if self.share > DOMINANT:
            return f"one of the {self.n} {self.units} holds {self.share:.0%} of all repeats"
        return None


class LogQuantity(NamedTuple):
    """The log of a positive quantity, its standard error and degrees of freedom.

    ``hidden`` is as in :class:`Replicates`; of two sides it is added in quadrature.
    """

    log: float
    se: float
    df: float
    hidden: float = 0.0

    def interval(self, level: float) -> tuple[float, float]:
        """Return the t interval on the quantity's own scale, widened by what is hidden.

        >>> LogQuantity(0.0, 0.0, 9).interval(0.9), LogQuantity(0.0, 0.0, 9, 0.1).interval(0.9)[0]
        ((1.0, 1.0), 0.741...)
        """
        half = np.hypot(t_quantile(level, self.df) * self.se, self.hidden * _reach(level))
        return float(np.exp(self.log - half)), float(np.exp(self.log + half))


def log_of(r: Replicates) -> LogQuantity:
    """Jackknife the logarithm of one quantity, which must not be 0, nor be 0 without one unit.

    >>> q = log_of(Replicates(2.0, np.array([1.9, 2.0, 2.1]), "prompts"))
    >>> round(q.se, 3)
    0.058
    """
    _require(r)
    logs = np.log(r.without)
    return LogQuantity(float(np.log(r.value)), float(np.sqrt(_variance(logs, r.strata))), _df(r))


def log_ratio(top: Replicates, bottom: Replicates, paired: bool) -> LogQuantity:
    """Jackknife ``log(top / bottom)``.

    ``paired``: the units of both are the same (the same prompts before and after), in the same
    order, and each is left out of both at once. Otherwise the two variances add (Welch).
    """
    _require(top)
    _require(bottom)
    log = float(np.log(top.value / bottom.value))
    hidden = float(np.hypot(top.hidden, bottom.hidden))
    if paired:
        d = np.log(top.without) - np.log(bottom.without)
        return LogQuantity(log, float(np.sqrt(_variance(d, top.strata))), _df(top), hidden)
    v = [_variance(np.log(r.without), r.strata) for r in (top, bottom)]
    total = v[0] + v[1]
    df = total**2 / (v[0] ** 2 / _df(top) + v[1] ** 2 / _df(bottom)) if total else _df(top)
    return LogQuantity(log, float(np.sqrt(total)), float(df), hidden)


def ratio_interval(
    top: Replicates, bottom: Replicates, paired: bool, level: float
) -> tuple[float, float | None]:
    """Return Fieller's interval (1954) of ``top / bottom``, from the jackknife of both.

    It holds every r for which ``top − r·bottom`` may well be 0: it needs no logarithm, so that
    either may be near 0 or rest on one unit. It contains 1 exactly where a paired t test finds no
    change. ``None``: there is no upper bound.

    >>> one = Replicates(1.0, np.array([0.9, 1.0, 1.1]), "prompts")
    >>> none = Replicates(0.0, np.zeros(3), "prompts")
    >>> ratio_interval(none, one, True, 0.9)[0], ratio_interval(one, none, True, 0.9)[1]
    (0.0, None)
    """
    t = t_quantile(level, _df(top) if paired else min(_df(top), _df(bottom)))
    both = _covariance(top.without, bottom.without, top.strata) if paired else 0.0
    squares = [
        t**2 * _variance(r.without, r.strata) + (_hidden(r) * _reach(level)) ** 2
        for r in (top, bottom)
    ]
    # (T − rB)² ≤ t²·Var(T − rB), which is a·r² − 2b·r + c ≤ 0
    a = bottom.value**2 - squares[1]
    b = top.value * bottom.value - t**2 * both
    c = top.value**2 - squares[0]
    root = float(np.sqrt(max(b**2 - a * c, 0.0)))
    if a > 0:
        return max((b - root) / a if c > 0 else 0.0, 0.0), (b + root) / a
    return ((b - root) / a if c > 0 > a else 0.0), None


def _require(r: Replicates) -> None:
    if r.n < 2:
        raise NotEnoughData(f"an interval needs at least 2 {r.units}, not {r.n}; give more of them")
    if r.value <= 0 or float(r.without.min()) <= 0:
        raise NotEnoughData(
            f"no repeats are left when one of the {r.n} {r.units} is left out: the effective "
            "number is larger than this sample can show; give more outputs per prompt"
        )


def _hidden(r: Replicates) -> float:
    """Return what a side hides, on its own scale: one repeat in all pairs, where there was none."""
    if r.value > 0:
        return r.hidden * r.value
    outputs, units = r.compared or (r.n, 1)
    return 2 / (units * outputs * (outputs - 1))


def _reach(level: float) -> float:
    """How many times its mean an exponential distribution exceeds in (1 − level)/2 of cases."""
    return float(-np.log((1 - level) / 2))


def _variance(x: Floats, strata: NDArray[np.int64] | None) -> float:
    return _covariance(x, x, strata)


def _covariance(x: Floats, y: Floats, strata: NDArray[np.int64] | None) -> float:
    if strata is None:
        m = len(x)
        return float((m - 1) / m * ((x - x.mean()) * (y - y.mean())).sum())
    sizes = np.maximum(np.bincount(strata), 1)
    means = (np.bincount(strata, z) / sizes for z in (x, y))
    dx, dy = (z - mean[strata] for z, mean in zip((x, y), means, strict=True))
    return float(((sizes - 1) / sizes * np.bincount(strata, dx * dy)).sum())


def _df(r: Replicates) -> float:
    return float(r.n - (1 if r.strata is None else len(np.unique(r.strata))))
