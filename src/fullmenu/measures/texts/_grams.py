"""Word n-grams of many texts, by our tokenizer or by the caller's, and how many are different."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures.arguments import shown, whole
from fullmenu.stats.arrays import Ints, run_starts
from fullmenu.text import tokens

Tokenize = Callable[[str], Sequence[str]]
"""From a text to its words; ``str.split``, say."""


class Words(NamedTuple):
    """The words of ``n`` texts, as 64-bit hashes, and which text each belongs to, ascending."""

    hashes: tokens.Hashes
    rows: Ints
    n: int

    def lengths(self) -> Ints:
        """Words of each text, shape (n,)."""
        return np.bincount(self.rows, minlength=self.n).astype(np.int64)

    def grams(self, n: int, *, across: bool = False) -> tuple[tokens.Hashes, Ints]:
        """Hashes of all n-grams (``across``: into the next text too), and where each begins."""
        first = self.starts(n, across=across)
        mixed = self.hashes[first]
        for k in range(1, n if len(first) else 0):
            mixed = tokens.mix(mixed * _STEP + self.hashes[first + k])
        return mixed, self.rows[first]

    def phrases(self, n: int) -> tuple[tokens.Hashes, Ints]:
        """Hashes of all n-grams, and of each text of fewer words as one phrase; of which text."""
        lengths = self.lengths()
        short = np.flatnonzero((lengths > 0) & (lengths < n))
        hashes, rows = self.grams(n)
        own = heads(self.hashes, lengths, n)[short]
        return np.concatenate([hashes, own]), np.concatenate([rows, short])

    def starts(self, n: int, *, across: bool = False) -> Ints:
        """Index of the first word of each n-gram."""
        g = max(len(self.hashes) - n + 1, 0)
        if across or n == 1:
            return np.arange(g)
        return np.flatnonzero(self.rows[:g] == self.rows[n - 1 : g + n - 1])


_STEP = np.uint64(0x9E3779B97F4A7C15)
_HEAD = np.uint64(0xD6E8FEB86659FD93)


def heads(hashes: tokens.Hashes, lengths: Ints, words: int) -> tokens.Hashes:
    """Hash of the first words of each text; texts with fewer words differ from longer ones."""
    starts = np.cumsum(lengths) - lengths
    out = np.full(len(lengths), 1, np.uint64)
    for k in range(min(words, int(lengths.max(initial=0)))):
        has = np.flatnonzero(lengths > k)
        out[has] = tokens.mix(out[has] * _HEAD + hashes[starts[has] + k])
    return out


def words_of(texts: Sequence[str], tokenize: Tokenize | None = None) -> Words:
    """Find the words of texts."""
    hashes, rows = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    if tokenize is None:
        for start, batch in tokens.batches(texts):
            found = tokens.tokenize(batch)
            hashes.append(found.hashes)
            rows.append(found.rows + start)
        return Words(np.concatenate(hashes), np.concatenate(rows), len(texts))
    known = _Known()
    split = [split_by(tokenize, text) for text in texts]
    hashes += [np.fromiter(map(known.__getitem__, w), np.uint64, len(w)) for w in split]
    lengths = np.fromiter(map(len, split), np.int64, len(split))
    return Words(np.concatenate(hashes), np.repeat(np.arange(len(texts)), lengths), len(texts))


def split_by(tokenize: Tokenize, text: str) -> Sequence[str]:
    """Call the caller's tokenizer, and check what it returns."""
    if not callable(tokenize):
        raise BadInput(f"tokenize={shown(tokenize)}: give a function from a text to its words")
    try:
        words = tokenize(text)
    except Exception as error:  # of the caller's own function
        raise BadInput(f"tokenize failed on {shown(text)} ({error!r})") from error
    if isinstance(words, str) or not hasattr(words, "__iter__"):
        raise BadInput(f"tokenize returned {words!r:.60}: it must return a list of strings")
    return words if hasattr(words, "__len__") else list(words)


class _Known(dict[str, int]):
    """Hash of each word, computed when it is first met."""

    def __missing__(self, word: str) -> int:
        if not isinstance(word, str):
            raise BadInput(f"tokenize returned a {type(word).__name__} as a word; return strings")
        data = word.encode("utf-8", "surrogatepass")
        self[word] = value = int.from_bytes(blake2b(data, digest_size=8).digest(), "little")
        return value


def orders(n: Any) -> tuple[int, ...]:
    """Return the orders asked for: one, or several to take the mean over."""
    if isinstance(n, list | tuple | range):
        found = tuple(whole("n", k) for k in n[:_ORDERS])
        if len(n) > _ORDERS or not found or len(set(found)) < len(found):
            raise BadInput(
                f"n={shown(n)}: give an order, or several different ones, such as (1, 2, 3)"
            )
        return found
    return (whole("n", n),)


_ORDERS = 100


def named(sizes: Sequence[int]) -> str:
    """Name orders: ``2-grams``, ``1- to 5-grams``, ``1-, 3-grams``."""
    if len(sizes) > 2 and list(sizes) == list(range(sizes[0], sizes[-1] + 1)):
        return f"{sizes[0]}- to {sizes[-1]}-grams"
    return "-, ".join(map(str, sizes)) + "-grams"


class Kinds(NamedTuple):
    """How many n-grams there are, and how many different ones; and without each unit, (m,)."""

    total: int
    different: int
    total_without: Ints
    different_without: Ints


def kinds(hashes: tokens.Hashes, unit: Ints, m: int) -> Kinds:
    """Count n-grams that belong to the units 0 … m − 1."""
    again = coming_again(hashes)
    different, lost = int((~again).sum()), np.bincount(unit[~again], minlength=m)
    if again.any():
        order = np.argsort(hashes[again])
        h, u = hashes[again][order], unit[again][order]
        starts = np.flatnonzero(run_starts(h))
        lowest, highest = np.minimum.reduceat(u, starts), np.maximum.reduceat(u, starts)
        different += len(starts)
        lost += np.bincount(lowest[lowest == highest], minlength=m)
    return Kinds(
        len(hashes), different, len(hashes) - np.bincount(unit, minlength=m), different - lost
    )


def need_some(hashes: tokens.Hashes, n: int) -> None:
    """Refuse outputs without any n-gram."""
    if not len(hashes):
        raise NotEnoughData(f"no output has {n} words: give longer outputs, or a smaller n")


def coming_again(hashes: tokens.Hashes) -> NDArray[np.bool_]:
    """Which hashes may come twice: those that are alone in their bucket do not."""
    size = 1 << max(int(4 * len(hashes)).bit_length(), 8)
    bucket = (hashes & np.uint64(size - 1)).astype(np.int64)
    return np.asarray(np.bincount(bucket, minlength=size)[bucket] > 1)
