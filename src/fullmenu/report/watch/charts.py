"""The course of a watch, drawn from the JSON document alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from fullmenu.cleaner import one_line
from fullmenu.report.charts import SERVED
from fullmenu.report.forms import Axis, Line, Plot, Points, Rule, Span
from fullmenu.report.plain import number
from fullmenu.report.svg import round_numbers
from fullmenu.report.watch import words
from fullmenu.report.watch.document import WatchDocument

DRAWN = 24
"""Stretches drawn at most: neighbours are joined, so that each rests on enough visits."""

MODELS = 8
"""Models whose first visit is marked, and changes of what outputs are asked with."""

EVERYTHING = (0, 1 << 62)
"""The visits that are drawn unless others are named."""


class DrawnStretch(NamedTuple):
    """A drawn stretch: its own effective number, and mean and band since the start."""

    visits: str
    last: int
    time: str
    value: float | None
    mean: float | None
    low: float | None
    high: float | None


def course(
    document: WatchDocument,
    stream: str,
    visits: tuple[int, int] = EVERYTHING,
    notes: Sequence[tuple[int, str]] = (),
) -> Plot | None:
    """Draw the effective number of one view over the visits, from the first to the last of some.

    ``notes``: what else is marked, and at which visit. ``None`` where there is nothing to draw.
    """
    stretches = course_rows(document, stream, visits)
    if not stretches:
        return None
    first = max(visits[0], 0)
    seen = range(first, stretches[-1].last + 1)
    alarms = [a for a in document.alarms if a.visit in seen]
    bottom, top = _domain(document, stream, stretches)

    def kept(x: float | None, otherwise: float) -> float:
        return min(max(otherwise if x is None else x, bottom), top)

    means = [r for r in stretches if r.mean is not None]
    own = [r for r in stretches if r.value is not None]
    before = _inverse(document.streams[stream].baseline)
    marked = [*_models(document), *_changes(document), *notes]
    rules = [Rule(at=float(at), name=name) for at, name in marked if at in seen]
    if before:
        rules.append(Rule(at=before, level=True, name=f"before: {number(before)}", colour="before"))
    rules += [Rule(at=float(a.visit), colour="collapsed", dashed=False) for a in alarms]
    about = [words.what(document, a) for a in alarms]
    marks = [
        Points(
            x=[float(r.last) for r in own], y=[kept(r.value, bottom) for r in own], shape="ring",
            titles=[
                ", ".join(x for x in (f"visits {r.visits}", r.time, number(r.value)) if x)
                for r in own
            ],
        )
    ]  # fmt: skip
    if alarms:
        raised = [float(a.visit) for a in alarms]
        marks.append(
            Points(x=raised, y=[top] * len(raised), shape="alarm", colour="collapsed",
                   titles=about)
        )  # fmt: skip
    return Plot(
        x=_visits(stretches, float(first)),
        y=Axis(title=SERVED, log=True, low=bottom, high=top),
        spans=[
            Span(low=float(max(a.since, first)), high=float(a.visit), name=told)
            for a, told in zip(alarms, about, strict=True)
        ],
        rules=rules,
        lines=[
            Line(
                x=[float(r.last) for r in means],
                y=[kept(r.mean, bottom) for r in means],
                low=[kept(r.low, bottom) for r in means],
                high=[kept(r.high, top) for r in means],
                name="all visits so far",
                colour="soft",
                faint=True,
            ),
            Line(
                x=[float(r.last) for r in own],
                y=[kept(r.value, bottom) for r in own],
                name="each stretch",
            ),
        ],
        points=marks,
        height=240,
    )


def course_rows(
    document: WatchDocument, stream: str, visits: tuple[int, int] = EVERYTHING
) -> list[DrawnStretch]:
    """Return the drawn stretches of a view: their own number, and the band since the start.

    Of some visits only, the stretches are finer; what is told since the start goes on from it.
    """
    earlier = [p for p in document.timeline if p.last < visits[0]]
    points = [p for p in document.timeline if visits[0] <= p.last and p.first <= visits[1]]
    per = -(-len(points) // DRAWN) or 1
    found: list[DrawnStretch] = []
    before = [(p.last - p.first + 1, p.streams[stream].value) for p in earlier]
    n = sum(k for k, x in before if x is not None)
    total = sum(k * x for k, x in before if x is not None)
    for i in range(0, len(points), per):
        part = points[i : i + per]
        rates = [(p.last - p.first + 1, p.streams[stream].value) for p in part]
        seen = [(k, x) for k, x in rates if x is not None]
        here = sum(k for k, _ in seen)
        if not here:
            continue
        weighed = sum(k * x for k, x in seen)
        n, total = n + here, total + weighed
        end = part[-1].streams[stream]
        found.append(
            DrawnStretch(
                visits=f"{part[0].first:,} to {part[-1].last:,}",
                last=part[-1].last,
                time=words.moment(part[-1].ended),
                value=_inverse(weighed / here),
                mean=_inverse(total / n),
                low=_inverse(end.high),
                high=_inverse(end.low),
            )
        )
    return found


def _visits(stretches: list[DrawnStretch], low: float = 0.0) -> Axis:
    """Return the axis of visits, with the days where they are known."""
    last = float(stretches[-1].last)
    ticks = round_numbers(low, last, 4)
    if not all(r.time for r in stretches):
        return Axis(title="visit", low=low, high=last, ticks=ticks)
    days = [_day(next(r.time for r in stretches if r.last >= t)) for t in ticks]
    visits = [f"{'' if k else 'visit '}{max(t, 1):,.0f}" for k, t in enumerate(ticks)]
    return Axis(title="day", low=low, high=last, ticks=ticks, labels=days, under=visits)


def _day(time: str) -> str:
    """Return the day of a time, short.

    >>> _day("2026-11-02 06:43 UTC")
    '2 Nov'
    """
    day = date.fromisoformat(time[:10])
    return f"{day.day} {day:%b}"


def _inverse(x: float | None) -> float | None:
    return None if not x or x <= 0 else 1 / x


def _domain(document: WatchDocument, stream: str, rows: list[DrawnStretch]) -> tuple[float, float]:
    """Return the ends of the axis: the baseline, and nearly all stretches; bands are cut there."""
    before = _inverse(document.streams[stream].baseline)
    values = sorted(r.value for r in rows if r.value is not None)
    seen = values[: max(1, round(0.95 * len(values)))]
    seen += [before] if before else []
    return max(1.0, 0.85 * min(seen, default=1.0)), 1.15 * max(seen, default=10.0)


def _models(document: WatchDocument) -> list[tuple[int, str]]:
    """Return where each model begins, if there is more than one."""
    versions = document.versions[:MODELS]
    names = [(v.first, one_line(v.model or "no model named", 40)) for v in versions]
    return names if len(names) > 1 else []


def _changes(document: WatchDocument) -> list[tuple[int, str]]:
    """Return where outputs began to be asked with other settings, the latest such changes."""
    return [
        (c.visit, one_line(f"{c.name} {c.before} → {c.value}", 40))
        for c in document.changes[-MODELS:]
    ]
