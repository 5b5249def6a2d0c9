"""How many different n-grams are there, one word to four, added up?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import Tokenize, words_of
from fullmenu.measures.texts._units import checked, units, whole
from fullmenu.measures.texts.distinct_n import mean_share, taken_at
from fullmenu.stats.proportion import share_interval


@measure(takes="texts", unit="sum of shares", paper="Meister et al. 2023; Shaib et al. 2024",
         rises=True)  # fmt: skip
def ngram_diversity(
    texts: Sequence[str],
    n: int = 4,
    *,
    words: int | Literal["all"] | None = None,
    across_documents: bool = False,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the share of different n-grams, summed over n-grams of one word up to n words.

    ``value`` in [0, n].

    Parameters
    ----------
    n
        Words of the longest n-grams.
    words
        How many n-grams of each order the share is taken at, 1,000 by default. Values compare only
        at the same number. ``"all"``: of the whole sample, as published; it falls as the sample
        grows, by that alone.
    across_documents
        Whether an n-gram may run on from an output into the next one. The value then depends on
        the order of the outputs; an n-gram belongs to the output in which it begins.
    level
        …: jackknife, Wilson's with t on the effective number. It holds the mean of such samples in
        90 % of them or more (``benchmarks/intervals_texts.py``).

    Raises
    ------
    NotEnoughData
        The sample without any one output (or prompt) has fewer than ``words`` n-grams; or, with
        ``words="all"``, there is no n-gram of some order.

    Notes
    -----
    Cannot see who said it: outputs that repeat each other and outputs that repeat themselves count
    alike. Long n-grams are nearly all different, so that most of what moves is the first orders.

    Equal to ``ngram_diversity_score`` of the package ``diversity``, but for its rounding, with
    ``words="all", across_documents=True, tokenize=lambda text: text.split(" ")``.

    Examples
    --------
    >>> texts = ["a rose is a rose", "a rose is red", "violets are blue", "so are you"] * 3
    >>> print(ngram_diversity(texts, 2, words=10))
    1.21 [1.01, 1.39]
    >>> round(ngram_diversity(texts, 2, words="all").value, 4)
    0.4424
    """
    sizes = tuple(range(1, whole("n", n) + 1))
    m = taken_at(words)
    found = checked(texts)
    unit, names = units(groups, len(found))
    split = words_of(found, tokenize)
    grams = [split.grams(k, across=across_documents) for k in sizes]
    value, without = mean_share(grams, sizes, unit, names, m)
    low, high = (0.0, 1.0) if without is None else share_interval(value, without, level)
    top = len(sizes)
    among = "all" if m is None else m
    crossing = ", across outputs" if across_documents else ""
    method = f"distinct 1- to {top}-grams among {among}{crossing}, jackknife over {names}"
    return Estimate(
        top * value, top * low, top * high, int(unit.max()) + 1, "sum of shares", method, level
    )
