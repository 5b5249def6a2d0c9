"""Loops in a run: calls that come again while nothing new comes back; and polling, which may.

A stretch is a loop where its calls repeat, or drift, and what comes back is the same, or fails,
each time. It is polling where the agent waits in between, or where what comes back says that
something is still under way; then to ask again is right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from statistics import median
from typing import Literal

from fullmenu.diagnose.trajectories.trajectory import Step, Trajectory

Kind = Literal["same call", "cycle", "drifting arguments", "polling"]
LOOPS: tuple[Kind, ...] = ("same call", "cycle", "drifting arguments")

LONGEST = 8
"""Calls in a cycle at most."""
TIMES = {1: 4, 2: 3}
"""So often one call, or a cycle of more, comes before it is a loop: three tries are a retry."""
RETRIES = 6
"""So often a call that fails comes, with waits in between, before it is a loop."""
DRIFTS, ENUMERATED = 5, 10
"""So many calls with other arguments bring nothing: words that are rewritten, ids gone through."""
PAUSE = 2.0
"""Seconds between two calls that are a wait."""
PATIENCE, BUSY = 12, 100
"""So often is polled before it is a loop; the second where it waits, ends, or asks for a state."""
SHORT = 80
"""Characters of a result that may say that something is under way; a longer one is content."""
UNKNOWN = 1
"""Rounds more that it takes where the log does not say what came back; of drifts, twice that."""

_STAMPS = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?\b|\b\d{10,}\b"
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    r"|\b(?=[0-9a-fA-F]*\d)(?=[0-9a-fA-F]*[a-fA-F])[0-9a-fA-F]{7,}\b"
    r"|\b[A-Za-z]{2,8}[-_](?=\w*\d)\w{6,}\b"
    r"|\b\d+(?:\.\d+)? ?(?:ms|µs|s|sec|secs|seconds?|minutes?)\b"
)
_FAILS = re.compile(
    r"\b(?:errors?|exception|traceback|failed|failure|fails|invalid|denied|forbidden|unauthori[sz]ed"
    r"|not found|no such|cannot|can't|could not|couldn't|unable|unknown|undefined|refused|missing"
    r"|timed? ?out|timeout|no (?:\w+ ){0,2}(?:results?|match(?:es)?|items?|hits|data|output|files?)"
    r"(?: \w+){0,2}|none found|nothing found|did not match|[45]\d\d)\b|\b(?:0|zero) (?:results?"
    r"|matches|hits|items|rows)\b|[\"'](?:results?|items|matches|data|hits|rows)[\"']: ?\[\]"
    r"|^\s*(?:\[\]|n/a)\s*$",
    re.I,
)
_PENDING = re.compile(
    r"(?:pending|queue[ds]?|running|progress|processing|waiting|creating|starting|initiali[sz]ing"
    r"|provisioning|deploying|compiling|installing|preparing|pulling|syncing|migrating|indexing"
    r"|rendering|training|restarting|incomplete)\b|\w{3,}ing ?(?:\.{3}|…)|\d ?%"
    r"|\b(?:still|waits?|started|building|scheduled|uploading|downloading|updating|working|busy"
    r"|active|loading|booting|accepted|submitted|received|unchanged|eta|remaining|elapsed|percent"
    r"|yet|no (?:new|updates?|changes?)|not (?:ready|finished|done|complete)|(?:try|check) (?:again"
    r"|back) later|\d+ ?(?:/|of) ?\d+)\b",
    re.I,
)
_WAITS = re.compile(r"(?:^|[_\W])(?:wait|sleep|delay|pause|await|timer|schedule)", re.I)
_WAIT_ARGUMENTS = re.compile(
    r'"(?:\w*wait\w*|sleep|delay\w*|seconds|timeout\w*|interval\w*|yield_time\w*|duration\w*)":'
    r' ?"?[1-9]|\bsleep \d',
    re.I,
)
_ASKS_STATE = re.compile(
    r"(?:^|[_\W])(?:status|poll|check|progress|ping|health|heartbeat|monitor|watch|tail|state|wait"
    r"|sleep|await)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps that repeat: a loop, or polling.

    Parameters
    ----------
    kind
        ``same call``, ``cycle``, ``drifting arguments``, or ``polling``.
    start, stop
        Places of the steps, the last not included.
    period
        Calls in one round.
    """

    kind: Kind
    start: int
    stop: int
    period: int

    @property
    def times(self) -> int:
        """How many rounds there are."""
        return (self.stop - self.start) // self.period


def stretches(run: Trajectory) -> list[Stretch]:
    """Return the loops and the polling in a run, in order; no two share a step.

    Examples
    --------
    >>> stuck = [Step("search", '{"q": "fig"}', "Error: no index")] * 6
    >>> stretches(Trajectory("t", stuck))
    [Stretch(kind='same call', start=0, stop=6, period=1)]
    >>> polled = [Step("job", '{"id": 7}', word) for word in ["queued"] * 5 + ["done"]]
    >>> [stretch.kind for stretch in stretches(Trajectory("t", polled))]
    ['polling']
    """
    steps = run.steps
    told = [_bare(step) for step in steps]
    calls = [step.call for step in steps]
    names = [step.name for step in steps]
    found: list[Stretch] = []
    at = 0
    while at < len(steps):
        stretch = _repeated(steps, calls, told, at) or _drifting(steps, names, told, at)
        if stretch:
            found.append(stretch)
        at = stretch.stop if stretch else at + 1
    return found


def _rounds(keys: Sequence[object], start: int, period: int) -> int:
    """Return how often the period that begins here comes, in full."""
    end = start + period
    while end < len(keys) and keys[end] == keys[end - period]:
        end += 1
    return (end - start) // period


def _repeated(
    steps: Sequence[Step], calls: Sequence[object], told: Sequence[str | None], at: int
) -> Stretch | None:
    for period in range(1, min(LONGEST, (len(steps) - at) // 2) + 1):
        least = TIMES[min(period, 2)]
        if _rounds(calls, at, period) < least:
            continue
        same = [*zip(calls, told, strict=True)]
        rounds = _rounds(same, at, period)
        stop = at + rounds * period
        if rounds < least:
            # what comes back moves: polling where all the same calls go on
            rounds = _rounds(calls, at, period)
            return Stretch("polling", at, at + rounds * period, period)
        every = _rounds(calls, at, period)
        if _polls(steps, told, range(at, stop), period, ends=every > rounds):
            return Stretch("polling", at, at + every * period, period)
        if rounds < least + UNKNOWN and all(one is None for one in told[at:stop]):
            continue
        return Stretch("same call" if period == 1 else "cycle", at, stop, period)
    return None


def _polls(
    steps: Sequence[Step], told: Sequence[str | None], inside: range, period: int, *, ends: bool
) -> bool:
    """Tell whether to ask again is right: something is under way, or the agent waits.

    ``ends``: at last something else came back.
    """
    rounds = len(inside) // period
    here = [steps[i] for i in inside]
    known = [(steps[i].result or "") for i in inside if told[i] is not None]
    fails = [bool(_FAILS.search(text)) for text in known]
    failing = (
        bool(known)
        and sum(fails) >= len(fails) / max(period, 1)
        and not any(_PENDING.search(text) for text in known)
    )
    waits = any(
        _WAITS.search(step.name) or _WAIT_ARGUMENTS.search(step.arguments) for step in here[:period]
    ) or _pauses(here)
    if failing:
        return waits and rounds < RETRIES
    asks_state = any(_ASKS_STATE.search(step.name) for step in here[:period])
    if not known:
        return waits or asks_state
    under_way = any(_PENDING.search(text) and (asks_state or len(text) <= SHORT) for text in known)
    return (waits or under_way) and rounds < (BUSY if waits or ends or asks_state else PATIENCE)


def _pauses(steps: Sequence[Step]) -> bool:
    times = [step.time for step in steps]
    gaps = [b - a for a, b in pairwise(times) if a is not None and b is not None]
    return len(gaps) >= len(steps) / 2 and median(gaps) >= PAUSE and _of_waits(gaps)


def _of_waits(gaps: Sequence[float]) -> bool:
    """Tell gaps of a timer, alike or growing, from the time that a model takes to answer."""
    middle = median(gaps)
    alike = sum(0.8 * middle <= gap <= 1.25 * middle for gap in gaps) >= 0.8 * len(gaps)
    growing = sum(b >= 1.2 * a for a, b in pairwise(gaps)) >= 0.7 * len(gaps)
    return middle >= 5 * PAUSE or alike or growing


def _drifting(
    steps: Sequence[Step], names: Sequence[str], told: Sequence[str | None], at: int
) -> Stretch | None:
    for period in range(1, 4):
        rounds = _rounds(names, at, period)
        if rounds < DRIFTS:
            continue
        good = 1
        while good < rounds and all(
            _stale(steps[i - period], steps[i], told[i - period], told[i])
            for i in range(at + good * period, at + (good + 1) * period)
        ):
            good += 1
        stretch = range(at, at + good * period)
        if good >= _least(steps, stretch, period):
            return Stretch("drifting arguments", at, stretch.stop, period)
    return None


def _stale(before: Step, now: Step, told: str | None, tells: str | None) -> bool:
    """Tell whether a call brings no more than the one a round before: its like, or a failure."""
    if tells is None or told is None:
        return before.arguments == now.arguments or _rewritten(before.arguments, now.arguments)
    fails = bool(_FAILS.search(now.result or "")) and bool(_FAILS.search(before.result or ""))
    under_way = bool(_PENDING.search(now.result or "")) and not fails
    alike = told == tells and (
        len(tells) >= 40
        or before.arguments == now.arguments
        or (not tells and _rewritten(before.arguments, now.arguments))
    )
    return not under_way and (fails or alike)


def _least(steps: Sequence[Step], inside: range, period: int) -> int:
    """Return how many rounds it takes: few of rewritten words, more of ids gone through."""
    moving = [
        (steps[i - period].arguments, steps[i].arguments)
        for i in inside[period:]
        if steps[i].arguments != steps[i - period].arguments
    ]
    rewritten = sum(_rewritten(a, b) for a, b in moving)
    if not moving:
        return 1 << 30
    unknown = all(steps[i].result is None for i in inside)
    few = DRIFTS + 2 * UNKNOWN * unknown
    return few if rewritten >= 0.6 * len(moving) else ENUMERATED


def _rewritten(before: str, now: str) -> bool:
    """Tell whether arguments say nearly the same in other words, and go through no list.

    >>> _rewritten('{"q": "best fig tart"}', '{"q": "best fig tart recipe"}')
    True
    >>> _rewritten('{"page": 1}', '{"page": 2}'), _rewritten('{"at": "a.py"}', '{"at": "b.py"}')
    (False, False)
    """
    first, second = _values(before), _values(now)
    pairs = [(a, b) for a, b in zip(first, second, strict=False) if a != b]
    if len(first) != len(second) or not pairs:
        return len(first) != len(second) and SequenceMatcher(None, before, now).ratio() >= 0.6
    return all(_of_words(a) and _of_words(b) and _alike(a, b) for a, b in pairs)


def _of_words(text: str) -> bool:
    return " " in text.strip() or len(text) > 24


def _alike(a: str, b: str) -> bool:
    first, second = ({w for w in re.findall(r"\w+", t.lower())} for t in (a, b))
    shared = len(first & second) / max(min(len(first), len(second)), 1)
    return shared >= 0.5 or SequenceMatcher(None, a, b).ratio() >= 0.6


def _values(arguments: str) -> list[str]:
    try:
        held = json.loads(arguments)
    except ValueError:
        return [arguments]
    return [*_leaves(held)]


def _leaves(held: object) -> Iterator[str]:
    if isinstance(held, dict):
        for name in sorted(held):
            yield from _leaves(held[name])
    elif isinstance(held, list):
        for one in held:
            yield from _leaves(one)
    else:
        yield str(held)


def _bare(step: Step) -> str | None:
    """Return what came back without times, ids, and what it repeats of the arguments."""
    if step.result is None:
        return None
    text = step.result
    for value in sorted(_values(step.arguments), key=len, reverse=True):
        if len(value) >= 3:
            text = text.replace(value, "…")
    return " ".join(_STAMPS.sub("#", text).lower().split())
