"""What a monitor remembers of one model: the last visits, and examples of the very last."""

from __future__ import annotations

from collections import deque
from typing import TypedDict

import numpy as np

from fullmenu.monitor import codec
from fullmenu.monitor.detector import start
from fullmenu.stats.arrays import Floats, Ints

LAST = 512
"""Visits remembered: a change further back is dated "at or before" the first of them."""

EXAMPLES = 48
"""Visits of which an example is remembered."""


class Waiting(TypedDict):
    """An output that waits for one of another prompt."""

    prompt_id: str
    output: str


class SavedHistory(TypedDict):
    """A history as it is saved: only as many visits as there were."""

    values: Floats
    prompts: Ints
    numbers: Ints
    times: Floats
    log_wealth: Floats
    visits: codec.Count
    since_restart: codec.Count
    began: codec.Count
    examples: list[tuple[int, str, str]]
    pending: Waiting | None


class History:
    """Detectors of one model, and its last visits."""

    def __init__(self, streams: int, channels: int) -> None:
        self.log_wealth = start(channels)
        self.visits = 0
        self.since_restart = 0
        self.began = 0  # number of the first visit since the restart
        self.values = np.full((LAST, streams), np.nan)
        self.prompts = np.full(LAST, -1, np.int64)
        self.numbers = np.zeros(LAST, np.int64)
        self.times = np.full(LAST, np.nan)
        self.examples: deque[tuple[int, str, str]] = deque(maxlen=EXAMPLES)
        self.pending: Waiting | None = None

    def add(self, number: int, time: float, prompt: int, values: Floats) -> None:
        """Remember a visit: its number in the whole watch, time, prompt (-1: unknown), values."""
        at = self.visits % LAST
        self.began = self.began if self.since_restart else number
        self.values[at], self.prompts[at] = values, prompt
        self.numbers[at], self.times[at] = number, time
        self.visits += 1
        self.since_restart += 1

    @property
    def rows(self) -> Ints:
        """Places of the visits since the last restart that are remembered, the oldest first."""
        n = min(self.since_restart, LAST)
        return np.arange(self.visits - n, self.visits) % LAST

    @property
    def whole(self) -> bool:
        """Whether all visits since the last restart are remembered."""
        return self.since_restart <= LAST

    def restart(self) -> None:
        """Let the detectors begin anew."""
        self.log_wealth = start(len(self.log_wealth))
        self.since_restart = 0

    def to_dict(self) -> SavedHistory:
        """Return the state, for :mod:`fullmenu.monitor.codec`."""
        n = min(self.visits, LAST)
        return {
            "values": self.values[:n],
            "prompts": self.prompts[:n],
            "numbers": self.numbers[:n],
            "times": self.times[:n],
            "log_wealth": self.log_wealth,
            "visits": self.visits,
            "since_restart": self.since_restart,
            "began": self.began,
            "examples": list(self.examples),
            "pending": self.pending,
        }

    @classmethod
    def from_dict(cls, state: SavedHistory) -> History:
        """Go on where :meth:`to_dict` stopped."""
        made = cls(state["values"].shape[1], len(state["log_wealth"]))
        n = min(state["visits"], LAST)
        made.values[:n], made.prompts[:n] = state["values"], state["prompts"]
        made.numbers[:n], made.times[:n] = state["numbers"], state["times"]
        made.log_wealth = state["log_wealth"]
        made.visits, made.since_restart = state["visits"], state["since_restart"]
        made.began = state["began"]
        made.examples.extend(state["examples"])
        made.pending = state["pending"]
        return made
