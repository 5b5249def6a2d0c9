"""Punctuation left out, or doubled."""

from __future__ import annotations

import re
from random import Random

from fullmenu.stress.transformation import Transformation, keeping, of_request, prose, words

_MARK = re.compile(r"(?<![\d.,;:!?])[.,;:!?](?![\w.,;:!?])")


def punctuated(text: str, strength: float, rng: Random) -> str:
    """Return the text with some marks left out, and some doubled."""

    def changed(match: re.Match[str]) -> str:
        if rng.random() >= strength:
            return match[0]
        return match[0] * 2 if rng.random() < 0.3 else ""

    return prose(text, lambda part: _MARK.sub(changed, part))


def _same(before: str, after: str) -> bool:
    marks = re.compile(r"[.,;:!?]+")
    return words(before) == words(after) and marks.sub("", before) == marks.sub("", after)


SHIFT = Transformation(
    "punctuation",
    "marks at the end of words left out or doubled",
    "every word and all other signs; numbers, quotations, code and addresses",
    of_request(punctuated),
    keeping(_same),
)
