"""The course of a watch, drawn: altair, built from the JSON document alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from fullmenu.cleaner import one_line
from fullmenu.report import charts
from fullmenu.report.charts import PAPER, Palette
from fullmenu.report.watch import words
from fullmenu.report.watch.document import WatchDocument

if TYPE_CHECKING:
    import altair as alt

DRAWN = 80
"""Stretches drawn at most: neighbours are joined."""


class CourseRow(Struct, kw_only=True, rename={"bottom": "from", "top": "to"}):
    """A drawn stretch: its own effective number, and mean and band since the start."""

    visits: str
    last: int
    time: str
    value: float | None
    mean: float | None
    low: float | None
    high: float | None
    bottom: float = 0.0
    top: float = 0.0


class AlarmRow(Struct):
    """Where an alarm is drawn."""

    since: int
    visit: int
    text: str


class ModelRow(Struct):
    """Where a model begins."""

    last: int
    model: str


def course(document: WatchDocument, stream: str, palette: Palette = PAPER) -> alt.LayerChart | None:
    """Draw the effective number of one view over the visits.

    ``None`` where there is nothing to draw.
    """
    import altair as alt

    rows = course_rows(document, stream)
    if not rows:
        return None
    bottom, top = _domain(document, stream, rows)
    y = alt.Y(
        "value:Q",
        title="dishes served (effective number)",
        scale=alt.Scale(type="log", domain=[bottom, top], nice=False, clamp=True),
        axis=alt.Axis(values=_ticks(bottom, top), format="~g"),
    )
    last = rows[-1].last
    x = alt.X(
        "last:Q",
        title="visit",
        scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(tickCount=6, grid=False, format="~s" if last >= 10_000 else ",d"),
    )
    tips = charts.tips(
        ("visits", "visits", None), ("time", "until", None), ("value", "in this stretch", ".3~g"),
        ("mean", "since the start", ".3~g"), ("low", "low", ".3~g"), ("high", "high", ".3~g"),
    )  # fmt: skip
    base = charts.chart(rows).encode(x=x, tooltip=tips)
    bad = palette.verdicts["collapsed"]
    layers: list[alt.Chart] = []
    alarms = alarm_rows(document)
    if alarms:
        marks = charts.chart(alarms)
        tips_of = charts.tips(("text", "alarm", None), ("since", "since visit", ",d"),
                               ("visit", "raised at visit", ",d"))  # fmt: skip
        layers += [
            marks.mark_rect(color=bad, opacity=0.13).encode(
                x=alt.X("since:Q"), x2="visit:Q", tooltip=tips_of
            ),
            marks.mark_rule(color=bad, strokeWidth=2).encode(x=alt.X("visit:Q"), tooltip=tips_of),
        ]
    models = model_rows(document)
    if len(models) > 1:
        marks = charts.chart(models)
        layers.append(
            marks.mark_rule(color=palette.soft, strokeDash=[2, 3]).encode(x=alt.X("last:Q"))
        )
        for right in (False, True):  # a name near the right edge is written to its left
            some = [m for m in models if (m.last > 0.7 * last) == right]
            if some:
                layers.append(
                    charts.chart(some)
                    .mark_text(
                        color=palette.soft, align="right" if right else "left",
                        dx=-4 if right else 4, dy=7, limit=130, baseline="middle",
                    )
                    .encode(x=alt.X("last:Q"), y=alt.value(0), text="model:N")
                )  # fmt: skip
    before = document.streams[stream].baseline
    if before:
        rule = charts.chart([{"value": 1 / before, "last": last}])
        layers.append(
            rule.mark_rule(color=palette.before, strokeWidth=2, strokeDash=[7, 3]).encode(y=y)
        )
    layers += [
        base.mark_area(color=palette.after, opacity=0.16).encode(
            y=alt.Y("from:Q", scale=alt.Scale(type="log")), y2="to:Q"
        ),
        base.mark_line(color=palette.after, strokeWidth=2.5).encode(y=alt.Y("mean:Q")),
        base.transform_filter("isValid(datum.value)")
        .mark_point(color=palette.after, fill=palette.after, size=24, opacity=0.75)
        .encode(y=y),
    ]
    if alarms:
        layers.append(
            charts.chart(alarms)
            .mark_text(color=bad, text="▼", dy=-7, fontSize=13)
            .encode(x=alt.X("visit:Q"), y=alt.value(0))
        )
    return charts.finish(charts.layer(layers), palette, 250)


def course_rows(document: WatchDocument, stream: str) -> list[CourseRow]:
    """Return the drawn stretches of a view: their own number, and the band since the start."""
    points = document.timeline
    per = -(-len(points) // DRAWN) or 1
    found: list[CourseRow] = []
    n, total = 0, 0.0
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
            CourseRow(
                visits=f"{part[0].first:,} to {part[-1].last:,}",
                last=part[-1].last,
                time=words.moment(part[-1].ended),
                value=_inverse(weighed / here),
                mean=_inverse(total / n),
                low=_inverse(end.high),
                high=_inverse(end.low),
            )
        )
    bottom, top = _domain(document, stream, found)
    for r in found:
        r.bottom = min(max(bottom if r.low is None else r.low, bottom), top)
        r.top = min(top if r.high is None else r.high, top)
    return found


def _inverse(x: float | None) -> float | None:
    return None if not x or x <= 0 else 1 / x


def _domain(document: WatchDocument, stream: str, rows: list[CourseRow]) -> tuple[float, float]:
    """Return the ends of the axis: all means, the baseline, and most stretches."""
    before = _inverse(document.streams[stream].baseline)
    values = sorted(r.value for r in rows if r.value is not None)
    seen = [r.mean for r in rows if r.mean is not None]
    seen += values[: max(1, round(0.95 * len(values)))]
    seen += [before] if before else []
    return max(1.0, 0.8 * min(seen, default=1.0)), 1.35 * max(seen, default=10.0)


def _ticks(bottom: float, top: float) -> list[float]:
    found = [m * 10.0**e for e in range(6) for m in (1, 2, 5) if bottom <= m * 10.0**e <= top]
    return found or [bottom, top]


def alarm_rows(document: WatchDocument) -> list[AlarmRow]:
    """Return the alarms; those that rest on another view are marked in each chart alike."""
    return [AlarmRow(a.since, a.visit, words.what(document, a)) for a in document.alarms]


def model_rows(document: WatchDocument) -> list[ModelRow]:
    """Return where each model begins."""
    return [
        ModelRow(v.first, one_line(v.model or "no model named", 40)) for v in document.versions[:8]
    ]
