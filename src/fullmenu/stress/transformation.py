"""A transformation of prompts: what it does, and what must stay the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from fullmenu.errors import BadInput
from fullmenu.sampling.request import Message, Prompt

Edit = Callable[[str, float, Random], str]


@dataclass(frozen=True, slots=True)
class Transformation:
    """A way to ask the same thing outside the usual setting.

    Parameters
    ----------
    name
        What samples call it.
    about
        What it does, in a few words.
    same
        What must stay the same, in a few words.
    apply
        From a prompt, a strength above 0 and a source of random numbers to the shifted prompt.
    keeps
        Whether what must stay the same did, of a prompt and its shifted version.

    Examples
    --------
    >>> from fullmenu.stress.transformations.casing import SHIFT
    >>> SHIFT.shift(Prompt("Name a Fruit."), 1.0).text
    'NAME A FRUIT.'
    >>> SHIFT.shift(Prompt("Name a Fruit."), 0.0).text
    'Name a Fruit.'
    """

    name: str
    about: str
    same: str
    apply: Callable[[Prompt, float, Random], Prompt]
    keeps: Callable[[Prompt, Prompt], bool]

    def shift(self, prompt: Prompt, strength: float, seed: int = 0) -> Prompt:
        """Return the prompt, shifted; strength 0 is the prompt itself.

        The same prompt, strength and seed give the same text. Where nothing in the prompt can be
        shifted, it is returned as it is.

        Raises
        ------
        BadInput
            The strength is not from 0 to 1.
        """
        if not 0 <= strength <= 1:
            raise BadInput(f"strength={strength!r}: give a number from 0 (as it is) to 1")
        if strength == 0:
            return prompt
        named = f"{seed}\0{self.name}\0{prompt.prompt_id}".encode("utf-8", "replace")
        made = self.apply(prompt, strength, Random(named))
        same = (made.messages, made.extra) == (prompt.messages, prompt.extra)
        return prompt if same else made


def of_request(edit: Edit) -> Callable[[Prompt, float, Random], Prompt]:
    """Return what edits the text of the user's last turn; other turns stay as they are."""

    def apply(prompt: Prompt, strength: float, rng: Random) -> Prompt:
        text = request(prompt)
        return prompt if text is None else with_request(prompt, edit(text, strength, rng))

    return apply


def around(before: Sequence[str], after: Sequence[str]) -> Edit:
    """Return what puts a sentence before a text, above strength 0.5 one after it too."""

    def edit(text: str, strength: float, rng: Random) -> str:
        framed = rng.choice(before) + text
        return framed + rng.choice(after) if strength > 0.5 else framed

    return edit


def keeping(same: Callable[[str, str], bool]) -> Callable[[Prompt, Prompt], bool]:
    """Return what holds the user's last turn against its shifted version, and other turns equal."""

    def keeps(before: Prompt, after: Prompt) -> bool:
        first, second = request(before), request(after)
        if first is None or second is None:
            return before.messages == after.messages
        return same(first, second) and with_request(before, second).messages == after.messages

    return keeps


def request(prompt: Prompt) -> str | None:
    """Return the text of the user's last turn; ``None`` where there is none."""
    place = _place(prompt)
    if place is None:
        return None
    turn, part = place
    content = prompt.messages[turn]["content"]
    return str(content if part is None else content[part]["text"])


def with_request(prompt: Prompt, text: str) -> Prompt:
    """Return the prompt with another text of the user's last turn."""
    place = _place(prompt)
    if place is None:
        return prompt
    turn, part = place
    content: Any = text
    if part is not None:
        content = list(prompt.messages[turn]["content"])
        content[part] = {**content[part], "text": text}
    messages: list[Message] = list(prompt.messages)
    messages[turn] = {**messages[turn], "content": content}
    return replace(prompt, asks=messages)


def _place(prompt: Prompt) -> tuple[int, int | None] | None:
    """Return where the text stands: the turn, and the part of its content where it has parts."""
    for turn in range(len(prompt.messages) - 1, -1, -1):
        message = prompt.messages[turn]
        if message.get("role") != "user":
            continue
        content = message.get("content")
        if isinstance(content, str):
            return turn, None
        if isinstance(content, list):
            for part in range(len(content) - 1, -1, -1):
                if isinstance(content[part], dict) and isinstance(content[part].get("text"), str):
                    return turn, part
    return None


_LEFT_ALONE = re.compile(
    r"(```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|\S+@\S+\.\S+|\{[^{}\n]*\}|<[^<>\n]*>"
    r'|"[^"\n]*"|“[^”\n]*”)',
    re.S,
)


def prose(text: str, edit: Callable[[str], str]) -> str:
    """Edit a text outside of code, addresses, placeholders and quotations.

    >>> prose("Say `ls` in {tone}", str.upper)
    'SAY `ls` IN {tone}'
    """
    parts = _LEFT_ALONE.split(text)
    return "".join(part if i % 2 else edit(part) for i, part in enumerate(parts))


_ENDS = re.compile(r"(?<=[.!?])\s+(?=\S)|\n+|(?<=[。！？])")


def sentences(text: str) -> list[str]:
    """Return the sentences and lines of a text, each without the white space around it.

    >>> sentences("Name a fruit. One word only!")
    ['Name a fruit.', 'One word only!']
    """
    return [part.strip() for part in _ENDS.split(text) if part and part.strip()]


def words(text: str) -> list[str]:
    """Return the words of a text, without what stands between them."""
    return re.findall(r"\w+", text)


def stands_in(before: str, after: str) -> bool:
    """Tell whether a text stands in another one, whole."""
    return before.strip() in after
