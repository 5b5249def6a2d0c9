"""Counts of dishes: checked, and summed up as "how many dishes were served x times"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures.arguments import LARGEST
from fullmenu.stats.arrays import Floats, numbers_of


class Tally(NamedTuple):
    """How many dishes, ``f``, were served how often, ``x`` (ascending whole numbers above 0).

    For incidence data ``units`` is how many sampling units (prompts) were looked at; ``x`` then
    says in how many of them a dish occurs.
    """

    x: Floats
    f: Floats
    units: int | None = None

    @property
    def n(self) -> int:
        """How many servings; with sampling units, how many incidences."""
        return int((self.x * self.f).sum())

    @property
    def size(self) -> int:
        """How large the sample is: servings, or sampling units where there are any."""
        return self.n if self.units is None else self.units

    @property
    def dishes(self) -> int:
        """How many different dishes."""
        return int(self.f.sum())

    def seen(self, times: int) -> float:
        """How many dishes were seen exactly so many times."""
        return float(self.f[self.x == times].sum())

    def without(self, i: int) -> Tally:
        """Return the spectrum with one serving fewer of a dish that was served ``x[i]`` times."""
        count, others = self.x[i], self.f[i] - 1
        cells = [(count, others)] if others else []
        start = i
        if i and self.x[i - 1] == count - 1:
            start = i - 1
            cells.insert(0, (count - 1, self.f[i - 1] + 1))
        elif count > 1:
            cells.insert(0, (count - 1, 1.0))
        x, f = np.array(cells, np.float64).reshape(-1, 2).T
        return Tally(
            np.concatenate([self.x[:start], x, self.x[i + 1 :]]),
            np.concatenate([self.f[:start], f, self.f[i + 1 :]]),
            self.units,
        )


def tally(counts: Any, least: int = 2, units: int | None = None) -> Tally:
    """Check counts and sum them up; zeros are left out.

    >>> s = tally([3, 1, 0, 1])
    >>> s.n, s.dishes, s.seen(1)
    (5, 3, 2.0)
    """
    values = numbers_of(counts, "counts")
    if values.ndim != 1:
        raise BadInput(f"counts of shape {values.shape}: give one whole number for each dish")
    if (values < 0).any() or (values != np.floor(values)).any() or values.sum() > LARGEST:
        raise BadInput(
            "counts must be whole numbers of at least 0, how often each dish was served, and at "
            f"most {LARGEST:.0e} in all"
        )
    result = summed(values, units)
    if result.n < least:
        raise NotEnoughData(f"counts of {result.n} servings; at least {least} are needed")
    if result.size < least:
        raise NotEnoughData(f"units={result.size}; at least {least} sampling units are needed")
    if result.x[-1] > result.size:
        raise BadInput(
            f"a dish in {result.x[-1]:.0f} of {result.size} sampling units: a count says in how "
            "many units the dish occurs, so it cannot be above units="
        )
    return result


def summed(values: Floats, units: int | None = None) -> Tally:
    """Sum up counts that are known to be whole numbers of at least 0."""
    found, f = np.unique(values[values > 0], return_counts=True)
    return Tally(found, f.astype(np.float64), units)


C = TypeVar("C", float, complex)


def again(n: int, f1: C, f2: C) -> C:
    """Chance that one more serving leaves a dish seen once where it is, from f₁ > 0 and f₂."""
    # A = (n−1)f₁ / ((n−1)f₁ + 2f₂), with f₁ − 1 and 1 without any seen twice (Chao & Jost 2012)
    f1, f2 = (f1, f2) if f2 else (f1 - 1, 1)
    return (n - 1) * f1 / ((n - 1) * f1 + 2 * f2)


def log_jackknife_se(s: Tally, quantity: Callable[[Tally], float]) -> float | None:
    """Jackknife standard error of log(quantity), one serving left out at a time.

    Servings of dishes with equal counts have equal replicates. ``None`` where a replicate is
    undefined. With sampling units each dish is a binomial of its own: what one incidence less
    changes, squared, times x(1 − x/T), added up.
    """
    n = s.n
    try:
        logs = np.array([np.log(quantity(s.without(i))) for i in range(len(s.x))])
    except NotEnoughData:
        return None
    # Σ over servings of (log θ₍ᵢ₎ − mean)², equal for the x·f servings of dishes with equal counts
    weights = s.x * s.f
    if s.units is not None:
        change = logs - np.log(quantity(s))
        return float(np.sqrt((weights * (1 - s.x / s.units) * change**2).sum()))
    mean = float((weights * logs).sum()) / n
    return float(np.sqrt((n - 1) / n * (weights * (logs - mean) ** 2).sum()))
