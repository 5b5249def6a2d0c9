"""How a model stands, in a word, and its views in a line each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from fullmenu.cleaner import one_line
from fullmenu.report.plain import number
from fullmenu.report.watch import charts, words
from fullmenu.report.watch.document import WatchDocument
from fullmenu.server.pages.drawing import ago, lasting
from fullmenu.text.amounts import amount

if TYPE_CHECKING:
    from fullmenu.store import ModelFacts, StoredAlarm, StoredWatch

QUIET = timedelta(days=1)
"""A model that has not been heard of for so long is quiet."""

BEHIND = 60.0
"""Seconds after which a watch that has not counted a sample is behind."""

LINES = 4
"""Views that are shown of a model at most."""


class Standing(NamedTuple):
    """How a model stands: a word, its tone and sign, and a sentence."""

    word: str
    tone: str
    symbol: str
    about: str


class ViewLine(NamedTuple):
    """A view: its effective number before, since then with a band, and of late; its course."""

    name: str
    before: str
    since: str
    lately: str
    path: str
    level: float | None


def condition(
    facts: ModelFacts,
    watch: StoredWatch | None,
    document: WatchDocument | None,
    standing: Sequence[StoredAlarm],
) -> Standing:
    """Say how a model stands: what needs somebody first."""
    if standing:
        newest = standing[0]
        about = words.what(document, newest.alarm) if document else one_line(newest.alarm, 300)
        return Standing("Alarm", "collapsed", "▼", f"{about}, since {words.since(newest.alarm)}.")
    if watch is None:
        told = "A baseline says what it is compared with: choose one."
        return Standing("No baseline", "unclear", "?", told)
    if watch.error:
        return Standing("Stopped", "narrowed", "!", f"The watch stopped: {watch.error}")
    if watch.lag_seconds > BEHIND:
        late = f"{amount(watch.lag, 'sample')} wait, the oldest for {lasting(watch.lag_seconds)}."
        return Standing("Behind", "narrowed", "…", late)
    if document is None:
        return Standing("Getting ready", "unclear", "…", "The baseline is being fitted.")
    if not document.visits:
        return Standing("Watched", "unclear", "…", "Nothing came since the baseline.")
    if facts.last_time and datetime.now(timezone.utc) - facts.last_time > QUIET:
        return Standing("Quiet", "unclear", "–", f"Its last sample is of {ago(facts.last_time)}.")
    return Standing("No alarm", "held", "=", words.headline(document))


def view_lines(document: WatchDocument) -> list[ViewLine]:
    """Return the views of a watch, each in a line."""
    streams = [name for name in document.streams if words.is_view(document, name)][:LINES]
    told = {line.stream: line for line in words.lines(document, views=True)}
    found = []
    for stream in streams:
        line = told[stream]
        rows = charts.course_rows(document, stream)
        base = document.streams[stream].baseline
        path, level = sparkline([r.value for r in rows], 1 / base if base else None)
        lately = number(rows[-1].value) if rows else "–"
        found.append(ViewLine(line.name, line.before, line.now, lately, path, level))
    return found


def sparkline(values: Sequence[float | None], level: float | None) -> tuple[str, float | None]:
    """Return a line through values on a logarithmic scale, 100 wide and 28 high, and a level.

    >>> sparkline([10, 1], None)
    ('M0 2L100 26', None)
    """
    known = [x for x in (*values, level) if x]
    if not known:
        return "", None
    low, high = math.log(min(known)), math.log(max(known))
    room = high - low or 1.0

    def down(x: float) -> float:
        return round(26 - 24 * (math.log(x) - low) / room, 1)

    step = 100 / max(len(values) - 1, 1)
    points = [f"{k * step:.4g} {down(x):g}" for k, x in enumerate(values) if x]
    return "M" + "L".join(points) if points else "", None if level is None else down(level)
