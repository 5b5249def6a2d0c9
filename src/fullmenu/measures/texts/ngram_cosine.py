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
    words. An output of fewer than n words has no n-grams, and is then like no other; two short
    answers that are the same are therefore below 1.

    Minus the "averaged cosine similarity" of Tevet & Berant (2021), who take out full stops and
    line ends and split at blanks. Time grows with the number of words, not with that of pairs.

    Parameters
    ----------
    n
        …; the mean is taken over several orders.
    groups
        … Only outputs of different prompts are compared.
    level
        …: jackknife, t on the log scale. It holds the mean of such samples in 90 % of them or more
        (``benchmarks/intervals_texts.py``).

    >>> print(ngram_cosine(["the cat sat", "the cat ran", "a dog ran"], (1, 2)))
    0.25 [0, 0.748]
    """
    sizes = orders(n)
    found, unit, names = outputs(texts, groups)
    split = words_of(found, tokenize)
    by_order = [_cosine(*split.grams(k), len(found), unit) for k in sizes]
    value = float(np.mean([v for v, _ in by_order]))
    without = np.mean([w for _, w in by_order], axis=0)
    method = f"cosine of {named(sizes)}"
    return rate_of_pairs(value, without, names, "cosine", method, level, graded=True)


def _cosine(hashes: Any, rows: Ints, n: int, unit: Ints) -> tuple[float, Floats]:
    """Mean over pairs from different units; and with each unit left out."""
    m = int(unit.max()) + 1
    _, ids = np.unique(hashes, return_inverse=True)
    cells, times = np.unique(ids * n + rows, return_counts=True)
    row = cells % n
    norms = np.sqrt(np.bincount(row, times.astype(np.float64) ** 2, minlength=n))
    shared = in_common(cells // n, unit[row], times / norms[row], m)
    return between_units(float(shared.sum()), 2 * shared, np.bincount(unit))
