"""The request without words that it can do without."""

from __future__ import annotations

import re
from random import Random

from fullmenu.stress.transformation import Transformation, keeping, of_request, prose, words

_POLITE = re.compile(
    r"\b(?:please|kindly|could you|can you|would you|will you|i would like you to|i'd like you to"
    r"|i want you to|i need you to|thank you|thanks)\b[,!.]?[ \t]*",
    re.I,
)
_SMALL = re.compile(r"\b(?:a|an|the|very|really|just|simply|actually)\b[ \t]+", re.I)

_SPARE = frozenset(
    (
        "please", "kindly", "could", "can", "would", "will", "you", "i", "like", "d", "want",
        "need", "to", "thank", "thanks", "a", "an", "the", "very", "really", "just", "simply",
        "actually",
    )
)  # fmt: skip
SMALL = 0.5
"""Above this strength articles and fillers go too."""


def shortened(text: str, strength: float, rng: Random) -> str:
    """Return the text without politeness and, above :data:`SMALL`, without articles."""

    def short(part: str) -> str:
        part = _POLITE.sub("", part)
        return _SMALL.sub("", part) if strength > SMALL else part

    shorter = prose(text, short)
    return shorter if words(shorter) else text


def _same(before: str, after: str) -> bool:
    left = iter(words(after))
    waiting = next(left, None)
    for word in words(before):
        if word == waiting:
            waiting = next(left, None)
        elif word.lower() not in _SPARE:
            return False
    return waiting is None


SHIFT = Transformation(
    "terse",
    "English politeness left out; above strength 0.5, articles and fillers too",
    "every other word, in order; quotations, code and addresses",
    of_request(shortened),
    keeping(_same),
)
