"""What words mean: 80,000 words of fifteen languages as vectors, in one space.

Arabic, Chinese (in both scripts), Dutch, English, French, German, Italian, Japanese, Korean,
Polish, Portuguese, Russian, Spanish, Thai and Turkish; of English the most. A word and its
translation are near each other. ``tools/word_vectors.py`` makes the table; `NOTICE` says what it is
made from.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

COLUMNS = 128


class _Table(NamedTuple):
    place: dict[str, int]
    codes: NDArray[np.uint8]
    steps: NDArray[np.float32]


def vectors(words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return which words are known, and their vectors; a commoner word has a shorter one.

    A sum of them is a text's direction, in which rare words count most.

    Parameters
    ----------
    words
        Lower-cased. Where the whole is not known, an ending after an apostrophe is left out, and
        so is a beginning (``dog's``, ``l'homme``), and two characters of a script without spaces
        are the sum of both.

    Returns
    -------
    (k,) places of the known words among ``words``, and (k, 128) float32.

    Notes
    -----
    Rare words, most names, numbers and words of other languages are not known.

    Examples
    --------
    >>> known, (dog, perro, tax) = vectors(["dog", "qwxyz", "perro", "tax"])
    >>> known.tolist(), bool(dog @ perro > 5 * abs(dog @ tax))
    ([0, 2, 3], True)
    """
    table = _table()
    at = np.array([_places(word, table.place) for word in words], np.int64).reshape(-1, 2)
    known = np.flatnonzero(at.max(axis=1, initial=-1) >= 0)
    codes = table.codes[at[known]]
    # two levels of four bits a byte; level q of a word with step s is s·(q − 7½)
    levels = np.stack([codes & 15, codes >> 4], axis=3).reshape(len(known), 2, COLUMNS)
    steps = np.where(at[known] >= 0, table.steps[at[known]], np.float32(0))
    return known, np.einsum("ijk,ij->ik", levels - np.float32(7.5), steps)


def known_words() -> Sequence[str]:
    """Return all words of the table, commoner ones first.

    >>> "fig" in known_words(), "qwxyz" in known_words()
    (True, False)
    """
    return list(_table().place)


def _places(word: str, place: dict[str, int]) -> tuple[int, int]:
    """Where the word stands, or the two characters that it is made of; −1 where nothing does."""
    at = place.get(word, -1)
    if at >= 0:
        return at, -1
    if "'" in word:
        before, _, after = word.removesuffix("n't").rpartition("'")
        return place.get(after if len(after) > 2 or not before else before, -1), -1
    if len(word) == 2 and word[0] >= "\u0e00":
        return place.get(word[0], -1), place.get(word[1], -1)
    return -1, -1


@lru_cache(maxsize=1)
def _table() -> _Table:
    folder = Path(__file__).parent
    words = (folder / "words.txt").read_text(encoding="utf-8").split("\n")
    codes = np.load(folder / "codes.npy", mmap_mode="r")
    return _Table(
        dict(zip(words, range(len(words)), strict=True)), codes, np.load(folder / "steps.npy")
    )
