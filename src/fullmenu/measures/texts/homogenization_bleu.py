"""How much do two outputs have in common, by BLEU?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._bleu import bleu, totals_of
from fullmenu.measures.texts._grams import Tokenize
from fullmenu.measures.texts._ids import Cells, shared_grams, words_of
from fullmenu.measures.texts._pairs import mean_over_pairs
from fullmenu.measures.texts._units import Floats, Ints, checked, units, whole
from fullmenu.measures.vectors.gram import gram_of


@measure(takes="texts", unit="BLEU", paper="Shaib et al. 2024; Papineni et al. 2002")
def homogenization_bleu(
    texts: Sequence[str],
    n: int = 4,
    *,
    pairs: int | None = None,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Estimate the mean BLEU of one output against another: pairwise BLEU.

    ``value`` in [0, 1]; 1: all outputs are equal.

    Parameters
    ----------
    n
        Words of the longest n-gram; all orders weigh alike.
    groups
        … Only outputs of different prompts are compared.
    level
        …: jackknife, t on the log scale; what was not compared is in it.
    seed
        Which pairs are compared, where not all are. By content, not by order.

    Raises
    ------
    NotEnoughData
        …, or no text has a word.

    Notes
    -----
    A mean over pairs, either way round, so that it does not drift with how many outputs are given:
    use it rather than :func:`self_bleu` between samples of different size. Cannot see a
    paraphrase. An output with fewer than ``n`` words scores below 1 even against its copy, and one
    without words scores 0. Where a few texts are served over and over, the interval covers
    somewhat less often than it says (``benchmarks/intervals_overlap.py``); elsewhere it holds.

    Equals the mean of NLTK's ``sentence_bleu`` with one reference and its smoothing ``method1``
    (``pairwise_bleu`` of vendi-score). The package diversity divides a mean of corpus BLEU by the
    number of other outputs once more, so that equal texts score near 0; that is not followed.

    Examples
    --------
    >>> texts = ["the cat sat on the mat", "the cat sat on my mat", "a dog ran", "the cat ran off"]
    >>> print(homogenization_bleu(texts))
    0.135 [0.00254, 1]
    """
    longest = whole("n", n)
    found = checked(texts)
    unit, names = units(groups, len(found))
    words = words_of(found, tokenize)
    totals, lengths = totals_of(words.lengths, longest), words.lengths
    tables = [_incidence(cells, len(found)) for cells in shared_grams(words, longest)]

    def compare(a: Ints, b: Ints) -> Floats:
        both = a if a is b else np.concatenate([a, b])
        matches = np.stack([_matches(t[both])[: len(a), -len(b) :] for t in tables], -1)
        length, other = lengths[a][:, None], lengths[b]
        one = bleu(matches, totals[a][:, None], length, other)
        return (one + bleu(matches, totals[b], other, length)) / 2

    return mean_over_pairs(
        found, unit, names, compare, pairs=pairs, seed=seed,
        unit_name="BLEU", what=f"BLEU-{longest} of pairs", level=level,
    )  # fmt: skip


def _incidence(cells: Cells, n: int) -> Any:
    """A column for the first, second, … occurrence of each n-gram: common ones multiply to min."""
    from scipy.sparse import csr_matrix

    times = np.repeat(np.arange(len(cells.count)), cells.count)
    nth = np.arange(len(times)) - np.repeat(np.cumsum(cells.count) - cells.count, cells.count)
    most = int(cells.count.max(initial=0)) + 1
    _, column = np.unique(cells.gram[times] * most + nth, return_inverse=True)
    width = int(column.max(initial=0)) + 1
    return csr_matrix((np.ones(len(times)), (cells.row[times], column)), (n, width))


def _matches(rows: Any) -> Floats:
    if not rows.nnz:
        return np.zeros((rows.shape[0], rows.shape[0]))
    return gram_of(rows.indices, rows.data, rows.indptr, rows.shape[1])
