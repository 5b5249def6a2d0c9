"""How long do an output's runs of words stay varied?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import Tokenize, words_of
from fullmenu.measures.texts._units import checked
from fullmenu.measures.texts._within import mean_within


@measure(takes="texts", unit="words", paper="McCarthy & Jarvis 2010", rises=None)
def mtld(
    texts: Sequence[str],
    threshold: float = 0.72,
    *,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Measure how many words a run takes until too many have come again, mean over outputs.

    ``value``: words ÷ runs, mean of reading forwards and backwards. ``high`` is ``None`` where all
    outputs (or prompts) have one value.

    Parameters
    ----------
    texts
        … Those without a word are left out; ``method`` says how many.
    threshold
        A run ends where its different words ÷ its words fall to this.
    level
        …: jackknife, Student's t. It holds the mean of such samples in 90 % of them or more
        (``benchmarks/intervals_texts.py``).

    Raises
    ------
    NotEnoughData
        Fewer than two outputs (or prompts) with words.

    Notes
    -----
    Says nothing of variety *between* outputs: one text served a thousand times scores as it does
    by itself. The last run counts for the part of the way that it has come; an output in which no
    word comes twice is taken as one run, so that it scores its length: below about 100 words the
    value says little, and moves with length.

    Each output's value equals ``mtld`` of the package ``lexicalrichness`` on the same words.

    Examples
    --------
    >>> print(mtld(["a rose is a rose", "violets are blue today"]))
    4.5 [0, 10.9]
    """
    if isinstance(threshold, bool) or not 0 < threshold < 1:
        raise BadInput(f"threshold={threshold!r}: give a share between 0 and 1")
    found = checked(texts)
    words = words_of(found, tokenize)
    ends = np.cumsum(words.lengths()).tolist()
    values, start = [], 0
    for end in ends:
        text = words.hashes[start:end].tolist()
        runs = (_runs(text, threshold), _runs(reversed(text), threshold))
        values.append(sum(len(text) / r for r in runs) / 2 if text else np.nan)
        start = end
    method = f"MTLD at {threshold:g}"
    return mean_within(np.array(values), groups, "words", method, level, share=False)


def _runs(words: Iterable[int], threshold: float) -> float:
    """Runs that reach the threshold, and the last one as far as it came."""
    runs, count = 0.0, 0
    seen: set[int] = set()
    for word in words:
        count += 1
        if word not in seen:
            seen.add(word)
        elif len(seen) / count <= threshold:  # only a word that comes again lets it fall
            runs += 1
            count = 0
            seen.clear()
    if count:
        runs += (1 - len(seen) / count) / (1 - threshold)
    return runs or 1.0
