"""The request as a list, a sentence a point."""

from __future__ import annotations

from random import Random

from fullmenu.stress.transformation import (
    Transformation,
    keeping,
    of_request,
    sentences,
    words,
)

HEADED = 0.5
"""Above this strength there is a heading over the list."""


def listed(text: str, strength: float, rng: Random) -> str:
    """Return the text as a list; one that holds code or a list stays as it is."""
    if "```" in text or any(line.lstrip()[:1] in ("-", "*", "|") for line in text.splitlines()):
        return text
    points = "\n".join(f"- {sentence}" for sentence in sentences(text))
    return f"## Request\n\n{points}" if strength > HEADED else points


def _same(before: str, after: str) -> bool:
    body = after if after == before else after.removeprefix("## Request\n\n")
    return words(before) == words(body)


SHIFT = Transformation(
    "bullets",
    "a list with a point for each sentence; above strength 0.5 under a heading",
    "every word, in order",
    of_request(listed),
    keeping(_same),
)
