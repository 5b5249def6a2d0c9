"""pass@k: is one of k outputs right? Of single prompts, over prompts, and how it changed."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.proportion import jackknife_se, share_interval, wilson
from fullmenu.stats.quantile import t_quantile

Word = Literal["concentrated mass", "new capability", "more right", "unclear"]

RARE = 3
"""Up to so many right ones (or wrong ones) in all, a bound is a Poisson's."""


class Rights(NamedTuple):
    """How many outputs of each prompt were seen, and how many of them are right, (P,) each."""

    n: Ints
    right: Ints

    @property
    def most(self) -> int:
        """The largest power of two that every prompt has as many outputs of."""
        return 1 << (int(self.n.min()).bit_length() - 1)


class MassChange(NamedTuple):
    """Whether more is right because more can be solved, or because less is tried.

    ``once`` and ``often`` are the changes of pass@1 and of pass@``k``.
    """

    word: Word
    k: int
    once: Estimate
    often: Estimate


def pass_at(n: Any, right: Any, k: int) -> Floats:
    """Return the chance that one of k outputs is right, without bias: pass@k.

    Parameters
    ----------
    n, right
        Outputs of each prompt, and how many of them are right, (P,).
    k
        So many outputs are drawn.

    Returns
    -------
    array
        The chance for each prompt, (P,).

    Raises
    ------
    NotEnoughData
        A prompt has fewer than k outputs.

    Examples
    --------
    >>> pass_at(np.array([4, 4]), np.array([1, 0]), 2).tolist()
    [0.5, 0.0]
    """
    n, c = np.asarray(n, np.float64), np.asarray(right, np.float64)
    if (n < k).any():
        raise NotEnoughData(f"pass@{k} needs {k} outputs of each prompt, not {int(n.min())}")
    # 1 − C(n − c, k) / C(n, k) = 1 − Π_{i<k} (n − c − i) / (n − i): Chen et al. 2021
    steps = np.arange(k)
    left = np.maximum(n[:, None] - c[:, None] - steps, 0) / (n[:, None] - steps)
    return np.asarray(1 - left.prod(axis=1))


def over_prompts(
    each: Floats, unit: str = "probability", level: float = 0.95, *, draws: float = np.inf
) -> Estimate:
    """Return the mean of values in [0, 1] over prompts that weigh alike, with its interval.

    ``draws``: how many independent draws the value of one prompt is worth at the most.

    >>> print(over_prompts(pass_at([4] * 6, [1, 0, 4, 2, 0, 3], 2)))
    0.556 [0.155, 0.878]
    """
    each = np.asarray(each, np.float64)
    m = len(each)
    if m < 2:
        raise NotEnoughData(f"an interval over prompts needs 2 prompts or more, not {m}")
    value = float(each.mean())
    without = (each.sum() - each) / (m - 1)
    low, high = share_interval(value, without, level, most=m * draws)
    method = "mean over prompts, Wilson on the effective number, jackknife, skewness"
    se = jackknife_se(without)
    n = m * draws if se == 0 else min(value * (1 - value) / se**2, m * draws)
    rare = n * min(value, 1 - value)
    if 0 < rare <= RARE and np.isfinite(n):
        # where few are expected Wilson's bound is not near enough to 0 or 1, and a Poisson's is:
        # half the quantile of chi² with 2x degrees of freedom (Brown, Cai & DasGupta 2001)
        from scipy.stats import chi2

        nearest = float(chi2.ppf(1 - level, 2 * rare)) / (2 * n)
        low, high = (min(low, nearest), high) if value < 0.5 else (low, max(high, 1 - nearest))
    if 0 < value < 1 and se > 0:
        below, above = _straightened(each, level)
        # Wilson's skew is a coin's: the less of a coin's variance, the less it says of this one
        other = 0.5 * (1 - float(each.var()) / (value * (1 - value)))
        if value < 0.5:
            high = max(high, other * above + (1 - other) * high)
        else:
            low = min(low, other * below + (1 - other) * low)
    return Estimate(value, low, high, m, unit, method, level)


def _straightened(each: Floats, level: float) -> tuple[float, float]:
    """Return the interval of a mean in [0, 1] of skewed values: t, transformed (Hall 1992)."""
    m, spread = len(each), each.std()
    t = t_quantile(level, m - 1)
    # T + γT²/3 + γ²T³/27 + γ/6 is nearly t, γ = skewness/√m; solved for T at both quantiles of t
    skew = float(((each - each.mean()) ** 3).mean() / spread**3 / np.sqrt(m))
    at = np.array([t, -t]) - skew / 6
    solved = at if abs(skew) < 1e-9 else 3 / skew * (np.cbrt(1 + skew * at) - 1)
    low, high = each.mean() - solved * spread / np.sqrt(m - 1)
    return max(float(low), 0.0), min(float(high), 1.0)


def passes(rights: Rights, k: int, level: float = 0.95) -> Estimate:
    """Return pass@k over prompts, with its interval.

    It is never surer than if all prompts were equally hard. Where only a few wrong ones (or right
    ones) are expected in all, n outputs of a prompt count as n/k draws of k: else a few easy
    prompts of which none failed would seem sure.

    >>> print(passes(Rights([8] * 6, [8, 7, 8, 8, 6, 8]), 4))
    1 [0.476, 1]
    """
    each = pass_at(*rights, k)
    value, draws = float(each.mean()), float(np.mean(rights.n)) / k
    if len(each) * draws * min(value, 1 - value) > RARE:
        draws = _draws(rights, k, value)
    return over_prompts(each, level=level, draws=draws)


def _draws(rights: Rights, k: int, value: float) -> float:
    """Return how many draws of k a prompt is worth, were each solved in k with chance ``value``."""
    from scipy.stats import binom

    once = 1 - (1 - value) ** (1 / k)
    spread = 0.0
    for n, prompts in zip(*np.unique(rights.n, return_counts=True), strict=True):
        right = np.arange(n + 1)
        # Var pass@k(c) of c ~ Binomial(n, p), p the chance at which 1 − (1 − p)^k is the value
        squares = binom.pmf(right, n, once) @ pass_at(np.full(n + 1, n), right, k) ** 2
        spread += float(prompts) * float(squares - value**2)
    return value * (1 - value) * len(rights.n) / spread


def yields(prompts: Ints, dishes: Ints, right: NDArray[np.bool_]) -> Floats:
    """Return of each prompt its different right outputs, as a share of all, (P,).

    ``prompts`` (0 to P − 1), ``dishes`` and ``right`` of each output, (n,).

    >>> right = np.array([True, True, False, True])
    >>> yields(np.array([0, 0, 1, 1]), np.array([5, 5, 5, 6]), right).tolist()
    [0.5, 0.5]
    """
    n = np.bincount(prompts)
    served = np.unique(np.stack([prompts, dishes])[:, right], axis=1)
    return np.asarray(np.bincount(served[0], minlength=len(n)) / n)


def pass_change(before: Rights, after: Rights, k: int, level: float = 0.95) -> Estimate:
    """Return how pass@k changed on the same prompts, after − before.

    >>> print(pass_change(Rights([4] * 3, [2, 1, 0]), Rights([4] * 3, [3, 3, 1]), 1))
    0.333 [-0.0252, 0.692]
    """
    d = pass_at(*after, k) - pass_at(*before, k)
    if len(d) < 2:
        raise NotEnoughData(f"a change by prompt needs 2 prompts or more, not {len(d)}")
    se = jackknife_se((d.sum() - d) / (len(d) - 1))
    # where all changed by the same the jackknife is blind: as much as a share of 0 may be
    half = t_quantile(level, len(d) - 1) * se if se > 1e-12 else wilson(0, len(d), level)[1]
    change = float(d.mean())
    method = "mean of differences by prompt, t"
    return Estimate(change, change - half, change + half, len(d), "probability", method, level)


def mass_change(before: Rights, after: Rights, level: float = 0.95) -> MassChange:
    """Say whether what is right more often can be had more often, or is only tried more often.

    ``concentrated mass``: pass@1 rose and pass@k fell. ``new capability``: pass@k rose. ``more
    right``: pass@1 rose, and of pass@k nothing is sure. k is the largest power of two for which
    every prompt has outputs enough, on both sides. Each of these is read from one end of an
    interval, so that the intervals are of 2 · ``level`` − 1; two of them together are said by
    chance no more often than one (intersection and union, Berger 1982).

    Cannot see what a prompt that was never solved in k tries would take; at k = 2 or 4 a rise of
    pass@k is hardly more than a rise of pass@1.

    >>> before, after = Rights([8] * 40, [2] * 40), Rights([8] * 40, [8, 0] * 20)
    >>> mass_change(before, after).word
    'concentrated mass'
    """
    k = min(Rights(*map(np.asarray, side)).most for side in (before, after))
    once, often = (pass_change(before, after, size, 2 * level - 1) for size in (1, k))
    rose = once.low is not None and once.low > 0
    word: Word = "more right" if rose else "unclear"
    if k > 1 and rose and often.high is not None and often.high < 0:
        word = "concentrated mass"
    elif k > 1 and often.low is not None and often.low > 0:
        word = "new capability"
    return MassChange(word, k, once, often)
