"""The picture of ``descent``: the terrain with the paths, beside what was kept and learned."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.lab.experiment import Result
from fullmenu.lab.experiments._descent_terrain import EDGE, START, height

COLOURS = {
    "SGD": "#5b636e",
    "Adam": "#0b5cad",
    "Muon": "#b3261e",
    "Shampoo": "#a84b00",
    "SOAP": "#00695c",
}

_GRID = 56
_STEPS, _CLOCK = "equal steps", "equal CPU time"


def chart(result: Result) -> Any:
    """Draw the experiment."""
    import altair as alt

    right = alt.vconcat(
        _dots(result, {"z = 2": "modes_z2", "z = 16": "modes_z16"}, "Modes kept of 25"),
        _dots(result, {"facts": "facts"}, "Facts known of 5000"),
        spacing=24,
    )
    title = alt.TitleParams(
        "The valley in the fog: what each optimizer finds and keeps",
        subtitle="Dots are seeds, bars their mean; filled: equal steps, hollow: Adam's CPU time",
        anchor="start",
        fontSize=16,
        offset=14,
    )
    return alt.hconcat(_terrain(result), right, spacing=40, title=title)


def _terrain(result: Result) -> Any:
    import altair as alt

    axis = np.linspace(-EDGE, EDGE, _GRID)
    wide = float(axis[1] - axis[0])
    points = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    cells = [
        {"x": float(x - wide / 2), "X": float(x + wide / 2),
         "y": float(y - wide / 2), "Y": float(y + wide / 2), "height": float(h)}
        for (x, y), h in zip(points, height(points), strict=True)
    ]  # fmt: skip
    ground = (
        alt.Chart(alt.Data(values=cells))
        .mark_rect(clip=True)
        .encode(
            x=_axis("x", "first parameter"),
            x2="X:Q",
            y=_axis("y", "second parameter"),
            y2="Y:Q",
            color=alt.Color(
                "height:Q",
                title="loss",
                bin=alt.Bin(maxbins=14),
                scale=alt.Scale(scheme="greys", reverse=True),
                legend=None,
            ),
        )
    )
    rows, ends = [], []
    for arm in COLOURS:
        path = np.clip(result.of(arm)[0].outcome.traces["path"], -EDGE, EDGE)
        rows += [
            {"arm": arm, "x": float(x), "y": float(y), "step": k} for k, (x, y) in enumerate(path)
        ]
        for run in result.of(arm):
            x, y = np.clip(run.outcome.traces["path"][-1], -EDGE, EDGE)
            ends.append({"arm": arm, "x": float(x), "y": float(y)})
    colour = alt.Color("arm:N", title="optimizer", sort=list(COLOURS), scale=_colours())
    lines = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(strokeWidth=2, opacity=0.9)
        .encode(x=_axis("x"), y=_axis("y"), order="step:Q", color=colour)
    )
    stops = (
        alt.Chart(alt.Data(values=ends))
        .mark_point(size=90, filled=True, opacity=1, stroke="white", strokeWidth=1)
        .encode(x=_axis("x"), y=_axis("y"), color=alt.Color("arm:N", scale=_colours(), legend=None))
    )
    start = (
        alt.Chart(alt.Data(values=[{"x": START[0], "y": START[1]}]))
        .mark_point(size=130, shape="cross", filled=True, color="black", opacity=1)
        .encode(x=_axis("x"), y=_axis("y"))
    )
    title = alt.TitleParams(
        "A loss of two parameters, slopes seen through noise",
        subtitle=f"Dark is deep. Lines: one walk each in the same fog; dots: ends of all "
        f"{len(result.seeds)}",
        anchor="start",
    )
    layers = alt.layer(ground, lines, start, stops).resolve_scale(color="independent")
    return layers.properties(width=430, height=430, title=title)


def _axis(field: str, title: str | None = None) -> Any:
    import altair as alt

    kind = alt.X if field == "x" else alt.Y
    scale = alt.Scale(domain=[-EDGE, EDGE], nice=False)
    return kind(f"{field}:Q", title=title or "", scale=scale, axis=alt.Axis(grid=False))


def _dots(result: Result, tasks: dict[str, str], title: str) -> Any:
    import altair as alt

    rows = [
        {"arm": arm, "task": task, "at": at, "value": value}
        for task, number in tasks.items()
        for at, name in ((_STEPS, number), (_CLOCK, f"{number}_cpu"))
        for arm in COLOURS
        for value in result.values(arm, name)
    ]
    base = alt.Chart(alt.Data(values=rows), width=330 // len(tasks) - 8, height=150).encode(
        x=alt.X("arm:N", sort=list(COLOURS), title="", axis=alt.Axis(labelAngle=-45)),
        xOffset=alt.XOffset("at:N", sort=[_STEPS, _CLOCK]),
        color=alt.Color("arm:N", scale=_colours(), legend=None),
    )
    value = alt.Y("value:Q", title=title.lower(), scale=alt.Scale(zero=True))
    dots = base.mark_point(size=36, opacity=1).encode(
        y=value,
        fill=alt.condition(
            alt.datum.at == _STEPS,
            alt.Color("arm:N", scale=_colours(), legend=None),
            alt.value("white"),
        ),
    )
    means = base.mark_tick(thickness=2, size=14).encode(y=alt.Y("mean(value):Q"))
    layered = alt.layer(dots, means)
    if len(tasks) == 1:
        return layered.properties(title=alt.TitleParams(title, anchor="start"))
    return layered.facet(
        column=alt.Column("task:N", sort=list(tasks), title="", header=alt.Header(labelFontSize=12))
    ).properties(title=alt.TitleParams(title, anchor="start"))


def _colours() -> Any:
    import altair as alt

    return alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
