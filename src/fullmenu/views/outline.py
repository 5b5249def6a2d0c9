"""The outline view: the skeleton of a text, whatever its words.

A text is read as a sequence of blocks (heading, paragraph, list, code, table, …), each with a
size, sentences of some length, an opening and a closing. Every one of these is an *event*; a row
is the square root of the distribution of the text's events, so it has length 1 and the kernel
k(x, y) = ⟨x, y⟩ is the Bhattacharyya coefficient of the two distributions: 1 for the same
skeleton, near 0 for none in common, never negative.

The events come in groups, and each group has a fixed share of the row (`SHARES`):

========  =========================================================================
order     n-grams of the block sequence, runs taken as one, and the whole sequence
places    kind and size of the k-th block from the start and from the end
sizes     words in all; how many paragraphs, headings, items, sentences a paragraph …
rhythm    lengths of sentences, and of each sentence with the next
edges     shape of the first and the last block; formula of opening and closing
marks     punctuation, emphasis, digits, emoji: how many for a hundred words
========  =========================================================================

Sizes are binned softly on a log scale, so that 9 words and 10 words are neighbours. Nothing is
fitted: the same text has the same row in every sample.

What it cannot see: the words (only a short closed list of opening and closing formulas, English),
the order of ideas, a list that is written as prose. Two one-word answers have the same outline
here, whatever they say. Layout that uses neither line breaks nor Markdown is one paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np

__all__ = ["DIMENSION", "rows", "skeleton"]

SHARES = {
    "order": 0.30,
    "places": 0.25,
    "sizes": 0.10,
    "rhythm": 0.15,
    "edges": 0.12,
    "marks": 0.08,
}

# --- the alphabet of blocks -----------------------------------------------------------------

_KINDS = "HPIVLBNbnCTQR"  # one letter a kind; I: a paragraph that ends in a colon; V: verse
_NAMES = {
    "H": "heading",
    "P": "¶",
    "I": "intro:",
    "V": "lines",
    "L": "label",
    "B": "bullets",
    "N": "numbers",
    "b": "sub-bullets",
    "n": "sub-numbers",
    "C": "code",
    "T": "table",
    "Q": "quote",
    "R": "rule",
}
_LINE = re.compile(
    r"(?P<indent>[ \t\u3000]*)(?:"
    r"(?P<H>\#{1,6}[ \t]+|(?=\*\*[^*]{1,80}\*\*:?[ \t]*$))"
    r"|(?P<C>```|~~~)"
    r"|(?P<T>\|(?=.*\|))"
    r"|(?P<R>(?:-[ ]?){3,}$|(?:\*[ ]?){3,}$|_{3,}$|={3,}$)"
    r"|(?P<B>[-*+•●▪◦·–—・][ \t]+(?=\S)|[•●▪◦・](?=\S))"
    r"|(?P<N>(?:\*\*)?(?:\(?\d{1,3}[.):、．]|\(?[a-zA-Z][.)]|[(（][一二三四五六七八九十\d]{1,3}[)）]"
    r"|[一二三四五六七八九十]{1,3}、|[①-⑳]|Step \d{1,2}[:.])(?:[ \t]+|(?<=[、．）①-⑳])|\*\*))"
    r"|(?P<Q>>)"
    r")?"
)
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?:\s+|$)|[。！？｡]+[”’」』）]*")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_EMOJI = re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faff]")
_DIGITS = re.compile(r"\d+")
_OPENINGS = re.compile(
    r"(?P<yes>(?:sure|certainly|of course|absolutely|okay|ok|yes|great|definitely|alright)\b)"
    r"|(?P<here>here(?:['’]s| is| are|['’]re)\b|below\b|the following\b)"
    r"|(?P<sorry>(?:i['’]?m |i am )?(?:sorry|afraid)\b|i (?:cannot|can['’]t|apologi)|unfortunately\b)"
    r"|(?P<ai>as an? (?:ai|language|large)\b)"
    r"|(?P<there>there (?:are|is)\b|some\b|many\b|several\b)"
    r"|(?P<dear>dear\b|subject:|hi\b|hello\b|hey\b)"
    r"|(?P<once>once\b|in the\b|one (?:day|of)\b)"
    r"|(?P<title>title:|\(verse|verse\b|act\b|scene\b)",
    re.I,
)
_CLOSINGS = re.compile(
    r"(?P<offer>\b(?:let me know|would you like|do you want|feel free|want me to|if you (?:have|need))\b)"
    r"|(?P<wish>\b(?:i hope|hope th(?:is|at)|good luck|enjoy|happy \w+[!.])\b)"
    r"|(?P<sum>\b(?:in (?:conclusion|summary|short)|overall|ultimately|to sum up|these are just)\b)"
    r"|(?P<mind>\b(?:remember|keep in mind|(?:please )?note|it['’]s (?:important|always|best))\b)"
    r"|(?P<sign>\b(?:sincerely|regards|best wishes|\[your name\]|yours)\b)",
    re.I,
)

# --- where each event sits in the row -------------------------------------------------------

_ORDER = 192  # hashed
_PLACES, _LEVELS = 5, 8  # blocks counted from either end; soft size levels
_SIZE_NAMES = ("words", "P", "H", "items", "sentences", "V", "C", "T", "item words")
_SIZE_LEVELS = 10
_RHYTHM = 10  # levels of sentence length
_ENDS = 6  # . ! ? : other none
_MARKS = (",", ";", ":", "(", "**", '"', "!", "?", "`", " - ", "—", "digits", "emoji", "'", "[", "…")
_MARK_LEVELS = 5
_FORMULAS = 8

_AT: dict[str, int] = {}
_at = 0
for _name, _width in (
    ("order", _ORDER),
    ("places", 2 * _PLACES * 4 * _LEVELS),
    ("sizes", len(_SIZE_NAMES) * _SIZE_LEVELS),
    ("rhythm", _RHYTHM + _RHYTHM * _RHYTHM),
    ("edges", 2 * len(_KINDS) * _ENDS + 2 * _FORMULAS),
    ("marks", len(_MARKS) * _MARK_LEVELS),
):
    _AT[_name] = _at
    _at += _width
_EMPTY = _at
DIMENSION = _at + 1
"""Columns of a row; the last one is the empty output's own."""
