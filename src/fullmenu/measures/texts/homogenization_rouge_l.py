"""How much do two outputs have in common, in the same order?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import Tokenize
from fullmenu.measures.texts._ids import Words, shared_grams, words_of
from fullmenu.measures.texts._pairs import mean_over_pairs
from fullmenu.measures.texts._units import Floats, Ints, checked, units

_ALPHANUMERIC = re.compile("[a-z0-9]+")


@measure(takes="texts", unit="ROUGE-L", paper="Shaib et al. 2024; Lin 2004")
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

    Notes
    -----
    A mean over pairs: it does not drift with how many outputs are given. Cannot see a paraphrase;
    unrelated texts share function words, so that it stays well above 0. An output in which
    ``tokenize`` finds no word scores 0 against every other. Where a few texts are served over and
    over, the interval covers somewhat less often than it says
    (``benchmarks/intervals_overlap.py``); elsewhere it holds.

    Equals the mean of ``rougeL`` of the package rouge-score. The package diversity says 1, all
    alike, of texts that share no word; here they score 0.

    Examples
    --------
    >>> texts = ["the cat sat on the mat", "the cat sat on my mat", "a dog ran", "the cat ran off"]
    >>> print(homogenization_rouge_l(texts))
    0.32 [0.0328, 1]
    """
    found = checked(texts)
    unit, names = units(groups, len(found))
    words = words_of(found, _rouge_words if tokenize is None else tokenize)
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


def _shared_words(words: Words) -> list[list[int]]:
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
