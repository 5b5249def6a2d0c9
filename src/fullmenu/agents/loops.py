"""Loops: calls that come again and again and lead nowhere, told from polling, paging and work."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from fullmenu.agents.trajectory import Step
from fullmenu.report.agents.document import LoopKind

SAME, CYCLES, DRIFTING = 4, 3, 5
"""So many same calls in a row, rounds of a cycle, or calls with drifting arguments are a loop."""
LONGEST = 4
"""Calls in a cycle at most."""
ALIKE = 0.6
"""Arguments this alike, one to the next, drift; less alike, they are other questions."""
SHORT = 80
"""Characters of a result that may say that something is not ready; a longer one is content."""
PATIENCE = 100
"""Rounds after which even waiting is a loop."""

_WAITING = re.compile(
    r"pending|running|in.?progress|queued|processing|not.?ready|waiting|building|starting|scheduled"
    r"|provisioning|initiali[sz]ing|deploying|retry.?after|\bbusy\b|\d ?%|\beta\b",
    re.I,
)
_SLEEPS = re.compile(r"(?:^|_|\b)(?:sleep|wait|pause|delay)", re.I)
_ASKS = re.compile(r"status|poll|health|progress|is_?(?:ready|done)|heartbeat|monitor", re.I)
_CLOCK = re.compile(
    r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?z?|\b\d\d:\d\d:\d\d\b|\b\d{10,}\b"
    r"|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{16,}\b|\b\d+(?:\.\d+)? ?ms\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop in a run.

    Parameters
    ----------
    kind
        The same call, two that alternate, a longer cycle, or one whose arguments drift.
    start, calls
        The step it begins with, and how many calls it takes.
    tools
        The tools of one round.
    """

    kind: LoopKind
    start: int
    calls: int
    tools: tuple[str, ...]


def loops_in(steps: Sequence[Step]) -> list[Loop]:
    """Return the loops in a run, in order; none overlap.

    Calls are a loop where they repeat and what comes back is the same each time. They are not where
    results differ (work, paging), where they say that something is not ready yet, or a round holds
    a wait (polling), unless that goes on for a hundred rounds. Where results are not logged, calls
    that ask for a status count as polling, and numbers that grow as paging.

    It cannot see a loop whose results differ in more than times and ids, nor whether an agent that
    polls should have stopped.

    Parameters
    ----------
    steps
        The tool calls of one run.

    Examples
    --------
    >>> again = [Step("search", '{"q": "fig"}', "no results")] * 6
    >>> loops_in(again)
    [Loop(kind='same call', start=0, calls=6, tools=('search',))]
    >>> waits = [Step("job", '{"id": 1}', "pending")] * 5 + [Step("job", '{"id": 1}', "done")]
    >>> loops_in(waits)
    []
    """
    found: list[Loop] = []
    at = 0
    while at < len(steps):
        loop = next(
            (x for look in (_repeating, _drifting) if (x := look(steps, at)) is not None), None
        )
        if loop is not None:
            found.append(loop)
        at = loop.start + loop.calls if loop else at + 1
    return found


def _repeating(steps: Sequence[Step], at: int) -> Loop | None:
    """Return the loop of same calls, or of a cycle, that begins here."""
    for period in range(1, LONGEST + 1):
        key = [(s.tool, s.arguments) for s in steps[at : at + period]]
        if len(key) < period or (period > 1 and len(set(key)) == 1):
            continue
        end = at + period
        while (
            end < len(steps) and (steps[end].tool, steps[end].arguments) == key[(end - at) % period]
        ):
            end += 1
        rounds = (end - at) // period
        if rounds < (SAME if period == 1 else CYCLES):
            continue
        calls = rounds * period
        some = steps[at : at + calls]
        if _leads_nowhere([some[k::period] for k in range(period)], rounds):
            kinds: dict[int, LoopKind] = {1: "same call", 2: "alternating calls"}
            tools = tuple(s.tool for s in some[:period])
            return Loop(kinds.get(period, "cycle of calls"), at, end - at, tools)
    return None


def _leads_nowhere(phases: Sequence[Sequence[Step]], rounds: int) -> bool:
    """Tell whether every call of a cycle got the same result each time, and nothing was waited for.

    The first round may have come back with something else.
    """
    if rounds >= PATIENCE:
        return all(_one_result(phase) for phase in phases)
    if any(_SLEEPS.search(phase[0].tool) for phase in phases):
        return False
    known = [s.result for phase in phases for s in phase if s.result is not None]
    if not known:
        return not any(_ASKS.search(phase[0].tool) for phase in phases)
    waited = any(_waits(s) for phase in phases for s in phase)
    return all(_one_result(phase) for phase in phases) and not waited


def _waits(step: Step) -> bool:
    """Tell whether a result says that something is not ready: a short one, or that of a status."""
    result = step.result or ""
    told = len(result) <= SHORT or bool(_ASKS.search(step.tool))
    return told and bool(_WAITING.search(result))


def _one_result(steps: Sequence[Step]) -> bool:
    return len({_still(s.result) for s in steps[1:]}) == 1


def _still(result: str | None) -> str | None:
    """Return a result without what differs each time it is asked for: times and ids."""
    return None if result is None else _CLOCK.sub("#", result).strip()


def _drifting(steps: Sequence[Step], at: int) -> Loop | None:
    """Return the loop that begins here of one tool whose arguments hardly change, to no effect."""
    end = at + 1
    while end < len(steps) and steps[end].tool == steps[at].tool and _drifts(steps, end):
        end += 1
    some = steps[at:end]
    if len(some) < DRIFTING or len({s.arguments for s in some}) < 3:
        return None
    if any(s.result is not None for s in some):
        nowhere = _leads_nowhere([some], len(some))
    else:
        nowhere = not _ASKS.search(some[0].tool) and not _pages([s.arguments for s in some])
    return Loop("drifting arguments", at, len(some), (some[0].tool,)) if nowhere else None


def _drifts(steps: Sequence[Step], k: int) -> bool:
    before, after = steps[k - 1], steps[k]
    same = _still(before.result) == _still(after.result)
    return same and _likeness(before.arguments, after.arguments) >= ALIKE


def _likeness(before: str, after: str) -> float:
    """Return how alike the values of two calls are, names of arguments left out."""
    first, second = (" ".join(map(str, _values(text))) for text in (before, after))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _values(arguments: str) -> list[object]:
    try:
        held = json.loads(arguments)
    except ValueError:
        return [arguments]
    return list(held.values()) if isinstance(held, dict) else [held]


def _pages(arguments: Sequence[str]) -> bool:
    """Tell whether one number of the arguments only grows, and nothing else changes."""
    numbers = [[float(x) for x in re.findall(r"\d+(?:\.\d+)?", text)] for text in arguments]
    shapes = {re.sub(r"\d+(?:\.\d+)?", "#", text) for text in arguments}
    if len(shapes) != 1 or not numbers[0]:
        return False
    columns = list(zip(*numbers, strict=True))
    moving = [column for column in columns if len(set(column)) > 1]
    return len(moving) == 1 and all(a < b for a, b in pairwise(moving[0]))
