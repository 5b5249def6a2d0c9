"""How much of an output is found again, word for word, in another one?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._units import Ints, checked, phrases, rate_of_pairs, units, whole


@measure(takes="texts", unit="share", paper="Salkar et al. 2022; Shaib et al. 2024")
def repeated_phrases(
    texts: Sequence[str], words: int = 4, *, groups: Any = None, level: float = 0.95
) -> Estimate:
    """Estimate the share of an output's phrases that occur in another given output too.

    Parameters
    ----------
    texts
        Outputs.
    words
        Words of a phrase. A shorter output is one phrase.
    groups : (n,), optional
        Prompt of each output. Only outputs of different prompts are then compared, and the
        interval leaves prompts out.
    level
        Coverage of the interval: jackknife, t on the log scale.

    Returns
    -------
    Estimate
        ``value`` in [0, 1]: a mean over ordered pairs of outputs, so that it does not drift with
        how many are given. 1: all outputs have the same phrases.

    Raises
    ------
    NotEnoughData
        Fewer than two outputs (or prompts).

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


def _shared(texts: Sequence[str], words: int, unit: Ints) -> tuple[float, Any]:
    n, m = len(texts), int(unit.max()) + 1
    hashes, rows = phrases(texts, words, short=True)
    _, ids = np.unique(hashes, return_inverse=True)
    cells, times = np.unique(ids * n + rows, return_counts=True)
    gram, row = cells // n, cells % n
    weight = times / np.bincount(rows, minlength=n)[row]
    if m < n:  # outputs of one prompt are summed up: they are not compared with each other
        cells, where = np.unique(gram * m + unit[row], return_inverse=True)
        here, weight = np.bincount(where).astype(np.float64), np.bincount(where, weight)
        gram, owner = cells // m, cells % m
    else:
        here, owner = np.ones(len(gram)), unit[row]
    outputs = np.bincount(gram, here)[gram]
    weights = np.bincount(gram, weight)[gram]
    sizes = np.bincount(unit, minlength=m).astype(np.float64)
    shared = weight * (outputs - here)
    pairs = n * n - float((sizes**2).sum())
    lost = np.bincount(owner, shared + here * (weights - weight), minlength=m)
    left = pairs - 2 * sizes * (n - sizes)
    total = float(shared.sum())
    rest = np.maximum(total - lost, 0.0)
    return total / pairs, np.where(left > 0, rest / np.maximum(left, 1.0), 0.0)
