"""How many different words would a handful of an output's words hold?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import Tokenize, Words, words_of
from fullmenu.measures.texts._units import Floats, checked, whole
from fullmenu.measures.texts._within import mean_within


@measure(takes="texts", unit="share", paper="McCarthy & Jarvis 2007", rises=None)
def hdd(
    texts: Sequence[str],
    draws: int = 42,
    *,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Measure the share of different words among some drawn from one output, mean over outputs.

    ``value`` in (0, 1]: HD-D, from the hypergeometric distribution, exact; no draw is made.

    Parameters
    ----------
    texts
        … Those of fewer words than the draws are left out; ``method`` says how many.
    draws
        Words drawn without replacement. Values compare only at the same number.
    level
        …: jackknife, Wilson's with t on the effective number. It holds the mean of such samples in
        90 % of them or more (``benchmarks/intervals_texts.py``).

    Raises
    ------
    NotEnoughData
        Fewer than two outputs (or prompts) of as many words as are drawn.

    Notes
    -----
    Says nothing of variety *between* outputs: one text served a thousand times scores as it does
    by itself. Does not drift with length, but where many outputs are shorter than ``draws`` words
    the mean is one of the long ones only. The same idea across outputs is ``distinct_n``.

    Each output's value equals ``hdd`` of the package ``lexicalrichness`` on the same words.

    Examples
    --------
    >>> print(hdd(["a rose is a rose", "violets are blue today"], 2))
    0.95 [0.0951, 1]
    """
    size = whole("draws", draws)
    found = checked(texts)
    values = _by_text(words_of(found, tokenize), size)
    return mean_within(values, groups, "share", f"HD-D of {size} words", level, share=True)


def _by_text(words: Words, size: int) -> Floats:
    _, ids = np.unique(words.hashes, return_inverse=True)
    cells, times = np.unique(ids * words.n + words.rows, return_counts=True)
    row, length = cells % words.n, words.lengths()
    total = length[row].astype(np.float64)
    missed = np.ones(len(cells))
    for i in range(size):
        missed *= np.clip(1 - times / np.maximum(total - i, 1.0), 0.0, 1.0)
    held = np.bincount(row, 1 - missed, minlength=words.n)
    return np.where(length >= size, held / size, np.nan)
