"""What two different users' lists have in common, summed over all pairs of users at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.kernel.rates import all_same_bound, none_same_bound, with_chance
from fullmenu.measures.lists._shown import Floats, Shown
from fullmenu.stats.jackknife import Replicates, log_of


@dataclass(frozen=True, slots=True)
class Common:
    """The mean over pairs of users of Σ over items of a·b, a and b what the item weighs for each.

    Parameters
    ----------
    with_others : (n,)
        For each user, the sum over all others.
    """

    with_others: Floats

    @property
    def mean(self) -> float:
        """Over all pairs."""
        n = len(self.with_others)
        return float(self.with_others.sum()) / (n * (n - 1))

    def without(self) -> Floats:
        """Return the mean with each of n > 2 users left out."""
        n, total = len(self.with_others), float(self.with_others.sum())
        return (total - 2 * self.with_others) / ((n - 1) * (n - 2))

    def interval(self, most: float, level: float) -> tuple[float, float]:
        """Interval of the mean, which is at most ``most``: jackknife over users, t on the log.

        Where the jackknife is blind it is exact: all lists alike, or no two with a common item.
        """
        if not 0 < level < 1:
            raise BadInput(f"level={level} is no coverage; give one in (0, 1), such as 0.95")
        n, mean = len(self.with_others), self.mean
        if mean >= most * (1 - 1e-12):
            return most * all_same_bound(n, level), mean
        if n < 3:
            return 0.0, most
        without = self.without()
        if without.min() <= 1e-12 * most:
            return 0.0, max(none_same_bound(n, level) * most, mean)
        q = log_of(Replicates(mean, without, "users"))
        if q.se < 1e-9:
            q = with_chance(q, mean / most, n)
        low, high = q.interval(level)
        return low, max(min(high, most), mean)


def common(s: Shown, weight: Floats) -> Common:
    """Sum what users have in common; ``weight`` (p,) is of each pair of a user and an item."""
    total = np.bincount(s.item, weight, minlength=len(s.items))
    shared = np.maximum(weight * (total[s.item] - weight), 0.0)
    return Common(np.bincount(s.user, shared, minlength=s.users).astype(np.float64))
