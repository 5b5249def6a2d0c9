"""How alike are two outputs, word for word, on the average?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.arguments import outputs
from fullmenu.measures.pairs import between_units, in_common, rate_of_pairs
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import Tokenize, named, orders, words_of
from fullmenu.stats.arrays import Floats, Ints


@measure(unit="cosine", paper="Tevet & Berant 2021")
def ngram_cosine(
    texts: Sequence[str],
    n: int | tuple[int, ...] = (1, 2, 3, 4, 5),
    *,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the mean cosine of two outputs' n-gram counts.

    ``value`` in [0, 1]: a mean over pairs of outputs, so that it does not drift with how many are
    given. 0: no two share a word.

    Cannot see a paraphrase. At n = 1 any two English texts are somewhat alike, because of function
    words. A pair is compared in the orders that either of the two has, so that equal short answers
    score 1; an output shorter than all orders is one phrase, one without words is like no other.

    Minus the "averaged cosine similarity" of Tevet & Berant (2021), who take out full stops and
    line ends and split at blanks. Time grows with the number of words, not with that of pairs.

    Parameters
    ----------
    n
        …; the mean is taken over several orders.
    groups
        … Only outputs of different prompts are compared.
    level
        …: jackknife, t on the log scale. [90 %]

    >>> print(ngram_cosine(["the cat sat", "the cat ran", "a dog ran"], (1, 2)))
    0.25 [0, 0.748]
    """
    sizes = sorted(orders(n))
    found, unit, names = outputs(texts, groups)
    split = words_of(found, tokenize)
    lengths, sums = split.lengths(), np.zeros(int(unit.max()) + 1)
    held = (lengths[:, None] >= sizes).sum(1)
    held[(lengths > 0) & (held == 0)] = 1
    # a pair with c and c′ orders has a mean over max(c, c′); with c₁ < c₂ < … the numbers that
    # occur, 1/max(c, c′) = Σ over c_t ≥ max(c, c′) of 1/c_t − 1/c_{t+1}
    most = np.unique(held[held > 0])
    steps = 1 / most - np.append(1 / most[1:], 0.0)
    for k in sizes:
        hashes, rows = split.phrases(k) if k == sizes[0] else split.grams(k)
        for c, step in zip(most.tolist(), steps.tolist(), strict=True):
            kept = held[rows] <= c
            sums += step * _cosines(hashes[kept], rows[kept], len(found), unit)
    value, without = between_units(float(sums.sum()), 2 * sums, np.bincount(unit))
    method = f"cosine of {named(sizes)}"
    return rate_of_pairs(value, without, names, "cosine", method, level, graded=True)


def _cosines(hashes: Any, rows: Ints, n: int, unit: Ints) -> Floats:
    """Sum of the cosines of each unit's outputs with those of the others."""
    m = int(unit.max()) + 1
    _, ids = np.unique(hashes, return_inverse=True)
    cells, times = np.unique(ids * n + rows, return_counts=True)
    row = cells % n
    norms = np.sqrt(np.bincount(row, times.astype(np.float64) ** 2, minlength=n))
    return in_common(cells // n, unit[row], times / norms[row], m)
