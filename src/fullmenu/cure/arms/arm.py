"""An arm: how a prompt is asked for a cure, and what its replies hold."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fullmenu.sampling.plans import Evenly, Plan
from fullmenu.sampling.request import Message, Prompt


class CureArm(Protocol):
    """How prompts are asked.

    Parameters
    ----------
    name
        What it is called.
    about
        What it does, in a sentence.
    parameters
        That it sets, beside those of all arms.
    each
        Outputs that a reply should hold.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def about(self) -> str: ...  # noqa: D102
    @property
    def parameters(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def each(self) -> int: ...  # noqa: D102

    def plan(
        self,
        prompts: Sequence[Prompt],
        n: int,
        parameters: Mapping[str, Any],
        *,
        per_request: int,
        seed: int | None,
    ) -> Plan:
        """Return what is asked for n outputs of each prompt."""

    def outputs(self, reply: str) -> list[str] | None:
        """Return the outputs that a reply holds; ``None``: it cannot be read."""


@dataclass(frozen=True)
class Wording:
    """An arm that words each request for itself, and whose replies are outputs as they are.

    Parameters
    ----------
    name, about, parameters
        As in :class:`CureArm`.
    """

    name: str
    about: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    each: int = 1

    def worded(self, prompt: Prompt, index: int) -> Prompt:
        """Return the prompt as it is asked the ``index``-th time; by default as it is."""
        return prompt

    def outputs(self, reply: str) -> list[str] | None:
        """Return the reply."""
        return [reply]

    def plan(
        self,
        prompts: Sequence[Prompt],
        n: int,
        parameters: Mapping[str, Any],
        *,
        per_request: int,
        seed: int | None,
    ) -> Plan:
        """Return what is asked: equal wordings of a prompt together, as the draws of one."""
        given = {**parameters, **self.parameters}
        replies = -(-n // self.each)
        ways: dict[str, dict[str, list[Prompt]]] = {}
        for prompt in prompts:
            for index in range(replies):
                worded = self.worded(prompt, index)
                ways.setdefault(prompt.prompt_id, {}).setdefault(worded.text, []).append(worded)
        if all(len(way) == 1 for way in ways.values()):
            asked = [
                Prompt(one.messages, prompt.prompt_id, {**one.extra, **base_of(prompt, self.name)})
                for prompt, way in zip(prompts, ways.values(), strict=True)
                for one in next(iter(way.values()))[:1]
            ]
            return Evenly(asked, replies, given, per_request=per_request, seed=seed)
        asked = [
            named(self.worded(prompt, index), prompt, index, self.name)
            for index in range(replies)
            for prompt in prompts
        ]
        return Evenly(asked, 1, given, seed=seed)


def named(worded: Prompt, prompt: Prompt, index: int, arm: str) -> Prompt:
    """Return a prompt as it is asked once, which carries the one that it stands for.

    >>> one = named(Prompt("A fruit, pirate?"), Prompt("A fruit?", "fruit"), 3, "persona")
    >>> one.prompt_id, one.extra["base_id"], one.extra["turn"]
    ('fruit #3', 'fruit', 3)
    """
    extra = {**prompt.extra, **base_of(prompt, arm), "turn": index}
    return Prompt(worded.messages, f"{prompt.prompt_id} #{index}", extra)


def base_of(prompt: Prompt, arm: str) -> dict[str, str]:
    """Return the columns that say of a sample what it stands for."""
    return {"arm": arm, "base_id": prompt.prompt_id, "base_prompt": prompt.text}


def added(prompt: Prompt, before: str = "", after: str = "") -> Prompt:
    """Return a prompt with text put before and after what the user says last.

    >>> added(Prompt("A fruit?"), "Be brief.", "Thanks.").text
    'Be brief.\\n\\nA fruit?\\n\\nThanks.'
    """
    turns: list[Message] = [dict(turn) for turn in prompt.messages]
    last = dict(turns[-1])
    said = last.get("content")
    if isinstance(said, str):
        last["content"] = "\n\n".join(part for part in (before, said, after) if part)
    else:
        parts = [{"type": "text", "text": text} for text in (before, after)]
        last["content"] = [
            *([parts[0]] if before else []),
            *(said if isinstance(said, list) else []),
            *([parts[1]] if after else []),
        ]
    return Prompt([*turns[:-1], last], prompt.prompt_id, prompt.extra)


def drawn(prompt: Prompt, index: int, what: str) -> random.Random:
    """Return a source of chance for one request: the same whenever it is asked again."""
    words = f"{what}\0{prompt.prompt_id}\0{index}".encode("utf-8", "replace")
    return random.Random(hashlib.blake2b(words, digest_size=8).digest())
