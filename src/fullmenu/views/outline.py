"""``outline``: the skeleton of a text, whatever its words.

A text is read as a sequence of blocks, each with a size, sentences of some length, an opening and
a closing. Each of these is an *event*; a row is the square root of the distribution of the text's
events, so it has length 1 and the kernel k(x, y) = ⟨x, y⟩ is the Bhattacharyya coefficient of the
two distributions: 1 for the same skeleton, near 0 for nothing in common, never negative.

Each group of events has a fixed share of the row:

========  =====  ==========================================================================
order     0.26   n-grams of the block sequence, runs taken as one, and the whole sequence
places    0.22   kind and size of the k-th block from the start and from the end
sizes     0.10   words in all; how many paragraphs, headings, items …, how long they are
rhythm    0.24   lengths of sentences, and of each sentence with the next
edges     0.11   shape of the first and the last block; formula of opening and closing
marks     0.07   punctuation, emphasis, digits, emoji: how many for a hundred words
========  =====  ==========================================================================

Sizes are binned softly on a log scale, so that 9 words and 10 words are neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from fullmenu.stats.arrays import Floats
from fullmenu.views.blocks import ENDS, KINDS, Block, blocks
from fullmenu.views.registry import View

_SHARES = {
    "order": 0.26,
    "places": 0.22,
    "sizes": 0.10,
    "rhythm": 0.24,
    "edges": 0.11,
    "marks": 0.07,
}
_OPENINGS = re.compile(
    r"((?:sure|certainly|of course|absolutely|okay|ok|yes|great|definitely|alright)\b)"
    r"|(here(?:['’]s| is| are|['’]re)\b|below\b|the following\b)"
    r"|((?:i['’]?m |i am )?(?:sorry|afraid)\b|i (?:cannot|can['’]t|apologi)|unfortunately\b)"
    r"|(as an? (?:ai|language|large)\b)"
    r"|(there (?:are|is)\b|some\b|many\b|several\b)"
    r"|(dear\b|subject:|hi\b|hello\b|hey\b)"
    r"|(once\b|in the\b|one (?:day|of)\b)"
    r"|(title:|\(?verse\b|act\b|scene\b)",
    re.I,
)
_CLOSINGS = (
    ("let me know", "would you like", "do you want", "feel free", "want me to", "if you have any"),
    ("i hope", "hope this", "hope that", "good luck", "enjoy", "happy "),
    ("in conclusion", "in summary", "in short", "overall,", "ultimately", "these are just"),
    ("remember", "keep in mind", "note that", "s important to", "s always best", "s best to"),
    ("sincerely", "regards", "best wishes", "[your name]", "yours,"),
)
_MARKS = (",", ";", ":", "(", "**", '"', "!", "?", "`", " - ", "—", "'", "[", "…")
_GROUPS = {kind: g for g, kinds in enumerate(("HLR", "PIQV", "BNbn", "CT")) for kind in kinds}
_PLACES, _PLACE_LEVELS = 4, 8  # blocks counted from either end; sizes 1, 2, 4 … 128 words
_SIZES, _SIZE_LEVELS = 9, 12
_RHYTHM = 10  # levels of a sentence's length
_MARK_LEVELS = 5
_GRAMS = 160  # hashed n-grams
_FORMULAS = 8
_EDGES = len(KINDS) * (len(ENDS) + 1)
_WIDTHS = {
    "order": _GRAMS,
    "places": 2 * _PLACES * 4 * _PLACE_LEVELS,
    "sizes": _SIZES * _SIZE_LEVELS,
    "rhythm": _RHYTHM + _RHYTHM * _RHYTHM,
    "edges": 2 * _EDGES + 2 * _FORMULAS,
    "marks": (len(_MARKS) + 2) * _MARK_LEVELS,
}
_AT = {name: sum(list(_WIDTHS.values())[:i]) for i, name in enumerate(_WIDTHS)}
DIMENSION = sum(_WIDTHS.values()) + 1
"""Columns of a row; the last one is the empty output's own."""


def rows(texts: Sequence[str]) -> NDArray[np.float32]:
    """Feature rows whose inner product is the likeness of two texts' skeletons, in [0, 1].

    Parameters
    ----------
    texts : (n,) texts
        Outputs, Markdown or plain; an empty one is a dish of its own.

    Returns
    -------
    (n, DIMENSION) float32
        Unit rows, nothing below 0; nothing is fitted.

    Notes
    -----
    Cannot see the words (but a short closed list of opening and closing formulas, English), the
    order of ideas, or a list that is written as prose. Unrelated texts are not at 0: the mean of k²
    between prompts is about 0.1 for chat models, so reports show the chance level.

    Examples
    --------
    >>> x = rows(["Buy:\\n- soup\\n- fish\\n- rice", "Visit:\\n- Bonn\\n- Rome", "Yes.", ""])
    >>> (x @ x.T).astype(float).round(1).tolist()[0]
    [1.0, 0.9, 0.3, 0.0]
    """
    out = np.zeros((len(texts), DIMENSION), dtype=np.float32)
    for start in range(0, len(texts), 512):
        batch = texts[start : start + 512]
        events = _Events()
        for row, text in enumerate(batch):
            if text and not text.isspace():
                events.read(row, text)
        cells = events.cells(len(batch))
        total = cells.sum(axis=1, keepdims=True)
        out[start : start + len(batch)] = np.sqrt(cells / np.where(total > 0, total, 1.0))
    out[~out.any(axis=1), -1] = 1.0
    return out


class _Events:
    """The events of a batch of texts, as flat lists that numpy turns into rows at once."""

    def __init__(self) -> None:
        self.hard: list[float] = []  # cell, mass, and again
        self.places: list[int] = []  # first cell, words, and again
        self.sizes: list[float] = []  # first cell, size, and again
        self.marks: list[float] = []  # first cell, how many for a word, and again
        self.lengths: list[int] = []  # words of every sentence, text by text
        self.sentences: list[int] = []  # row, how many sentences, and again

    def read(self, row: int, text: str) -> None:
        """Add the events of one text that is not empty."""
        found = blocks(text)
        kinds = "".join([block.kind for block in found])
        words = sum([block.words for block in found])
        first = row * DIMENSION
        for column, mass in _paths(kinds):
            self.hard += (first + column, mass)
        self._places(first, found)
        self._sizes(first, found, kinds, words)
        before = len(self.lengths)
        for block in found:
            self.lengths += block.sentences
        self.sentences += (row, len(self.lengths) - before)
        self._edges(first, text, found)
        self._marks(first, text, words)

    def _places(self, first: int, found: list[Block]) -> None:
        for side, order in enumerate((found[:_PLACES], found[: -_PLACES - 1 : -1])):
            at = first + _AT["places"] + side * _PLACES * 4 * _PLACE_LEVELS
            for place, block in enumerate(order):
                self.places += (at + (place * 4 + _GROUPS[block.kind]) * _PLACE_LEVELS, block.words)

    def _sizes(self, first: int, found: list[Block], kinds: str, words: int) -> None:
        count = kinds.count
        items, paragraphs = count("B") + count("N"), count("P") + count("I")
        nested = count("b") + count("n")
        in_items = sum([x.words for x in found if x.kind in "BNbn"]) if items or nested else 0
        in_prose = sum([len(x.sentences) for x in found if x.kind in "PI"])
        sizes = (
            words**0.5,  # lengths in all: octaves twice as wide
            paragraphs,
            count("H") + count("L"),
            items,
            nested,
            count("V"),
            count("C") + count("T"),
            in_prose / max(paragraphs, 1),
            in_items / max(items, 1),
        )
        for i, size in enumerate(sizes):
            if size:
                self.sizes += (first + _AT["sizes"] + _SIZE_LEVELS * i, size)

    def _edges(self, first: int, text: str, found: list[Block]) -> None:
        at = first + _AT["edges"]
        for side, block in enumerate((found[0], found[-1])):
            end = ENDS.index(block.end) if block.end else len(ENDS)
            slot = KINDS.index(block.kind) * (len(ENDS) + 1) + end
            self.hard += (at + side * _EDGES + slot, 1.0)
        at += 2 * _EDGES
        opening = _OPENINGS.match(text.lstrip(" \t\n*#_\"'“"))
        if opening and opening.lastindex:
            self.hard += (at + opening.lastindex - 1, 0.7)
        tail = text[-160:].lower()
        for i, formulas in enumerate(_CLOSINGS):
            if any([formula in tail for formula in formulas]):
                self.hard += (at + _FORMULAS + i, 0.7)

    def _marks(self, first: int, text: str, words: int) -> None:
        counts = [text.count(mark) for mark in _MARKS]
        counts.append(sum(map(text.count, "0123456789")))
        # an emoji takes two units of UTF-16 (one more is the byte order mark)
        units = 0 if text.isascii() else len(text.encode("utf-16", "replace")) // 2
        counts.append(max(units - 1 - len(text), 0))
        for i, count in enumerate(counts):
            if count:
                self.marks += (first + _AT["marks"] + _MARK_LEVELS * i, count / max(words, 1))

    def cells(self, n: int) -> NDArray[np.float64]:
        """The mass of each event of each text, shape (n, DIMENSION); groups have their shares."""
        cell, mass = np.array(self.hard, np.float64).reshape(-1, 2).T
        where, what = [cell], [mass]

        def soft(cell: Floats, levels: int, x: Floats, mass: float) -> None:
            for level, part in _neighbours(x, levels):
                where.append(cell + level)
                what.append(mass * part)

        cell, size = np.array(self.places, np.float64).reshape(-1, 2).T
        soft(cell, _PLACE_LEVELS, _octaves(size), 1.0)
        cell, size = np.array(self.sizes, np.float64).reshape(-1, 2).T
        soft(cell, _SIZE_LEVELS, 2 * _octaves(size), 1.0)
        cell, size = np.array(self.marks, np.float64).reshape(-1, 2).T
        soft(cell, _MARK_LEVELS, np.maximum(_octaves(1 + 100 * size) - 0.5, 0.0), 1.0)

        row = np.repeat(*np.array(self.sentences, np.int64).reshape(-1, 2).T)
        first = row * DIMENSION + _AT["rhythm"]
        level = np.minimum(_octaves(np.array(self.lengths, np.float64)) / 0.6, _RHYTHM - 1.0)
        soft(first, _RHYTHM, level, 0.4)
        pair = np.flatnonzero(row[1:] == row[:-1])
        for i, p in _neighbours(level[pair], _RHYTHM):
            for j, q in _neighbours(level[pair + 1], _RHYTHM):
                where.append(first[pair] + _RHYTHM * (1 + i) + j)
                what.append(0.6 * p * q)
        places = np.concatenate(where).astype(np.int64)
        cells = np.zeros((n, DIMENSION))
        cells += np.bincount(places, np.concatenate(what), n * DIMENSION).reshape(n, DIMENSION)
        for name, share in _SHARES.items():
            group = cells[:, _AT[name] : _AT[name] + _WIDTHS[name]]
            total = group.sum(axis=1, keepdims=True)
            np.multiply(group, share / np.where(total > 0, total, 1.0), out=group)
        return cells


@lru_cache(maxsize=1 << 14)
def _paths(kinds: str) -> list[tuple[int, float]]:
    """Columns and masses of the n-grams of a block sequence, and of the whole of it."""
    path, events = f"^{''.join(kind for kind, _ in groupby(kinds))}$", []
    for n, share in ((2, 0.4), (3, 0.35), (len(path), 0.25)):
        grams = [path[i : i + n] for i in range(len(path) - n + 1)]
        for gram in grams:
            column = crc32(f"{share}{gram}".encode()) % _GRAMS
            events.append((_AT["order"] + column, share / len(grams)))
    return events


def _octaves(x: Floats) -> Floats:
    return np.asarray(np.log2(np.maximum(x, 1.0)))


def _neighbours(x: Floats, levels: int) -> list[tuple[Floats, Floats]]:
    """Split each x between the level below and the level above: (level, part), twice."""
    x = np.minimum(x, levels - 1.001)
    low = np.floor(x)
    return [(low, 1 - (x - low)), (low + 1, x - low)]


_NAMES = {
    "H": "heading",
    "P": "¶",
    "I": "intro:",
    "V": "lines",
    "L": "label",
    "B": "bulleted",
    "N": "numbered",
    "C": "code",
    "T": "table",
    "Q": "quote",
}
_STEPS = ((1, "1"), (3, "2–3"), (6, "4–6"), (10, "7–10"))
_AGAIN = re.compile(r"(\w{2,3}?)\1+")


def skeleton(text: str) -> str:
    """Say the outline of a text in a few words, for reports.

    Runs are counted in steps, so that outputs of one outline say the same; nested items and rules
    are left out, and so is the middle of more than five parts.

    >>> skeleton("Three dishes:\\n- soup\\n- fish\\n- rice\\n\\nEnjoy your meal, all of you.")
    'intro: · 2–3 bulleted · ¶'
    >>> skeleton("# Soup\\nTake a pot and some water.\\n# Fish\\nTake a pan and some oil.")
    '(heading ¶)×2–3'
    """
    kinds = "".join(block.kind for block in blocks(text) if block.kind in _NAMES)
    runs = [(kind, len(list(same))) for kind, same in groupby(kinds)]
    path = "".join(kind for kind, _ in runs)
    parts: list[str] = []
    at = 0
    while at < len(path):
        again = _AGAIN.match(path, at)
        if again:
            names = " ".join(_NAMES[kind] for kind in again[1])
            parts.append(f"({names})×{_step(len(again[0]) // len(again[1]))}")
            at = again.end()
        else:
            kind, n = runs[at]
            many = n > 1 or kind in "BN"
            parts.append(f"{_step(n)} {_NAMES[kind]}" if many else _NAMES[kind])
            at += 1
    if len(parts) > 5:
        parts[3:-1] = ["…"]
    return " · ".join(parts) or ("rule" if text.strip() else "empty")


def _step(n: int) -> str:
    return next((name for top, name in _STEPS if n <= top), "11+")


VIEW = View(
    "outline",
    lambda texts, prompts: rows(texts),
    sees="headings, lists, paragraphs, code, verse, sentence lengths, punctuation, stock formulas",
    blind="the words: two one-word answers are alike, and so are two stories of three paragraphs",
    default=2,
    windowed=False,  # a middle has no opening
)
