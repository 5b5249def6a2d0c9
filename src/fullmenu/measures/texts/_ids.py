"""Words as whole numbers, and which n-grams two texts or more share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.measures.texts import _grams
from fullmenu.measures.texts._grams import Tokenize
from fullmenu.measures.texts._units import Ints


@dataclass(frozen=True, slots=True)
class Words:
    """The words of n texts, one after the other.

    Parameters
    ----------
    ids : (w,)
        Number of each word: equal words, equal numbers, without gaps.
    lengths : (n,)
        Words of each text.
    """

    ids: Ints
    lengths: Ints

    @property
    def rows(self) -> Ints:
        """Which text each word is in."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def take(self, order: Ints) -> Words:
        """Return some of the texts, in this order."""
        lengths = self.lengths[order]
        starts = (np.cumsum(self.lengths) - self.lengths)[order]
        shift = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
        return Words(self.ids[np.arange(len(shift)) + shift], lengths)


def words_of(texts: Sequence[str], tokenize: Tokenize | None) -> Words:
    """Number the words of texts.

    Parameters
    ----------
    texts
        Outputs.
    tokenize
        From a text to the list of its words. By default :mod:`fullmenu.text.tokens` finds them.

    Raises
    ------
    NotEnoughData
        No text has a word.
    """
    found = _grams.words_of(texts, tokenize)
    if not len(found.hashes):
        raise NotEnoughData(
            f"none of the {len(texts)} texts has a word; give texts with words, or a tokenize= "
            "that finds the words of theirs"
        )
    _, ids = np.unique(found.hashes, return_inverse=True)
    return Words(ids, found.lengths())


@dataclass(frozen=True, slots=True)
class Cells:
    """How often each text holds each n-gram of one order; n-grams of one text only are left out.

    Parameters
    ----------
    gram : (c,)
        Number of the n-gram, ascending.
    row : (c,)
        The text, ascending for each n-gram.
    count : (c,)
        How often, at least once.
    """

    gram: Ints
    row: Ints
    count: Ints


def shared_grams(words: Words, longest: int, block: Ints | None = None) -> Iterator[Cells]:
    """Count the n-grams of 1, 2, … ``longest`` words that two texts or more hold.

    A longer n-gram is shared only if those inside it are, so that little is left to count.

    Parameters
    ----------
    block : (n,), optional
        Texts of different blocks share nothing.
    """
    n, ids, rows = len(words.lengths), words.ids, words.rows
    base = int(ids.max(initial=0)) + 1
    first, keys = np.arange(len(ids)), ids
    if block is not None:
        keys = ids * (int(block.max(initial=0)) + 1) + block[rows]
    for k in range(1, longest + 1):
        _, gram = np.unique(keys, return_inverse=True)
        cells, count = np.unique(gram * n + rows[first], return_counts=True)
        held, row = np.divmod(cells, n)
        shared = np.bincount(held) > 1
        good = shared[held]
        yield Cells(held[good], row[good], count[good])
        keep = shared[gram] & (first + k < len(ids))
        first, gram = first[keep], gram[keep]
        inside = rows[first + k] == rows[first]
        first, gram = first[inside], gram[inside]
        keys = gram * base + ids[first + k]


def begins(*sorted_keys: NDArray[Any]) -> Ints:
    """Return where a run of equal keys begins."""
    new = np.ones(len(sorted_keys[0]), bool)
    if len(new):
        new[1:] = False
        for key in sorted_keys:
            new[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(new)
