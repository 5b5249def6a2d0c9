"""How one suite changed: lost and gained apart, over its items and over training runs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fullmenu.diagnose.checkpoints.suite_pairs import Floats, SuitePair
from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.stats.proportion import share
from fullmenu.stats.quantile import t_quantile
from fullmenu.stats.seeds import over_seeds


@dataclass(frozen=True)
class SuiteChange:
    """How one suite changed between two checkpoints: ``change`` is after − before, over items.

    ``lost`` and ``gained`` are what fell and what rose, apart; ``score`` the mean before. ``p`` and
    ``margin_p``: chance of such a change, or a larger one, where there is none, and where the true
    loss is the margin: McNemar's for right and wrong in one run, else Student's t. Of several runs
    the largest of three: over items, over runs, and over both at once (``spreads``). A loss must
    stand on other items *and* in other runs. ``kept``: whether the 90 % intervals leave out a loss
    of the margin. ``counts``: items lost and gained, for right and wrong in one run; ``units``:
    items, or groups.
    """

    suite: str
    score: Estimate
    change: Estimate
    spreads: tuple[Spread, ...]
    lost: Estimate
    gained: Estimate
    change_over_runs: Estimate
    p: float
    margin_p: float
    kept: bool
    counts: tuple[int, int] | None
    units: int


@dataclass(frozen=True)
class Spread:
    """A mean with its standard error and degrees of freedom."""

    mean: float
    se: float
    df: float

    def p(self, at: float = 0.0) -> float:
        """Two-sided chance of being as far below ``at``; 1 from there on up."""
        from scipy.special import stdtr

        t = (self.mean - at) / self.se
        return 1.0 if t >= 0 else min(1.0, 2 * float(stdtr(self.df, t)))

    def interval(self, level: float) -> tuple[float, float]:
        """Interval inside [−1, 1]."""
        half = t_quantile(level, self.df) * self.se
        return max(self.mean - half, -1.0), min(self.mean + half, 1.0)


def of_suite(pair: SuitePair, margin: float, level: float) -> SuiteChange:
    """Judge the change of one suite."""
    d = pair.after - pair.before
    mean, runs = d.mean(0), d.mean(1)
    items = over_items(mean, pair.groups)
    value = float(mean.mean())
    spreads: tuple[Spread, ...] = (items,)
    if len(runs) > 1:
        again = over_runs(runs, mean.size)
        spreads = (items, again, both(items, again))
    whole = len(runs) == 1 and np.isin(d, (-1.0, 0.0, 1.0)).all()
    counts = (int((d < 0).sum()), int((d > 0).sum())) if whole else None
    exact = counts is not None and pair.alone
    p = [s.p() for s in spreads]
    if exact and counts is not None:
        p = [mcnemar(*counts) if value < 0 else 1.0]
    low, high = items.interval(level)
    what = "items" if pair.alone else "groups of items"
    return SuiteChange(
        pair.suite,
        _share(pair.before.mean(0), pair.groups, level),
        Estimate(
            value, min(low, value), max(high, value), pair.units, "score",
            f"after − before, paired; over {what}, t with two items added",
            level,
        ),
        spreads,
        _share(np.maximum(-d, 0).mean(0), pair.groups, level),
        _share(np.maximum(d, 0).mean(0), pair.groups, level),
        over_seeds(runs.tolist(), "score", level),
        max(p),
        max(s.p(-margin) for s in spreads),
        all(s.interval(0.9)[0] > -margin for s in spreads),
        counts,
        pair.units,
    )  # fmt: skip


def over_items(d: Floats, groups: NDArray[np.int64]) -> Spread:
    """Spread of a mean difference over items, or over groups of them.

    One item that fell and one that rose are added, as far as any did: a suite on which nothing
    moved, or everything did, is then not taken for sure. On right and wrong this is the interval
    of Bonett & Price 2012; with groups each is one of its own.
    """
    far = float(np.abs(d).max()) or 1.0
    d = np.concatenate([d, [far, -far]])
    groups = np.concatenate([groups, groups.max() + np.array([1, 2])])
    mean = float(d.mean())
    sums = np.bincount(np.unique(groups, return_inverse=True)[1], d - mean)
    m = sums.size
    # the two added units earn no degree of freedom
    se = math.sqrt(m / (m - 1) * float(sums @ sums)) / d.size
    return Spread(mean, se, max(m - 3, 1))


def over_runs(runs: Floats, items: int) -> Spread:
    """Spread of a mean difference over training runs; at least one item apart."""
    sd = max(float(runs.std(ddof=1)), 1 / items)
    return Spread(float(runs.mean()), sd / math.sqrt(runs.size), runs.size - 1)


def both(items: Spread, runs: Spread) -> Spread:
    """Spread over other items and other runs at once: variances added, Satterthwaite's df.

    Runs share their items, so what they differ by does not show how much the items matter.
    """
    one, other = items.se**2, runs.se**2
    df = (one + other) ** 2 / (one**2 / items.df + other**2 / runs.df)
    return Spread(items.mean, math.sqrt(one + other), df)


def mcnemar(lost: int, gained: int) -> float:
    """Return the exact two-sided chance of a split as uneven, if losses and gains are alike likely.

    Source: McNemar 1947; the exact form is the sign test on the items that changed.

    >>> round(mcnemar(10, 2), 4), mcnemar(0, 0)
    (0.0386, 1.0)
    """
    from scipy.special import bdtr

    if lost < 0 or gained < 0:
        raise BadInput(f"lost={lost}, gained={gained}: counts of items are not negative")
    changed = lost + gained
    return min(1.0, 2 * float(bdtr(min(lost, gained), changed, 0.5))) if changed else 1.0


def _share(values: Floats, groups: NDArray[np.int64], level: float) -> Estimate:
    alone = len(np.unique(groups)) == groups.size
    part = share(values, groups=None if alone else groups, level=level, unit="share of the suite")
    words = part.method.replace("outputs", "items").replace("prompts", "groups of items")
    return replace(part, method=words)
