"""Repeat rates of groups of rows: within groups (ask twice), across them, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.kernel.gram import moments
from fullmenu.kernel.likeness import PairSums, pair_sums, parts, snapped, within_pairs
from fullmenu.kernel.packing import pack, packed_rows, unpack, unpacked_rows
from fullmenu.kernel.rows import Features, as_features, stacked, unit
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.jackknife import LogQuantity, Replicates, log_of
from fullmenu.stats.proportion import wilson

FIXED_PROMPTS = 6
"""With fewer prompts than this they count as fixed: the interval is over their outputs only."""


_ROWS = "fullmenu/grouped-rows/1"
_MOMENTS = "fullmenu/group-moments/1"


class Within(NamedTuple):
    """Repeat rates of single prompts.

    ``sums`` are over the other outputs of an output's prompt; ``rates`` and ``judged``, (P,), are
    of the prompts: with fewer than two outputs one is not judged, and its rate reads 0.
    """

    sums: PairSums
    groups: Ints
    rates: Floats
    judged: NDArray[np.bool_]

    def replicates(self, prompts: Ints | None = None) -> Replicates:
        """Mean rate over prompts, with each left out; under six, each output."""
        at = np.flatnonzero(self.judged) if prompts is None else prompts
        if not len(at):
            raise NotEnoughData(
                "no prompt has two outputs, so variety within a prompt cannot be judged; "
                "sample each prompt at least twice (10 times is a good start)"
            )
        rates = self.rates[at]
        if len(at) < FIXED_PROMPTS:
            return self._outputs_left_out(at, float(rates.sum()) / len(at))
        return _mean_rate(rates)

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
            # a prompt's rate without output i: (Σ − 2·Σᵢ) / ((n − 1)(n − 2))
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


@dataclass(frozen=True, slots=True)
class GroupedRows:
    """A part of a log for its repeat rates: unit rows by prompt; parts merge in any order.

    Exact for any rows, with every interval; it grows with the log. Where rows are dense and narrow,
    :class:`GroupMoments` does not.

    >>> x, asked = np.eye(3)[[0, 0, 1, 2]], np.array(["Fruit?", "Fruit?", "Tree?", "Tree?"])
    >>> odd, even = (GroupedRows.partial(x[a::2], asked[a::2]) for a in (1, 0))
    >>> odd.merge(even).finish().rates.tolist()
    [1.0, 0.0]
    """

    features: Features
    groups: NDArray[Any]

    @classmethod
    def partial(cls, features: Features, groups: NDArray[Any]) -> GroupedRows:
        """Return the state of one part."""
        return cls(as_features(features), np.asarray(groups))

    def merge(self, other: GroupedRows) -> GroupedRows:
        """Return the state of both parts."""
        rows = stacked([self.features, other.features])
        return GroupedRows(rows, np.concatenate([self.groups, other.groups]))

    def finish(self, names: Any = None) -> Within:
        """Return the repeat rates within groups: ``names``, or those that have rows, ascending."""
        names = np.unique(self.groups) if names is None else np.asarray(names)
        order = np.argsort(names)
        groups = order[np.searchsorted(names, self.groups, sorter=order)]
        sums = within_pairs(self.features, groups)
        # U of a group: Σ k² over its pairs ÷ how many they are
        same = np.bincount(groups, sums.same, minlength=len(names))
        pairs = np.bincount(groups, sums.partners, minlength=len(names))
        judged = pairs > 0
        rates = np.where(judged, same / np.where(judged, pairs, 1), 0.0)
        rates[np.abs(rates - 1) < 1e-12] = 1.0
        return Within(sums, groups, rates, judged)

    def finish_across(self, seed: int = 0) -> Replicates:
        """Return the repeat rate across groups, as :func:`across` does."""
        names, groups = np.unique(self.groups, return_inverse=True)
        return across(self.features, groups, len(names), seed)

    def to_bytes(self) -> bytes:
        """Return the state as bytes."""
        return pack(_ROWS, groups=self.groups, **packed_rows(self.features))

    @classmethod
    def from_bytes(cls, data: bytes) -> GroupedRows:
        """Read the state back."""
        arrays = unpack(data, _ROWS)
        return cls(unpacked_rows(arrays), arrays["groups"])


@dataclass(frozen=True, slots=True)
class GroupMoments:
    """A part of a log for its repeat rates: XᵀX by prompt, which does not grow with the outputs.

    Knows no single output: with fewer than six prompts there is no interval, and it refuses.

    Parameters
    ----------
    names, counts : (P,)
        The prompts, in ascending order, and the outputs of each.
    moments : (P, d, d)
        XᵀX of each.

    Examples
    --------
    >>> x, asked = np.eye(3)[[0, 0, 1, 2]], np.array(["Fruit?", "Fruit?", "Tree?", "Tree?"])
    >>> odd, even = (GroupMoments.partial(x[a::2], asked[a::2]) for a in (1, 0))
    >>> odd.merge(even).rates.tolist()
    [1.0, 0.0]
    """

    names: NDArray[Any]
    counts: Ints
    moments: Floats

    @classmethod
    def partial(cls, features: Features, groups: NDArray[Any]) -> GroupMoments:
        """Return the state of one part; rows of more than 1,024 columns are refused."""
        x = as_features(features)
        if x.shape[1] > 1024:
            raise BadInput(
                f"rows of {x.shape[1]} columns: XᵀX is kept of 1,024 at most; use GroupedRows, or "
                "rows of fewer columns"
            )
        names, groups = np.unique(np.asarray(groups), return_inverse=True)
        rows = unit(x)
        matrices = [moments(rows[part]) for part in parts(groups)]
        return cls(names, np.bincount(groups), np.reshape(matrices, (-1, x.shape[1], x.shape[1])))

    def merge(self, other: GroupMoments) -> GroupMoments:
        """Return the state of both parts."""
        names = np.union1d(self.names, other.names)
        counts = np.zeros(len(names), np.int64)
        matrices = np.zeros((len(names), *self.moments.shape[1:]))
        for part in (self, other):
            at = np.searchsorted(names, part.names)
            counts[at] += part.counts
            matrices[at] += part.moments
        return GroupMoments(names, counts, matrices)

    @property
    def rates(self) -> Floats:
        """The repeat rate of each prompt, (P,); 0 of one with fewer than two outputs."""
        # Σ over ordered pairs of k² = ‖XᵀX‖²_F − Σ‖xᵢ‖⁴, and unit rows have ‖xᵢ‖ = 1
        same = np.maximum((self.moments**2).sum((1, 2)) - self.counts, 0.0)
        rates = same / np.maximum(self.counts * (self.counts - 1), 1)
        rates[np.abs(rates - 1) < 1e-12] = 1.0
        return np.asarray(rates)

    def finish(self) -> Replicates:
        """Return the mean rate over six prompts or more, with each left out."""
        rates = self.rates[self.counts > 1]
        if len(rates) < FIXED_PROMPTS:
            raise NotEnoughData(
                f"{len(rates)} prompts have two outputs: with fewer than {FIXED_PROMPTS} the "
                "interval rests on single outputs, and XᵀX knows none; use GroupedRows"
            )
        return _mean_rate(rates)

    def finish_across(self) -> Replicates:
        """Return the repeat rate over all pairs of outputs of different prompts, six or more."""
        # Σ k² between a prompt and the others = ⟨M_p, M − M_p⟩_F, where M = XᵀX = Σ_p M_p
        rest = self.moments.sum(0) - self.moments
        same = np.maximum((self.moments * rest).sum((1, 2)), 0.0)
        return _rate_across(same, self.counts * (self.counts.sum() - self.counts))

    def to_bytes(self) -> bytes:
        """Return the state as bytes."""
        return pack(_MOMENTS, names=self.names, counts=self.counts, moments=self.moments)

    @classmethod
    def from_bytes(cls, data: bytes) -> GroupMoments:
        """Read the state back."""
        return cls(**unpack(data, _MOMENTS))


def within(features: Features, groups: Ints, n_groups: int) -> Within:
    """Repeat rate of every prompt, 0 … n_groups − 1, from unit rows and the prompt of each."""
    return GroupedRows.partial(features, groups).finish(np.arange(n_groups))


def across(features: Features, groups: Ints, n_groups: int, seed: int = 0) -> Replicates:
    """Repeat rate over pairs of outputs of different prompts, each prompt left out in turn.

    Each output counts once, so a prompt with more outputs weighs more. Fewer than six prompts are
    too few to leave one out and learn from it: ``NotEnoughData``.
    """
    _at_least_six(len(np.unique(groups)))
    sums = pair_sums(features, groups, seed=seed)
    same = np.bincount(groups, sums.same, minlength=n_groups)
    return _rate_across(same, np.bincount(groups, sums.partners, minlength=n_groups))


def _rate_across(same: NDArray[Any], partners: NDArray[Any]) -> Replicates:
    """From Σ k² and pairs of each prompt with the others, 0 where it has no outputs."""
    present = partners > 0
    _at_least_six(int(present.sum()))
    # without a prompt its pairs go on both sides: (Σ − 2·Σ_p) / (pairs − 2·pairs_p)
    total, pairs = same.sum(), partners.sum()
    rest = np.maximum(total - 2 * same, 0.0)[present]
    without = rest / np.maximum(pairs - 2 * partners, 1.0)[present]
    without[np.abs(without - 1) < 1e-12] = 1.0
    share = float(same.max() / total) / 2 if total else 0.0
    return Replicates(snapped(total / pairs), without, "prompts", share=share)


def _at_least_six(prompts: int) -> None:
    if prompts < FIXED_PROMPTS:
        raise NotEnoughData(
            f"variety across prompts compares prompts: it needs at least {FIXED_PROMPTS}, "
            f"not {prompts}"
        )


def _mean_rate(rates: Floats) -> Replicates:
    total = float(rates.sum())
    share = float(rates.max() / total) if total else 0.0
    without = (total - rates) / (len(rates) - 1)
    return Replicates(snapped(total / len(rates)), without, "prompts", share=share)


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
            q = q._replace(se=float(np.sqrt((1 - r.value) / (r.value * r.n))))
        low, high = q.interval(level)
    return Estimate(r.value, low, min(high, 1.0), r.n, "probability", method, level)


def effective_number(rate: Estimate, unit: str = "dishes") -> Estimate:
    """Invert a repeat rate: the effective number of modes of order 2, ``1/U``.

    Where no two outputs were alike at all it is larger than the sample can show: ``NotEnoughData``.

    >>> print(effective_number(Estimate(0.25, 0.2, 0.5, 40, "probability", "given")))
    4 [2, 5]
    """
    if rate.value <= 0 or rate.high is None:
        raise NotEnoughData(
            f"no two of the {rate.n} compared were alike: the effective number is beyond what "
            "this sample can show; give more outputs per prompt"
        )
    high = 1 / rate.low if rate.low else None
    method = f"1 / ({rate.method})"
    return Estimate(1 / rate.value, 1 / rate.high, high, rate.n, unit, method, rate.level)


def rarefied(rate: float, m: Floats) -> Floats:
    """Effective number that m outputs would show: exactly D₂(m) = 1/(1/m + (1 − 1/m)·U).

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
    low, high = rate_interval(with_chance(log_of(r), rate, n), level)
    return low, min(high, 1.0)


def rate_interval(q: LogQuantity, level: float) -> tuple[float, float]:
    """Return the interval of a rate from its log: t; above ½ Wilson's as well, whichever is wider.

    Where one dish leads, few outputs of the others say how rare they are, and the log's
    own interval held the truth in 78 to 90 % of samples of 100.
    """
    low, high = q.interval(level)
    rate = float(np.exp(q.log))
    if 0.5 < rate < 1 and q.se > 0:
        n = (1 - rate) / (rate * q.se**2)
        ends = wilson(rate * n, n, level, df=q.df)
        low, high = min(low, ends[0]), max(high, ends[1])
    return low, high


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
