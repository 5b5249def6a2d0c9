"""The change of a number that outputs have, from one setting to another, paired by prompt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.quantile import t_quantile

FEW = 6
"""With fewer prompts these count as fixed, and the outputs are the units."""


@dataclass(frozen=True, slots=True)
class PairedMean:
    """A mean over prompts, of differences; its standard error, and degrees of freedom."""

    value: float
    se: float
    df: float
    n: int
    units: str

    @property
    def p(self) -> float:
        """The two-sided p-value of no change, by Student's t."""
        from scipy.stats import t

        if self.se <= 0:
            return float(self.value == 0)
        return float(2 * t.sf(abs(self.value) / self.se, self.df))

    def estimate(self, unit: str, level: float = 0.95) -> Estimate:
        """Return it with its interval."""
        half = t_quantile(level, self.df) * self.se
        method = f"mean over prompts of the difference, t over {self.units}"
        return Estimate(
            self.value, self.value - half, self.value + half, self.n, unit, method, level
        )


def mean_of(differences: Floats, units: str = "prompts") -> PairedMean:
    """Return the mean of differences, one for each prompt.

    >>> mean_of(np.array([1.0, 3.0])).estimate("words").value
    2.0
    """
    n = len(differences)
    if n < 2:
        raise NotEnoughData(f"a change by prompt needs at least 2 shared prompts, not {n}")
    se = float(differences.std(ddof=1)) / n**0.5
    return PairedMean(float(differences.mean()), se, n - 1, n, units)


def paired(
    before: tuple[Floats, Ints],
    after: tuple[Floats, Ints],
    *,
    share: bool = False,
    fixed: bool = False,
) -> PairedMean:
    """Return the change of a mean, after − before, every prompt that both sides have alike.

    Either side holds values and the prompt of each, on one numbering. ``share``: values are 0 or 1;
    the standard error is then at least that of independent outputs of which one more had the other
    value, so that outputs that all agree leave an interval of some width. ``fixed``: these prompts
    only, with their outputs as the units, as it is with few prompts.

    >>> values, groups = np.array([0.0, 0, 0, 1, 0, 0]), np.array([0, 0, 1, 1, 2, 2])
    >>> paired((values, groups), (1 - values, groups)).value
    0.6666666666666666
    """
    shared = np.intersect1d(before[1], after[1])
    if not len(shared):
        raise NotEnoughData("the two sides share no prompt, so there is no change to tell")
    sides = [_moments(values, groups, shared) for values, groups in (before, after)]
    differences = sides[1][0] - sides[0][0]
    if len(shared) >= FEW and not fixed:
        change = mean_of(differences)
    else:
        # Var = Σ over prompts and sides of s²/n, over P²; at least two outputs of each
        fewest = min(int(n.min()) for _, _, n in sides)
        if fewest < 2:
            raise NotEnoughData(
                f"over the outputs of {len(shared)} prompts only, each needs 2 outputs or more"
            )
        variance = sum(float((v / n).sum()) for _, v, n in sides) / len(shared) ** 2
        outputs = int(sum(n.sum() for _, _, n in sides))
        change = PairedMean(
            float(differences.mean()), variance**0.5, outputs - 2 * len(shared), outputs,
            "outputs of these prompts only",
        )  # fmt: skip
    if not share:
        return change
    floor = 0.0
    for mean, _, n in sides:
        total = float(n.sum())
        p = (float((mean * n).sum()) + 1) / (total + 2)
        floor += p * (1 - p) / total
    return PairedMean(change.value, max(change.se, floor**0.5), change.df, change.n, change.units)


def _moments(values: Floats, groups: Ints, shared: Ints) -> tuple[Floats, Floats, Floats]:
    """Return mean, variance and number of the values of each shared prompt."""
    kept = np.isin(groups, shared)
    at, x = np.searchsorted(shared, groups[kept]), values[kept]
    n = np.bincount(at, minlength=len(shared)).astype(np.float64)
    mean = np.bincount(at, x, len(shared)) / n
    squares = np.bincount(at, (x - mean[at]) ** 2, len(shared))
    return mean, squares / np.maximum(n - 1, 1), n
