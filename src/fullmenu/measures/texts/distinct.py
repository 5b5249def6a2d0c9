"""How many different phrases are there among as many phrases?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.arguments import outputs
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import Tokenize, kinds, named, need_some, orders, words_of
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.draws import shown
from fullmenu.stats.proportion import share_interval

PHRASES = 1_000
"""How many phrases distinct-n is taken at, where the caller does not say."""

VOCABULARY = 50_257
"""Words that the writer by lot picks from: the tokens of GPT-2, as Kirk et al. took it."""


@measure(unit="share", paper="Li et al. 2016; Hurlbert 1971", rises=True)
def distinct_n(
    texts: Sequence[str],
    n: int | tuple[int, ...] = 2,
    *,
    words: int | Literal["all"] | None = None,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the share of different n-grams among a fixed number of n-grams.

    ``value`` = E[different n-grams among m drawn without replacement] / m, exact.

    Cannot see who said it: two outputs that repeat each other, and two that each repeat
    themselves, count alike. The n-grams of an output go together, so that a very small sample
    reads slightly less varied than a large one of the same model. With ``groups``, where one prompt
    in ten gets one fixed text, few prompts may hold none of these: the interval then holds the mean
    in 78 % of samples of 8 prompts, 84 % of 20 and 92 % of 40.

    With ``n=(1, 2, 3, 4, 5), words="all"`` it is the distinct-n of Kirk et al. (2024), words by
    ``str.split``, and that of Tevet & Berant (2021), who take out full stops and line ends and
    split at blanks; they count an order of which there is no n-gram as 0. The interval is then for
    the same number of outputs.

    Parameters
    ----------
    texts
        … No n-gram crosses from one to the next.
    n
        …; or several orders, ``(1, 2, 3, 4, 5)`` say, to take the mean over.
    words
        How many n-grams the share is taken at, 1,000 by default. Values compare only at the same
        number. ``"all"``: different ÷ all of the whole sample, as published; it falls as the
        sample grows, by that alone, so compare it at equal numbers of words only.
    level
        …: jackknife, Wilson's with t on the effective number.

    Raises
    ------
    NotEnoughData
        The sample without any one output (or prompt) has fewer than ``words`` n-grams; or, with
        ``words="all"``, there is no n-gram of some order.

    >>> texts = ["a rose is a rose", "a rose is red", "violets are blue", "so are you"] * 3
    >>> print(distinct_n(texts, words=10))
    0.594 [0.498, 0.684]
    >>> round(distinct_n(texts, (1, 2), words="all").value, 4)
    0.2212
    >>> distinct_n(["too short", "to say"])
    Traceback (most recent call last):
    ...
    fullmenu.errors.NotEnoughData: 2 word 2-grams, but distinct-2 is taken at 1000 and must be known without any one of the outputs; give more or longer outputs, or words=1 (values compare only at the same number)
    """  # noqa: E501
    return _different(texts, orders(n), words, False, tokenize, groups, level)


def _different(
    texts: Sequence[str],
    sizes: tuple[int, ...],
    words: int | Literal["all"] | None,
    across: bool,
    tokenize: Tokenize | None,
    groups: Any,
    level: float,
) -> Estimate:
    """Estimate the share of different n-grams, mean over orders."""
    m = None if words == "all" else PHRASES if words is None else words
    given, unit, names = outputs(texts, groups)
    split = words_of(given, tokenize)
    shares = [_share(*split.grams(k, across=across), k, unit, names, m) for k in sizes]
    value = min(float(np.mean([v for v, _ in shares])), 1.0)  # rounding may leave it above
    known = [w for _, w in shares if w is not None]
    low, high = 0.0, 1.0
    if len(known) == len(shares):
        low, high = share_interval(value, np.mean(known, axis=0), level)
        low, high = min(low, value), max(high, value)
    among = f"{'all' if m is None else m}{', across outputs' if across else ''}"
    method = f"distinct {named(sizes)} among {among}, jackknife over {names}"
    return Estimate(value, low, high, int(unit.max()) + 1, "share", method, level)


def _share(
    hashes: Any, rows: Ints, size: int, unit: Ints, names: str, m: int | None
) -> tuple[float, Floats | None]:
    """Share of different n-grams among m (``None``: all); and without each unit, if known."""
    count, unit = int(unit.max()) + 1, unit[rows]
    if m is None:
        need_some(hashes, size)
        k = kinds(hashes, unit, count)
        one_holds_all = int(k.total_without.min()) <= 0
        without = None if one_holds_all else k.different_without / k.total_without
        return k.different / k.total, without
    sizes = np.bincount(unit, minlength=count)
    least = len(hashes) - int(sizes.max())
    if least < m:
        hint = f", or words={least} (values compare only at the same number)" if least else ""
        raise NotEnoughData(
            f"{len(hashes)} word {size}-grams, but distinct-{size} is taken at {m} and must be "
            f"known without any one of the {names}; give more or longer outputs{hint}"
        )
    return _rarefied(hashes, unit, sizes, m)


def _rarefied(hashes: Any, unit: Ints, sizes: Ints, m: int) -> tuple[float, Floats]:
    """Share of different hashes among m; and with each unit left out."""
    # Hurlbert 1971: E[different among m of N] = Σ_x f_x (1 − C(N − x, m)/C(N, m))
    total, count = len(hashes), len(sizes)
    _, ids = np.unique(hashes, return_inverse=True)
    times = np.bincount(ids)
    cells, mine = np.unique(ids * count + unit, return_counts=True)
    owner, before = cells % count, times[cells // count]
    many = np.bincount(times)
    counts = np.flatnonzero(many)
    many = many[counts]
    value = float((many * shown(counts, total, m)).sum()) / m
    without = np.empty(count)
    order = np.argsort(sizes[owner], kind="stable")
    owner, before, mine = owner[order], before[order], mine[order]
    values = np.flatnonzero(np.bincount(np.concatenate([counts, before - mine])))
    with_mine, rest_of, of_all = (
        np.searchsorted(values, x) for x in (before, before - mine, counts)
    )
    edges = np.searchsorted(sizes[owner], np.unique(sizes), side="left").tolist()
    edges.append(len(owner))
    for i, size in enumerate(np.unique(sizes).tolist()):
        at = slice(edges[i], edges[i + 1])
        rest = total - size
        chance = shown(values, rest, m)
        base = float((many * chance[of_all]).sum())
        lost = chance[with_mine[at]] - chance[rest_of[at]]
        here = sizes == size
        without[here] = base - np.bincount(owner[at], lost, minlength=count)[here]
    return value, without / m


@measure(unit="sum of shares", paper="Meister et al. 2023; Shaib et al. 2024", rises=True)
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

    Cannot see who said it: outputs that repeat each other and outputs that repeat themselves count
    alike. Long n-grams are nearly all different, so that most of what moves is the first orders.

    Equal to ``ngram_diversity_score`` of the package ``diversity``, but for its rounding, with
    ``words="all", across_documents=True, tokenize=lambda text: text.split(" ")``.

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
        …: jackknife, Wilson's with t on the effective number. [90 %]

    Raises
    ------
    NotEnoughData
        The sample without any one output (or prompt) has fewer than ``words`` n-grams; or, with
        ``words="all"``, there is no n-gram of some order.

    >>> texts = ["a rose is a rose", "a rose is red", "violets are blue", "so are you"] * 3
    >>> print(ngram_diversity(texts, 2, words=10))
    1.21 [1.01, 1.39]
    >>> round(ngram_diversity(texts, 2, words="all").value, 4)
    0.4424
    """
    mean = _different(
        texts, tuple(range(1, n + 1)), words, across_documents, tokenize, groups, level
    )
    return mean.through(lambda share: n * share, "sum of shares", mean.method)


@measure(unit="ratio", paper="Liu et al. 2022; Kirk et al. 2024", rises=True)
def expectation_adjusted_distinct(
    texts: Sequence[str],
    n: int | tuple[int, ...] = (1, 2, 3, 4, 5),
    *,
    vocabulary: int = VOCABULARY,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Measure different n-grams ÷ those expected of draws by lot from a vocabulary.

    ``value`` = mean over orders of N / (V(1 − (1 − 1/V)^C)), N different n-grams among C. It may
    exceed 1: draws by lot repeat some.

    Cannot see who said it: outputs that repeat each other and outputs that repeat themselves count
    alike. The adjustment is for the length of the sample, and undoes little of it: words are not
    equally likely, and for C far below V the value is hardly more than ``distinct_n`` of all words,
    which falls as the sample grows. Compare at equal numbers of words, or take ``distinct_n`` at a
    fixed number. The interval is for the same number of outputs.

    Parameters
    ----------
    texts
        … No n-gram crosses from one to the next.
    n
        …; the mean is taken over several orders.
    vocabulary
        V: how many equally likely n-grams the draws are from. Values compare only at the same V.
    level
        …: jackknife, Wilson's with t on the effective number. [90 %]

    Raises
    ------
    NotEnoughData
        …, or no n-gram of some order.

    >>> texts = ["a rose is a rose", "a rose is red", "violets are blue", "so are you"] * 3
    >>> print(expectation_adjusted_distinct(texts, (1, 2)))
    0.221 [0.181, 0.267]
    """
    sizes, v = orders(n), vocabulary
    found, unit, names = outputs(texts, groups)
    split = words_of(found, tokenize)
    m = int(unit.max()) + 1
    value, without = 0.0, np.zeros(m)
    weight, weights = 0.0, np.zeros(m)  # what the value would be if all n-grams were different
    for size in sizes:
        hashes, rows = split.grams(size)
        need_some(hashes, size)
        k = kinds(hashes, unit[rows], m)
        by_lot, by_lot_without = _by_lot(np.array([k.total]), v)[0], _by_lot(k.total_without, v)
        value += k.different / by_lot
        weight += k.total / by_lot
        without += k.different_without / by_lot_without
        weights += k.total_without / by_lot_without
    low, high = 0.0, 1.0
    if np.isfinite(without).all():
        low, high = share_interval(min(value / weight, 1.0), without / weights, level)
    value, weight = value / len(sizes), weight / len(sizes)
    low, high = min(low * weight, value), max(high * weight, value)
    method = f"distinct {named(sizes)} ÷ by lot from {v}, jackknife over {names}"
    return Estimate(value, low, high, m, "ratio", method, level)


def _by_lot(c: Any, v: int) -> Floats:
    """Different ones expected among c draws from v; without any draw, ``nan``."""
    # V (1 − (1 − 1/V)^C) (Liu et al. 2022)
    drawn = np.asarray(c, np.float64)
    return np.where(drawn > 0, -v * np.expm1(drawn * np.log1p(-1 / v)), np.nan)
