"""What the charts of several experiments have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from fullmenu.lab.experiment import Cell, Result
from fullmenu.report.forms import SERIES, Axis, Colour, Lane, Lanes, Line, Mark
from fullmenu.report.plain import number as written

Course = tuple[Sequence[float], Sequence[float]]
"""Where a line goes: its level and its upright places."""


def colours(arms: Iterable[str]) -> dict[str, Colour]:
    """Return a colour for each arm, in their order."""
    return {arm: SERIES[k % len(SERIES)] for k, arm in enumerate(arms)}


def courses(result: Result, arms: Iterable[str], course: Callable[[Cell], Course]) -> list[Line]:
    """Return a line a seed for each arm; the one that ends in the middle has the arm's name."""
    found: list[Line] = []
    for arm, colour in colours(arms).items():
        places = [course(cell) for cell in result.of(arm)]
        middle = sorted(range(len(places)), key=lambda k: places[k][1][-1])[len(places) // 2]
        found += [
            Line(x=floats(x), y=floats(y), colour=colour, faint=True,
                 name=arm if k == middle else "")
            for k, (x, y) in enumerate(places)
        ]  # fmt: skip
    return found


def mean_and_range(
    x: Sequence[float], values: Sequence[Sequence[float]], name: str, colour: Colour
) -> Line:
    """Return the line of the mean over seeds, with their range as its band; values by seed."""
    table = np.asarray(values, float)
    low, mean, high = (floats(f(table, axis=0)) for f in (np.min, np.mean, np.max))
    return Line(x=floats(x), y=mean, low=low, high=high, name=name, colour=colour)


def dots(name: str, values: Sequence[float], colour: Colour = "after") -> Lane:
    """Return a row with a ring for each seed, and a bar at their mean."""
    mean = float(np.mean(values))
    rings = [
        Mark(value=float(v), colour=colour, shape="ring", title=f"seed {k}: {written(float(v))}")
        for k, v in enumerate(values)
    ]
    told = f"mean: {written(mean)}"
    return Lane(
        name=name, marks=[*rings, Mark(value=mean, colour=colour, shape="tick", title=told)]
    )


def by_seed(result: Result, number: str, axis: str, title: str = "") -> Lanes:
    """Return one row an arm: a ring for each seed, and a bar at the mean."""
    rows = [dots(arm, result.values(arm, number)) for arm in result.experiment.arms]
    return Lanes(title=title, x=Axis(title=axis, low=0.0), lanes=rows)


def floats(values: Iterable[float]) -> list[float]:
    """Return numbers as plain floats of five digits: a picture needs no more."""
    return [float(f"{float(v):.5g}") for v in values]
