"""Repeat rates of groups of rows: within groups (ask twice), across them, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.kernel.pairs import PairSums, pair_sums, snapped, within_pairs
from fullmenu.kernel.rows import Features, Floats, Ints
from fullmenu.stats.jackknife import LogQuantity, Replicates, log_of

FIXED_PROMPTS = 6
"""With fewer prompts than this they count as fixed: the interval is over their outputs only."""


@dataclass(frozen=True, slots=True)
class Within:
    """Repeat rates of single prompts.

    Parameters
    ----------
    sums
        Σ k² of every output over the other outputs of its prompt.
    groups : (n,)
        Prompt of every output.
    rates : (P,)
        Repeat rate of each prompt; 0 where ``judged`` is false.
    judged : (P,)
        Which prompts have at least two outputs.
    """

    sums: PairSums
    groups: Ints
    rates: Floats
    judged: NDArray[np.bool_]

    def replicates(self, prompts: Ints | None = None) -> Replicates:
        """Mean rate over prompts, with each prompt (or, for fewer than six, output) left out.

        Parameters
        ----------
        prompts
            Which prompts count; all that are judged, by default.
        """
        at = np.flatnonzero(self.judged) if prompts is None else prompts
        if not len(at):
            raise NotEnoughData(
                "no prompt has two outputs, so variety within a prompt cannot be judged; "
                "sample each prompt at least twice (10 times is a good start)"
            )
        rates = self.rates[at]
        total = float(rates.sum())
        if len(at) < FIXED_PROMPTS:
            return self._outputs_left_out(at, total / len(at))
        share = float(rates.max() / total) if total else 0.0
        return Replicates(
            snapped(total / len(at)), (total - rates) / (len(at) - 1), "prompts", share=share
        )

    def _outputs_left_out(self, at: Ints, mean: float) -> Replicates:
        without, strata = [], []
        most = 0.0
        for k, p in enumerate(at):
            mine = self.groups == p
            same, n = self.sums.same[mine], int(mine.sum())
            if n < 3:
                raise NotEnoughData(
                    f"with {len(at)} prompt(s) the interval rests on their outputs: each prompt "
                    f"needs at least 3, and one has {n}; sample more, or give 6 prompts or more"
                )
            left = (same.sum() - 2 * same) / ((n - 1) * (n - 2))
            without.append(mean + (left - self.rates[p]) / len(at))
            strata.append(np.full(n, k))
            most = max(most, float(same.max()) / (n * (n - 1)))
        return Replicates(
            snapped(mean),
            np.maximum(np.concatenate(without), 0.0),
            "outputs",
            np.concatenate(strata),
            most / (mean * len(at)) if mean else 0.0,
        )


def within(features: Features, groups: Ints, n_groups: int) -> Within:
    """Repeat rate of every prompt.

    Parameters
    ----------
    features : (n, d)
        Unit rows.
    groups : (n,)
        Prompt of every row, 0 … n_groups − 1.
    """
    sums = within_pairs(features, groups)
    top = np.bincount(groups, sums.same, minlength=n_groups)
    pairs = np.bincount(groups, sums.partners, minlength=n_groups)
    judged = pairs > 0
    rates = np.where(judged, top / np.where(judged, pairs, 1), 0.0)
    rates[np.abs(rates - 1) < 1e-12] = 1.0
    return Within(sums, groups, rates, judged)


def across(features: Features, groups: Ints, n_groups: int, seed: int = 0) -> Replicates:
    """Repeat rate over pairs of outputs of different prompts, with each present prompt left
    out in turn.

    Each output counts once, so a prompt with more outputs weighs more.

    Raises
    ------
    NotEnoughData
        Fewer than six prompts: too few to leave one out and learn from it.
    """
    present = np.unique(groups)
    if len(present) < FIXED_PROMPTS:
        raise NotEnoughData(
            f"variety across prompts compares prompts: it needs at least {FIXED_PROMPTS}, "
            f"not {len(present)}"
        )
    sums = pair_sums(features, groups, seed=seed)
    same = np.bincount(groups, sums.same, minlength=n_groups)
    partners = np.bincount(groups, sums.partners, minlength=n_groups)
    total, pairs = same.sum(), partners.sum()
    rest = np.maximum(total - 2 * same, 0.0)[present]
    without = rest / np.maximum(pairs - 2 * partners, 1.0)[present]
    without[np.abs(without - 1) < 1e-12] = 1.0
    share = float(same.max() / total) / 2 if total else 0.0
    return Replicates(snapped(total / pairs), without, "prompts", share=share)


def rate_estimate(r: Replicates, level: float = 0.95) -> Estimate:
    """Turn replicates of a repeat rate into an estimate with its interval."""
    fixed = "" if r.strata is None else " (these prompts only)"
    method = f"mean k² over pairs, jackknife over {r.units}{fixed}"
    if r.value == 1.0:
        low, high = all_same_bound(r.n, level), 1.0
    elif r.value <= 0 or float(r.without.min()) <= 0:
        low, high = 0.0, max(none_same_bound(r.n, level), r.value)
    else:
        q = log_of(r)
        if q.se == 0:  # all units alike: as sure as that many single pairs would make us
            q = replace(q, se=float(np.sqrt((1 - r.value) / (r.value * r.n))))
        low, high = q.interval(level)
    return Estimate(r.value, low, min(high, 1.0), r.n, "probability", method, level)


def effective_number(rate: Estimate) -> Estimate:
    """Invert a repeat rate: the effective number of modes of order 2, ``1/U``.

    Raises
    ------
    NotEnoughData
        No two outputs were alike at all: the number is larger than the sample can show.

    Examples
    --------
    >>> print(effective_number(Estimate(0.25, 0.2, 0.5, 40, "probability", "given")))
    4 [2, 5]
    """
    if rate.value <= 0 or rate.high is None:
        raise NotEnoughData(
            f"no two of the {rate.n} compared were alike: the effective number is beyond what "
            "this sample can show; give more outputs per prompt"
        )
    high = 1 / rate.low if rate.low else None
    return Estimate(
        1 / rate.value, 1 / rate.high, high, rate.n, "dishes", f"1 / ({rate.method})", rate.level
    )


def rarefied(rate: float, m: Floats) -> Floats:
    """Effective number that m outputs would show: exactly D₂(m) = 1/(1/m + (1 − 1/m)·U).

    Examples
    --------
    >>> rarefied(0.1, np.array([1.0, 10.0, 1e9])).round(2).tolist()
    [1.0, 5.26, 10.0]
    """
    return np.asarray(1 / (1 / m + (1 - 1 / m) * rate))


def replicates_of_outputs(sums: PairSums) -> Replicates:
    """Leave each output of one sample out in turn."""
    total, pairs = sums.same.sum(), sums.partners.sum()
    left = pairs - 2 * sums.partners
    if len(left) < 3 or left.min() <= 0:
        raise NotEnoughData(
            f"an interval over outputs needs at least 3 of them, not {len(left)}; sample more"
        )
    return Replicates(sums.rate, (total - 2 * sums.same) / left, "outputs")


def interval_over_outputs(sums: PairSums, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of :func:`repeat_rate` for the outputs of one sample.

    Examples
    --------
    >>> alike = PairSums(np.full(10, 9.0), np.full(10, 9.0))
    >>> [round(b, 2) for b in interval_over_outputs(alike)]
    [0.55, 1.0]
    """
    rate, n = sums.rate, len(sums.same)
    if n < 3:
        return 0.0, 1.0
    if rate == 1.0:
        return all_same_bound(n, level), 1.0
    r = replicates_of_outputs(sums)
    if rate <= 0 or r.without.min() <= 0:
        return 0.0, none_same_bound(n, level)
    low, high = with_chance(log_of(r), rate, n).interval(level)
    return low, min(high, 1.0)


def with_chance(q: LogQuantity, rate: float, n: int) -> LogQuantity:
    """Add what the jackknife over n outputs misses: the chance of which pairs agree.

    Where all dishes are about equally common, leaving one out changes next to nothing and the
    jackknife alone may cover 87 % (``benchmarks/measures_coverage.py``), or give an interval of no
    width. Added in quadrature: the standard error of a share of n(n−1)/2 independent pairs.
    """
    chance = 2 * (1 - rate) / (rate * n * (n - 1))
    return LogQuantity(q.log, float(np.sqrt(q.se**2 + chance)), q.df)


def all_same_bound(n: int, level: float) -> float:
    """Smallest rate at which n outputs are all one dish with chance ≥ 1 − level."""
    return float((1 - level) ** (2 / n))


def none_same_bound(n: int, level: float) -> float:
    """Largest p² of a dish that n outputs show at most once with chance ≥ 1 − level."""
    low, high = 0.0, 1.0
    for _ in range(60):
        p = (low + high) / 2
        shown = (1 - p) ** n + n * p * (1 - p) ** (n - 1)
        low, high = (p, high) if shown > 1 - level else (low, p)
    return high * high
