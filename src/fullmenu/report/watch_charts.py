"""The course of a watch, drawn: altair, built from the JSON document alone."""

from __future__ import annotations

from typing import Any

from fullmenu.report import charts, watch_words
from fullmenu.report.charts import PAPER, Palette, Row
from fullmenu.report.plain import Doc, one_line

DRAWN = 80
"""Stretches drawn at most: neighbours are joined."""


def course(document: Doc, stream: str, palette: Palette = PAPER) -> Any | None:
    """Draw the effective number of one view over the visits.

    Returns
    -------
    altair.LayerChart or None
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
    last = rows[-1]["last"]
    x = alt.X(
        "last:Q",
        title="visit",
        scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(tickCount=6, grid=False, format="~s" if last >= 10_000 else ",d"),
    )
    tips = charts._tips(
        ("visits", "visits", None), ("time", "until", None), ("value", "in this stretch", ".3~g"),
        ("mean", "since the start", ".3~g"), ("low", "low", ".3~g"), ("high", "high", ".3~g"),
    )  # fmt: skip
    base = charts._chart(rows).encode(x=x, tooltip=tips)
    bad = palette.verdicts["collapsed"]
    layers: list[Any] = []
    alarms = alarm_rows(document, stream)
    if alarms:
        marks = charts._chart(alarms)
        tips_of = charts._tips(("text", "alarm", None), ("since", "since visit", ",d"),
                               ("visit", "raised at visit", ",d"))  # fmt: skip
        layers += [
            marks.mark_rect(color=bad, opacity=0.13).encode(
                x=alt.X("since:Q"), x2="visit:Q", tooltip=tips_of
            ),
            marks.mark_rule(color=bad, strokeWidth=2).encode(x=alt.X("visit:Q"), tooltip=tips_of),
        ]
    models = version_rows(document)
    if len(models) > 1:
        marks = charts._chart(models)
        layers.append(
            marks.mark_rule(color=palette.soft, strokeDash=[2, 3]).encode(x=alt.X("last:Q"))
        )
        for right in (False, True):  # a name near the right edge is written to its left
            some = [m for m in models if (m["last"] > 0.7 * last) == right]
            if some:
                layers.append(
                    charts._chart(some)
                    .mark_text(
                        color=palette.soft, align="right" if right else "left",
                        dx=-4 if right else 4, dy=7, limit=130, baseline="middle",
                    )
                    .encode(x=alt.X("last:Q"), y=alt.value(0), text="model:N")
                )  # fmt: skip
    before = document["streams"][stream]["baseline"]
    if before:
        rule = charts._chart([{"value": 1 / before, "last": last}])
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
            charts._chart(alarms)
            .mark_text(color=bad, text="▼", dy=-7, fontSize=13)
            .encode(x=alt.X("visit:Q"), y=alt.value(0))
        )
    return charts._finish(charts._layer(layers), palette, 250)


def course_rows(document: Doc, stream: str) -> list[Row]:
    """Return the drawn stretches of a view: their own number, and the band since the start."""
    points = document.get("timeline") or []
    per = -(-len(points) // DRAWN) or 1
    found: list[Row] = []
    n, total = 0, 0.0
    for i in range(0, len(points), per):
        part = points[i : i + per]
        rates = [(p["last"] - p["first"] + 1, p["streams"][stream]["value"]) for p in part]
        seen = [(k, x) for k, x in rates if x is not None]
        here = sum(k for k, _ in seen)
        if not here:
            continue
        weighed = sum(k * x for k, x in seen)
        n, total = n + here, total + weighed
        end = part[-1]["streams"][stream]
        found.append(
            {
                "visits": f"{part[0]['first']:,} to {part[-1]['last']:,}",
                "last": part[-1]["last"],
                "time": watch_words.moment(part[-1]["ended"]),
                "value": _inverse(weighed / here),
                "mean": _inverse(total / n),
                "low": _inverse(end["high"]),
                "high": _inverse(end["low"]),
            }
        )
    if not found:
        return []
    bottom, top = _domain(document, stream, found)
    for r in found:
        r["from"], r["to"] = (
            min(max(bottom if x is None else x, bottom), top) if k == "low"
            else min(top if x is None else x, top)
            for k, x in (("low", r["low"]), ("high", r["high"]))
        )  # fmt: skip
    return found


def _inverse(x: float | None) -> float | None:
    return None if not x or x <= 0 else 1 / x


def _domain(document: Doc, stream: str, rows: list[Row]) -> tuple[float, float]:
    """Return the ends of the axis: all means, the baseline, and most stretches."""
    before = _inverse(document["streams"][stream]["baseline"])
    values = sorted(r["value"] for r in rows if r["value"] is not None)
    seen = [r["mean"] for r in rows if r["mean"] is not None]
    seen += values[: max(1, round(0.95 * len(values)))]
    seen += [before] if before else []
    return max(1.0, 0.8 * min(seen, default=1.0)), 1.35 * max(seen, default=10.0)


def _ticks(bottom: float, top: float) -> list[float]:
    found = [m * 10.0**e for e in range(6) for m in (1, 2, 5) if bottom <= m * 10.0**e <= top]
    return found or [bottom, top]


def alarm_rows(document: Doc, stream: str) -> list[Row]:
    """Return the alarms; those that rest on another view are marked in each chart alike."""
    return [
        {
            "since": a["since"], "visit": a["visit"], "text": watch_words.what(document, a),
        }
        for a in document.get("alarms") or []
    ]  # fmt: skip


def version_rows(document: Doc) -> list[Row]:
    """Return where each model begins."""
    return [
        {"last": v["first"], "model": one_line(v["model"] or "no model named", 40)}
        for v in (document.get("versions") or [])[:8]
    ]
