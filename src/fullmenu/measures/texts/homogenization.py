"""How much do two outputs have in common, by BLEU, or in the same order?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.kernel.gram import gram
from fullmenu.measures.arguments import outputs
from fullmenu.measures.pairs import left_out, rate_of_pairs
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._bleu import (
    GramCounts,
    NumberedWords,
    bleu,
    numbered_words,
    shared_grams,
    totals_of,
)
from fullmenu.measures.texts._grams import Tokenize
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.jackknife import LogQuantity, Replicates, log_of

_ALPHANUMERIC = re.compile("[a-z0-9]+")

ALL_PAIRS = 1_024
"""Up to so many texts every pair is compared, where the caller does not say."""

PARTNERS = 127
"""Beyond it, about so many random others for each text."""

Compare = Callable[[Ints, Ints], Any]
"""Two lists of rows to the likeness of each pair, in [0, 1], the same either way round."""


@measure(unit="BLEU", paper="Shaib et al. 2024; Papineni et al. 2002")
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

    A mean over pairs, either way round, so that it does not drift with how many outputs are given:
    use it rather than :func:`self_bleu` between samples of different size. Cannot see a
    paraphrase. An output of fewer than ``n`` words is judged by the orders that it has; one
    without words scores 0. Where a few texts are served over and over, the interval covers
    somewhat less often than it says (``benchmarks/intervals_overlap.py``); elsewhere it holds.

    Equals the mean of NLTK's ``sentence_bleu`` with one reference and its smoothing ``method1``
    (``pairwise_bleu`` of vendi-score) where all outputs have ``n`` words, and sacrebleu's with
    ``effective_order`` and smoothing ``floor`` of 0.1 for any. The package diversity divides a
    mean of corpus BLEU by the number of other outputs once more, so that equal texts score near 0;
    that is not followed.

    Parameters
    ----------
    n
        NumberedWords of the longest n-gram; all orders weigh alike.
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

    >>> texts = ["the cat sat on the mat", "the cat sat on my mat", "a dog ran", "the cat ran off"]
    >>> print(homogenization_bleu(texts))
    0.135 [0.00261, 1]
    """
    found, unit, names = outputs(texts, groups)
    words = numbered_words(found, tokenize)
    totals, lengths = totals_of(words.lengths, n), words.lengths
    tables = [_incidence(cells, len(found)) for cells in shared_grams(words, n)]

    def compare(a: Ints, b: Ints) -> Floats:
        both = a if a is b else np.concatenate([a, b])
        matches = np.stack([_matches(t[both])[: len(a), -len(b) :] for t in tables], -1)
        length, other = lengths[a][:, None], lengths[b]
        one = bleu(matches, totals[a][:, None], length, other)
        return (one + bleu(matches, totals[b], other, length)) / 2

    return mean_over_pairs(
        found, unit, names, compare, pairs=pairs, seed=seed,
        unit_name="BLEU", what=f"BLEU-{n} of pairs", level=level,
    )  # fmt: skip


def _incidence(cells: GramCounts, n: int) -> Any:
    """A column for the first, second, … occurrence of each n-gram: common ones multiply to min."""
    from scipy.sparse import csr_matrix

    # min(a, b) = Σ_t [a ≥ t][b ≥ t]: a column for each t makes clipped matches inner products
    times = np.repeat(np.arange(len(cells.count)), cells.count)
    nth = np.arange(len(times)) - np.repeat(np.cumsum(cells.count) - cells.count, cells.count)
    most = int(cells.count.max(initial=0)) + 1
    _, column = np.unique(cells.gram[times] * most + nth, return_inverse=True)
    width = int(column.max(initial=0)) + 1
    return csr_matrix((np.ones(len(times)), (cells.row[times], column)), (n, width))


def _matches(rows: Any) -> Floats:
    if not rows.nnz:
        return np.zeros((rows.shape[0], rows.shape[0]))
    return gram(rows)


@measure(unit="ROUGE-L", paper="Shaib et al. 2024; Lin 2004")
def homogenization_rouge_l(
    texts: Sequence[str],
    *,
    pairs: int | None = None,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Estimate the mean ROUGE-L F of two outputs: words shared in the same order.

    ``value`` in [0, 1]: the mean of 2 · LCS / (words of both). 1: all outputs are equal; 0: no two
    share a word.

    A mean over pairs: it does not drift with how many outputs are given. Cannot see a paraphrase;
    unrelated texts share function words, so that it stays well above 0. An output in which
    ``tokenize`` finds no word scores 0 against every other. Where a few texts are served over and
    over, the interval covers somewhat less often than it says
    (``benchmarks/intervals_overlap.py``); elsewhere it holds.

    Equals the mean of ``rougeL`` of the package rouge-score. The package diversity says 1, all
    alike, of texts that share no word; here they score 0.

    Parameters
    ----------
    tokenize
        From a text to the list of its words, such as ``str.split``. By default ROUGE's own: runs
        of the lower-cased letters a to z and of digits, without stemming; other scripts need one.
    groups
        … Only outputs of different prompts are compared.
    level
        …: jackknife, t on the log scale; what was not compared is in it.
    seed
        Which pairs are compared, where not all are. By content, not by order.

    Raises
    ------
    NotEnoughData
        …, or no text has a word that ``tokenize`` finds.

    >>> texts = ["the cat sat on the mat", "the cat sat on my mat", "a dog ran", "the cat ran off"]
    >>> print(homogenization_rouge_l(texts))
    0.32 [0.0328, 1]
    """
    found, unit, names = outputs(texts, groups)
    words = numbered_words(found, _rouge_words if tokenize is None else tokenize)
    rows, lengths = _shared_words(words), words.lengths

    def compare(a: Ints, b: Ints) -> Floats:
        both = np.maximum(lengths[a][:, None] + lengths[b], 1)
        return 2 * _common(rows, a, b) / both

    return mean_over_pairs(
        found, unit, names, compare, pairs=pairs, seed=seed,
        unit_name="ROUGE-L", what="ROUGE-L F of pairs", level=level,
    )  # fmt: skip


def _rouge_words(text: str) -> list[str]:
    return _ALPHANUMERIC.findall(text.lower())


def _common(rows: list[list[int]], a: Ints, b: Ints) -> Any:
    """Lengths of the longest common subsequences."""
    from rapidfuzz.distance import LCSseq
    from rapidfuzz.process import cdist

    left = [rows[i] for i in a.tolist()]
    right = left if a is b else [rows[i] for i in b.tolist()]
    return cdist(left, right, scorer=LCSseq.similarity, dtype=np.int32, workers=-1)


def _shared_words(words: NumberedWords) -> list[list[int]]:
    """Each text as numbers of words, small ones for common words; words of one text left out."""
    shared = next(shared_grams(words, 1))
    times = np.bincount(shared.gram, shared.count, minlength=int(words.ids.max()) + 1)
    rank = np.empty(len(times), np.int64)
    rank[np.argsort(-times, kind="stable")] = np.arange(len(times))
    kept = times[words.ids] > 0
    sizes = np.bincount(words.rows[kept], minlength=len(words.lengths))
    ids = rank[words.ids[kept]].tolist()
    ends = np.cumsum(sizes).tolist()
    return [ids[a:b] for a, b in zip([0, *ends[:-1]], ends, strict=True)]


def mean_over_pairs(
    texts: Sequence[str],
    unit: Ints,
    names: str,
    compare: Compare,
    *,
    pairs: int | None,
    seed: int,
    unit_name: str,
    what: str,
    level: float,
) -> Estimate:
    """Estimate the mean likeness over pairs of texts of different units, left out one by one.

    About so many ``pairs`` are compared; all where that is enough for all.
    """
    n = len(texts)
    blocks = _blocks(texts, unit, pairs, seed)
    same, partners, squares = np.zeros(n), np.zeros(n), 0.0
    for block in blocks:
        parts = np.array_split(block, -(-len(block) // ALL_PAIRS))
        for i, a in enumerate(parts):
            for b in parts[i:]:
                apart = unit[a][:, None] != unit[b]
                alike = np.where(apart, compare(a, b), 0.0)
                same[a] += alike.sum(1)
                partners[a] += apart.sum(1)
                squares += float((alike**2).sum()) * (1 if a is b else 2)
                if a is not b:
                    same[b] += alike.sum(0)
                    partners[b] += apart.sum(0)
    compared, gone = float(partners.sum()), 2 * np.bincount(unit, partners)
    if len(gone) > 2 and compared <= float(gone.max()):
        raise NotEnoughData(
            f"too few pairs were compared to leave out each of the {len(gone)} {names}; give a "
            "larger pairs=, or leave it out"
        )
    value, without = left_out(float(same.sum()), 2 * np.bincount(unit, same), compared, gone)
    method = f"{what}, {'all' if len(blocks) == 1 else 'random'} {int(compared) // 2} pairs"
    estimate = rate_of_pairs(value, without, names, unit_name, method, level, graded=True)
    if len(without) < 3 or not 0 < estimate.value < 1 or float(without.min()) <= 1e-15:
        return estimate
    spread = max(squares / compared - value**2, 0.0)
    return _with_chance(estimate, without, names, spread / (n * (n - 1) / 2))


def _with_chance(e: Estimate, without: Floats, names: str, variance: float) -> Estimate:
    """Widen an interval by the chance in which pairs agree, which the jackknife sees too little of.

    Where a few texts make most of the likeness, leaving one out says little about how many of them
    there might have been (``benchmarks/intervals_overlap.py``, "copies").
    """
    q = log_of(Replicates(e.value, without, names))
    wider = LogQuantity(q.log, float(np.hypot(q.se, np.sqrt(variance) / e.value)), q.df)
    low, high = wider.interval(e.level)
    return replace(e, low=min(low, e.value), high=min(max(high, e.value), 1.0))


def by_content(texts: Sequence[str], unit: Ints) -> Ints:
    """Order the rows by what they say, so that a seed chooses the same in any order."""
    prompts = unit.tolist()
    return np.array(sorted(range(len(texts)), key=lambda i: (texts[i], prompts[i])), np.int64)


def _blocks(texts: Sequence[str], unit: Ints, pairs: int | None, seed: int) -> list[Ints]:
    n = len(texts)
    partners = PARTNERS if n > ALL_PAIRS else n - 1
    if pairs is not None:
        partners = min(max(round(2 * pairs / n), 1), n - 1)
    if partners == n - 1:
        return [np.arange(n)]
    shuffled = by_content(texts, unit)[np.random.default_rng(seed).permutation(n)]
    return np.array_split(shuffled, max(n // (partners + 1), 1))
