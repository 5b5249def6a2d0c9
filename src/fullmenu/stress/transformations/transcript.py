"""The conversation as a plain transcript, in one turn of the user."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from fullmenu.sampling.request import Prompt
from fullmenu.stress.transformation import Transformation

NAMES = {"system": "System", "user": "User", "assistant": "Assistant"}
HEADINGS = {
    "system": "### System:\n",
    "user": "### Instruction:\n",
    "assistant": "### Response:\n",
}
MARKED = 0.5
"""Above this strength turns stand under headings, as in older templates."""


def written_out(prompt: Prompt, strength: float, rng: Random) -> Prompt:
    """Return the turns as one text; with turns that are no text, the prompt as it is."""
    turns = [(str(m.get("role")), m.get("content")) for m in prompt.messages]
    if not all(isinstance(content, str) for _, content in turns):
        return prompt
    if strength > MARKED:
        parts = [f"{HEADINGS.get(role, HEADINGS['user'])}{content}" for role, content in turns]
        text = "\n\n".join([*parts, HEADINGS["assistant"]])
    else:
        parts = [f"{NAMES.get(role, 'User')}: {content}" for role, content in turns]
        text = "\n\n".join([*parts, "Assistant:"])
    return replace(prompt, asks=text)


def _keeps(before: Prompt, after: Prompt) -> bool:
    if before.messages == after.messages:
        return True
    at = 0
    for message in before.messages:
        at = after.text.find(message["content"], at)
        if at < 0:
            return False
        at += len(message["content"])
    return True


SHIFT = Transformation(
    "transcript",
    "the chat as one text with the speakers' names; above strength 0.5, with the headings of an "
    "older template",
    "the text of every turn, in order",
    written_out,
    _keeps,
)
