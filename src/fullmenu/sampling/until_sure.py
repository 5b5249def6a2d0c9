"""Sampling until each prompt's effective number is known well enough, and no longer."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.kernel.likeness import within_pairs
from fullmenu.kernel.rates import interval_over_outputs
from fullmenu.kernel.rows import Features, as_features, stacked
from fullmenu.sampling.plans import seed_of
from fullmenu.sampling.request import Prompt, Reply, Request
from fullmenu.text.chat import said

LEAST = 20
"""Samples before a prompt is looked at."""

GROWTH = 1.25
"""A prompt that is not sure has so many times its samples before it is looked at again."""

LEVEL = 0.97
"""Level of the interval at each look, so that at the stop it holds the truth in 95 % of prompts.

A stop is likelier where chance made the interval narrow. ``benchmarks/ask.py`` prints the coverage.
"""

Rows = Callable[[Sequence[str], Sequence[str | None]], Any]


@dataclass
class _Share:
    """What is known of one prompt."""

    prompt: Prompt
    rank: int
    outputs: dict[int, str] = field(default_factory=dict)
    rows: list[Features] = field(default_factory=list)
    looked: int = 0  # outputs whose rows are there
    asked: int = 0  # samples asked for, or there
    goal: int = LEAST
    missing: deque[int] = field(default_factory=deque)
    low: float = 0.0  # of the repeat rate
    high: float = 1.0
    rate: float = 0.0
    over: bool = False

    @property
    def width(self) -> float:
        """Of the interval of the log effective number."""
        return math.log(self.high / self.low) if self.low > 0 else math.inf

    @property
    def gain(self) -> float:
        """How much the variance of the mean rate falls with the next samples: v·(1 − n/n′)."""
        if not self.looked:
            return math.inf
        return (self.high - self.low) ** 2 * (1 - self.looked / max(self.goal, self.looked))


class UntilSure:
    """Samples of a prompt until the interval of its effective number is narrow enough.

    The interval of 1/U is looked at after 20 samples and then at each growth by a quarter, so that
    looking often costs little, and is taken at 97 %, so that at the stop it holds the truth in 95 %
    of prompts. Where all samples are alike its width is that of the exact bound, not zero, so that
    a stop never rests on a variance of zero. The prompt whose next samples narrow the interval of
    the mean repeat rate most comes first: that matters where the budget ends before all are sure.

    Parameters
    ----------
    prompts
        Each with an id of its own.
    rows
        From outputs and prompts to unit rows, such as a view's ``rows``.
    factor
        Sure enough: the interval's upper end is at most ``factor**2`` times its lower end, that is
        about a factor of ``factor`` either way.
    least, most
        Samples of a prompt at least, 20 or more, and at most.
    parameters, per_request, seed
        As of :class:`~fullmenu.sampling.plans.Evenly`.
    """

    def __init__(
        self,
        prompts: Sequence[Prompt],
        rows: Rows,
        factor: float = 1.35,
        *,
        least: int = LEAST,
        most: int = 400,
        parameters: Mapping[str, Any] | None = None,
        per_request: int = 1,
        seed: int | None = None,
    ) -> None:
        if not 1 < factor < 100:
            raise BadInput(f"factor={factor}: give a factor above 1, such as 1.35")
        if least < LEAST or most < least:
            raise BadInput(
                f"least={least}, most={most}: a prompt is looked at from {LEAST} samples on; give "
                f"{LEAST} or more, and no fewer at most"
            )
        self.prompts = prompts
        self.parameters = dict(parameters or {})
        self.per_request, self.seed = per_request, seed
        self.width = 2 * math.log(factor)
        self.most = most
        self._rows = rows
        self._shares = {p.prompt_id: _Share(p, rank, goal=least) for rank, p in enumerate(prompts)}
        self.done = 0

    @property
    def total(self) -> int:
        """Samples that there will be, as far as can be told."""
        return sum(max(self._expected(s), len(s.outputs)) for s in self._shares.values())

    @property
    def sure(self) -> int:
        """How many prompts are sure."""
        return sum(map(self.is_sure, self._shares))

    def is_sure(self, prompt_id: str) -> bool:
        """Whether a prompt is sure."""
        return self._shares[prompt_id].width <= self.width

    def intervals(self) -> dict[str, tuple[int, float, float]]:
        """Return of each prompt how many samples it has, and the ends of its effective number."""
        return {
            name: (len(s.outputs), 1 / s.high, 1 / s.low if s.low > 0 else math.inf)
            for name, s in self._shares.items()
            if s.looked
        }

    def restore(self, row: Mapping[str, Any]) -> None:
        """Take note of a sample that was there before."""
        share = self._shares.get(row["prompt_id"])
        if share is not None and row["sample_index"] not in share.outputs:
            share.outputs[row["sample_index"]] = said(row["output"]).text or ""
            self.done += 1
            top = max(share.outputs) + 1
            share.missing = deque(i for i in range(top) if i not in share.outputs)
            share.asked = top
            if not share.missing:
                self._look(share)

    def next(self) -> Request | None:
        """Return the next request: of the prompt that gains most by it."""
        open_ones = [s for s in self._shares.values() if self._wanted(s)]
        if not open_ones:
            return None
        share = max(open_ones, key=lambda s: (s.gain, -s.asked, -s.rank))
        wanted = min(self.per_request, self._wanted(share))
        some = [share.missing.popleft() for _ in range(min(wanted, len(share.missing)))]
        fresh = wanted - len(some)
        some += range(share.asked, share.asked + fresh)
        share.asked += fresh
        seed = seed_of(self.seed, share.prompt, some[0])
        return Request(share.prompt, tuple(some), self.parameters, seed)

    def took(self, request: Request, replies: Sequence[Reply]) -> None:
        """Take what a request brought, and look whether its prompt is sure."""
        share = self._shares[request.prompt.prompt_id]
        for index, reply in zip(request.indices, replies, strict=False):
            share.outputs[index] = said(reply.output).text or ""
            self.done += 1
        share.missing.extend(request.indices[len(replies) :])
        if len(share.outputs) == share.asked:
            self._look(share)

    def drop(self, prompt: Prompt) -> None:
        """Ask a prompt no more."""
        self._shares[prompt.prompt_id].over = True

    def _wanted(self, share: _Share) -> int:
        return 0 if share.over else share.goal - share.asked + len(share.missing)

    def _expected(self, share: _Share) -> int:
        """Where the interval narrows as 1/√n, so many samples make it narrow enough."""
        if share.over or not share.looked:
            return len(share.outputs) if share.over else share.goal
        if not math.isfinite(share.width):
            return self.most
        return min(self.most, math.ceil(share.looked * (share.width / self.width) ** 2))

    def _look(self, share: _Share) -> None:
        """Take the interval where the goal is reached; stop, or set the next goal."""
        n = len(share.outputs)
        if n < share.goal:
            return
        new = [share.outputs[i] for i in range(share.looked, n)]
        share.rows.append(as_features(self._rows(new, [share.prompt.text] * len(new))))
        share.rows = [stacked([*share.rows])]
        share.looked = n
        sums = within_pairs(share.rows[0], np.zeros(n, np.int64))
        share.rate = sums.rate
        share.low, share.high = interval_over_outputs(sums, LEVEL)
        if share.width <= self.width or n >= self.most:
            share.over = True
            share.rows.clear()
        else:
            share.goal = min(math.ceil(GROWTH * n), self.most)
