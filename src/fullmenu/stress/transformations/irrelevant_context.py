"""Sentences that have nothing to do with the request, before it."""

from __future__ import annotations

from math import ceil
from random import Random

from fullmenu.stress.transformation import Transformation, keeping, of_request

SENTENCES = (
    "The ferry to the island leaves twice a day in winter.",
    "My neighbour has painted the garden fence green.",
    "The library on the corner closes at six on Fridays.",
    "A parcel was left at the front desk this morning.",
    "The bus was late again because of the roadworks.",
    "Two of the office chairs have been sent to be repaired.",
    "The printer on the second floor has run out of paper.",
    "It rained for most of last weekend.",
    "The lift will be out of order until Tuesday.",
    "Somebody has left an umbrella in the meeting room.",
)


def surrounded(text: str, strength: float, rng: Random) -> str:
    """Return the text after sentences that have nothing to do with it."""
    told = rng.sample(SENTENCES, ceil(strength * len(SENTENCES)))
    return f"{' '.join(told)}\n\n{text}"


SHIFT = Transformation(
    "irrelevant_context",
    "sentences about other things before the request: ten at strength 1",
    "the request, whole and last",
    of_request(surrounded),
    keeping(lambda before, after: after.endswith(before)),
)
