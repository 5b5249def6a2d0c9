"""Means over outputs of what each of them shows by itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.texts._grams import Words
from fullmenu.measures.texts._units import Floats, Ints, units
from fullmenu.stats.proportion import jackknife_se, share_interval
from fullmenu.stats.quantile import t_quantile


def mean_within(
    values: Floats, groups: Any, unit: str, method: str, level: float, *, share: bool
) -> Estimate:
    """Estimate the mean over the outputs that have a value; those without have ``nan``.

    Parameters
    ----------
    share
        Whether values lie in [0, 1]. Otherwise they are positive, and have no upper bound.

    Raises
    ------
    NotEnoughData
        Fewer than two outputs (or prompts) have a value.
    """
    owner, names = units(groups, len(values))
    read = np.isfinite(values)
    x = values[read]
    _, codes = np.unique(owner[read], return_inverse=True)
    y, t = np.bincount(codes, x), np.bincount(codes)
    m = len(t)
    if m < 2:
        raise NotEnoughData(
            f"{method}: {len(x)} of {len(values)} outputs are long enough, of {m} {names}, where "
            f"at least 2 {names} are needed; give more or longer outputs"
        )
    value = float(x.mean())
    without = (y.sum() - y) / (len(x) - t)
    low: float
    high: float | None
    if share:
        low, high = share_interval(value, without, level)
    else:
        se = jackknife_se(without)
        half = t_quantile(level, m - 1) * se
        low, high = max(value - half, 0.0), value + half
        if se < 1e-12 * value:
            low, high = value * float((1 - level) ** (1 / m)), None
    part = "" if len(x) == len(values) else f" of {len(x)} of {len(values)} outputs"
    return Estimate(
        value, low, high, m, unit, f"mean {method}{part}, jackknife over {names}", level
    )


def earlier(words: Words) -> tuple[Ints, Ints]:
    """For each word its place in its text; and that of its last use before, or −1."""
    starts = np.concatenate([[0], np.cumsum(words.lengths())])
    place = np.arange(len(words.hashes)) - starts[words.rows]
    _, ids = np.unique(words.hashes, return_inverse=True)
    order = np.lexsort((place, words.rows, ids))
    row, word, at = words.rows[order], ids[order], place[order]
    same = np.zeros(len(order), bool)
    same[1:] = (row[1:] == row[:-1]) & (word[1:] == word[:-1])
    before = np.full(len(order), -1, np.int64)
    before[order[same]] = at[np.flatnonzero(same) - 1]
    return place.astype(np.int64), before
