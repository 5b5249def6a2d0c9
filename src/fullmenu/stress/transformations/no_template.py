"""The prompt's text as it is, without the model's chat template."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from fullmenu.sampling.request import Prompt
from fullmenu.stress.transformation import Transformation


def bare(prompt: Prompt, strength: float, rng: Random) -> Prompt:
    """Return the prompt, marked to be asked without the chat template (``chat``: false)."""
    return replace(prompt, extra={**prompt.extra, "chat": False})


SHIFT = Transformation(
    "no_template",
    "the text goes to the model without its chat template (to /completions)",
    "every turn, to the letter",
    bare,
    lambda before, after: before.messages == after.messages,
)
