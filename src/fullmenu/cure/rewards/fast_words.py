"""Unit rows fast enough for every step of training: a stand-in for the ``answer`` view."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fullmenu.kernel.rows import joined, stacked
from fullmenu.stats.arrays import among
from fullmenu.text import tokens
from fullmenu.text.function_words import FUNCTION_WORDS
from fullmenu.views.answer import EARLY, ECHO, FUNCTION

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BITS = 20
_PLACES = 12
_WEIGHT_AT = 1 / np.sqrt(1 + np.arange(1 << _PLACES) / EARLY)
_COLUMN = np.uint64((1 << BITS) - 1)


def rows(texts: Sequence[str], prompts: Sequence[str | None]) -> csr_matrix:
    """Read texts into unit rows by their words, weighted as the ``answer`` view weighs them.

    Content words count, function words less, words of the prompt hardly; the opening counts most;
    sums are damped to log(1 + sum). No stems and no pieces of words: that is what makes it seven
    times as fast (``benchmarks/rewards.py`` prints how far the two agree).

    Nothing is fitted: the row of an output depends on it and its prompt (``None``: nothing is taken
    out) only. An empty output is a dish of its own; one without words is known by its symbols.
    Cannot see sense, and "bake" and "baking" are two words to it.

    >>> x = rows(["A dog.", "The dog!", "A cat", ""], ["Name a pet."] * 4)
    >>> (x @ x.T).toarray()[0] > 0.5
    array([ True,  True, False, False])
    """
    parts = [_batch(batch, prompts[a : a + len(batch)]) for a, batch in tokens.batches(texts)]
    return stacked(parts) if parts else joined([_weighted(np.empty(0, np.uint64), 0, None)], [1.0])


def _batch(texts: Sequence[str], prompts: Sequence[str | None]) -> csr_matrix:
    found = tokens.tokenize(texts)
    place = np.arange(len(found.rows)) - found.word_starts[found.rows]
    place = np.minimum(place, (1 << _PLACES) - 1)
    keys = found.rows.astype(np.uint64) << np.uint64(BITS + _PLACES)
    keys |= _columns(found.hashes) << np.uint64(_PLACES)
    keys |= place.astype(np.uint64)
    keys = np.concatenate([keys, _without_words(texts, found.lengths())])
    keys.sort()
    return joined([_weighted(keys, found.n, _said(prompts))], [1.0])


def _without_words(texts: Sequence[str], lengths: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Keys of texts that have symbols only: the whole of one is its word."""
    bare = [(i, texts[i].strip()) for i in np.flatnonzero(lengths == 0).tolist()]
    found = [(i, zlib.crc32(t.encode("utf-8", "replace"))) for i, t in bare if t]
    row, column = np.array(found, np.uint64).reshape(-1, 2).T
    column = column >> np.uint64(32 - BITS)
    return (row << np.uint64(BITS + _PLACES)) | (column << np.uint64(_PLACES))


Said = tuple[NDArray[np.uint64], NDArray[np.uint64]]
"""The prompt's number of each row, and the sorted keys (prompt, column) of what prompts say."""


def _said(prompts: Sequence[str | None]) -> Said:
    place: dict[str, int] = {}
    number = np.array([place.setdefault(p or "", len(place)) for p in prompts], np.uint64)
    words = tokens.tokenize(list(place))
    keys = (words.rows.astype(np.uint64) << np.uint64(BITS)) | _columns(words.hashes)
    keys.sort()
    return number, keys


def _weighted(keys: NDArray[np.uint64], n: int, said: Said | None) -> csr_matrix:
    from scipy.sparse import csr_matrix

    pairs = keys >> np.uint64(_PLACES)
    new = np.ones(len(pairs), bool)
    new[1:] = pairs[1:] != pairs[:-1]
    first = np.flatnonzero(new)
    pairs = pairs[first]
    row, column = (pairs >> np.uint64(BITS)).astype(np.int64), pairs & _COLUMN
    data = np.empty(0)
    if len(keys) and said is not None:
        places = (keys & np.uint64((1 << _PLACES) - 1)).astype(np.int64)
        data = np.add.reduceat(_WEIGHT_AT[places], first)
        data[_function_columns()[column.astype(np.int64)]] *= FUNCTION
        number, prompt_keys = said
        data[among((number[row] << np.uint64(BITS)) | column, prompt_keys)] *= ECHO
    data = np.log1p(data)
    norms = np.sqrt(np.bincount(row, data * data, minlength=n))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n))])
    return csr_matrix(
        ((data / norms[row]).astype(np.float32), column.astype(np.int32), indptr.astype(np.int32)),
        shape=(n, 1 << BITS),
    )


def _columns(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return hashes >> np.uint64(64 - BITS)


@lru_cache(maxsize=1)
def _function_columns() -> NDArray[np.bool_]:
    table = np.zeros(1 << BITS, bool)
    table[_columns(tokens.tokenize(sorted(FUNCTION_WORDS)).hashes).astype(np.int64)] = True
    return table
