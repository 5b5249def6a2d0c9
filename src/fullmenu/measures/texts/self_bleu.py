"""How much of an output do all other outputs together hold already? BLEU against all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.arguments import outputs
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._bleu import (
    EPSILON,
    NumberedWords,
    Overlap,
    against_others,
    bleu,
    numbered_words,
    totals_of,
)
from fullmenu.measures.texts._grams import Tokenize
from fullmenu.measures.texts.homogenization import by_content
from fullmenu.stats.arrays import Floats, Ints, run_starts
from fullmenu.stats.proportion import share_interval

Variant = Literal["sentence", "corpus"]

ROUNDS = 4
"""With ``size``, the sample is cut into random parts so many times."""


@measure(unit="BLEU", paper="Zhu et al. 2018; Papineni et al. 2002")
def self_bleu(
    texts: Sequence[str],
    n: int = 4,
    *,
    tokenize: Tokenize | None = None,
    variant: Variant = "sentence",
    size: int | None = None,
    groups: Any = None,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Estimate Self-BLEU: the mean BLEU of each output against all the others.

    ``value`` in [0, 1]; 1: every output is a copy of another.

    Self-BLEU grows with the number of outputs, because more references match more: values compare
    only at the same number of outputs, or with the same ``size``; :func:`homogenization_bleu` does
    not depend on it. Cannot see a paraphrase. An output of fewer than ``n`` words is judged by the
    orders that it has, so that four copies of "yes" score 1; one without words scores 0.

    Equals NLTK's ``sentence_bleu`` (``corpus_bleu``) with uniform weights and its smoothing
    ``method1`` where all outputs have ``n`` words, in time linear in the words; of shorter ones
    NLTK counts the missing orders as misses (0.178 for "yes"), sacrebleu leaves them out
    (``effective_order``, smoothing ``floor`` of 0.1), as here. The interval is of Self-BLEU at this
    many outputs. In the simulations of ``benchmarks/intervals_overlap.py`` it covers about as often
    as it says where outputs are copies of a few, and more often in varied text.

    Parameters
    ----------
    n
        NumberedWords of the longest n-gram; all orders weigh alike.
    variant
        ``sentence``: the mean of BLEU over outputs. ``corpus``: matches and lengths are added up
        over outputs first (of each random part, with ``size``).
    size
        Standardise: each output against ``size - 1`` random others. By default against all.
    groups
        Prompt of each output. References are then outputs of other prompts only, and the interval
        leaves prompts out; with ``size``, each is of a prompt of its own.
    level
        …: exact delete-one jackknife, Wilson's with t on the effective number.
    seed
        For ``size``: which outputs are set against each other. By content, not by order.

    Raises
    ------
    NotEnoughData
        …, or than ``size``; or no text has a word.

    >>> texts = ["the cat sat on the mat", "the cat sat on my mat", "a dog ran", "the cat ran off"]
    >>> print(self_bleu(texts))
    0.337 [0.0408, 0.859]
    >>> print(self_bleu(texts, variant="corpus"))
    0.435 [0.0488, 0.92]
    """
    found, unit, names = outputs(texts, groups)
    m = int(unit.max()) + 1
    words = numbered_words(found, tokenize)
    total, lost, ends = np.zeros(2), np.zeros((m, 2)), []
    for rows, block in _parts(found, unit, names, size, seed):
        some, mine = words.take(rows), unit[rows]
        overlap = against_others(some, n, mine, block)
        if variant == "sentence":
            add, without = _by_sentence(some, overlap, mine, m)
        else:
            add, without = _by_corpus(some, overlap, mine, m, block)
            ends.append(_by_chance(_sums(some, overlap, block), level))
        total, lost = total + add, lost + without
    value = min(float(total[0] / total[1]), 1.0)
    low, high = 0.0, 1.0
    if m > 2:
        rest = total - lost
        low, high = share_interval(value, rest[:, 0] / rest[:, 1], level)
    if ends:
        least, most = np.mean(ends, 0)
        low, high = min(low, float(least)), min(max(high, float(most)), 1.0)
    among = "all others" if size is None else f"{size - 1} others"
    method = f"{variant} BLEU-{n} against {among}, delete-one jackknife over {names}"
    return Estimate(value, min(low, value), max(high, value), m, "BLEU", method, level)


def _parts(
    texts: Sequence[str], unit: Ints, names: str, size: int | None, seed: int
) -> list[tuple[Ints, Ints | None]]:
    """Return which texts to set against each other, and the block of each; one item a round."""
    if size is None:
        return [(np.argsort(unit, kind="stable"), None)]
    m, each = int(unit.max()) + 1, size
    if m < each:
        raise NotEnoughData(
            f"Self-BLEU among {each} needs as many {names}, and there are {m}; give more, or a "
            f"size of at most {m}"
        )
    rng = np.random.default_rng(seed)
    content = by_content(texts, unit)
    ranked = np.argsort(np.unique(unit[content], return_index=True)[1])
    shuffled = content[rng.permutation(len(texts))]
    held = shuffled[np.argsort(unit[shuffled], kind="stable")]  # by prompt, at random within it
    sizes = np.bincount(unit)
    starts = np.cumsum(sizes) - sizes
    used = m // each * each
    block = np.arange(used) // each
    rounds = max(ROUNDS, int(sizes.max()))
    chosen = (ranked[rng.permutation(m)[:used]] for _ in range(rounds))
    return [(held[starts[u] + r % sizes[u]], block) for r, u in enumerate(chosen)]


def _by_sentence(words: NumberedWords, found: Overlap, unit: Ints, m: int) -> tuple[Floats, Floats]:
    """Sum of BLEU and number of texts; and what of both goes with each unit."""
    # θ − θ₍ᵢ₎: the unit's own scores, and what other texts lose without it
    totals = totals_of(words.lengths, found.matches.shape[1])
    scores = bleu(found.matches, totals, words.lengths, found.closest)
    row = found.row
    then = bleu(found.matches_then, totals[row], words.lengths[row], found.closest_then)
    lost = np.bincount(unit, scores, minlength=m)
    lost += np.bincount(found.unit, scores[row] - then, minlength=m)
    each = np.bincount(unit, minlength=m)
    return np.array([scores.sum(), len(scores)]), np.stack([lost, each], 1)


def _by_corpus(
    words: NumberedWords, found: Overlap, unit: Ints, m: int, block: Ints | None
) -> tuple[Floats, Floats]:
    """Sum of corpus BLEU over blocks and their number; and what of both goes with each unit."""
    k = found.matches.shape[1]
    sums = _sums(words, found, block)
    scores = _corpus_bleu(sums)
    lost = np.zeros((m, sums.shape[1]))
    np.add.at(lost, unit, _each(words, found))
    np.add.at(lost[:, :k], found.unit, found.matches[found.row] - found.matches_then)
    np.add.at(lost[:, -1], found.unit, found.closest[found.row] - found.closest_then)
    home = np.zeros(m, np.int64)
    home[unit] = 0 if block is None else block
    gone = scores[home] - _corpus_bleu(sums[home] - lost)
    used = np.bincount(unit, minlength=m) > 0
    return np.array([scores.sum(), len(scores)]), np.stack([gone * used, np.zeros(m)], 1)


def _each(words: NumberedWords, found: Overlap) -> Floats:
    """Of each text: matches and n-grams of each order, words, and words of the nearest."""
    totals = totals_of(words.lengths, found.matches.shape[1])
    return np.column_stack([found.matches, totals, words.lengths, found.closest])


def _sums(words: NumberedWords, found: Overlap, block: Ints | None) -> Floats:
    each = _each(words, found)
    if block is None:
        return each.sum(0, keepdims=True)
    return np.asarray(np.add.reduceat(each, np.flatnonzero(run_starts(block))))


def _corpus_bleu(sums: Floats) -> Floats:
    k = (sums.shape[-1] - 2) // 2
    return bleu(sums[..., :k], sums[..., k : 2 * k], sums[..., -2], sums[..., -1])


def _by_chance(sums: Floats, level: float) -> tuple[float, float]:
    """Corpus BLEU, had the orders with few matches had none, and those with none a few.

    An order without a match counts as if it had a tenth of one, which the jackknife cannot know.
    """
    few = -float(np.log((1 - level) / 2))  # none are seen of so many with chance (1 − level) / 2
    k = (sums.shape[1] - 2) // 2
    seen = sums[:, :k].sum(0)
    less, more = sums.copy(), sums.copy()
    less[:, 1:k][:, seen[1:] < few] = 0.0
    each = max(few / len(sums), EPSILON)
    more[:, :k][:, seen == 0] = np.minimum(each, sums[:, k : 2 * k][:, seen == 0])
    return float(_corpus_bleu(less).mean()), float(_corpus_bleu(more).mean())
