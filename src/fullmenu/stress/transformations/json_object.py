"""The request as a JSON object."""

from __future__ import annotations

import json
from random import Random

from fullmenu.stress.transformation import Transformation, keeping, of_request

NESTED = 0.5
"""Above this strength the object stands inside another one."""


def as_json(text: str, strength: float, rng: Random) -> str:
    """Return the text as the value of a JSON object."""
    if strength > NESTED:
        held = {"version": 1, "from": "user", "request": {"type": "text", "content": text}}
        return json.dumps(held, ensure_ascii=False, indent=2)
    return json.dumps({"request": text}, ensure_ascii=False)


def _same(before: str, after: str) -> bool:
    held = json.loads(after)["request"]
    return (held["content"] if isinstance(held, dict) else held) == before


SHIFT = Transformation(
    "json_object",
    "a JSON object that holds the request; above strength 0.5, nested and indented",
    "the request, to the letter, as a value of the object",
    of_request(as_json),
    keeping(_same),
)
