"""Charts of a report: altair, built from the JSON document alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fullmenu.report.plain import SYMBOLS, Doc, is_estimate, label, one_line
from fullmenu.report.reading import Line, lines

Row = dict[str, Any]

ROW = 46
"""Height of a row with its label above the mark."""

APART = 4
"""Intervals of one prompt before and after are so far above and below its marks."""

MOST_ROWS = 12
"""Prompts drawn; tables and the JSON hold more."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


@dataclass(frozen=True)
class Palette:
    """Colours of a chart: before muted, after strong; verdicts also have a symbol each.

    Parameters
    ----------
    ink, soft, grid
        Text, lesser text, and lines.
    before, after
        The two sides of a comparison.
    verdicts
        A colour for each verdict.
    """

    ink: str = "#1f2328"
    soft: str = "#5b636e"
    grid: str = "#e3ded4"
    before: str = "#6b6659"
    after: str = "#0b5cad"
    verdicts: dict[str, str] = field(
        default_factory=lambda: {
            "collapsed": "#b3261e",
            "narrowed": "#a84b00",
            "unclear": "#5b636e",
            "held": "#00695c",
            "widened": "#5b3fa8",
        }
    )


PAPER = Palette()
"""For PNG and SVG files."""

PAGE = Palette(
    "var(--ink)", "var(--soft)", "var(--grid)", "var(--before)", "var(--after)",
    {name: f"var(--{name})" for name in SYMBOLS},
)  # fmt: skip
"""For the page: its style sheet knows light from dark."""


def curve(document: Doc, view: str, palette: Palette = PAPER) -> Any | None:
    """Draw how many dishes one view sees as more outputs are asked for.

    Returns
    -------
    altair.LayerChart or None
        ``None`` where the document has no curve for the view.
    """
    layers = []
    found = curve_rows(document, view, palette)
    top = max((rows[-1]["value"] for rows, *_ in found), default=0)
    for rows, colour, shape in found:
        layers += _band(rows, colour, shape, above=rows[-1]["value"] == top)
    if not layers:
        return None
    return _finish(_layer(layers), palette, 240)


def curve_rows(
    document: Doc, view: str, palette: Palette = PAPER
) -> list[tuple[list[Row], str, str]]:
    """Return the rows of each curve of a view, with colour and shape."""
    block = document["views"][view]
    sides = [
        (block.get("before"), document.get("before"), "before", palette.before, "square"),
        (block.get("after"), document.get("after"), "after", palette.after, "circle"),
        (block.get("within"), document.get("log"), "outputs", palette.after, "circle"),
    ]
    found = []
    for side, log, name, colour, shape in sides:
        points = (side or {}).get("curve")
        if points:
            sampled = float((log or {}).get("outputs_per_prompt") or 0)
            found.append((_points(points, label(log, name), sampled), colour, shape))
    return found


def _points(points: Doc, name: str, sampled: float) -> list[Row]:
    columns = zip(points["m"], points["value"], points["low"], points["high"], strict=True)
    rows = [{"side": name, "m": m, "value": v, "low": a, "high": b} for m, v, a, b in columns]
    inside = [r["m"] for r in rows if r["m"] <= sampled]
    edge = max(inside, default=rows[0]["m"])
    for r in rows:
        r["sampled"], r["beyond"] = r["m"] <= edge, r["m"] >= edge
        r["edge"], r["last"] = r["m"] == edge, r is rows[-1]
    return rows


def _band(rows: list[Row], colour: str, shape: str, above: bool) -> list[Any]:
    import altair as alt

    base = _chart(rows).encode(
        x=alt.X("m:Q", title="outputs asked for", axis=alt.Axis(tickCount=5, grid=False)),
        y=alt.Y("value:Q", title="dishes served (effective number)", axis=alt.Axis(tickCount=5)),
        tooltip=_tips(("side", "which", None), ("m", "outputs asked for", None),
                      ("value", "effective number", ".3~g"), ("low", "low", ".3~g"),
                      ("high", "high", ".3~g")),
    )  # fmt: skip
    return [
        base.mark_area(color=colour, opacity=0.16, interpolate="monotone").encode(
            y="low:Q", y2="high:Q"
        ),
        base.transform_filter("datum.beyond").mark_line(
            color=colour, strokeWidth=2, strokeDash=[2, 3], interpolate="monotone"
        ),
        base.transform_filter("datum.sampled").mark_line(
            color=colour, strokeWidth=3, interpolate="monotone"
        ),
        base.transform_filter("datum.edge").mark_point(
            color=colour, fill=colour, shape=shape, size=55, opacity=1
        ),
        base.transform_filter("datum.last").mark_text(
            color=colour, align="right", dy=-10 if above else 14, fontWeight="bold", limit=160
        ).encode(text="side:N"),
    ]  # fmt: skip


def plates(document: Doc, palette: Palette = PAPER) -> Any | None:
    """Draw which share of all plates the dishes served most make up."""
    import altair as alt

    layers = []
    found = plates_rows(document, palette)
    tops = [max(rows[-1]["share"] for rows, *_ in found)] if found else []
    for rows, colour, shape in found:
        base = _chart(rows).encode(
            x=alt.X(
                "dishes:Q",
                scale=alt.Scale(type="log", nice=False),
                axis=alt.Axis(values=[1, 3, 10, 30, 100, 200], grid=False, format="d"),
                title="dishes, those served most first",
            ),
            y=alt.Y(
                "share:Q",
                axis=alt.Axis(format=".0~%", tickCount=5),
                title="share of all plates",
            ),
            tooltip=_tips(("side", "which", None), ("dishes", "dishes", "d"),
                          ("share", "share of plates", ".2~%")),
        )  # fmt: skip
        third = base.transform_filter("datum.dishes == 3")
        after = shape == "circle"
        up = _is_upper(rows, [r for r, *_ in found], 2)
        free = _is_upper(rows, [r for r, *_ in found], -1) or rows[-1]["share"] < 0.85 * tops[0]
        layers += [
            base.mark_line(
                color=colour, strokeWidth=3 if after else 2, strokeDash=[1, 0] if after else [7, 3]
            ),
            third.mark_point(color=colour, fill=colour, shape=shape, size=60, opacity=1),
            third.mark_text(
                color=colour, align="right" if up else "left", dx=-8 if up else 8,
                dy=-8 if up else 10, fontWeight="bold",
            ).encode(text=alt.Text("share:Q", format=".1~%")),
        ]  # fmt: skip
        if free:  # else it would lie on the line: the key above says which is which
            layers.append(
                base.transform_filter("datum.last")
                .mark_text(color=colour, align="right", dx=-6, dy=-8, fontWeight="bold", limit=160)
                .encode(text="side:N")
            )
    return _finish(_layer(layers), palette, 260) if layers else None


def _is_upper(rows: list[Row], all_rows: list[list[Row]], at: int) -> bool:
    """Whether a line lies above the other ones at a place."""
    here = [r[at]["share"] if len(r) > max(at, 0) else r[-1]["share"] for r in all_rows]
    mine = rows[at]["share"] if len(rows) > max(at, 0) else rows[-1]["share"]
    return bool(mine == max(here) and rows is all_rows[here.index(max(here))])


def plates_rows(document: Doc, palette: Palette = PAPER) -> list[tuple[list[Row], str, str]]:
    """Return the rows of each line of :func:`plates`, with colour and shape."""
    block = document.get("dishes") or {}
    sides = [
        (block.get("before"), document.get("before"), "before", palette.before, "square"),
        (block.get("after"), document.get("after"), "after", palette.after, "circle"),
        (block, document.get("log"), "outputs", palette.after, "circle"),
    ]
    found = []
    for side, log, name, colour, shape in sides:
        shares = (side or {}).get("cumulative")
        if shares:
            last = len(shares)
            rows = [
                {"side": label(log, name), "dishes": i, "share": s, "last": i == last}
                for i, s in enumerate(shares, 1)
            ]
            found.append((rows, colour, shape))
    return found


def forest(document: Doc, palette: Palette = PAPER) -> Any | None:
    """Draw every view's ratio with its interval, and the margins that it is judged by."""
    import altair as alt

    rows = forest_rows(document)
    if not rows:
        return None
    m = document.get("margins") or {}
    narrowed = m.get("narrowed", 0.9)
    marks = [m.get("collapsed", 0.5), narrowed, 1 / narrowed]
    seen = [x for r in rows for x in (r["low"], r["value"], r["high"])] + marks
    domain = [min(seen) / 1.12, max([*seen, 1.3]) * 1.12]
    ticks = [t for t in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
             if domain[0] <= t <= domain[1]]  # fmt: skip
    x = alt.X(
        "value:Q",
        scale=alt.Scale(type="log", domain=domain, nice=False),
        axis=alt.Axis(values=ticks, format="~g", grid=False, orient="top"),
        title="times as many dishes as before",
    )
    y = alt.Y("row:O", sort=None, axis=None)
    tips = _tips(("what", "view", None), ("verdict", "verdict", None), ("value", "ratio", ".3~g"),
                 ("low", "low", ".3~g"), ("high", "high", ".3~g"))  # fmt: skip
    names = list(palette.verdicts)
    colour = alt.Color(
        "verdict:N",
        legend=None,
        scale=alt.Scale(domain=names, range=[palette.verdicts[n] for n in names]),
    )
    base = _chart(rows).encode(y=y, color=colour, tooltip=tips)
    line = _chart([{"value": v} for v in marks]).mark_rule(
        color=palette.soft, strokeDash=[4, 4], opacity=0.5
    )
    one = _chart([{"value": 1}]).mark_rule(color=palette.ink, strokeWidth=1)
    layers = [
        line.encode(x=x),
        one.encode(x=x),
        base.mark_rule(strokeWidth=3, yOffset=10).encode(x=alt.X("low:Q"), x2="high:Q"),
        base.mark_point(filled=True, size=110, opacity=1, yOffset=10).encode(
            x=x, shape=alt.Shape("question:N", legend=None,
                                 scale=alt.Scale(domain=["within", "across"],
                                                 range=["circle", "diamond"]))),
        _row_label(base.encode(text="text:N"), palette.ink),
    ]  # fmt: skip
    return _finish(_layer(layers), palette, ROW * len(rows))


def forest_rows(document: Doc) -> list[Row]:
    """Return the rows of :func:`forest`: a line of the document each, where it has a ratio."""
    return [_forest_row(i, x) for i, x in enumerate(lines(document)) if _bounded(x.ratio)]


def _bounded(e: Any) -> bool:
    return is_estimate(e) and all((e.get(k) or 0) > 0 for k in ("value", "low", "high"))


def _forest_row(i: int, x: Line) -> Row:
    asked = {"within": "asked twice", "across": "across prompts"}[x.question]
    ratio = x.ratio or {}
    what = f"{one_line(x.view, 30)}, {asked}"
    symbol = SYMBOLS.get(x.verdict or "", "")
    return {
        "row": i, "what": what, "question": x.question, "verdict": x.verdict or "unclear",
        "text": f"{what}: {symbol} {x.verdict or 'not judged'}, × {ratio['value']:.2f}",
        "value": ratio["value"], "low": ratio["low"], "high": ratio["high"],
    }  # fmt: skip


def prompts(document: Doc, view: str, palette: Palette = PAPER) -> Any | None:
    """Draw the prompts that lost most, each with its repeat rate before and after."""
    import altair as alt

    rows = prompt_rows(document, view)[:MOST_ROWS]
    if not rows:
        return None
    paired = rows[0]["before"] is not None
    tips: list[tuple[str, str, str | None]] = [("prompt", "prompt", None)]
    for side in ("before", "after") if paired else ("after",):
        tips.append((side, side if paired else "repeat rate", ".3~f"))
        tips += [(f"{side}_{k}", k, ".3~f") for k in ("low", "high") if _known(rows, side)]
    base = _chart(rows).encode(y=alt.Y("row:O", sort=None, axis=None), tooltip=_tips(*tips))
    x = alt.X(
        "after:Q",
        scale=alt.Scale(domainMin=0, nice=True),
        axis=alt.Axis(tickCount=5, orient="top", grid=False),
        title="repeat rate of the prompt (0 never the same, 1 always)",
    )
    layers = [_row_label(base.encode(text="prompt:N"), palette.ink)]
    if paired:
        layers += [
            base.mark_rule(color=palette.before, strokeWidth=3, opacity=0.35, yOffset=10).encode(
                x=alt.X("before:Q"), x2="after:Q"
            ),
            *_whiskers(base, rows, "before", palette.before, 10 - APART),
            base.mark_point(
                color=palette.before, fill=palette.before, shape="square", size=70, opacity=1,
                yOffset=10,
            ).encode(x=alt.X("before:Q")),
        ]  # fmt: skip
    layers += [
        *_whiskers(base, rows, "after", palette.after, 10 + (APART if paired else 0)),
        base.mark_point(
            color=palette.after, fill=palette.after, size=100, opacity=1, yOffset=10
        ).encode(x=x),
    ]
    return _finish(_layer(layers), palette, ROW * len(rows))


def _known(rows: list[Row], side: str) -> bool:
    return any(r[f"{side}_low"] is not None for r in rows)


def _whiskers(base: Any, rows: list[Row], side: str, colour: str, down: int) -> list[Any]:
    """Draw the intervals of one side, where there are any."""
    import altair as alt

    if not _known(rows, side):
        return []
    known = base.transform_filter(f"isValid(datum.{side}_low)")
    return [
        known.mark_rule(color=colour, strokeWidth=1.5, yOffset=down).encode(
            x=alt.X(f"{side}_low:Q"), x2=f"{side}_high:Q"
        )
    ]


def prompt_rows(document: Doc, view: str) -> list[Row]:
    """Return the document's prompts with their repeat rates in one view."""
    found = []
    for i, p in enumerate(document.get("prompts") or []):
        rates = (p.get("views") or {}).get(view)
        if rates is None:
            continue
        pair = rates if "after" in rates else {"after": rates}
        text = one_line(p.get("prompt") or p.get("prompt_id") or "(no prompt)", 110)
        row = {"row": i, "prompt": text}
        for side in ("before", "after"):
            one = pair.get(side) or {}
            row |= {side: one.get("value")}
            row |= {f"{side}_{k}": one.get(k) for k in ("low", "high")}
        found.append(row)
    return found


def trend(document: Doc, view: str, palette: Palette = PAPER) -> Any | None:
    """Draw one view's effective number over the versions, with intervals.

    An interval without an upper bound goes to the top of the chart.
    """
    import altair as alt

    rows = trend_rows(document, view)
    if not rows:
        return None
    top = 1.15 * max(x for r in rows for x in (r["value"], r["high"]) if x is not None)
    for r in rows:
        r["from"] = 0 if r["low"] is None else r["low"]
        r["to"] = top if r["high"] is None else r["high"]
    base = _chart(rows).encode(
        x=alt.X(
            "version:N", sort=None, title=None, axis=alt.Axis(labelAngle=-25, labelLimit=90),
            scale=alt.Scale(type="point", padding=0.4),
        ),
        y=alt.Y("value:Q", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5),
                title="dishes served (effective number)"),
        tooltip=_tips(("version", "version", None), ("value", "effective number", ".3~g"),
                      ("low", "low", ".3~g"), ("high", "high", ".3~g"),
                      ("step", "against the one before", None)),
    )  # fmt: skip
    layers = [
        base.mark_line(color=palette.after, strokeWidth=2, opacity=0.5),
        base.mark_rule(color=palette.after, strokeWidth=3).encode(y="from:Q", y2="to:Q"),
        base.mark_point(color=palette.after, fill=palette.after, size=80, opacity=1),
        base.mark_text(color=palette.ink, dx=8, dy=-10, align="left").encode(text="symbol:N"),
    ]
    return _finish(_layer(layers), palette, 240)


def trend_rows(document: Doc, view: str) -> list[Row]:
    """Return a row for each version that one view could measure."""
    block = document["views"][view]
    steps = [None, *(block.get("steps") or [])]
    found: list[Row] = []
    for i, one in enumerate(block.get("versions") or []):
        size = (one or {}).get("effective_number")
        if not is_estimate(size):
            continue
        step = (steps[i] or {}).get("verdict") if i < len(steps) else None
        found.append(
            {
                "version": _unlike(label(document["versions"][i], f"version {i + 1}"), found),
                "value": size["value"], "low": size.get("low"), "high": size.get("high"),
                "step": step or "", "symbol": SYMBOLS.get(step or "", ""),
            }
        )  # fmt: skip
    return found


def _unlike(name: str, found: Sequence[Row]) -> str:
    taken = {r["version"] for r in found}
    return name if name not in taken else f"{name} ({len(found) + 1})"


def _row_label(base: Any, colour: str) -> Any:
    """Write each row's text above its mark: room enough on a phone."""
    import altair as alt

    return base.mark_text(
        align="left", dy=-8, fontSize=13, limit=alt.ExprRef("width"), clip=False
    ).encode(x=alt.value(0), color=alt.value(colour))


def _chart(rows: list[Row]) -> Any:
    import altair as alt

    return alt.Chart(alt.InlineData(values=rows))


def _layer(layers: list[Any]) -> Any:
    import altair as alt

    return alt.layer(*layers)


def _tips(*fields: tuple[str, str, str | None]) -> list[Any]:
    import altair as alt

    return [
        alt.Tooltip(f"{name}:Q", title=title, format=form)
        if form
        else alt.Tooltip(f"{name}:N", title=title)
        for name, title, form in fields
    ]


def _finish(chart: Any, palette: Palette, height: int) -> Any:
    import altair as alt

    axis: dict[str, Any] = {
        "labelColor": palette.soft, "titleColor": palette.soft, "gridColor": palette.grid,
        "tickColor": palette.grid, "domainColor": palette.grid, "labelFontSize": 12,
        "titleFontSize": 12, "titleFontWeight": "normal", "titlePadding": 8,
    }  # fmt: skip
    return (
        chart.properties(
            width="container", height=height, background="transparent",
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        )
        .configure(font=FONT, aria=False)
        .configure_axis(**axis)
        .configure_view(stroke=None)
        .configure_text(fontSize=12)
    )  # fmt: skip
