"""In how many ways do the outputs begin?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._units import (
    Floats,
    Ints,
    checked,
    inverse,
    openings_of,
    rate_of_pairs,
    units,
    whole,
)


@measure(takes="texts", unit="openings", paper="Simpson 1949; Hurlbert 1971", rises=True)
def openings(
    texts: Sequence[str], words: int = 3, *, groups: Any = None, level: float = 0.95
) -> Estimate:
    """Estimate the effective number of openings: 1 / the chance that two outputs begin alike.

    Parameters
    ----------
    words
        How many first words make an opening. A shorter output is its own opening.
    groups
        … Only outputs of different prompts are compared.
    level
        …: jackknife, t on the log scale.

    Raises
    ------
    NotEnoughData
        …, or no two that begin alike.

    Notes
    -----
    Cannot see anything after the first words. Unbiased on the rate, so that it does not drift
    with sample size; in a small sample few pairs agree, and the interval is wide.

    Examples
    --------
    >>> print(openings(["Sure, here is a"] * 5 + ["Sure, here is b"] * 5 + ["A joke?"] * 10))
    2.11 [1.8, 2.48]
    """
    n_words = whole("words", words)
    found = checked(texts)
    unit, names = units(groups, len(found))
    value, without = pairs_alike(openings_of(found, n_words), unit)
    rate = rate_of_pairs(value, without, names, "probability", "pairs that begin alike", level)
    return inverse(rate, "openings")


def pairs_alike(hashes: Any, unit: Ints) -> tuple[float, Floats]:
    """Share of pairs from different units with equal hashes; and with each unit left out."""
    _, ids = np.unique(hashes, return_inverse=True)
    n, m = len(ids), int(unit.max()) + 1
    sizes = np.bincount(unit, minlength=m).astype(np.float64)
    total = np.bincount(ids).astype(np.float64)
    cells, mine = np.unique(ids * m + unit, return_counts=True)
    here, owner = mine.astype(np.float64), cells % m
    alike = float((total**2).sum() - (here**2).sum())
    pairs = n * n - float((sizes**2).sum())
    lost = np.bincount(owner, here * (total[cells // m] - here), minlength=m)
    left = pairs - 2 * sizes * (n - sizes)
    without = np.where(left > 0, (alike - 2 * lost) / np.maximum(left, 1.0), 0.0)
    return alike / pairs, without
