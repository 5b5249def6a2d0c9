"""Memory in the prompt: each request shows what has been served, and asks for another."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fullmenu.cleaner import one_line
from fullmenu.cure.arms.arm import Wording, added, named
from fullmenu.sampling.plans import Plan, seed_of
from fullmenu.sampling.request import Prompt, Reply, Request
from fullmenu.text.chat import said

SHOWN, LONGEST = 20, 400
"""Answers shown at most, the last ones, and characters of each."""

_SERVED = "These answers have been given already:\n{answers}\nGive one that is really different."


@dataclass(frozen=True)
class MenuMemory(Wording):
    """Each request shows the answers before it; the requests of a prompt go one after the other."""

    def plan(
        self,
        prompts: Sequence[Prompt],
        n: int,
        parameters: Mapping[str, Any],
        *,
        per_request: int,
        seed: int | None,
    ) -> Plan:
        """Return what is asked, each prompt once its last answer came."""
        return OneByOne(prompts, n, {**parameters, **self.parameters}, seed, self.name)


@dataclass
class OneByOne:
    """Requests of which each needs the answers to those before it.

    Parameters
    ----------
    prompts, n, parameters, seed, arm
        As in :class:`fullmenu.sampling.plans.Evenly`; and the arm's name.
    """

    prompts: Sequence[Prompt]
    n: int
    parameters: Mapping[str, Any]
    seed: int | None = None
    arm: str = "memory"
    per_request: int = 1
    done: int = 0
    total: int = 0
    served: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.total = self.n * len(self.prompts)
        self.served = {prompt.prompt_id: [] for prompt in self.prompts}
        self._base = {prompt.prompt_id: prompt for prompt in self.prompts}
        self._ready = deque(self.prompts)
        self._before: dict[str, dict[int, str]] = {}

    def restore(self, row: Mapping[str, Any]) -> None:
        """Take note of an answer that was there before."""
        base, turn = row.get("base_id"), row.get("turn")
        if base not in self.served or not isinstance(turn, int):
            return
        known = self._before.setdefault(base, {})
        known[turn] = said(row["output"]).text or ""
        while len(self.served[base]) in known:
            self.served[base].append(known[len(self.served[base])])
        self.done = sum(min(len(texts), self.n) for texts in self.served.values())

    def next(self) -> Request | None:
        """Return the next request of a prompt whose last answer is there."""
        while self._ready:
            base = self._ready.popleft()
            before = self.served[base.prompt_id]
            if len(before) >= self.n:
                continue
            asked = named(shown(base, before), base, len(before), self.arm)
            return Request(asked, (0,), self.parameters, seed_of(self.seed, asked, len(before)))
        return None

    def took(self, request: Request, replies: Sequence[Reply]) -> None:
        """Take an answer; without one the prompt is asked again."""
        base = str(request.prompt.extra["base_id"])
        if replies:
            self.served[base].append(said(replies[0].output).text or "")
            self.done += 1
        self._ready.append(self._base[base])

    def drop(self, prompt: Prompt) -> None:
        """Ask a prompt no more."""
        base = str(prompt.extra["base_id"])
        self.total -= self.n - len(self.served[base])
        self._ready = deque(one for one in self._ready if one.prompt_id != base)


def shown(prompt: Prompt, served: Sequence[str]) -> Prompt:
    """Return a prompt that shows what has been served, each answer once.

    >>> print(shown(Prompt("A fruit?"), ["fig", "kiwi", "fig"]).text)
    A fruit?
    <BLANKLINE>
    These answers have been given already:
    - fig
    - kiwi
    Give one that is really different.
    """
    once = [*dict.fromkeys(one_line(text, LONGEST) for text in served if text.strip())][-SHOWN:]
    if not once:
        return prompt
    return added(prompt, after=_SERVED.format(answers="\n".join(f"- {text}" for text in once)))


MEMORY = MenuMemory("memory", "each request shows what has been served, and asks for another")
