"""Which request comes next."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from fullmenu.sampling.request import Prompt, Reply, Request


class Plan(Protocol):
    """Decides what is asked, from what came.

    Parameters
    ----------
    prompts
        That are asked.
    per_request
        How many outputs a request may ask for; a run lowers it where the server gives fewer.
    """

    prompts: Sequence[Prompt]
    per_request: int

    @property
    def done(self) -> int:
        """Samples that are there."""

    @property
    def total(self) -> int:
        """Samples that there will be, as far as is known."""

    def restore(self, row: Mapping[str, Any]) -> None:
        """Take note of a sample that was there before."""

    def next(self) -> Request | None:
        """Return the next request; ``None``: none, unless one in flight brings something up."""

    def took(self, request: Request, replies: Sequence[Reply]) -> None:
        """Take what a request brought; what it lacks is asked again."""

    def drop(self, prompt: Prompt) -> None:
        """Ask a prompt no more."""


class Evenly:
    """The same number of samples of every prompt, one round after the other.

    Parameters
    ----------
    prompts
        Each with an id of its own.
    n
        Samples of each.
    parameters
        Of the model.
    per_request
        How many outputs a request may ask for.
    seed
        From it each request gets a seed of its own; ``None``: requests carry none.

    Examples
    --------
    >>> plan = Evenly([Prompt("A fruit?"), Prompt("A tree?")], 3, per_request=2)
    >>> [(r.prompt.text, r.indices) for r in iter(plan.next, None)]
    [('A fruit?', (0, 1)), ('A tree?', (0, 1)), ('A fruit?', (2,)), ('A tree?', (2,))]
    """

    def __init__(
        self,
        prompts: Sequence[Prompt],
        n: int,
        parameters: Mapping[str, Any] | None = None,
        *,
        per_request: int = 1,
        seed: int | None = None,
    ) -> None:
        self.prompts = prompts
        self.parameters = dict(parameters or {})
        self.per_request = per_request
        self.seed = seed
        self.n = n
        self.done = 0
        self.total = n * len(prompts)
        self._missing = {p.prompt_id: deque(range(n)) for p in prompts}
        self._turns = deque(prompts)

    def restore(self, row: Mapping[str, Any]) -> None:
        """Take note of a sample that was there before."""
        missing = self._missing.get(row["prompt_id"])
        if missing and row["sample_index"] in missing:
            missing.remove(row["sample_index"])
            self.done += 1

    def next(self) -> Request | None:
        """Return the next request."""
        while self._turns:
            prompt = self._turns.popleft()
            missing = self._missing[prompt.prompt_id]
            if not missing:
                continue
            some = tuple(missing.popleft() for _ in range(min(self.per_request, len(missing))))
            if missing:
                self._turns.append(prompt)
            return Request(prompt, some, self.parameters, seed_of(self.seed, prompt, some[0]))
        return None

    def took(self, request: Request, replies: Sequence[Reply]) -> None:
        """Take what a request brought; what it lacks is asked again."""
        self.done += len(replies)
        lacking = request.indices[len(replies) :]
        missing = self._missing[request.prompt.prompt_id]
        if lacking:
            if not missing:
                self._turns.append(request.prompt)
            missing.extend(lacking)

    def drop(self, prompt: Prompt) -> None:
        """Ask a prompt no more."""
        self.total -= len(self._missing[prompt.prompt_id])
        self._missing[prompt.prompt_id].clear()


def seed_of(seed: int | None, prompt: Prompt, index: int) -> int | None:
    """Return the seed of a request: another for each, and far apart.

    Servers seed the outputs of one request with seed, seed + 1 …; seeds that are neighbours would
    give the same draws twice.
    """
    if seed is None:
        return None
    named = f"{seed}\0{prompt.prompt_id}\0{index}".encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(named, digest_size=4).digest(), "big") >> 1
