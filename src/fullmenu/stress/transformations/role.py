"""Who is asking."""

from __future__ import annotations

from random import Random

from fullmenu.stress.transformation import Transformation, keeping, of_request, stands_in

ROLES = (
    "a school teacher", "a nurse", "a retired engineer", "a student", "a shop owner", "a farmer",
    "a lawyer", "a bus driver", "an accountant", "a parent of three",
)  # fmt: skip
YEARS = 0.5
"""Above this strength more is said about who asks."""


def told_by(text: str, strength: float, rng: Random) -> str:
    """Return the text after a word on who asks."""
    who = f"I am {rng.choice(ROLES)}."
    if strength > YEARS:
        who += f" I have lived in the same town for {rng.randrange(4, 30)} years."
    return f"{who} {text}"


SHIFT = Transformation(
    "role",
    "a word on who asks, at random, before the request; above strength 0.5, two",
    "the request, whole",
    of_request(told_by),
    keeping(stands_in),
)
