"""Counts of dishes: checked, and summed up as "how many dishes were served x times"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spectrum:
    """How often dishes were served.

    Parameters
    ----------
    x
        The different counts, ascending (float64, whole numbers above 0).
    f
        How many dishes have each of them.
    """

    x: Floats
    f: Floats

    @property
    def n(self) -> int:
        """How many servings."""
        return int((self.x * self.f).sum())

    @property
    def dishes(self) -> int:
        """How many different dishes."""
        return int(self.f.sum())

    def seen(self, times: int) -> float:
        """How many dishes were seen exactly so many times."""
        return float(self.f[self.x == times].sum())

    def without(self, i: int) -> Spectrum:
        """Return the spectrum with one serving fewer of a dish that was served ``x[i]`` times."""
        f = dict(zip(self.x.tolist(), self.f.tolist(), strict=True))
        count = float(self.x[i])
        f[count] -= 1
        if count > 1:
            f[count - 1] = f.get(count - 1, 0.0) + 1
        kept = sorted(k for k, v in f.items() if v)
        return Spectrum(np.array(kept), np.array([f[k] for k in kept]))


def spectrum(counts: Any, least: int = 2) -> Spectrum:
    """Check counts and sum them up; zeros are left out.

    Raises
    ------
    BadInput
        Not one-dimensional, or not whole numbers of at least 0.
    NotEnoughData
        Fewer than ``least`` servings.

    Examples
    --------
    >>> s = spectrum([3, 1, 0, 1])
    >>> s.n, s.dishes, s.seen(1)
    (5, 3, 2.0)
    """
    x = np.asarray(counts)
    if x.ndim != 1 or (x.size and not np.issubdtype(x.dtype, np.number)):
        raise BadInput(f"counts of shape {x.shape}: give one whole number for each dish")
    values = x.astype(np.float64)
    if not np.isfinite(values).all() or (values < 0).any() or (values != np.floor(values)).any():
        raise BadInput("counts must be whole numbers of at least 0: how often each dish was served")
    found, f = np.unique(values[values > 0], return_counts=True)
    result = Spectrum(found, f.astype(np.float64))
    if result.n < least:
        raise NotEnoughData(f"counts of {result.n} servings; at least {least} are needed")
    return result


def log_jackknife_se(s: Spectrum, quantity: Callable[[Spectrum], float]) -> float | None:
    """Jackknife standard error of log(quantity), one serving left out at a time.

    Servings of dishes with equal counts have equal replicates, so that there are only as many as
    different counts. ``None`` where a replicate is undefined.
    """
    n = s.n
    try:
        logs = np.array([np.log(quantity(s.without(i))) for i in range(len(s.x))])
    except NotEnoughData:
        return None
    weights = s.x * s.f
    mean = float((weights * logs).sum()) / n
    return float(np.sqrt((n - 1) / n * (weights * (logs - mean) ** 2).sum()))
