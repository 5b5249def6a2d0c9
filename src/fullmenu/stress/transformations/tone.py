"""The mood of the one who asks."""

from __future__ import annotations

from random import Random

from fullmenu.stress.transformation import Transformation, keeping, of_request, stands_in

MOODS = (
    ("Come on.", "And be quick about it."),
    ("Hi there, lovely to talk to you!", "You are the best!"),
    ("Sorry to bother you.", "I hope that is all right."),
    ("I really need this right now.", "So much depends on it."),
    ("Good day to you.", "I remain yours faithfully."),
)
BOTH = 0.5
"""Above this strength the mood shows after the request too."""


def in_a_mood(text: str, strength: float, rng: Random) -> str:
    """Return the text with a sentence that shows a mood."""
    before, after = rng.choice(MOODS)
    return f"{before} {text} {after}" if strength > BOTH else f"{before} {text}"


SHIFT = Transformation(
    "tone",
    "a brusque, cheerful, shy, urgent or formal sentence; above strength 0.5, two",
    "the request, whole",
    of_request(in_a_mood),
    keeping(stands_in),
)
