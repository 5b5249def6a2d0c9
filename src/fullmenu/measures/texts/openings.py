"""In how many ways do the outputs begin, and how many with the commonest opening?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.kernel.rates import effective_number
from fullmenu.measures.arguments import outputs
from fullmenu.measures.counts._counts import tally
from fullmenu.measures.counts.richness import f0
from fullmenu.measures.pairs import between_units, in_common, rate_of_pairs
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import heads
from fullmenu.stats.proportion import jackknife_se, leader_interval
from fullmenu.text import tokens


@measure(unit="openings", paper="Simpson 1949; Hurlbert 1971", rises=True)
def openings(
    texts: Sequence[str], words: int = 3, *, groups: Any = None, level: float = 0.95
) -> Estimate:
    """Estimate the effective number of openings: 1 / the chance that two outputs begin alike.

    Parameters
    ----------
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

    >>> print(openings(["Sure, here is a"] * 5 + ["Sure, here is b"] * 5 + ["A joke?"] * 10))
    2.11 [1.8, 2.48]
    """
    found, unit, names = outputs(texts, groups)
    _, ids = np.unique(openings_of(found, words), return_inverse=True)
    sizes = np.bincount(unit)
    alike = in_common(ids, unit, np.ones(len(ids)), len(sizes))
    value, without = between_units(float(alike.sum()), 2 * alike, sizes)
    rate = rate_of_pairs(value, without, names, "probability", "pairs that begin alike", level)
    return effective_number(rate, "openings")


@measure(unit="share", paper="Berger & Parker 1970")
def opening_share(
    texts: Sequence[str], words: int = 3, *, groups: Any = None, level: float = 0.95
) -> Estimate:
    """Measure the share of outputs that begin with the commonest opening.

    Parameters
    ----------
    groups
        Prompt of each output: outputs of one prompt go together, which widens the interval.
    level
        …; its lower bound allows for the luck that made this opening the commonest.

    Notes
    -----
    Sees one opening only. The commonest of n cannot be below 1/n and looks commoner than it is
    where n is small, so compare samples of equal size.

    >>> print(opening_share(["Sure, here is one"] * 30 + ["A joke?"] * 20))
    0.6 [0.432, 0.724]
    """
    found, unit, names = outputs(texts, groups)
    _, ids, counts = np.unique(openings_of(found, words), return_inverse=True, return_counts=True)
    value, effect = float(counts.max()) / len(found), 1.0
    if groups is not None:
        tied = np.flatnonzero(counts == counts.max())
        effect = max(_effect(ids == i, unit, value) for i in tied[:20])
    ranked = np.sort(counts)[::-1]
    others = float(len(found)) if ranked[0] == 1 else f0(tally(ranked))
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


def openings_of(texts: Sequence[str], words: int) -> tokens.Hashes:
    """Hash of the first words of each text; a text with fewer words is its own opening."""
    ends = 64 + 32 * words  # enough characters for most; texts with longer words are read again
    begun = [text[:ends] for text in texts]
    out = np.empty(len(texts), np.uint64)
    for start, batch in tokens.batches(begun):
        found = tokens.tokenize(batch)
        out[start : start + found.n] = heads(found.hashes, found.lengths(), words)
        for i in np.flatnonzero(found.lengths() <= words).tolist():
            if len(texts[start + i]) > ends:
                whole = tokens.tokenize([texts[start + i]])
                out[start + i] = heads(whole.hashes, whole.lengths(), words)[0]
    return out
