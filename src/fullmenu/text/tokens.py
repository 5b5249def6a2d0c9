"""Words and characters of many texts at once, as numpy arrays.

One pass over the code points of a batch gives every word's place and a 64-bit hash of it; n-grams,
openings and repeated phrases are then array arithmetic, and a phrase is decoded back to text only
when somebody wants to read it.
"""

from __future__ import annotations

import itertools
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fullmenu.compiled import choice

Hashes = NDArray[np.uint64]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_BASE_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
_SINGLE = (  # scripts written without spaces: every character is a word of its own
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


_UNSPACED = "".join(f"{chr(a)}-{chr(b)}" for a, b in _SINGLE)
BATCH = 400_000
"""Characters of texts that are read together, about."""

WORD = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")
"""A word between white space; in scripts without spaces, one character."""

PIECE = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]")
"""A run of letters and digits, or one mark; in scripts without spaces, one character."""


def count_words(texts: Sequence[str]) -> NDArray[np.int64]:
    """Count the words of each text, as :data:`WORD` finds them.

    >>> count_words(["two words", "三文鱼 please", ""]).tolist()
    [2, 4, 0]
    """
    counts = np.zeros(len(texts), np.int64)
    for start, batch in batches(texts):
        plain = [text.isascii() for text in batch]
        joined = "\n".join(["", *itertools.compress(batch, plain)]).encode("ascii")
        blank = np.frombuffer(joined.translate(_BLANK), np.uint8)
        begins = blank[:-1] > blank[1:]
        at = 0
        for i, text in enumerate(batch, start):
            if not plain[i - start]:
                counts[i] = _count(text)
                continue
            counts[i] = np.count_nonzero(begins[at : at + len(text)])
            at += len(text) + 1
    return counts


_BLANK = bytes(chr(point).isspace() for point in range(256))


def _count(text: str) -> int:
    spaced = not re.search(f"[{_UNSPACED}]", text)
    return len(text.split()) if spaced else sum(1 for _ in WORD.finditer(text))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of ``n`` texts."""

    text: str  # all lower-cased texts, joined
    points: NDArray[np.uint32]  # its code points
    text_starts: NDArray[np.int64]  # where each text begins in ``points``; ``n + 1`` entries
    starts: NDArray[np.int64]  # where each word begins and ends in ``points``
    ends: NDArray[np.int64]
    hashes: Hashes  # A 64-bit hash of each word: equal words, equal hashes
    rows: NDArray[np.int64]  # which text each word belongs to (int64)

    @property
    def n(self) -> int:
        """How many texts."""
        return len(self.text_starts) - 1

    @property
    def word_starts(self) -> NDArray[np.int64]:
        """Where each text's words begin among all words, and the last one's end, (n + 1,)."""
        return np.searchsorted(self.rows, np.arange(self.n + 1))

    def at(self, places: NDArray[np.int64]) -> Tokens:
        """Return the words of some of the texts, (m,) in ascending order."""
        if len(places) == self.n:
            return self
        chosen = np.zeros(self.n, bool)
        chosen[places] = True
        begins, sizes = self.text_starts[places], np.diff(self.text_starts)
        text_starts = np.concatenate([[0], np.cumsum(sizes[places])])
        words = chosen[self.rows]
        rows = (np.cumsum(chosen) - 1)[self.rows[words]]
        moved = (text_starts[:-1] - begins)[rows]
        spans = zip(begins.tolist(), (begins + sizes[places]).tolist(), strict=True)
        return Tokens(
            "".join([self.text[a:b] for a, b in spans]), self.points[np.repeat(chosen, sizes)],
            text_starts, self.starts[words] + moved, self.ends[words] + moved, self.hashes[words],
            rows,
        )  # fmt: skip

    def lengths(self) -> NDArray[np.int64]:
        """Words in each text, shape (n,)."""
        return np.bincount(self.rows, minlength=self.n).astype(np.int64)

    def word(self, i: int, n: int = 1) -> str:
        """Read the words ``i … i+n-1`` back, joined by single spaces."""
        return " ".join(self.text[self.starts[j] : self.ends[j]] for j in range(i, i + n))

    def grams(self, n: int) -> tuple[Hashes, NDArray[np.int64]]:
        """Hashes of all word ``n``-grams inside texts, (g,), and the index of their first word."""
        g = len(self.hashes) - n + 1
        if g <= 0:
            return np.empty(0, np.uint64), np.empty(0, np.int64)
        first = np.flatnonzero(self.rows[:g] == self.rows[n - 1 :]) if n > 1 else np.arange(g)
        mixed = self.hashes[first]
        for k in range(1, n):
            mixed = mix(mixed * _BASE + self.hashes[first + k])
        return mixed, first


def tokenize(texts: Sequence[str]) -> Tokens:
    """Find the words of texts: lower-cased runs of letters, digits and inner apostrophes.

    Scripts written without spaces (Han, Kana, Thai) count every character as a word; lone
    surrogates and NUL are characters like others.

    >>> t = tokenize(["It's a dog.", "", "狗 dog"])
    >>> [t.word(i) for i in range(len(t.hashes))]
    ["it's", 'a', 'dog', '狗', 'dog']
    >>> t.lengths().tolist()
    [3, 0, 2]
    """
    kept: dict[tuple[int, str], tuple[list[str], Tokens]] | None = getattr(_kept, "found", None)
    if kept is None:
        return _tokenized(texts)
    key = (len(texts), texts[0] if texts else "")
    if key in kept and kept[key][0] == list(texts):
        return kept[key][1]
    found = _tokenized(texts)
    kept[key] = [*texts], found
    while sum(len(one.points) for _, one in kept.values()) > _KEPT:
        kept.pop(next(iter(kept)))
    return found


@contextmanager
def kept_for_views() -> Iterator[None]:
    """Keep what was found in the last texts, inside a ``with``: views read the same ones in turn.

    >>> with kept_for_views():
    ...     tokenize(["a dog"]) is tokenize(["a dog"])
    True
    """
    _kept.found = {}
    try:
        yield
    finally:
        del _kept.found


_kept = threading.local()
_KEPT = 1 << 22
"""Characters whose words are kept, at most."""


def _tokenized(texts: Sequence[str]) -> Tokens:
    text, text_starts = _lowered(texts)
    points = _points(text)
    kinds = _kinds(points)
    loops = choice.loops(len(points))
    if loops is not None:
        return Tokens(text, points, text_starts, *loops.words(points, kinds, text_starts))
    starts, ends = _word_bounds(kinds[points], text_starts)
    rows = np.searchsorted(text_starts, starts, side="right") - 1
    hashes = _hash_spans(points, starts, ends)
    return Tokens(text, points, text_starts, starts, ends, hashes, rows)


_NOT_ALONE = re.compile("[\u0130\u03a3]")
"""What is two characters in lower case, or another one at the end of a word."""


def _lowered(texts: Sequence[str]) -> tuple[str, NDArray[np.int64]]:
    """Return texts in lower case, joined, with one kind of apostrophe, and where each begins."""
    whole = "".join(texts)
    if not whole.isascii() and _NOT_ALONE.search(whole):
        texts = [text.lower() for text in texts]
        whole = "".join(texts)
    else:
        whole = whole.lower()
    return whole.replace("\u2019", "'"), _ends(texts)


def points_of(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the code points of all texts, joined, and where each begins and the last ends.

    >>> [x.tolist() for x in points_of(["ab", "", "c"])]
    [[97, 98, 99], [0, 2, 2, 3]]
    """
    return _points("".join(texts)), _ends(texts)


def _points(text: str) -> NDArray[np.uint32]:
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), np.uint8).astype(np.uint32)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _ends(texts: Sequence[str]) -> NDArray[np.int64]:
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    return np.concatenate([[0], np.cumsum(sizes)])


def batches(texts: Sequence[str], characters: int = BATCH) -> Iterator[tuple[int, Sequence[str]]]:
    """Split texts into runs of about so many characters: ``(index of the first, texts)``.

    >>> [(i, list(b)) for i, b in batches(["aaaa", "b", "c"], characters=4)]
    [(0, ['aaaa']), (1, ['b', 'c'])]
    """
    start = total = 0
    for i, text in enumerate(texts):
        total += len(text)
        if total >= characters:
            yield start, texts[start : i + 1]
            start, total = i + 1, 0
    if start < len(texts):
        yield start, texts[start:]


def mix(h: Hashes) -> Hashes:
    """Scramble 64-bit values so that any of their bits can pick a bucket (splitmix64)."""
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return h ^ (h >> np.uint64(31))


def _word_bounds(
    kind: NDArray[np.uint8], text_starts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    inner = kind == 4  # an apostrophe belongs to a word only between two letters
    if inner.any():
        letter = kind == 2
        keep = np.zeros_like(inner)
        keep[1:-1] = inner[1:-1] & letter[:-2] & letter[2:]
        keep[text_starts[text_starts < len(kind)]] = False  # not across two texts
        keep[text_starts[text_starts > 0] - 1] = False
        kind = np.where(inner, 1 + keep.astype(np.uint8), kind)
    in_word = kind > 1
    begins = in_word.copy()
    begins[1:] &= ~in_word[:-1] | (kind[1:] == 3) | (kind[:-1] == 3)
    first = text_starts[:-1][text_starts[:-1] < len(kind)]
    begins[first] |= in_word[first]
    starts = np.flatnonzero(begins)
    stops = np.zeros(len(kind) + 1, bool)  # a word ends where the next begins or letters stop
    stops[1:-1] = in_word[:-1] & (~in_word[1:] | begins[1:])
    if len(kind):
        stops[-1] = in_word[-1]
    return starts.astype(np.int64), np.flatnonzero(stops).astype(np.int64)


def _kinds(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return the kinds of all characters up to the last of these; of others they may be missing.

    1 between words, 2 letter or digit, 3 a word by itself, 4 apostrophe.
    """
    most = int(points.max(initial=127))
    for point in beyond_ascii(points) if most > 127 else ():
        _known_kinds[point] = _known_kinds[point] or _kind(point)
    return _known_kinds[: most + 1]


def beyond_ascii(points: NDArray[np.uint32]) -> list[int]:
    """Return the different code points that are not ASCII, in ascending order.

    >>> beyond_ascii(np.array([0x61, 0x2014, 0xE9, 0x2014], np.uint32))
    [233, 8212]
    """
    return np.unique(points[points >= 128]).tolist()


def _kind(point: int) -> int:
    if point == 0x27:
        return 4
    if any(low <= point <= high for low, high in _SINGLE):
        return 3
    return 1 + (chr(point).isalnum() or point == 0x5F or 0x300 <= point <= 0x36F)


_known_kinds = np.zeros(sys.maxunicode + 1, np.uint8)
_known_kinds[:128] = [_kind(point) for point in range(128)]


def _hash_spans(
    points: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> Hashes:
    """Polynomial hashes of spans, from prefix sums modulo 2**64 (an odd base is invertible)."""
    powers, inverses = _powers(len(points))
    prefix = np.zeros(len(points) + 1, np.uint64)
    np.cumsum((points.astype(np.uint64) + np.uint64(1)) * powers[: len(points)], out=prefix[1:])
    return mix((prefix[ends] - prefix[starts]) * inverses[starts])


_cache: dict[str, tuple[NDArray[np.uint64], NDArray[np.uint64]]] = {}


def _powers(n: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    found = _cache.get("powers")
    if found is None or len(found[0]) < n:  # two threads may both come here: each pair is whole
        size = 1 << max(n, 1).bit_length()
        found = _raised(_BASE, size), _raised(_BASE_INVERSE, size)
        _cache["powers"] = found
    return found


def _raised(base: np.uint64, size: int) -> NDArray[np.uint64]:
    steps = np.full(size, base, np.uint64)
    steps[0] = 1
    return np.cumprod(steps)
