"""The picture of ``descent``: the terrain with the paths, beside what was kept and learned."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from fullmenu.lab.experiment import Result
from fullmenu.lab.experiments._descent_terrain import EDGE, START, height
from fullmenu.lab.experiments._plots import colours, floats
from fullmenu.report.forms import (
    Axis,
    Lane,
    Lanes,
    Line,
    Mark,
    Picture,
    Plot,
    Points,
    Shape,
    Tile,
)
from fullmenu.report.plain import number as written

_GRID, _SHADES = 40, 10
_CLOCKS: tuple[tuple[str, Shape, str], ...] = (
    ("", "dot", "equal steps"),
    ("_cpu", "ring", "equal CPU time"),
)


def chart(result: Result) -> Picture:
    """Draw the experiment."""
    kept = {"modes_z2": "Modes kept of 25", "facts": "Facts known of 5000"}
    return Picture(
        title="The valley in the fog: what each optimizer finds and keeps",
        about=f"Dark is deep. Lines: one walk each in the same fog; dots: ends of all "
        f"{len(result.seeds)}. In the rows dots are seeds at equal steps, rings at Adam's CPU "
        "time, bars the mean of each.",
        forms=[_terrain(result), *(_rows(result, n, title) for n, title in kept.items())],
    )


def _terrain(result: Result) -> Plot:
    lines, ends = [], []
    for arm, colour in colours(result.experiment.arms).items():
        path = np.clip(result.of(arm)[0].outcome.traces["path"], -EDGE, EDGE)
        lines.append(Line(x=floats(path[:, 0]), y=floats(path[:, 1]), name=arm, colour=colour))
        last = [np.clip(run.outcome.traces["path"][-1], -EDGE, EDGE) for run in result.of(arm)]
        x, y = (floats(end[k] for end in last) for k in (0, 1))
        ends.append(Points(x=x, y=y, colour=colour, titles=[arm] * len(last)))
    start = Points(x=[float(START[0])], y=[float(START[1])], shape="square", colour="ink",
                   titles=["start"])  # fmt: skip
    return Plot(
        title="A loss of two parameters, slopes seen through noise",
        x=Axis(title="first parameter", low=-EDGE, high=EDGE),
        y=Axis(title="second parameter", low=-EDGE, high=EDGE),
        tiles=_ground(),
        lines=lines,
        points=[start, *ends],
        height=360,
    )


def _ground() -> list[Tile]:
    """Return the terrain in level stretches of one shade."""
    places = np.linspace(-EDGE, EDGE, _GRID + 1)
    side = float(places[1] - places[0])
    middles = places[:-1] + side / 2
    depth = -height(np.stack(np.meshgrid(middles, middles), -1).reshape(-1, 2))
    ranks = (depth - depth.min()) / (depth.max() - depth.min()) * (_SHADES - 1)
    found = []
    for y, row in zip(places[:-1], ranks.round().astype(int).reshape(_GRID, _GRID), strict=True):
        for shade, cells in groupby(range(_GRID), key=row.__getitem__):
            first, *_, last = [*cells] * 2
            x, wide = floats([places[first], side * (last - first + 1)])
            found.append(
                Tile(x=x, y=float(f"{y:.5g}"), wide=wide, high=side, shade=int(shade) / _SHADES)
            )
    return found


def _rows(result: Result, number: str, title: str) -> Lanes:
    rows = []
    for arm, colour in colours(result.experiment.arms).items():
        marks = []
        for ending, shape, clock in _CLOCKS:
            values = result.values(arm, number + ending)
            told = f"{clock}: {written(float(np.mean(values)))} on average"
            marks += [
                Mark(value=float(v), colour=colour, shape=shape, title=f"{clock}: {written(v)}")
                for v in values
            ]
            marks.append(
                Mark(value=float(np.mean(values)), colour=colour, shape="tick", title=told)
            )
        rows.append(Lane(name=arm, marks=marks))
    return Lanes(title=title, x=Axis(low=0.0), lanes=rows)
