"""The course of a model: its chart, and which samples a stretch of it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple, cast

from msgspec.structs import replace

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput
from fullmenu.report.captions import Drawing
from fullmenu.report.charts import SERVED
from fullmenu.report.forms import Axis, Line, Plot, Points, Rule
from fullmenu.report.plain import number
from fullmenu.report.svg import round_numbers
from fullmenu.report.watch import charts
from fullmenu.report.watch import page as watch_page
from fullmenu.report.watch.document import TimelinePoint, WatchDocument
from fullmenu.server.pages.drawing import when
from fullmenu.server.summaries import Course, SampleStretch, number_at
from fullmenu.store.nouns import Range

if TYPE_CHECKING:
    from fullmenu.store import ChangeNote, Store, StoredWatch

HEIGHT = 280
NOTES = 8
"""Notes of changes that are marked, the latest."""


class Extent(NamedTuple):
    """What a chart shows: from which to which visit of a watch, or number of a sample."""

    unit: str
    low: int
    high: int


def of_watch(
    document: WatchDocument,
    stream: str,
    within: tuple[int, int] | None,
    notes: Sequence[ChangeNote],
) -> tuple[Drawing | None, Extent]:
    """Draw the course of a view that is watched, whole or within some visits."""
    visits = within or charts.EVERYTHING
    marked = [(at, one_line(n.text, 40)) for n in notes if (at := visit_at(document, n.time))]
    found = watch_page.drawing(document, stream, visits, marked[-NOTES:])
    if found is None:
        return None, Extent("visit", max(visits[0], 0), min(document.visits, visits[1]))
    form = cast(Plot, found.form)
    low, high = form.x.low or 0, form.x.high or document.visits
    found = replace(found, title="", form=replace(form, height=HEIGHT))
    return found, Extent("visit", int(low), int(high))


def of_samples(course: Course, view: str, notes: Sequence[ChangeNote]) -> tuple[Drawing, Extent]:
    """Draw the course of a model that nothing watches."""
    stretches = course.stretches
    own = [s for s in stretches if s.sizes.get(view)]
    low, high = stretches[0].first - 1, stretches[-1].last
    xs = [float((s.first + s.last) / 2) for s in own]
    ys = [s.sizes[view] or 1.0 for s in own]
    ticks = sorted({float(round(t)) for t in round_numbers(low, max(high, low + 1), 4)})
    marks = [(at, one_line(n.text, 40)) for n in notes if (at := sample_at(stretches, n.time))]
    form = Plot(
        x=Axis(title="number of the sample", low=float(low), high=float(max(high, low + 1)),
               ticks=ticks, labels=[f"{t:,.0f}" for t in ticks],
               under=[when(at_sample(stretches, t))[:10] for t in ticks]),
        y=Axis(title=SERVED, log=True),
        rules=[Rule(at=float(at), name=text) for at, text in marks[-NOTES:]],
        lines=[Line(x=xs, y=ys, name="each stretch")] if xs else [],
        points=[
            Points(x=xs, y=ys, shape="ring",
                   titles=[f"samples {s.first:,} to {s.last:,}: {number(y)}"
                           for s, y in zip(own, ys, strict=True)])
        ] if xs else [],
        height=HEIGHT,
    )  # fmt: skip
    asked = "to different prompts" if course.across else "to the same prompt"
    drawing = Drawing(
        kind="course", form=form, title="",
        alt=f"Different answers {asked}, seen by {one_line(view, 40)}: "
        + (f"{number(ys[0])} in the first stretch, {number(ys[-1])} in the last" if ys else "–"),
        head=["samples", "until", "different answers"],
        rows=[
            [f"{s.first:,} to {s.last:,}", when(s.ended), number(s.sizes.get(view))]
            for s in stretches
        ],
    )  # fmt: skip
    return drawing, Extent("sample", low, high)


def visit_at(document: WatchDocument, time: datetime) -> int | None:
    """Return the visit at which something happened; ``None``: before them all, or not known."""
    seconds = time.timestamp()
    seen = [p for p in document.timeline if p.began is not None and p.ended is not None]
    if not seen or seconds < (seen[0].began or 0):
        return None
    return next((p.first for p in seen if (p.ended or 0) >= seconds), document.visits)


def sample_at(stretches: Sequence[SampleStretch], time: datetime) -> int | None:
    """Return the sample at which something happened; ``None``: before them all."""
    if time < stretches[0].began:
        return None
    return next((s.first for s in stretches if s.ended >= time), stretches[-1].last)


def at_sample(stretches: Sequence[SampleStretch], at: float) -> datetime:
    """Return about when a sample was given."""
    return next((s.began for s in stretches if s.last >= at), stretches[-1].ended)


def samples_of_visits(
    store: Store, watch: StoredWatch, document: WatchDocument, first: int, last: int
) -> Range:
    """Return the samples that some visits of a watch are.

    The timeline knows the times of its stretches, and the store which samples are of which time;
    where samples have no time, they are counted off evenly.

    Raises
    ------
    BadInput
        There are no such visits.
    """
    points = [p for p in document.timeline if p.last >= first and p.first <= last]
    if not points or first > last:
        raise BadInput(
            f"the watch has no visits {first:,} to {last:,}: it counted {document.visits:,}"
        )
    ends = [
        edge(store, watch, document, points[0].first - 1, points[0], began=True),
        edge(store, watch, document, points[-1].last, points[-1], began=False),
    ]
    if points[-1].last >= document.visits:
        ends[1] = watch.position
    after, until = ends[0], max(ends[1], ends[0] + 1)
    return Range(after, until)


def edge(
    store: Store,
    watch: StoredWatch,
    document: WatchDocument,
    visit: int,
    p: TimelinePoint,
    began: bool,
) -> int:
    """Return after which sample a visit of a stretch begins, or where it has ended."""
    start, end = watch.baseline.until, watch.position
    if visit <= 0:
        return start
    seconds = p.began if began else p.ended
    if seconds is None:
        return start + round((end - start) * visit / max(document.visits, 1))
    time = datetime.fromtimestamp(seconds + (0 if began else 1e-3), timezone.utc)
    return min(max(number_at(store, watch.model, time, end), start), end)
