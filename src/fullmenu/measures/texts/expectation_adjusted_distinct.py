"""How many different phrases are there, against a writer who picks every word by lot?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import Tokenize, kinds, named, orders, words_of
from fullmenu.measures.texts._units import Floats, checked, units, whole
from fullmenu.stats.proportion import share_interval

VOCABULARY = 50_257
"""Words that the writer by lot picks from: the tokens of GPT-2, as Kirk et al. took it."""


@measure(takes="texts", unit="ratio", paper="Liu et al. 2022; Kirk et al. 2024", rises=True)
def expectation_adjusted_distinct(
    texts: Sequence[str],
    n: int | tuple[int, ...] = (1, 2, 3, 4, 5),
    *,
    vocabulary: int = VOCABULARY,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Measure different n-grams ÷ those expected of draws by lot from a vocabulary.

    ``value`` = mean over orders of N / (V(1 − (1 − 1/V)^C)), N different n-grams among C. It may
    exceed 1: draws by lot repeat some.

    Parameters
    ----------
    texts
        … No n-gram crosses from one to the next.
    n
        …; the mean is taken over several orders.
    vocabulary
        V: how many equally likely n-grams the draws are from. Values compare only at the same V.
    level
        …: jackknife, Wilson's with t on the effective number. It holds the mean of such samples in
        90 % of them or more (``benchmarks/intervals_texts.py``).

    Raises
    ------
    NotEnoughData
        …, or no n-gram of some order.

    Notes
    -----
    Cannot see who said it: outputs that repeat each other and outputs that repeat themselves count
    alike. The adjustment is for the length of the sample, and undoes little of it: words are not
    equally likely, and for C far below V the value is hardly more than ``distinct_n`` of all words,
    which falls as the sample grows. Compare at equal numbers of words, or take ``distinct_n`` at a
    fixed number. The interval is for the same number of outputs.

    Examples
    --------
    >>> texts = ["a rose is a rose", "a rose is red", "violets are blue", "so are you"] * 3
    >>> print(expectation_adjusted_distinct(texts, (1, 2)))
    0.221 [0.181, 0.267]
    """
    sizes, v = orders(n), whole("vocabulary", vocabulary, 2)
    found = checked(texts)
    unit, names = units(groups, len(found))
    split = words_of(found, tokenize)
    m = int(unit.max()) + 1
    value, without = 0.0, np.zeros(m)
    weight, weights = 0.0, np.zeros(m)  # what the value would be if all n-grams were different
    for size in sizes:
        hashes, rows = split.grams(size)
        if not len(hashes):
            raise NotEnoughData(f"no output has {size} words: give longer outputs, or a smaller n")
        k = kinds(hashes, unit[rows], m)
        by_lot, by_lot_without = _by_lot(np.array([k.total]), v)[0], _by_lot(k.total_without, v)
        value += k.different / by_lot
        weight += k.total / by_lot
        without += k.different_without / by_lot_without
        weights += k.total_without / by_lot_without
    low, high = 0.0, 1.0
    if np.isfinite(without).all():
        low, high = share_interval(min(value / weight, 1.0), without / weights, level)
    value, weight = value / len(sizes), weight / len(sizes)
    low, high = min(low * weight, value), max(high * weight, value)
    method = f"distinct {named(sizes)} ÷ by lot from {v}, jackknife over {names}"
    return Estimate(value, low, high, m, "ratio", method, level)


def _by_lot(c: Any, v: int) -> Floats:
    """Different ones expected among c draws from v; without any draw, ``nan``."""
    drawn = np.asarray(c, np.float64)
    return np.where(drawn > 0, -v * np.expm1(drawn * np.log1p(-1 / v)), np.nan)
