"""The forms that a chart can have, as plain data: a plane, and named lanes."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Colour = Literal[
    "ink", "soft", "before", "after",
    "collapsed", "narrowed", "unclear", "held", "widened",
    "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8",
]  # fmt: skip
"""What a mark stands for; ``c1`` to ``c8`` tell arms apart. Style sheets know the shades."""

SERIES: tuple[Colour, ...] = ("c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8")

Shape = Literal["dot", "ring", "square", "diamond", "tick", "speck", "alarm"]


class Axis(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One axis.

    Parameters
    ----------
    title
        What is measured.
    low, high
        Where it begins and ends, backwards too; without them the data decide.
    log
        Whether equal ratios are equally far.
    percent
        Whether values are shares, written in per cent.
    ticks
        Values that are written at it; without them round numbers are.
    labels, under
        Written at each of the ``ticks`` in place of its value, and below that.
    names
        Names of the values 0, 1, 2 and so on.
    bare
        Whether nothing is written at it.
    """

    title: str = ""
    low: float | None = None
    high: float | None = None
    log: bool = False
    percent: bool = False
    ticks: list[float] = []
    labels: list[str] = []
    under: list[str] = []
    names: list[str] = []
    bare: bool = False


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line through points.

    Parameters
    ----------
    x, y
        The points, in order.
    low, high
        The ends of a band around it.
    name
        Written beside its end.
    colour
        What it stands for.
    dashed, faint
        How it is drawn.
    """

    x: list[float]
    y: list[float]
    low: list[float] = []
    high: list[float] = []
    name: str = ""
    colour: Colour = "after"
    dashed: bool = False
    faint: bool = False


class Points(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Marks that no line joins.

    Parameters
    ----------
    x, y
        Where they are.
    low, high
        The ends of an interval of each, upright.
    colour, shape
        How they are drawn.
    names
        Of each: written at the right edge, with a thin line to its mark.
    signs
        Of each: a few characters beside the mark.
    titles
        Of each: what a pointer shows.
    """

    x: list[float]
    y: list[float]
    low: list[float | None] = []
    high: list[float | None] = []
    colour: Colour = "after"
    shape: Shape = "dot"
    names: list[str] = []
    signs: list[str] = []
    titles: list[str] = []


class Rule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A straight line across the chart.

    Parameters
    ----------
    at
        The value where it stands.
    level
        Whether it lies level, at a height; it stands upright otherwise.
    name
        Written beside it.
    colour, dashed
        How it is drawn.
    """

    at: float
    level: bool = False
    name: str = ""
    colour: Colour = "soft"
    dashed: bool = True


class Span(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stretch of the level axis, shaded from bottom to top.

    Parameters
    ----------
    low, high
        Its ends.
    name
        What a pointer shows.
    colour
        What it stands for.
    """

    low: float
    high: float
    name: str = ""
    colour: Colour = "collapsed"


class Tile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rectangle of a map.

    Parameters
    ----------
    x, y
        Its lower left corner.
    wide, high
        Its sides.
    shade
        How dark, from 0 to 1.
    text
        Written in it.
    """

    x: float
    y: float
    wide: float
    high: float
    shade: float
    text: str = ""


class Plot(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="form", tag="plot"):
    """A plane with two axes.

    Parameters
    ----------
    form
        That it is one.
    title
        Over it.
    x, y
        The axes.
    tiles, spans, rules, lines, points
        What is on it, from the lowest layer to the highest.
    height
        Of the plane, in pixels.
    square
        Whether both axes measure the same, so that the plane should be as wide as it is high.
    """

    title: str = ""
    x: Axis = Axis()
    y: Axis = Axis()
    tiles: list[Tile] = []
    spans: list[Span] = []
    rules: list[Rule] = []
    lines: list[Line] = []
    points: list[Points] = []
    height: int = 220
    square: bool = False


class Mark(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A mark in a lane.

    Parameters
    ----------
    value, low, high
        The number, with its interval where it has one.
    colour, shape
        How it is drawn.
    title
        What a pointer shows.
    """

    value: float
    low: float | None = None
    high: float | None = None
    colour: Colour = "after"
    shape: Shape = "dot"
    title: str = ""


class Lane(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A name with its marks below.

    Parameters
    ----------
    name
        Written above the marks, shortened where it is too long.
    marks
        The later ones lie on top.
    """

    name: str
    marks: list[Mark]


class Lanes(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="form", tag="lanes"):
    """Named lanes over one axis.

    Parameters
    ----------
    form
        That these are such.
    title
        Over it.
    x
        The axis.
    rules
        Upright lines through all lanes.
    lanes
        From above to below.
    """

    title: str = ""
    x: Axis = Axis()
    rules: list[Rule] = []
    lanes: list[Lane] = []


Form = Plot | Lanes


class Picture(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Charts that belong together.

    Parameters
    ----------
    title, about
        What they show, and how to read them.
    forms
        The charts.
    """

    title: str = ""
    about: str = ""
    forms: list[Form] = []
