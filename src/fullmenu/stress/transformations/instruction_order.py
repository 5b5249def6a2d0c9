"""The sentences of the request in another order."""

from __future__ import annotations

import re
from random import Random

from fullmenu.stress.transformation import Transformation, keeping, of_request, sentences

MOST = 12
"""Sentences of a request; a longer one is a document, whose order is left alone."""

_LEANS = re.compile(
    # a sentence that begins so leans on the one before it
    r"(?:then|next|after|afterwards|finally|lastly|first|second|third|also|but|and|so|it|its|they"
    r"|them|their|this|that|these|those|he|she|his|her|such|otherwise|instead|however|therefore"
    r"|because|[-*•\d])\b|[-*•]",
    re.I,
)


def reordered(text: str, strength: float, rng: Random) -> str:
    """Return the sentences in another order, where none leans on the one before it."""
    parts = sentences(text)
    if not 1 < len(set(parts)) <= len(parts) <= MOST or "```" in text or ":" in text:
        return text
    if any(_LEANS.match(part) for part in parts) or not all(part[-1] in ".!?" for part in parts):
        return text
    order = parts[1:] + parts[:1]
    if strength > 0.5:
        rng.shuffle(order)
    return " ".join(order if order != parts else order[1:] + order[:1])


SHIFT = Transformation(
    "instruction_order",
    "the first sentence last; above strength 0.5, all in a random order; left out where one leans "
    "on another",
    "every sentence, once",
    of_request(reordered),
    keeping(lambda before, after: sorted(sentences(before)) == sorted(sentences(after))),
)
