"""Means over pairs of texts: every pair of a moderate sample, random pairs of a large one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.texts._units import Floats, Ints, rate_of_pairs, whole
from fullmenu.stats.jackknife import LogQuantity, Replicates, log_of

ALL_PAIRS = 1_024
"""Up to so many texts every pair is compared, where the caller does not say."""

PARTNERS = 127
"""Beyond it, about so many random others for each text."""

Compare = Callable[[Ints, Ints], Any]
"""Two lists of rows to the likeness of each pair, in [0, 1], the same either way round."""


def mean_over_pairs(
    texts: Sequence[str],
    unit: Ints,
    names: str,
    compare: Compare,
    *,
    pairs: int | None,
    seed: int,
    unit_name: str,
    what: str,
    level: float,
) -> Estimate:
    """Estimate the mean likeness over pairs of texts of different units.

    Parameters
    ----------
    texts
        Outputs.
    unit : (n,)
        What each is of: units are left out one by one.
    compare
        The likeness.
    pairs
        About how many pairs are compared; all where that is enough for all.
    """
    n = len(texts)
    blocks = _blocks(texts, unit, pairs, seed)
    same, partners, squares = np.zeros(n), np.zeros(n), 0.0
    for block in blocks:
        parts = np.array_split(block, -(-len(block) // ALL_PAIRS))
        for i, a in enumerate(parts):
            for b in parts[i:]:
                apart = unit[a][:, None] != unit[b]
                alike = np.where(apart, compare(a, b), 0.0)
                same[a] += alike.sum(1)
                partners[a] += apart.sum(1)
                squares += float((alike**2).sum()) * (1 if a is b else 2)
                if a is not b:
                    same[b] += alike.sum(0)
                    partners[b] += apart.sum(0)
    value, without = _left_out(same, partners, unit, names)
    compared = int(partners.sum()) // 2
    method = f"{what}, {'all' if len(blocks) == 1 else 'random'} {compared} pairs"
    estimate = rate_of_pairs(value, without, names, unit_name, method, level, graded=True)
    if len(without) < 3 or not 0 < estimate.value < 1 or float(without.min()) <= 1e-15:
        return estimate
    spread = max(squares / float(partners.sum()) - value**2, 0.0)
    return _with_chance(estimate, without, names, spread / (n * (n - 1) / 2))


def _with_chance(e: Estimate, without: Floats, names: str, variance: float) -> Estimate:
    """Widen an interval by the chance in which pairs agree, which the jackknife sees too little of.

    Where a few texts make most of the likeness, leaving one out says little about how many of them
    there might have been (``benchmarks/intervals_overlap.py``, "copies").
    """
    q = log_of(Replicates(e.value, without, names))
    wider = LogQuantity(q.log, float(np.hypot(q.se, np.sqrt(variance) / e.value)), q.df)
    low, high = wider.interval(e.level)
    return replace(e, low=min(low, e.value), high=min(max(high, e.value), 1.0))


def by_content(texts: Sequence[str], unit: Ints) -> Ints:
    """Order the rows by what they say, so that a seed chooses the same in any order."""
    prompts = unit.tolist()
    return np.array(sorted(range(len(texts)), key=lambda i: (texts[i], prompts[i])), np.int64)


def _blocks(texts: Sequence[str], unit: Ints, pairs: int | None, seed: int) -> list[Ints]:
    n = len(texts)
    partners = PARTNERS if n > ALL_PAIRS else n - 1
    if pairs is not None:
        partners = min(max(round(2 * whole("pairs", pairs) / n), 1), n - 1)
    if partners == n - 1:
        return [np.arange(n)]
    shuffled = by_content(texts, unit)[np.random.default_rng(seed).permutation(n)]
    return np.array_split(shuffled, max(n // (partners + 1), 1))


def _left_out(same: Floats, partners: Floats, unit: Ints, names: str) -> tuple[float, Floats]:
    total, compared = float(same.sum()), float(partners.sum())
    left = compared - 2 * np.bincount(unit, partners)
    if len(left) > 2 and float(left.min()) <= 0:
        raise NotEnoughData(
            f"too few pairs were compared to leave out each of the {len(left)} {names}; give a "
            "larger pairs=, or leave it out"
        )
    rest = np.maximum(total - 2 * np.bincount(unit, same), 0.0)
    return total / compared, rest / np.maximum(left, 1.0)
