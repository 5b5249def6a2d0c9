"""Can a watch alarm at all? Whether, how soon, and how many prompts would do."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fullmenu.monitor.monitor import Monitor
from fullmenu.monitor.ruler import Reading
from fullmenu.samples import Record, Samples

MOST = 400
"""Visits after which a total collapse that raised no alarm is held to raise none."""
SOON = 24
"""A total collapse should be seen within so many visits."""
GROWTH = 4
"""A baseline grows to so many times the looks asked for, where fewer show no collapse soon."""
LOOKS = 64
"""Looks that are tried when it is asked how many would do."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What completions of a trainer can show, foretold for a model as varied as can be.

    ``baseline`` looks make the baseline, and after a total collapse an alarm takes ``looks`` more;
    both ``None`` where no number of looks would do.
    """

    prompts: int
    per_prompt: int
    baseline: int | None
    looks: int | None
    asked: int

    @property
    def sentence(self) -> str:
        """The same in words, with what would do."""
        given = f"{self.prompts} × {self.per_prompt} completions a look"
        if self.baseline is None or self.looks is None:
            return (
                f"{given}: no alarm can be raised, however many looks make the baseline. Give more "
                "prompts or more completions of each, or a log from before as baseline="
            )
        soon = "1 look" if self.looks == 1 else f"{self.looks} looks"
        if self.baseline > GROWTH * self.asked:
            times = math.ceil(self.baseline / self.asked)
            return (
                f"{given}: baseline={self.asked} is too small for any alarm; baseline="
                f"{self.baseline} would do, or {times} times the prompts a look. A total collapse "
                f"would then be seen within {soon}"
            )
        grown = (
            f"the baseline takes {self.baseline} looks instead of {self.asked}, and sees no "
            "collapse before; a total one after it"
            if self.baseline > self.asked
            else f"after the baseline of {self.baseline} looks a total collapse"
        )
        return f"{given}: {grown} is seen within {soon}, and a smaller loss later"


def visits_to_alarm(monitor: Monitor) -> int | None:
    """Return after how many visits that give one answer only an alarm comes; ``None``: never.

    The monitor itself is left as it is.
    """
    tried = Monitor.from_bytes(monitor.to_bytes(), views=monitor.baseline.ruler.views)
    tried.acknowledge()
    values = np.ones(len(monitor.baseline.ruler.streams))
    known = monitor.baseline.prompts if monitor.baseline.traffic == "drawn" else ()
    rng = np.random.default_rng(0)
    for visit in range(1, MOST + 1):
        name = known[rng.integers(len(known))] if known else f"visit {visit}"
        if tried.take([Reading(name, None, None, values)]):
            return visit
    return None


def foretell(
    fitted: Callable[[Samples, int], Monitor], prompts: int, per_prompt: int, pool: int, asked: int
) -> Reach:
    """Foretell what so many completions a look can show, of a varied model.

    Parameters
    ----------
    fitted
        From the log of a baseline, and how many visits it holds, to the monitor.
    prompts, per_prompt
        Prompts of a look, and completions of each.
    pool
        Different prompts that there are.
    asked
        Looks that shall make the baseline.
    """

    def visits(looks: int) -> int | None:
        names = [f"prompt {i % pool}" for i in range(looks * prompts)]
        log = _varied(names, per_prompt)
        return visits_to_alarm(fitted(log, looks * prompts))

    low, high = asked, asked
    found = visits(high)
    while (found or MOST) > SOON and high < LOOKS:
        low, high = high + 1, min(2 * high, LOOKS)
        found = visits(high)
    if found is None:
        return Reach(prompts, per_prompt, None, None, asked)
    while low < high:
        middle = (low + high) // 2
        tried = visits(middle)
        if (tried or MOST) <= max(SOON, found):
            high, found = middle, tried or MOST
        else:
            low = middle + 1
    return Reach(prompts, per_prompt, high, math.ceil(found / prompts), asked)


def _varied(names: list[str], per_prompt: int) -> Samples:
    """A log in which no output is like another."""
    rng = np.random.default_rng(0)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    return Samples.from_records(
        Record(" ".join("".join(rng.choice(letters, 6)) for _ in range(3)), name, name)
        for name in names
        for _ in range(per_prompt)
    )
