"""How varied a weighted set of outputs is: what a cure is judged by, before and after."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.kernel.likeness import ALL_PAIRS, PairSums, inside, parts, snapped
from fullmenu.kernel.rates import (
    FIXED_PROMPTS,
    mean_rate,
    rarefied,
    rate_estimate,
    spreads,
    with_chance,
)
from fullmenu.kernel.rows import Features, Floats, Ints, MadeRows
from fullmenu.stats.jackknife import Replicates, log_of


@dataclass(frozen=True, slots=True)
class Variety:
    """How varied a set of outputs is.

    Parameters
    ----------
    outputs, dishes
        How many there are; ``None``: not told.
    leading_share
        Share of the commonest dish, by weight.
    repeat_rate
        Chance that two different ones of them, drawn by weight, are the same dish; ``None`` where
        no two can be compared. By prompt: the mean over prompts.
    effective_number
        Of this collection and no larger one: ``1 / (1/m + (1 − 1/m) · repeat_rate)`` at m the
        effective sample size (of a prompt). Unlike 1/U it promises nothing of other outputs.
    effective_sample_size
        (Σw)² / Σw² (Kish 1965): as many equally weighted outputs know as much.
    """

    outputs: int
    dishes: int | None
    leading_share: float | None
    repeat_rate: Estimate | None
    effective_number: Estimate | None
    effective_sample_size: float

    @classmethod
    def of(
        cls,
        features: Features,
        groups: Ints,
        dishes: Ints,
        weights: Floats | None = None,
        *,
        sampled: bool = True,
        seed: int = 0,
    ) -> Variety:
        """Say how varied outputs are, each counted with its weight; groups are averaged.

        Those that a cure has chosen are not ``sampled``: their rate is a fact without an interval.
        Where ``dishes`` are empty, nothing is told of them.
        More than 1,024 of a group are compared inside random blocks of that many.

        >>> x, one = np.eye(2)[[0, 0, 0, 1]], np.zeros(4, np.int64)
        >>> v = Variety.of(x, one, np.array([0, 0, 0, 1]), np.array([1, 1, 1, 3.0]))
        >>> v.leading_share, round(v.effective_sample_size, 1), round(v.repeat_rate.value, 2)
        (0.5, 3.0, 0.25)
        """
        w = np.ones(len(groups)) if weights is None else np.asarray(weights, np.float64)
        served = np.bincount(dishes, w) if len(dishes) else None
        groups = np.unique(groups, return_inverse=True)[1]
        rate = _rate(features, groups, w, seed)
        if rate is not None and not sampled:
            rate = replace(
                rate, low=None, high=None, method="mean k² over pairs, chosen: no interval"
            )
        return cls(
            len(groups), None if served is None else len(np.unique(dishes)),
            None if served is None else float(served.max() / served.sum()), rate,
            None if rate is None else _number(rate, groups, w), effective_sample_size(w),
        )  # fmt: skip

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form; ``null`` where there is nothing to say."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Cured:
    """How varied a log is, and what a cure makes of it."""

    before: Variety
    after: Variety


def effective_sample_size(weights: Any) -> float:
    """Return Kish's effective sample size of weights, (Σw)² / Σw².

    Raises
    ------
    NotEnoughData
        No weight is above 0.

    Examples
    --------
    >>> effective_sample_size([1, 1, 1, 1]), effective_sample_size([3, 1])
    (4.0, 1.6)
    """
    w = np.asarray(weights, np.float64)
    squares = float((w**2).sum())
    if not squares > 0:
        raise NotEnoughData(f"{w.size} weights, none above 0: they have no effective sample size")
    return float(w.sum() ** 2 / squares)


def _number(rate: Estimate, groups: Ints, w: Floats) -> Estimate:
    """Effective number of the collection itself: the rate's, at as many outputs as a group has."""
    totals, squares = np.bincount(groups, w), np.bincount(groups, w**2)
    several = np.bincount(groups) > 1
    m = float(1 / np.mean((squares / np.maximum(totals, 1e-300) ** 2)[several]))
    value, low, high = (
        None if u is None else float(rarefied(u, np.array([m]))[0])
        for u in (rate.value, rate.high, rate.low)
    )
    assert value is not None
    method = f"of {m:.4g} outputs, from {rate.method}"
    return Estimate(value, low, high, rate.n, "dishes", method, rate.level)


def _rate(x: Features, groups: Ints, w: Floats, seed: int) -> Estimate | None:
    sums = _sums(x, groups, w, seed)
    same, pairs = (np.bincount(groups, part) for part in (sums.same, sums.partners))
    judged = pairs > 0
    if not judged.any():
        return None
    rates = same[judged] / pairs[judged]
    mean = snapped(float(rates.mean()))
    if len(rates) >= FIXED_PROMPTS:
        apart = spreads(sums, groups, len(judged))
        return rate_estimate(mean_rate(rates, np.bincount(groups)[judged], apart[judged]))
    rows = np.flatnonzero(judged[groups])
    g, a, b = groups[rows], sums.same[rows], sums.partners[rows]
    left = pairs[g] - 2 * b
    if (left <= 1e-12 * pairs[g]).any():
        return Estimate(mean, 0.0, 1.0, len(rows), "probability", "too few outputs for an interval")
    changes = np.maximum(same[g] - 2 * a, 0) / left - same[g] / pairs[g]
    r = Replicates(mean, np.maximum(mean + changes / len(rates), 0), "outputs", g)
    estimate = rate_estimate(r)
    if 0 < mean < 1 and r.without.min() > 0:
        q = with_chance(log_of(r), mean, max(2, int(effective_sample_size(w[rows]))))
        low, high = q.interval(estimate.level)
        estimate = replace(estimate, low=low, high=min(high, 1.0))
    return estimate


def _sums(x: Features, groups: Ints, w: Floats, seed: int) -> PairSums:
    """Σ w w′ k² and Σ w w′ of every output over others of its group, or of a random part of it."""
    shuffle = np.random.default_rng(seed)
    compared: list[Ints] = []
    for rows in parts(groups):
        if len(rows) > ALL_PAIRS:
            rows = shuffle.permutation(rows)
        compared += np.array_split(rows, -(-len(rows) // ALL_PAIRS))
    if not isinstance(x, MadeRows):
        return inside(x, compared, w)
    sums = PairSums(*np.zeros((2, len(x))))
    begins = np.cumsum([0, *map(len, compared)]) // ALL_PAIRS
    for some in parts(begins[:-1]):
        rows = np.concatenate([compared[i] for i in some])
        ends = np.cumsum([len(compared[i]) for i in some])
        sums.same[rows], sums.partners[rows] = inside(
            x[rows], np.split(np.arange(len(rows)), ends[:-1]), w[rows]
        )
    return sums
