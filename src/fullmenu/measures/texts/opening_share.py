"""How many of the outputs begin with the commonest opening?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.counts._counts import spectrum
from fullmenu.measures.counts.unseen import f0
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._units import checked, openings_of, units, whole
from fullmenu.stats.proportion import jackknife_se, leader_interval


@measure(takes="texts", unit="share", paper="Berger & Parker 1970")
def opening_share(
    texts: Sequence[str], words: int = 3, *, groups: Any = None, level: float = 0.95
) -> Estimate:
    """Measure the share of outputs that begin with the commonest opening.

    Parameters
    ----------
    words
        How many first words make an opening. A shorter output is its own opening.
    groups
        Prompt of each output: outputs of one prompt go together, which widens the interval.
    level
        …; its lower bound allows for the luck that made this opening the commonest.

    Notes
    -----
    Sees one opening only. The commonest of n cannot be below 1/n and looks commoner than it is
    where n is small, so compare samples of equal size.

    Examples
    --------
    >>> print(opening_share(["Sure, here is one"] * 30 + ["A joke?"] * 20))
    0.6 [0.432, 0.724]
    """
    n_words = whole("words", words)
    found = checked(texts)
    unit, names = units(groups, len(found))
    _, ids, counts = np.unique(openings_of(found, n_words), return_inverse=True, return_counts=True)
    value, effect = float(counts.max()) / len(found), 1.0
    if groups is not None:
        tied = np.flatnonzero(counts == counts.max())
        effect = max(_effect(ids == i, unit, value) for i in tied[:20])
    ranked = np.sort(counts)[::-1]
    others = float(len(found)) if ranked[0] == 1 else f0(spectrum(ranked))
    low, high = leader_interval(ranked, 1, level, unseen=others, effect=effect)
    n = int(unit.max()) + 1
    return Estimate(value, low, high, n, "share", f"commonest opening, by {names}", level)


def _effect(hit: Any, unit: Any, share: float) -> float:
    """Design effect: how much wider prompts make the interval than single outputs would."""
    n, m = len(hit), int(unit.max()) + 1
    if share >= 1:
        return n / m
    y, t = np.bincount(unit, hit, minlength=m), np.bincount(unit, minlength=m)
    se = jackknife_se((y.sum() - y) / np.maximum(n - t, 1))
    return float(np.clip(se**2 / (share * (1 - share) / n), 1.0, n / 2))
