"""Canaries: fixed prompts that are asked again and again, so that a watch sees a change."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

from fullmenu.sampling.budget import Budget
from fullmenu.sampling.functions import Function, target_of
from fullmenu.sampling.journal import Journal
from fullmenu.sampling.prompts import Prompts, prompts_of
from fullmenu.sampling.request import Prompt, Reply, Request, Target
from fullmenu.sampling.run import Progress, RunOutcome, collect


class Visits:
    """Visits of prompts that are drawn at random, each time anew, with K fresh outputs each.

    That is the traffic for which :class:`fullmenu.watch.Monitor` guarantees how often it alarms
    falsely. The outputs of a visit stand together in the log, in order, if one request at a time is
    asked.

    Parameters
    ----------
    prompts
        Each with an id of its own.
    k
        Outputs of a visit.
    visits
        How many.
    parameters, per_request
        As of :class:`~fullmenu.sampling.plans.Evenly`.
    seeded
        Whether requests carry seeds, fresh ones each time.
    """

    def __init__(
        self,
        prompts: Sequence[Prompt],
        k: int = 5,
        visits: int = 1,
        *,
        parameters: Mapping[str, Any] | None = None,
        per_request: int = 1,
        seeded: bool = False,
    ) -> None:
        self.prompts, self.k = prompts, k
        self.parameters = dict(parameters or {})
        self.per_request, self.seeded = per_request, seeded
        self.total = k * visits
        self.done = 0
        self._visits = visits
        self._refused: set[str] = set()
        self._prompt: Prompt | None = None
        self._missing: list[int] = []

    def restore(self, row: Mapping[str, Any]) -> None:
        """What was there before is another visit's."""

    def next(self) -> Request | None:
        """Return the next request of the visit, or the first of another one."""
        if not self._missing:
            asked = [p for p in self.prompts if p.prompt_id not in self._refused]
            if not self._visits or not asked:
                return None
            self._visits -= 1
            self._prompt = secrets.choice(asked)
            self._missing = list(range(self.k))
        assert self._prompt is not None
        some, self._missing = (
            self._missing[: self.per_request],
            self._missing[self.per_request :],
        )
        seed = secrets.randbelow(1 << 31) if self.seeded else None
        return Request(self._prompt, tuple(some), self.parameters, seed)

    def took(self, request: Request, replies: Sequence[Reply]) -> None:
        """Take what came; what lacks is asked for at once."""
        self.done += len(replies)
        self._missing = [*request.indices[len(replies) :], *self._missing]

    def drop(self, prompt: Prompt) -> None:
        """End the visit, and make no more of this prompt."""
        self.total -= len(self._missing)
        self._missing = []
        self._refused.add(prompt.prompt_id)


def canary(
    prompts: Prompts,
    target: Target | Function,
    path: str | PathLike[str],
    k: int = 5,
    visits: int | None = None,
    *,
    parameters: Mapping[str, Any] | None = None,
    per_request: int | None = None,
    seeded: bool = False,
    budget: Budget | None = None,
    progress: Progress | None = None,
    spent: Mapping[str, int] | None = None,
) -> RunOutcome:
    """Visit prompts drawn at random, K fresh outputs each, and append them to a log for ``watch``.

    Parameters
    ----------
    prompts, target, parameters, budget, progress
        As of :func:`fullmenu.sampling.sample`; ``spent`` is what counts against the budget already.
    path
        The log. It may be renamed between two calls; what it holds is left as it is.
    k
        Outputs of a visit.
    visits
        How many; by default as many as there are prompts. A prompt may be drawn twice, and another
        one not at all: only independent draws keep the guarantee of a watch.
    per_request
        Outputs that one request asks for; by default what the target says.
    seeded
        Whether each request carries a fresh seed, for servers that pin one or cache.

    Raises
    ------
    BadInput, Unreachable
        As of :func:`fullmenu.sampling.sample`; visits that were made are in the log.

    Examples
    --------
    >>> import tempfile, random
    >>> log = tempfile.mkdtemp() + "/canary.jsonl"
    >>> fruit = lambda prompt: random.choice(["fig", "kiwi"])
    >>> canary(["A fruit?", "Another fruit?"], fruit, log, k=3, visits=4).status.done
    12
    """
    model = target_of(target)
    asked = prompts_of(prompts)
    plan = Visits(
        asked,
        k,
        len(asked) if visits is None else visits,
        parameters=parameters,
        per_request=per_request or model.per_request,
        seeded=seeded,
    )
    return collect(
        plan,
        model,
        Journal(path),
        concurrency=1,
        budget=budget,
        progress=progress,
        afresh=True,
        spent=spent,
    )
