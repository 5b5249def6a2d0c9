"""Charts of a report: altair, built from the JSON document alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar

from msgspec import Struct, to_builtins

from fullmenu.cleaner import one_line
from fullmenu.report import questions
from fullmenu.report.document import (
    CheckDocument,
    CheckedPrompt,
    ComparedPrompt,
    Content,
    Curve,
    DishCounts,
    Sides,
    TrendDocument,
)
from fullmenu.report.plain import SYMBOLS, label
from fullmenu.report.questions import ViewAnswer

if TYPE_CHECKING:
    import altair as alt

ROW = 46
"""Height of a row with its label above the mark."""

APART = 4
"""Intervals of one prompt before and after are so far above and below its marks."""

Side = Literal["before", "after"]

MOST_ROWS = 12
"""Prompts drawn; tables and the JSON hold more."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


@dataclass(frozen=True)
class Palette:
    """Colours of a chart: before muted, after strong; verdicts also have a symbol each."""

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


class CurvePoint(Struct):
    """One point of a curve; ``edge`` is where the outputs end."""

    side: str
    m: int
    value: float
    low: float
    high: float
    sampled: bool
    beyond: bool
    edge: bool
    last: bool


class PlatesPoint(Struct):
    """The share of all plates that so many dishes make up."""

    side: str
    dishes: int
    share: float
    last: bool


class RatioRow(Struct):
    """A view's ratio, with its interval."""

    row: int
    what: str
    question: str
    verdict: str
    text: str
    value: float
    low: float
    high: float


class PromptRow(Struct):
    """A prompt's repeat rates in one view."""

    row: int
    prompt: str
    before: float | None
    before_low: float | None
    before_high: float | None
    after: float
    after_low: float | None
    after_high: float | None


class VersionRow(Struct):
    """A version's effective number in one view."""

    version: str
    value: float
    low: float | None
    high: float | None
    step: str
    symbol: str


Row = TypeVar("Row", bound=Struct)

ChartLine = tuple[list[Row], str, str]
"""Rows of one line, with its colour and the shape of its mark."""


def curve(document: Content, view: str, palette: Palette = PAPER) -> alt.LayerChart | None:
    """Draw how many dishes one view sees as more outputs are asked for.

    ``None`` where the document has no curve for the view.
    """
    layers = []
    found = curve_rows(document, view, palette)
    top = max((rows[-1].value for rows, *_ in found), default=0)
    for rows, colour, shape in found:
        layers += _band(rows, colour, shape, above=rows[-1].value == top)
    if not layers:
        return None
    return finish(layer(layers), palette, 240)


def curve_rows(
    document: Content, view: str, palette: Palette = PAPER
) -> list[ChartLine[CurvePoint]]:
    """Return the rows of each curve of a view, with colour and shape."""
    if isinstance(document, TrendDocument):
        return []
    if isinstance(document, CheckDocument):
        curves = [document.views[view].within.curve]
    else:
        curves = [document.views[view].before.curve, document.views[view].after.curve]
    return [
        (_points(points, label(log, name), log.outputs_per_prompt or 0.0), *_mark(name, palette))
        for (name, log), points in zip(questions.logs(document).items(), curves, strict=True)
        if points
    ]


def _mark(name: str, palette: Palette) -> tuple[str, str]:
    return (palette.before, "square") if name == "before" else (palette.after, "circle")


def _points(curve: Curve, name: str, sampled: float) -> list[CurvePoint]:
    edge = max((m for m in curve.m if m <= sampled), default=curve.m[0])
    return [
        CurvePoint(name, m, v, low, high, m <= edge, m >= edge, m == edge, m == curve.m[-1])
        for m, v, low, high in zip(curve.m, curve.value, curve.low, curve.high, strict=True)
    ]


def _band(rows: list[CurvePoint], colour: str, shape: str, above: bool) -> list[alt.Chart]:
    import altair as alt

    base = chart(rows).encode(
        x=alt.X("m:Q", title="outputs asked for", axis=alt.Axis(tickCount=5, grid=False)),
        y=alt.Y("value:Q", title="dishes served (effective number)", axis=alt.Axis(tickCount=5)),
        tooltip=tips(("side", "which", None), ("m", "outputs asked for", None),
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


def plates(document: Content, palette: Palette = PAPER) -> alt.LayerChart | None:
    """Draw which share of all plates the dishes served most make up."""
    import altair as alt

    layers = []
    found = plates_rows(document, palette)
    top = max((rows[-1].share for rows, *_ in found), default=0)
    for rows, colour, shape in found:
        base = chart(rows).encode(
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
            tooltip=tips(("side", "which", None), ("dishes", "dishes", "d"),
                          ("share", "share of plates", ".2~%")),
        )  # fmt: skip
        third = base.transform_filter("datum.dishes == 3")
        after = shape == "circle"
        up = _is_upper(rows, [r for r, *_ in found], 2)
        free = _is_upper(rows, [r for r, *_ in found], -1) or rows[-1].share < 0.85 * top
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
    return finish(layer(layers), palette, 260) if layers else None


def _is_upper(rows: list[PlatesPoint], all_rows: list[list[PlatesPoint]], at: int) -> bool:
    here = [r[at].share if len(r) > max(at, 0) else r[-1].share for r in all_rows]
    mine = rows[at].share if len(rows) > max(at, 0) else rows[-1].share
    return mine == max(here) and rows is all_rows[here.index(max(here))]


def plates_rows(document: Content, palette: Palette = PAPER) -> list[ChartLine[PlatesPoint]]:
    """Return the rows of each line of :func:`plates`, with colour and shape."""
    if isinstance(document, TrendDocument):
        return []
    dishes = document.dishes
    counts = [dishes] if isinstance(dishes, DishCounts) else [dishes.before, dishes.after]
    found = []
    for (name, log), of in zip(questions.logs(document).items(), counts, strict=True):
        if of.cumulative:
            rows = [
                PlatesPoint(label(log, name), i, share, i == len(of.cumulative))
                for i, share in enumerate(of.cumulative, 1)
            ]
            found.append((rows, *_mark(name, palette)))
    return found


def forest(document: Content, palette: Palette = PAPER) -> alt.LayerChart | None:
    """Draw every view's ratio with its interval, and the margins that it is judged by."""
    import altair as alt

    rows = forest_rows(document)
    if not rows or isinstance(document, CheckDocument):
        return None
    m = document.margins
    marks = [m.collapsed, m.narrowed, 1 / m.narrowed]
    seen = [x for r in rows for x in (r.low, r.value, r.high)] + marks
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
    shown = tips(("what", "view", None), ("verdict", "verdict", None), ("value", "ratio", ".3~g"),
                 ("low", "low", ".3~g"), ("high", "high", ".3~g"))  # fmt: skip
    names = list(palette.verdicts)
    colour = alt.Color(
        "verdict:N",
        legend=None,
        scale=alt.Scale(domain=names, range=[palette.verdicts[n] for n in names]),
    )
    base = chart(rows).encode(y=y, color=colour, tooltip=shown)
    line = chart([{"value": v} for v in marks]).mark_rule(
        color=palette.soft, strokeDash=[4, 4], opacity=0.5
    )
    one = chart([{"value": 1}]).mark_rule(color=palette.ink, strokeWidth=1)
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
    return finish(layer(layers), palette, ROW * len(rows))


def forest_rows(document: Content) -> list[RatioRow]:
    """Return the rows of :func:`forest`: an answer of a comparison each, where it has a ratio."""
    rows = (_ratio_row(i, x) for i, x in enumerate(questions.answers(document)))
    return [row for row in rows if row]


def _ratio_row(i: int, x: ViewAnswer) -> RatioRow | None:
    e = x.ratio
    if not (x.decision and e and e.value > 0 and e.low and e.low > 0 and e.high and e.high > 0):
        return None
    asked = {"within": "same prompt", "across": "different prompts"}[x.question]
    what = f"{one_line(x.view, 30)}, {asked}"
    verdict = x.decision.verdict
    text = f"{what}: {SYMBOLS[verdict]} {verdict}, × {e.value:.2f}"
    return RatioRow(i, what, x.question, verdict, text, e.value, e.low, e.high)


def prompts(document: Content, view: str, palette: Palette = PAPER) -> alt.LayerChart | None:
    """Draw the prompts that lost most, each with its repeat rate before and after."""
    import altair as alt

    rows = prompt_rows(document, view)[:MOST_ROWS]
    if not rows:
        return None
    paired = rows[0].before is not None
    shown: list[tuple[str, str, str | None]] = [("prompt", "prompt", None)]
    sides: tuple[Side, ...] = ("before", "after") if paired else ("after",)
    for side in sides:
        shown.append((side, side if paired else "repeat rate", ".3~f"))
        shown += [(f"{side}_{k}", k, ".3~f") for k in ("low", "high") if _known(rows, side)]
    base = chart(rows).encode(y=alt.Y("row:O", sort=None, axis=None), tooltip=tips(*shown))
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
    return finish(layer(layers), palette, ROW * len(rows))


def _known(rows: list[PromptRow], side: Side) -> bool:
    return any((r.before_low if side == "before" else r.after_low) is not None for r in rows)


def _whiskers(
    base: alt.Chart, rows: list[PromptRow], side: Side, colour: str, down: int
) -> list[alt.Chart]:
    import altair as alt

    if not _known(rows, side):
        return []
    known = base.transform_filter(f"isValid(datum.{side}_low)")
    return [
        known.mark_rule(color=colour, strokeWidth=1.5, yOffset=down).encode(
            x=alt.X(f"{side}_low:Q"), x2=f"{side}_high:Q"
        )
    ]


def prompt_rows(document: Content, view: str) -> list[PromptRow]:
    """Return the document's prompts with their repeat rates in one view."""
    if isinstance(document, TrendDocument):
        return []
    found: list[PromptRow] = []
    prompts: Sequence[CheckedPrompt | ComparedPrompt] = document.prompts
    for i, p in enumerate(prompts):
        rates = p.views.get(view)
        if rates is None:
            continue
        was, now = (rates.before, rates.after) if isinstance(rates, Sides) else (None, rates)
        text = one_line(p.prompt or p.prompt_id or "(no prompt)", 110)
        before, low, high = (was.value, was.low, was.high) if was else (None, None, None)
        found.append(PromptRow(i, text, before, low, high, now.value, now.low, now.high))
    return found


def trend(document: TrendDocument, view: str, palette: Palette = PAPER) -> alt.LayerChart | None:
    """Draw one view's effective number over the versions, with intervals.

    An interval without an upper bound goes to the top of the chart.
    """
    import altair as alt

    rows = trend_rows(document, view)
    if not rows:
        return None
    top = 1.15 * max(x for r in rows for x in (r.value, r.high) if x is not None)
    ends = (
        {"from": 0 if r.low is None else r.low, "to": top if r.high is None else r.high}
        for r in rows
    )
    base = chart([to_builtins(r) | e for r, e in zip(rows, ends, strict=True)]).encode(
        x=alt.X(
            "version:N", sort=None, title=None, axis=alt.Axis(labelAngle=-25, labelLimit=90),
            scale=alt.Scale(type="point", padding=0.4),
        ),
        y=alt.Y("value:Q", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5),
                title="dishes served (effective number)"),
        tooltip=tips(("version", "version", None), ("value", "effective number", ".3~g"),
                      ("low", "low", ".3~g"), ("high", "high", ".3~g"),
                      ("step", "against the one before", None)),
    )  # fmt: skip
    layers = [
        base.mark_line(color=palette.after, strokeWidth=2, opacity=0.5),
        base.mark_rule(color=palette.after, strokeWidth=3).encode(y="from:Q", y2="to:Q"),
        base.mark_point(color=palette.after, fill=palette.after, size=80, opacity=1),
        base.mark_text(color=palette.ink, dx=8, dy=-10, align="left").encode(text="symbol:N"),
    ]
    return finish(layer(layers), palette, 240)


def trend_rows(document: TrendDocument, view: str) -> list[VersionRow]:
    """Return a row for each version that one view could measure."""
    block = document.views[view]
    steps = [None, *block.steps]
    found: list[VersionRow] = []
    for name, rates, step in zip(questions.names(document), block.versions, steps, strict=True):
        size = rates.effective_number
        if size:
            verdict = step.verdict if step else ""
            found.append(
                VersionRow(_unlike(name, found), size.value, size.low, size.high, verdict,
                           SYMBOLS.get(verdict, ""))
            )  # fmt: skip
    return found


def _unlike(name: str, found: Sequence[VersionRow]) -> str:
    taken = {r.version for r in found}
    return name if name not in taken else f"{name} ({len(found) + 1})"


def _row_label(base: alt.Chart, colour: str) -> alt.Chart:
    """Write each row's text above its mark: room enough on a phone."""
    import altair as alt

    return base.mark_text(
        align="left", dy=-8, fontSize=13, limit=alt.ExprRef("width"), clip=False
    ).encode(x=alt.value(0), color=alt.value(colour))


def chart(rows: Sequence[Struct | Mapping[str, object]]) -> alt.Chart:
    """Return a chart of these rows, without marks."""
    import altair as alt

    return alt.Chart(alt.InlineData(values=to_builtins(rows)))


def layer(layers: list[alt.Chart]) -> alt.LayerChart:
    """Return charts on top of each other."""
    import altair as alt

    return alt.layer(*layers)


def tips(*fields: tuple[str, str, str | None]) -> list[alt.Tooltip]:
    """Return what is shown of a mark: fields with titles, and formats of numbers."""
    import altair as alt

    return [
        alt.Tooltip(f"{name}:Q", title=title, format=form)
        if form
        else alt.Tooltip(f"{name}:N", title=title)
        for name, title, form in fields
    ]


def finish(drawn: alt.LayerChart, palette: Palette, height: int) -> alt.LayerChart:
    """Return a chart in our colours and fonts."""
    import altair as alt

    axis: Mapping[str, object] = {
        "labelColor": palette.soft, "titleColor": palette.soft, "gridColor": palette.grid,
        "tickColor": palette.grid, "domainColor": palette.grid, "labelFontSize": 12,
        "titleFontSize": 12, "titleFontWeight": "normal", "titlePadding": 8,
    }  # fmt: skip
    return (
        drawn.properties(
            width="container", height=height, background="transparent",
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        )
        .configure(font=FONT, aria=False)
        .configure_axis(**axis)
        .configure_view(stroke=None)
        .configure_text(fontSize=12)
    )  # fmt: skip
