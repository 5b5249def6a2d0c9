"""How long are the outputs?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._units import checked, units
from fullmenu.stats.proportion import jackknife_se
from fullmenu.stats.quantile import t_quantile
from fullmenu.text import tokens


@measure(takes="texts", unit="words", paper="Student 1908", rises=None)
def length(texts: Sequence[str], *, groups: Any = None, level: float = 0.95) -> Estimate:
    """Measure the mean number of words of an output.

    Parameters
    ----------
    level
        …: jackknife, Student's t.

    Notes
    -----
    Not a measure of variety: it stands beside them, because most of them move with length. Where
    all units have one mean length there is no upper bound: an output that n would miss may be of
    any length.

    Examples
    --------
    >>> print(length(["one two three", "one two", "one", "one two"]))
    2 [0.701, 3.3]
    """
    found = checked(texts)
    unit, names = units(groups, len(found))
    words = np.concatenate([tokens.tokenize(b).lengths() for _, b in tokens.batches(found)])
    m = int(unit.max()) + 1
    y, t = np.bincount(unit, words, minlength=m), np.bincount(unit, minlength=m)
    if m < 2:
        raise NotEnoughData(f"an interval needs at least 2 {names}, not {m}; give more")
    value = float(words.mean())
    se = jackknife_se((y.sum() - y) / (len(found) - t))
    half = t_quantile(level, m - 1) * se
    high: float | None = value + half
    low = max(value - half, 0.0)
    if se < 1e-12:
        low, high = value * (1 - level) ** (1 / m), None
    return Estimate(value, low, high, m, "words", f"mean, jackknife over {names}", level)
