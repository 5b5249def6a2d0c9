"""How much of an output is found again, word for word, in another one?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._shared import shared_by_pairs
from fullmenu.measures.texts._units import (
    Floats,
    Ints,
    checked,
    phrases,
    rate_of_pairs,
    units,
    whole,
)


@measure(takes="texts", unit="share", paper="Salkar et al. 2022; Shaib et al. 2024")
def repeated_phrases(
    texts: Sequence[str], words: int = 4, *, groups: Any = None, level: float = 0.95
) -> Estimate:
    """Estimate the share of an output's phrases that occur in another given output too.

    ``value`` in [0, 1]: a mean over ordered pairs of outputs, so that it does not drift with how
    many are given. 1: all outputs have the same phrases.

    Parameters
    ----------
    words
        Words of a phrase. A shorter output is one phrase.
    groups
        … Only outputs of different prompts are compared.
    level
        …: jackknife, t on the log scale.

    Notes
    -----
    Cannot see a paraphrase, or one word changed in every four. Long outputs meet more phrases
    than short ones: compare at matched lengths. In varied text the value is near 0, which says
    "not word for word" and nothing of sense.

    Examples
    --------
    >>> same = "it is important to note that"
    >>> print(repeated_phrases([f"{same} a", f"{same} b"]))
    0.75 [0, 1]
    """
    n_words = whole("words", words)
    found = checked(texts)
    unit, names = units(groups, len(found))
    value, without = _shared(found, n_words, unit)
    method = "phrases shared by pairs"
    return rate_of_pairs(value, without, names, "share", method, level, graded=True)


def _shared(texts: Sequence[str], words: int, unit: Ints) -> tuple[float, Floats]:
    hashes, rows = phrases(texts, words, short=True)
    return shared_by_pairs(hashes, rows, len(texts), unit)
