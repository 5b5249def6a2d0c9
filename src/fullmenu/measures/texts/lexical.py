"""What each output shows by itself: how long it is, and how rich its words are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.arguments import checked, units
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import Tokenize, Words, words_of
from fullmenu.stats.arrays import Floats, Ints, run_starts
from fullmenu.stats.means import positive_interval
from fullmenu.stats.proportion import share_interval
from fullmenu.text import tokens


@measure(unit="words", paper="Student 1908", rises=None)
def length(texts: Sequence[str], *, groups: Any = None, level: float = 0.95) -> Estimate:
    """Measure the mean number of words of an output.

    Parameters
    ----------
    level
        …: jackknife, Student's t.

    Notes
    -----
    Not a measure of variety: it stands beside them, because most of them move with length. Where
    all units have one mean length there is no upper bound: an output that n would miss may be of
    any length.

    >>> print(length(["one two three", "one two", "one", "one two"]))
    2 [0.701, 3.3]
    """
    given = checked(texts)
    words = np.concatenate([tokens.tokenize(b).lengths() for _, b in tokens.batches(given)])
    return mean_within(words, groups, "words", "mean", level, share=False)


@measure(unit="share", paper="McCarthy & Jarvis 2007", rises=None)
def hdd(
    texts: Sequence[str],
    draws: int = 42,
    *,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Measure the share of different words among some drawn from one output, mean over outputs.

    ``value`` in (0, 1]: HD-D, from the hypergeometric distribution, exact; no draw is made.

    Says nothing of variety *between* outputs: one text served a thousand times scores as it does
    by itself. Does not drift with length, but where many outputs are shorter than ``draws`` words
    the mean is one of the long ones only. The same idea across outputs is ``distinct_n``.

    Each output's value equals ``hdd`` of the package ``lexicalrichness`` on the same words.

    Parameters
    ----------
    texts
        … Those of fewer words than the draws are left out; ``method`` says how many.
    draws
        Words drawn without replacement. Values compare only at the same number.
    level
        …: jackknife, Wilson's with t on the effective number. [90 %]

    Raises
    ------
    NotEnoughData
        Fewer than two outputs (or prompts) of as many words as are drawn.

    >>> print(hdd(["a rose is a rose", "violets are blue today"], 2))
    0.95 [0.0951, 1]
    """
    values = _drawn_types(words_of(checked(texts), tokenize), draws)
    return mean_within(values, groups, "share", f"mean HD-D of {draws} words", level, share=True)


def _drawn_types(words: Words, size: int) -> Floats:
    _, ids = np.unique(words.hashes, return_inverse=True)
    cells, times = np.unique(ids * words.n + words.rows, return_counts=True)
    row, length = cells % words.n, words.lengths()
    total = length[row].astype(np.float64)
    # hypergeometric: a word used f times among N is not drawn with chance Π_{i<k} (1 − f/(N − i))
    missed = np.ones(len(cells))
    for i in range(size if size <= length.max() else 0):
        missed *= np.clip(1 - times / np.maximum(total - i, 1.0), 0.0, 1.0)
    held = np.bincount(row, 1 - missed, minlength=words.n)
    return np.where(length >= size, held / size, np.nan)


@measure(unit="share", paper="Covington & McFall 2010", rises=None)
def mattr(
    texts: Sequence[str],
    window: int = 50,
    *,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Measure the share of different words in a moving window, mean over outputs.

    ``value`` in (0, 1]: moving-average type-token ratio. 1: no word comes twice in any window.

    Like ``hdd`` it says nothing of variety *between* outputs, and does not drift with length; where
    many outputs are shorter than the window the mean is one of the long ones only.

    Each output's value equals ``mattr`` of the package ``lexicalrichness`` on the same words.

    Parameters
    ----------
    texts
        … Those of fewer words than the window are left out; ``method`` says how many.
    window
        Words of the window. Values compare only at the same window.
    level
        …: jackknife, Wilson's with t on the effective number. [90 %]

    Raises
    ------
    NotEnoughData
        Fewer than two outputs (or prompts) as long as the window.

    >>> print(mattr(["a rose is a rose", "violets are blue today"], 4))
    0.875 [0.0318, 0.999]
    """
    values = _window_types(words_of(checked(texts), tokenize), window)
    return mean_within(values, groups, "share", f"mean MATTR of {window} words", level, share=True)


def _window_types(words: Words, size: int) -> Floats:
    """Each word is new in as many windows as lie between its last use and itself."""
    place, before = earlier(words)
    lengths = words.lengths()
    windows = lengths - size + 1
    first = np.maximum(before + 1, np.maximum(place - size + 1, 0))
    last = np.minimum(place, windows[words.rows] - 1)
    new = np.maximum(last - first + 1, 0)
    total = np.bincount(words.rows, new, minlength=words.n)
    return np.where(windows > 0, total / np.maximum(windows, 1) / size, np.nan)


@measure(unit="words", paper="McCarthy & Jarvis 2010", rises=None)
def mtld(
    texts: Sequence[str],
    threshold: float = 0.72,
    *,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Measure how many words a run takes until too many have come again, mean over outputs.

    ``value``: words ÷ runs, mean of reading forwards and backwards. ``high`` is ``None`` where all
    outputs (or prompts) have one value.

     Like ``hdd`` it says nothing of variety *between* outputs. The last run counts for the part of
    the way that it has come; an output in which no word comes twice is taken as one run, so that it
    scores its length: below about 100 words the value says little, and moves with length.

    Each output's value equals ``mtld`` of the package ``lexicalrichness`` on the same words.

    Parameters
    ----------
    texts
        … Those without a word are left out; ``method`` says how many.
    threshold
        A run ends where its different words ÷ its words fall to this.
    level
        …: jackknife, Student's t. [90 %]

    Raises
    ------
    NotEnoughData
        Fewer than two outputs (or prompts) with words.

    >>> print(mtld(["a rose is a rose", "violets are blue today"]))
    4.5 [0, 10.9]
    """
    found = checked(texts)
    words = words_of(found, tokenize)
    ends = np.cumsum(words.lengths()).tolist()
    values, start = [], 0
    for end in ends:
        text = words.hashes[start:end].tolist()
        runs = (_runs(text, threshold), _runs(reversed(text), threshold))
        values.append(sum(len(text) / r for r in runs) / 2 if text else np.nan)
        start = end
    method = f"mean MTLD at {threshold:g}"
    return mean_within(np.array(values), groups, "words", method, level, share=False)


def _runs(words: Iterable[int], threshold: float) -> float:
    """Runs that reach the threshold, and the last one as far as it came."""
    runs, count = 0.0, 0
    seen: set[int] = set()
    for word in words:
        count += 1
        if word not in seen:
            seen.add(word)
        elif len(seen) / count <= threshold:  # only a word that comes again lets it fall
            runs += 1
            count = 0
            seen.clear()
    if count:
        runs += (1 - len(seen) / count) / (1 - threshold)
    return runs or 1.0


def mean_within(
    values: Floats, groups: Any, unit: str, method: str, level: float, *, share: bool
) -> Estimate:
    """Estimate the mean over the outputs that have a value; those without have ``nan``.

    ``share``: values lie in [0, 1]. Otherwise they are positive, and have no upper bound.
    """
    owner, names = units(groups, len(values))
    read = np.isfinite(values)
    x = values[read]
    _, codes = np.unique(owner[read], return_inverse=True)
    y, t = np.bincount(codes, x), np.bincount(codes)
    m = len(t)
    if m < 2:
        raise NotEnoughData(
            f"{method.removeprefix('mean ')}: {len(x)} of {len(values)} outputs are long enough, "
            f"of {m} {names}, where at least 2 {names} are needed; give more or longer outputs"
        )
    value = float(x.mean())
    without = (y.sum() - y) / (len(x) - t)
    interval = share_interval if share else positive_interval
    low, high = interval(value, without, level)
    part = "" if len(x) == len(values) else f" of {len(x)} of {len(values)} outputs"
    return Estimate(value, low, high, m, unit, f"{method}{part}, jackknife over {names}", level)


def earlier(words: Words) -> tuple[Ints, Ints]:
    """For each word its place in its text; and that of its last use before, or −1."""
    # words sorted by text and place: the one before, if it is the same word, is its last use
    starts = np.concatenate([[0], np.cumsum(words.lengths())])
    place = np.arange(len(words.hashes)) - starts[words.rows]
    _, ids = np.unique(words.hashes, return_inverse=True)
    order = np.lexsort((place, words.rows, ids))
    row, word, at = words.rows[order], ids[order], place[order]
    same = ~run_starts(row, word)
    before = np.full(len(order), -1, np.int64)
    before[order[same]] = at[np.flatnonzero(same) - 1]
    return place.astype(np.int64), before
