"""Small or capital letters throughout."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from fullmenu.stress.transformation import Transformation, keeping, of_request, prose

CAPITALS = 0.5
"""Above this strength all letters are capitals, up to it all are small."""


def cased(text: str, strength: float, rng: Random) -> str:
    """Return the text in small letters, or in capitals."""
    turn: Callable[[str], str] = str.upper if strength > CAPITALS else str.lower
    return prose(text, lambda part: "".join(_letter(c, turn) for c in part))


def _letter(c: str, turn: Callable[[str], str]) -> str:
    other = turn(c)
    return other if len(other) == 1 and other.casefold() == c.casefold() else c


SHIFT = Transformation(
    "casing",
    "all letters small; above strength 0.5, all capitals",
    "every letter but for its case; quotations, code and addresses",
    of_request(cased),
    keeping(lambda before, after: before.casefold() == after.casefold()),
)
