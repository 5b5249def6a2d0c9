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
    outputs of a few fixed prompts); by default all are one sample. ``share`` is the largest share
    of the sum that one unit holds.
    """

    value: float
    without: Floats
    units: str
    strata: NDArray[np.int64] | None = None
    share: float = 0.0

    @property
    def n(self) -> int:
        """How many units."""
        return len(self.without)

    def fragile(self) -> str | None:
        """Say why no honest interval exists, or ``None``."""
        if self.value <= 0 or (self.n and float(self.without.min()) <= 0):
            return f"leaving out one of the {self.units} leaves no repeats at all"
        if self.share > DOMINANT:
            return f"one of the {self.n} {self.units} holds {self.share:.0%} of all repeats"
        return None


class LogQuantity(NamedTuple):
    """The log of a positive quantity, its standard error and degrees of freedom."""

    log: float
    se: float
    df: float

    def interval(self, level: float) -> tuple[float, float]:
        """Return the t interval on the quantity's own scale."""
        half = t_quantile(level, self.df) * self.se
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
    if paired:
        d = np.log(top.without) - np.log(bottom.without)
        return LogQuantity(log, float(np.sqrt(_variance(d, top.strata))), _df(top))
    v = [_variance(np.log(r.without), r.strata) for r in (top, bottom)]
    total = v[0] + v[1]
    df = total**2 / (v[0] ** 2 / _df(top) + v[1] ** 2 / _df(bottom)) if total else _df(top)
    return LogQuantity(log, float(np.sqrt(total)), float(df))


def _require(r: Replicates) -> None:
    if r.n < 2:
        raise NotEnoughData(f"an interval needs at least 2 {r.units}, not {r.n}; give more of them")
    if r.value <= 0 or float(r.without.min()) <= 0:
        raise NotEnoughData(
            f"no repeats are left when one of the {r.n} {r.units} is left out: the effective "
            "number is larger than this sample can show; give more outputs per prompt"
        )


def _variance(logs: Floats, strata: NDArray[np.int64] | None) -> float:
    if strata is None:
        m = len(logs)
        return float((m - 1) / m * ((logs - logs.mean()) ** 2).sum())
    sizes = np.bincount(strata)
    means = np.bincount(strata, logs) / np.maximum(sizes, 1)
    squares = np.bincount(strata, (logs - means[strata]) ** 2)
    return float(((sizes - 1) / np.maximum(sizes, 1) * squares).sum())


def _df(r: Replicates) -> float:
    return float(r.n - (1 if r.strata is None else len(np.unique(r.strata))))
