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
from types import ModuleType
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from fullmenu.compiled import choice
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.text.tokens import beyond_ascii, points_of
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
_OPENINGS = (  # a word ends where its formula does, but for "*"
    "sure, certainly, of course, absolutely, okay, ok, yes, great, definitely, alright",
    "here's, here is, here are, here're, below, the following",
    "sorry, i'm sorry, im sorry, i am sorry, afraid, i'm afraid, im afraid, i am afraid, "
    "i cannot*, i can't*, i apologi*, unfortunately",
    "as an ai, as a ai, as a language, as an language, as a large, as an large",
    "there are, there is, some, many, several",
    "dear, subject:, hi, hello, hey",
    "once, in the, one day, one of",
    "title:, verse, (verse, act, scene",
)
_CLOSINGS = (
    ("let me know", "would you like", "do you want", "feel free", "want me to", "if you have any"),
    ("i hope", "hope this", "hope that", "good luck", "enjoy", "happy "),
    ("in conclusion", "in summary", "in short", "overall,", "ultimately", "these are just"),
    ("remember", "keep in mind", "note that", "s important to", "s always best", "s best to"),
    ("sincerely", "regards", "best wishes", "[your name]", "yours,"),
)
_CLOSED = sum(_CLOSINGS, ())
_TAIL = 160  # characters that a closing formula is looked for in
_MARKS = (",", ";", ":", "(", "**", '"', "!", "?", "`", " - ", "—", "'", "[", "…")
_GROUPS = {kind: g for g, kinds in enumerate(("HLR", "PIQV", "BNbn", "CT")) for kind in kinds}
_PLACES, _PLACE_LEVELS = 4, 8  # blocks counted from either end; sizes 1, 2, 4 … 128 words
_SIZES, _SIZE_LEVELS = 9, 12
_RHYTHM = 10  # levels of a sentence's length
_MARK_LEVELS = 5
_TOGETHER = 1_024  # texts
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
    choice.loops(sum(map(len, texts)))  # whether they pay is told by the whole, not by a part
    for start in range(0, len(texts), _TOGETHER):
        batch = texts[start : start + _TOGETHER]
        out[start : start + len(batch)] = _rows(_read(batch), choice.loops(sum(map(len, batch))))
    return out


class _Reading:
    def __init__(self, texts: Sequence[str], prompts: Sequence[str | None]) -> None:
        self._loops, self._facts = choice.loops(sum(map(len, texts))), _read(texts)

    def rows(self, at: Ints, alone: bool = False) -> NDArray[np.float32]:
        return _rows(self._facts.at(at), self._loops)

    def squares(self, ends: Ints) -> Floats:
        given = _for_loops(self._facts, _levels(self._facts))
        sums: Floats = choice.started().outline_squares(*given, ends)
        return sums


class _Facts(NamedTuple):
    """What the outline of each text goes by; of a blank text, nothing."""

    kinds: list[str]  # of its blocks
    numbers: Ints  # all that follows but the lengths, side by side, as compiled loops tell it
    groups: Ints  # of the first and the last four blocks, −1: there is none; (n, 2, 4)
    words: Ints  # of the same
    sizes: Ints  # words; paragraphs, headings, items, nested ones, verses, code; sentences, words
    edges: Ints  # how the first and the last block end, (n, 2)
    marks: Ints  # how many of each
    sentences: Ints  # how many
    lengths: Ints  # words of every sentence, text by text
    formulas: NDArray[np.bool_]  # which of them each text opens or closes with, (n, 2 · _FORMULAS)

    def at(self, places: Ints) -> _Facts:
        """Return those of some of the texts, (m,) in ascending order."""
        chosen = np.zeros(len(self.kinds), bool)
        chosen[places] = True
        return _Facts(
            [self.kinds[i] for i in places.tolist()], self.numbers[places], self.groups[places],
            self.words[places], self.sizes[places], self.edges[places], self.marks[places],
            self.sentences[places], self.lengths[np.repeat(chosen, self.sentences)],
            self.formulas[places],
        )  # fmt: skip


def _read(texts: Sequence[str]) -> _Facts:
    loops = choice.loops(sum(map(len, texts)))
    if loops is None:
        read = [_of_one(text) for text in texts]
        facts = np.array([row for row, _, _ in read], np.int64).reshape(len(texts), -1)
        kinds = [of for _, of, _ in read]
        lengths = np.array([n for _, _, of in read for n in of], np.int64)
        tails = [text[-_TAIL:].lower() for text in texts]
        closed = np.array([[f in tail for f in _CLOSED] for tail in tails], bool)
        closed = closed.reshape(len(texts), len(_CLOSED))
    else:
        points, starts = points_of(texts)
        decimals = np.array([p for p in beyond_ascii(points) if chr(p).isdecimal()], np.uint32)
        facts, letters, lengths = loops.outline(points, starts, decimals)
        ends = np.cumsum(facts[:, -2]).tolist()
        whole = letters.tobytes().decode("ascii")
        kinds = [whole[a:b] for a, b in zip([0, *ends], ends, strict=False)]
        closed = loops.mentions(points, starts, _TAIL, *points_of(_CLOSED))
    at = np.cumsum([2 * _PLACES, 2 * _PLACES, _SIZES, 2, len(_MARKS) + 2])
    groups, words, sizes, edges, marks, counts = np.split(facts, at, axis=1)
    places = (len(texts), 2, _PLACES)
    return _Facts(
        kinds, facts, groups.reshape(places), words.reshape(places), sizes, edges, marks,
        counts[:, 1], lengths, _formulas(texts, closed),
    )  # fmt: skip


def _of_one(text: str) -> tuple[list[int], str, list[int]]:
    """Return the facts of one text as numbers, the kinds of its blocks, and its sentences."""
    found = blocks(text)
    kinds = "".join([block.kind for block in found])
    lengths = [n for block in found for n in block.sentences]
    sides = [found[:_PLACES], found[: -_PLACES - 1 : -1]]
    shown = [side[k] if k < len(side) else None for side in sides for k in range(_PLACES)]
    count = kinds.count
    sizes = [
        sum([block.words for block in found]),
        count("P") + count("I"),
        count("H") + count("L"),
        count("B") + count("N"),
        count("b") + count("n"),
        count("V"),
        count("C") + count("T"),
        sum([len(block.sentences) for block in found if block.kind in "PI"]),
        sum([block.words for block in found if block.kind in "BNbn"]),
    ]
    edges = [_edge(block) for block in (found[0], found[-1])] if found else [0, 0]
    marks = [text.count(mark) for mark in _MARKS] if found else [0] * len(_MARKS)
    marks.append(sum(map(text.count, "0123456789")))
    # an emoji takes two units of UTF-16 (one more is the byte order mark)
    units = 0 if text.isascii() else len(text.encode("utf-16", "replace")) // 2
    marks.append(max(units - 1 - len(text), 0))
    facts = [
        *[_GROUPS[block.kind] if block else -1 for block in shown],
        *[block.words if block else 0 for block in shown],
        *sizes, *edges, *marks, len(found), len(lengths),
    ]  # fmt: skip
    return facts, kinds, lengths


def _edge(block: Block) -> int:
    end = ENDS.index(block.end) if block.end else len(ENDS)
    return KINDS.index(block.kind) * (len(ENDS) + 1) + end


class _Levels(NamedTuple):
    """On which level each number of a text is."""

    words: Floats  # of the first and the last four blocks, (n, 2, 4)
    sizes: Floats
    marks: Floats  # for a hundred words
    lengths: Floats  # of every sentence, text by text


def _levels(facts: _Facts) -> _Levels:
    # lengths in all: octaves twice as wide; and sentences of a paragraph, words of an item
    sizes = facts.sizes.astype(float)
    sizes[:, 0] = np.sqrt(sizes[:, 0])
    sizes[:, 7] /= np.maximum(sizes[:, 1], 1)
    sizes[:, 8] /= np.maximum(sizes[:, 3], 1)
    many = facts.marks / np.maximum(facts.sizes[:, :1], 1)
    return _Levels(
        _octaves(facts.words.astype(float)),
        2 * _octaves(sizes),
        np.maximum(_octaves(1 + 100 * many) - 0.5, 0.0),
        np.minimum(_octaves(facts.lengths.astype(float)) / 0.6, _RHYTHM - 1.0),
    )


def _of_facts(facts: _Facts, levels: _Levels) -> Floats:
    """The root of the share of each event in each text, shape (n, DIMENSION)."""
    n = len(facts.kinds)
    first = np.arange(n)
    where: list[Ints] = []
    what: list[Floats] = []
    of: list[Ints] = []
    groups = {name: g for g, name in enumerate(_SHARES)}

    def hard(group: str, row: Ints, cell: Ints, mass: float | Floats) -> None:
        where.append(row * DIMENSION + _AT[group] + cell)
        what.append(np.broadcast_to(np.asarray(mass, float), cell.shape))
        of.append(row * len(groups) + groups[group])

    def soft(group: str, row: Ints, cell: Ints, levels: int, x: Floats, mass: float = 1.0) -> None:
        for level, part in _neighbours(x, levels):
            hard(group, row, cell + level.astype(np.int64), mass * part)

    ends, columns, masses = _paths_of(facts.kinds)
    hard("order", np.repeat(first, np.diff(ends)), columns, masses)

    row, side, place = np.nonzero(facts.groups >= 0)
    at = (side * _PLACES + place) * 4 + facts.groups[row, side, place]
    soft("places", row, at * _PLACE_LEVELS, _PLACE_LEVELS, levels.words[row, side, place])

    row, size = np.nonzero(facts.sizes)
    soft("sizes", row, _SIZE_LEVELS * size, _SIZE_LEVELS, levels.sizes[row, size])

    filled = facts.groups[:, 0, 0] >= 0
    for edge in range(2):
        hard("edges", first[filled], edge * _EDGES + facts.edges[filled, edge], 1.0)
    row, formula = np.nonzero(facts.formulas & filled[:, None])
    hard("edges", row, 2 * _EDGES + formula, 0.7)

    row, mark = np.nonzero(facts.marks * filled[:, None])
    soft("marks", row, _MARK_LEVELS * mark, _MARK_LEVELS, levels.marks[row, mark])

    row = np.repeat(first, facts.sentences)
    level = levels.lengths
    soft("rhythm", row, np.zeros(len(row), np.int64), _RHYTHM, level, 0.4)
    pair = np.flatnonzero(row[1:] == row[:-1])
    for low, p in _neighbours(level[pair], _RHYTHM):
        for high, q in _neighbours(level[pair + 1], _RHYTHM):
            cell = (_RHYTHM * (1 + low) + high).astype(np.int64)
            hard("rhythm", row[pair], cell, 0.6 * p * q)

    # what each event has of its group, and each group of those that a text has
    masses = np.concatenate(what)
    cells = np.bincount(np.concatenate(where), masses, n * DIMENSION).reshape(n, -1)
    totals = np.bincount(np.concatenate(of), masses, n * len(groups)).reshape(n, -1)
    shares = np.array([*_SHARES.values()])
    whole = np.zeros((n, 1))
    for has, share in zip((totals > 0).T, shares, strict=True):
        whole[has] += share
    of_group = shares / np.where(totals > 0, totals, 1.0)
    of_cell = np.repeat(of_group, [*_WIDTHS.values()], axis=1)
    rows = np.sqrt(cells[:, :-1] * of_cell / np.where(whole > 0, whole, 1.0))
    return np.concatenate([rows, whole == 0], axis=1)


def _rows(facts: _Facts, loops: ModuleType | None) -> NDArray[np.float32]:
    if not facts.kinds:
        return np.zeros((0, DIMENSION), np.float32)
    levels = _levels(facts)
    if loops is None:
        return _of_facts(facts, levels).astype(np.float32)
    rows: NDArray[np.float32] = loops.outline_rows(*_for_loops(facts, levels))
    return rows


def _for_loops(facts: _Facts, levels: _Levels) -> tuple[Any, ...]:
    at = np.array([*_AT.values(), DIMENSION - 1], np.int64)
    shares = np.array([*_SHARES.values()])
    return facts.numbers, _paths_of(facts.kinds), levels, facts.formulas, at, shares


def _opening() -> tuple[re.Pattern[str], set[str]]:
    """What finds openings, a group for each kind; and the first two characters of each."""
    kinds = [kind.split(", ") for kind in _OPENINGS]
    written = [[re.escape(f.rstrip("*")) + r"\b" * f[-1].isalpha() for f in k] for k in kinds]
    pattern = "|".join(f"({'|'.join(kind)})" for kind in written).replace("'", "['’]")
    return re.compile(pattern, re.I), {formula[:2] for kind in kinds for formula in kind}


_OPENING, _FIRST = _opening()


def _formulas(texts: Sequence[str], closed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which formulas each text has; ``closed`` are those of :data:`_CLOSINGS`, one by one."""
    said = np.zeros((len(texts), 2 * _FORMULAS), np.bool_)
    for i, text in enumerate(texts):
        text = text.lstrip(" \t\n*#_\"'“")
        first = text[:2].lower()
        opening = _OPENING.match(text) if first in _FIRST or not first.isascii() else None
        if opening and opening.lastindex:
            said[i, opening.lastindex - 1] = True
    first_of_kind = np.cumsum([0, *map(len, _CLOSINGS)])[:-1]
    of_kinds = np.logical_or.reduceat(closed, first_of_kind, axis=1)
    said[:, _FORMULAS : _FORMULAS + len(_CLOSINGS)] = of_kinds
    return said


def _paths_of(kinds: Sequence[str]) -> tuple[Ints, Ints, Floats]:
    """Where the columns of each block sequence end, the columns, and their masses."""
    number: dict[str, int] = {}
    of = np.array([number.setdefault(k, len(number)) for k in kinds], np.int64)
    columns, masses = zip(*map(_paths, number), strict=True)
    sizes = np.fromiter(map(len, columns), np.int64)
    ends = np.concatenate([[0], np.cumsum(sizes[of])])
    first = np.cumsum(sizes) - sizes
    at = np.repeat(first[of] - ends[:-1], sizes[of]) + np.arange(ends[-1])
    return ends, np.concatenate(columns)[at], np.concatenate(masses)[at]


@lru_cache(maxsize=1 << 14)
def _paths(kinds: str) -> tuple[Ints, Floats]:
    """Columns and masses of the n-grams of a block sequence, and of the whole of it."""
    path = f"^{''.join(kind for kind, _ in groupby(kinds))}$" if kinds else ""
    columns, masses = [], []
    for n, share in ((2, 0.4), (3, 0.35), (len(path), 0.25)) if path else ():
        grams = [path[i : i + n] for i in range(len(path) - n + 1)]
        for gram in grams:
            columns.append(crc32(f"{share}{gram}".encode()) % _GRAMS)
            masses.append(share / len(grams))
    return np.array(columns, np.int64), np.array(masses)


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
    return skeletons([text])[0]


def skeletons(texts: Sequence[str]) -> list[str]:
    """Say the outline of each text, as :func:`skeleton` does of one."""
    if choice.loops(sum(map(len, texts))) is None:
        kinds = ["".join([block.kind for block in blocks(text)]) for text in texts]
    else:
        kinds = _read(texts).kinds
    return [_said(of_text) for of_text in kinds]


@lru_cache(maxsize=1 << 14)
def _said(kinds: str) -> str:
    """Say a sequence of blocks in a few words."""
    runs = [(kind, len(list(same))) for kind, same in groupby(filter(_NAMES.get, kinds))]
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
    return " · ".join(parts) or ("rule" if kinds else "empty")


def _step(n: int) -> str:
    return next((name for top, name in _STEPS if n <= top), "11+")


VIEW = View(
    "outline",
    lambda texts, prompts: rows(texts),
    sees="headings, lists, paragraphs, code, verse, sentence lengths, punctuation, stock formulas",
    blind="the words: two one-word answers are alike, and so are two stories of three paragraphs",
    default=2,
    windowed=False,  # a middle has no opening
    read=_Reading,
)
