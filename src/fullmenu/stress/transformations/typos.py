"""Slips of the keyboard, inside words."""

from __future__ import annotations

import re
from random import Random

from fullmenu.stress.transformation import Transformation, keeping, of_request, prose

MOST = 0.4
"""Of the words that may have a slip, so many have one at strength 1."""

_WORD = re.compile(r"[^\W\d_]+")


def typed(text: str, strength: float, rng: Random) -> str:
    """Return the text with slips: letters that change places, are left out, or come twice."""

    def slip(match: re.Match[str]) -> str:
        word = match[0]
        return _slipped(word, rng) if may_slip(word) and rng.random() < MOST * strength else word

    return prose(text, lambda part: _WORD.sub(slip, part))


def may_slip(word: str) -> bool:
    """Tell whether a word may have a slip: four letters or more, of an alphabet, no acronym."""
    return len(word) > 3 and not word.isupper() and all(c.lower() != c.upper() for c in word)


def _slipped(word: str, rng: Random) -> str:
    at = rng.randrange(1, len(word) - 2)
    kind = rng.choice(("swap", "drop", "double"))
    if kind == "swap" and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == "drop":
        return word[:at] + word[at + 1 :]
    return word[: at + 1] + word[at:]


def _same(before: str, after: str) -> bool:
    first, second = (re.split(r"([^\W\d_]+)", text) for text in (before, after))
    return len(first) == len(second) and all(
        (a[0] == b[0] and a[-1] == b[-1] and abs(len(a) - len(b)) <= 1 if len(a) > 3 else a == b)
        if place % 2
        else a == b
        for place, (a, b) in enumerate(zip(first, second, strict=True))
    )


SHIFT = Transformation(
    "typos",
    "letters inside words swapped, left out or doubled",
    "every word's first and last letter and its length within one; numbers, marks, short words, "
    "quotations, code and addresses",
    of_request(typed),
    keeping(_same),
)
