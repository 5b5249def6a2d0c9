"""How many different words stand in a window that moves through an output?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import Tokenize, Words, words_of
from fullmenu.measures.texts._units import Floats, checked, whole
from fullmenu.measures.texts._within import earlier, mean_within


@measure(takes="texts", unit="share", paper="Covington & McFall 2010", rises=None)
def mattr(
    texts: Sequence[str],
    window: int = 50,
    *,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Measure the share of different words in a moving window, mean over outputs.

    ``value`` in (0, 1]: moving-average type-token ratio. 1: no word comes twice in any window.

    Parameters
    ----------
    texts
        … Those of fewer words than the window are left out; ``method`` says how many.
    window
        Words of the window. Values compare only at the same window.
    level
        …: jackknife, Wilson's with t on the effective number. It holds the mean of such samples in
        90 % of them or more (``benchmarks/intervals_texts.py``).

    Raises
    ------
    NotEnoughData
        Fewer than two outputs (or prompts) as long as the window.

    Notes
    -----
    Says nothing of variety *between* outputs: one text served a thousand times scores as it does
    by itself. Does not drift with length, but where many outputs are shorter than the window the
    mean is one of the long ones only.

    Each output's value equals ``mattr`` of the package ``lexicalrichness`` on the same words.

    Examples
    --------
    >>> print(mattr(["a rose is a rose", "violets are blue today"], 4))
    0.875 [0.0318, 0.999]
    """
    size = whole("window", window)
    found = checked(texts)
    values = _by_text(words_of(found, tokenize), size)
    return mean_within(values, groups, "share", f"MATTR of {size} words", level, share=True)


def _by_text(words: Words, size: int) -> Floats:
    """Each word is new in as many windows as lie between its last use and itself."""
    place, before = earlier(words)
    lengths = words.lengths()
    windows = lengths - size + 1
    first = np.maximum(before + 1, np.maximum(place - size + 1, 0))
    last = np.minimum(place, windows[words.rows] - 1)
    new = np.maximum(last - first + 1, 0)
    total = np.bincount(words.rows, new, minlength=words.n)
    return np.where(windows > 0, total / np.maximum(windows, 1) / size, np.nan)
