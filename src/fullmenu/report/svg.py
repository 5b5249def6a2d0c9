"""Charts as SVG: level places are shares of the width, so that text keeps its size at any width."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from xml.etree import ElementTree as ET

from fullmenu.cleaner import one_line
from fullmenu.report.forms import (
    Axis,
    Colour,
    Form,
    Lanes,
    Line,
    Mark,
    Picture,
    Plot,
    Points,
    Rule,
    Shape,
)
from fullmenu.report.plain import number

LEFT, RIGHT, BRIEF = 46, 104, 56
"""Pixels beside a plane: for numbers of its upright axis, for names of lines, for short ones."""

TALL = 46
"""Height of a lane with its name above the marks."""

APART = 4
"""An interval lies so far above or below the marks of its lane, where there are two."""

NARROW, WIDE = 326, 620
"""Pixels of a lane's name: on a phone, and where there is room."""

SIZE, LINE = 12, 14
"""Height of letters, and of a line of them."""

SLANTED = 62
"""Pixels of a name that is written aslant below a plane."""

HEAD = 22
"""Pixels above a plane or lanes, for a title or the axis."""

SHAPES: dict[Shape, str] = {
    "square": "M-4-4H4V4H-4Z",
    "diamond": "M0-6L6 0L0 6L-6 0Z",
    "tick": "M0-9V9",
    "alarm": "M-6-11H6L0-2Z",
}
"""Outlines of the marks that are no circles."""

RADII: dict[Shape, float] = {"dot": 4.5, "ring": 4, "speck": 2}


def drawn(form: Form) -> str:
    """Return a chart as an ``svg`` element that fills the width of whatever holds it."""
    root = ET.Element("svg", {"height": str(height(form)), "aria-hidden": "true"})
    _draw(form, root)
    return ET.tostring(root, encoding="unicode")


def css(form: Form) -> str:
    """Return the classes of what holds a chart: they leave room for its numbers and names."""
    if isinstance(form, Lanes):
        return "lanes"
    names = [name for name, *_ in _named(form)]
    brief = max((width(name) for name in names), default=0.0) <= BRIEF - 12
    room = "" if not names else " brief" if brief else " named"
    return f"plot{room}{' square' * form.square}"


def height(form: Form) -> int:
    """Return the height of a chart in pixels."""
    if isinstance(form, Lanes):
        return HEAD + 20 + TALL * len(form.lanes)
    below = 22.0
    if form.x.names and _slanted(form.x):
        below += 0.62 * max(min(width(name), SLANTED) for name in form.x.names)
    below += LINE * bool(form.x.under) + (LINE + 6 if form.x.title else 0)
    return _top(form) + form.height + round(below)


def file(picture: Picture, width: int = 760) -> str:
    """Return charts as one SVG file with its own style; it needs nothing beside it."""
    across = min(2, len(picture.forms)) or 1
    each = (width - 24 * (across + 1)) / across
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "width": str(width)})
    ET.SubElement(root, "title").text = picture.title
    ET.SubElement(root, "style").text = style()
    ET.SubElement(root, "rect", {"class": "ground", "width": "100%", "height": "100%"})
    y = 20
    for size, css_class, told in ((18, "title", picture.title), (13, "about", picture.about)):
        for line in wrapped(told, width - 48, 4, size):
            y += size + 3
            _text(root, "24", y, line, css_class)
    y += 16
    for start in range(0, len(picture.forms), across):
        row = picture.forms[start : start + across]
        named = any(form.title for form in row)
        for k, form in enumerate(row):
            x = 24 + k * (each + 24)
            if form.title:
                _text(root, f"{x:g}", y + 16, shortened(form.title, each, 14), "panel")
            left, right = _beside(form)
            inner = {"x": f"{x + left:g}", "y": str(y + 26 * named), "overflow": "visible"}
            inner |= {"width": f"{each - left - right:g}", "height": str(height(form))}
            _draw(form, ET.SubElement(root, "svg", inner))
        y += 26 * named + max(height(form) for form in row) + 20
    root.attrib |= {"height": str(y), "viewBox": f"0 0 {width} {y}", "role": "img"}
    return ET.tostring(root, encoding="unicode") + "\n"


def style() -> str:
    """Return the style sheet of charts: colours by what they stand for, light and dark."""
    return (files("fullmenu.report") / "templates" / "chart.css").read_text("utf-8")


def _beside(form: Form) -> tuple[int, int]:
    if isinstance(form, Lanes):
        return 0, 8
    classes = css(form)
    return LEFT, RIGHT if "named" in classes else BRIEF if "brief" in classes else 8


def _named(form: Plot) -> list[tuple[str, float, Colour, float | None]]:
    """Return what is written beside a plane: name, height, colour, and the mark it leads to."""
    found: list[tuple[str, float, Colour, float | None]] = [
        (line.name, line.y[-1], line.colour, None) for line in form.lines if line.name
    ]
    found += [(r.name, r.at, r.colour, None) for r in form.rules if r.level and r.name]
    return found + [
        (name, y, p.colour, x)
        for p in form.points
        for x, y, name in zip(p.x, p.y, p.names, strict=False)
        if name
    ]


_DIGITS, _FEW = 4, 3  # of a value at an axis; values, where they need more digits than that


@dataclass(frozen=True)
class Scale:
    """An axis with its ends: where a value lies on it, from 0 to 1, and which are written."""

    axis: Axis
    low: float
    high: float

    def at(self, x: float) -> float:
        """Return where a value lies; beyond the ends, at the end."""
        low, high = self.low, self.high
        if self.axis.log:
            x, low, high = (math.log(max(v, 1e-300)) for v in (x, low, high))
        return min(max((x - low) / (high - low), -0.002), 1.002)

    def place(self, x: float) -> str:
        """Return where a value lies, as a share of the width."""
        return f"{100 * self.at(x):.4g}%"

    def ticks(self, most: int = 6) -> list[float]:
        """Return the values that are written."""
        if self.axis.bare:
            return []
        low, high = sorted((self.low, self.high))
        given = self.axis.ticks or round_numbers(low, high, most, self.axis.log)
        found = [t for t in given if low - 1e-9 <= t <= high + 1e-9]
        long = not self.axis.ticks and most > _FEW and self._digits(found) > _DIGITS
        return self.ticks(_FEW) if long else found

    def text(self, x: float) -> str:
        """Return a value as it is written at the axis: in so many digits that values differ."""
        return short(x, self.axis.percent, self._shown)

    @cached_property
    def _shown(self) -> int:
        return self._digits(self.ticks())

    def _digits(self, ticks: Sequence[float]) -> int:
        """Return in how many digits values are told apart, four at least."""
        for n in range(_DIGITS, 16):
            if len({short(t, self.axis.percent, n) for t in ticks}) == len({*ticks}):
                return n
        return _DIGITS


def scale(axis: Axis, values: Iterable[float], *, whole: bool = False) -> Scale:
    """Return an axis with its ends, from those given or from the values.

    ``whole``: it ends at round numbers, and a linear one begins at 0 where the values reach down
    far enough.
    """
    if axis.names:
        return Scale(axis, -0.5, len(axis.names) - 0.5)
    seen = [x for x in values if math.isfinite(x) and (x > 0 or not axis.log)]
    low = min(seen, default=1.0) if axis.low is None else axis.low
    high = max(seen, default=1.0) if axis.high is None else axis.high
    if axis.log:
        room = 1.12 if whole or high <= low else 1.0
        low = low / room if axis.low is None else low
        return Scale(axis, low, high * room if axis.high is None else high)
    if axis.low is None and whole and 0 <= low < 0.6 * high:
        low = 0.0
    if high <= low:
        low, high = (0.0, 1.0) if low == high == 0 else (low - abs(low) / 2, high + abs(high) / 2)
    if whole:
        ticks = round_numbers(low, high, 5)
        step = ticks[1] - ticks[0] if len(ticks) > 1 else high - low
        low = math.floor(low / step + 1e-9) * step if axis.low is None else low
        high = math.ceil(high / step - 1e-9) * step if axis.high is None else high
    return Scale(axis, low, high)


def scales(form: Plot) -> tuple[Scale, Scale]:
    """Return both axes of a plane with their ends."""
    lines_and_points: list[Line | Points] = [*form.lines, *form.points]
    xs = [v for part in lines_and_points for v in part.x]
    xs += [v for s in form.spans for v in (s.low, s.high)]
    xs += [r.at for r in form.rules if not r.level]
    ys = [v for part in lines_and_points for v in (*part.y, *part.low, *part.high)
          if v is not None]  # fmt: skip
    ys += [r.at for r in form.rules if r.level]
    return scale(form.x, xs), scale(form.y, ys, whole=True)


def lane_scale(form: Lanes) -> Scale:
    """Return the axis of lanes with its ends."""
    marks = [m for lane in form.lanes for m in lane.marks]
    values = [v for m in marks for v in (m.value, m.low, m.high) if v is not None]
    return scale(form.x, [*values, *(r.at for r in form.rules)], whole=True)


def named(form: Plot, y: Scale) -> list[tuple[str, float, Colour, float | None]]:
    """Return what stands beside a plane: name, height from 0 to 1, colour, the mark it leads to."""
    found = _named(form)
    wanted = [form.height * (1 - y.at(at)) for _, at, *_ in found]
    middles = dodged(wanted, [LINE] * len(found), -8, form.height + 10)
    return [
        (name, 1 - middle / form.height, colour, x)
        for (name, _, colour, x), middle in zip(found, middles, strict=True)
    ]


def round_numbers(low: float, high: float, most: int = 5, log: bool = False) -> list[float]:
    """Return round numbers from ``low`` to ``high``, about as many as ``most``.

    >>> round_numbers(0, 33), round_numbers(0.2, 1.5, log=True)
    ([0.0, 10.0, 20.0, 30.0], [0.2, 0.5, 1.0])
    >>> round_numbers(0.8, 1.3, log=True)
    [0.8, 0.9, 1.0, 1.1, 1.2, 1.3]
    """
    if log and high > 3 * low:
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        for within in ((1, 2, 5), (1, 3), (1,)):
            found = [float(f"{m}e{e}") for e in decades for m in within]
            found = [x for x in found if low * (1 - 1e-9) <= x <= high * (1 + 1e-9)]
            if len(found) <= most:
                break
        return found[:: -(-len(found) // most) or 1] or [low, high]
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


def short(x: float, percent: bool = False, digits: int = _DIGITS) -> str:
    r"""Return a number as an axis shows it.

    >>> short(0.05), short(0.4, percent=True), short(25_000), short(1_500_000)
    ('0.05', '40\xa0%', '25k', '1.5M')
    >>> short(1.00025), short(1.00025, digits=6)
    ('1', '1.00025')
    """
    if percent:
        return f"{100 * x:.{digits - 1}g}\u00a0%"
    for size, letter in ((1e6, "M"), (1e4, "k")):
        if abs(x) >= size:
            return f"{x / (1000 if letter == 'k' else size):.{digits}g}{letter}"
    whole = abs(x) >= 1000 and digits == _DIGITS
    return f"{x:,.0f}" if whole else f"{x:,.{digits}g}".replace("-", "\u2212")


def width(text: str, size: float = SIZE) -> float:
    """Return about how many pixels wide a text is, rather more than less.

    >>> width("ill") < width("mum") < width("菜单菜")
    True
    """
    return size * sum(_wide(c) for c in text)


@lru_cache(maxsize=4096)
def _wide(c: str) -> float:
    if unicodedata.combining(c):
        return 0.0
    if unicodedata.east_asian_width(c) in "WF":
        return 1.05
    if c in "iljItf.,:;'|!()[] \u00a0":
        return 0.36
    return 0.88 if c in "mwMW@%" or ord(c) > 0x2000 else 0.72 if c.isupper() else 0.6


def shortened(text: str, pixels: float, size: float = SIZE) -> str:
    """Return a text cut to so many pixels, with ``…`` where something is missing.

    >>> shortened("the soup of the day", 90)
    'the soup of t…'
    """
    if width(text, size) <= pixels:
        return text
    pixels -= size
    for k, c in enumerate(text):
        pixels -= width(c, size)
        if pixels < 0:
            return text[:k].rstrip() + "…"
    return text


def wrapped(text: str, pixels: float, most: int, size: float = SIZE) -> list[str]:
    """Return a text in lines of at most so many pixels; the last of ``most`` is cut.

    >>> wrapped("a menu under its score", 60, 3)
    ['a menu', 'under its', 'score']
    """
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        line = words.pop(0)
        if width(line, size) > pixels:
            k = next(k for k in range(1, len(line) + 1) if width(line[: k + 1], size) > pixels)
            words.insert(0, line[k:])
            line = line[:k]
        while words and width(f"{line} {words[0]}", size) <= pixels:
            line += f" {words.pop(0)}"
        lines.append(line)
    if words:
        lines.append(shortened(" ".join(words), pixels, size))
    return lines


def dodged(wanted: Sequence[float], tall: Sequence[float], low: float, high: float) -> list[float]:
    """Return middles of labels so that none overlaps, each as near as can be to where it is wanted.

    >>> dodged([10, 12, 50], [14, 14, 14], 0, 60)
    [7.0, 21.0, 50.0]
    """
    # Labels that would touch are stacked, and a stack lies where its labels want it on average.
    stacks: list[tuple[float, float, list[int]]] = []  # top, bottom, members
    for k in sorted(range(len(wanted)), key=lambda k: wanted[k]):
        members = [k]
        while True:
            above = [sum(tall[j] for j in members[:i]) for i in range(len(members))]
            size = sum(tall[j] for j in members)
            tops = [wanted[j] - tall[j] / 2 - a for j, a in zip(members, above, strict=True)]
            start = max(low, min(sum(tops) / len(tops), high - size))
            if not stacks or stacks[-1][1] <= start:
                break
            members = stacks.pop()[2] + members
        stacks.append((start, start + size, members))
    found = [0.0] * len(wanted)
    for start, _, members in stacks:
        for j in members:
            found[j] = start + tall[j] / 2
            start += tall[j]
    return found


def _draw(form: Form, into: ET.Element) -> None:
    if isinstance(form, Lanes):
        _draw_lanes(form, into)
    else:
        _Plane(form, into).draw()


def _draw_lanes(form: Lanes, into: ET.Element) -> None:
    x = lane_scale(form)
    top = HEAD + 20
    _text(into, "0", SIZE, form.x.title, "axis")
    for t in x.ticks():
        _straight(into, x.place(t), top - 4, x.place(t), top, "grid")
        _text(into, x.place(t), top - 8, x.text(t), "number middle")
    for k, lane in enumerate(form.lanes):
        y = top + TALL * k + 32
        for t in x.ticks():  # in pieces: no line strikes through a name
            _straight(into, x.place(t), y - 9, x.place(t), y + 11, "grid")
        for r in form.rules:
            _straight(into, x.place(r.at), y - 9, x.place(r.at), y + 11, _rule(r), r.name)
        known = [m for m in lane.marks if m.low is not None or m.high is not None]
        for m in known:
            apart = 0 if len(known) < 2 else -APART if m is known[0] else APART
            low, high = (x.place(v) for v in (_or(m.low, x.low), _or(m.high, x.high)))
            look = f"{'thin' if apart else 'interval'} of-{m.colour}"
            _straight(into, low, y + apart, high, y + apart, look, _told(m))
        for m in lane.marks:
            _mark(into, x.place(m.value), y, m.shape, m.colour, _told(m))
        _lane_name(into, y - 15, one_line(lane.name, 200))


def _or(value: float | None, end: float) -> float:
    return end if value is None else value


def _told(m: Mark) -> str:
    if m.title or (m.low is None and m.high is None):
        return m.title or number(m.value)
    return f"{number(m.value)} [{number(m.low)}, {number(m.high)}]"


def _lane_name(into: ET.Element, y: float, name: str) -> None:
    narrow, wide = (shortened(name, room, 13) for room in (NARROW, WIDE))
    if narrow == wide:
        _text(into, "0", y, wide, "lane", name if wide != name else "")
        return
    _text(into, "0", y, wide, "lane if-wide", name if wide != name else "")
    _text(into, "0", y, narrow, "lane if-narrow", name)


class _Plane:
    """A plot that is being drawn: its axes, and where it lies."""

    def __init__(self, form: Plot, into: ET.Element) -> None:
        self.form, self.into = form, into
        self.top = _top(form)
        self.bottom = self.top + form.height
        self.x, self.y = scales(form)

    def down(self, y: float) -> float:
        """Return how far below the upper edge a value lies."""
        return round(self.bottom - self.form.height * self.y.at(y), 1)

    def draw(self) -> None:
        """Draw everything, the lowest layer first."""
        self.tiles()
        self.spans()
        self.axes()
        self.rules()
        self.lines()
        self.names()
        for p in self.form.points:
            if p.shape != "speck":
                self.points(p)

    def tiles(self) -> None:
        """Draw a map, and what is written on it."""
        for tile in self.form.tiles:
            a, b = self.x.at(tile.x), self.x.at(tile.x + tile.wide)
            above, below = self.down(tile.y + tile.high), self.down(tile.y)
            box = {"x": f"{100 * a:.4g}%", "y": f"{above:g}", "width": f"{100 * (b - a):.4g}%"}
            box |= {"height": f"{below - above:.4g}", "class": "tile"}
            box["fill-opacity"] = f"{0.06 + 0.62 * tile.shade:.2f}"
            ET.SubElement(self.into, "rect", box)
            middle = f"{50 * (a + b):.4g}%"
            _text(self.into, middle, (above + below) / 2 + 4, tile.text, "cell middle")

    def spans(self) -> None:
        """Shade stretches of the level axis."""
        for s in self.form.spans:
            a, b = self.x.at(s.low), self.x.at(s.high)
            box = {"x": f"{100 * a:.4g}%", "width": f"{max(100 * (b - a), 0.4):.4g}%"}
            box |= {
                "y": str(self.top),
                "height": str(self.form.height),
                "class": f"span of-{s.colour}",
            }
            _title(ET.SubElement(self.into, "rect", box), s.name)

    def axes(self) -> None:
        """Draw both axes with their numbers, names and titles."""
        x, y = self.form.x, self.form.y
        _text(self.into, f"{2 - LEFT}", SIZE, y.title, "axis")
        for t in self.y.ticks():
            if not self.form.tiles:
                _straight(self.into, "0", self.down(t), "100%", self.down(t), "grid")
            _text(self.into, "-8", self.down(t) + 4, self.y.text(t), "number end")
        below = self.bottom + 16
        if x.names:
            self.places()
        else:
            for k, t in enumerate(self.x.ticks()):
                place = self.x.place(t)
                _straight(self.into, place, self.bottom, place, self.bottom + 4, "grid")
                told = x.labels[k] if x.labels else self.x.text(t)
                _text(self.into, place, below, told, "number middle")
                if x.under:
                    _text(self.into, place, below + LINE, x.under[k], "number middle")
        _text(self.into, "50%", height(self.form) - 4, x.title, "axis middle")

    def places(self) -> None:
        """Write the names of the level axis: slanted where they are many, then not all of them."""
        names = self.form.x.names
        slanted, last = _slanted(self.form.x), len(names) - 1
        every = -(-len(names) // 10) if slanted else 1
        for k, name in enumerate(names):
            if k != last and (k % every or last - k < every):
                continue
            if not slanted:
                _text(self.into, self.x.place(k), self.bottom + 16, name, "number middle")
                continue
            corner = _corner(self.into, self.x.place(k), self.bottom + 14)
            shown = shortened(name[::-1], SLANTED)[::-1]  # names of versions differ in their ends
            found = _text(corner, "0", 0, shown, "number end", name if shown != name else "")
            if found is not None:
                found.set("transform", "rotate(-38)")

    def rules(self) -> None:
        """Draw straight lines across; names of upright ones stand above the plane."""
        upright = 0
        for r in self.form.rules:
            if r.level:
                _straight(
                    self.into, "0", self.down(r.at), "100%", self.down(r.at), _rule(r), r.name
                )
                continue
            place, start = self.x.place(r.at), self.top
            if r.name:
                start = _over(self.form) + LINE * (upright % 3 + 1)
                upright += 1
                right = self.x.at(r.at) > 0.6
                corner = _corner(self.into, place, start - 3)
                shown = shortened(r.name, 150)
                side = f"sign of-{r.colour}{' end' * right}"
                _text(corner, "-4" if right else "4", 0, shown, side, r.name)
            _straight(self.into, place, start - LINE + 2 if r.name else start, place, self.bottom,
                      _rule(r), r.name)  # fmt: skip

    def lines(self) -> None:
        """Draw bands, lines and specks: in a frame of 1,000 units, stretched to the width."""
        frame = ET.SubElement(
            self.into, "svg",
            {"y": str(self.top), "width": "100%", "height": str(self.form.height),
             "overflow": "visible", "viewBox": f"0 0 1000 {self.form.height}",
             "preserveAspectRatio": "none"},
        )  # fmt: skip
        for line in self.form.lines:
            if line.low and line.high:
                around = zip([*line.x, *line.x[::-1]], [*line.high, *line.low[::-1]], strict=True)
                d = "L".join(self.pair(a, b) for a, b in around)
                ET.SubElement(frame, "path", {"d": f"M{d}Z", "class": f"band of-{line.colour}"})
        for line in self.form.lines:
            look = f"line of-{line.colour}{' dashed' * line.dashed}{' faint' * line.faint}"
            d = "L".join(self.pair(a, b) for a, b in zip(line.x, line.y, strict=True))
            found = ET.SubElement(frame, "path", {"d": f"M{d}", "class": look})
            if len(line.x) == 1:
                place, height_of = self.x.place(line.x[0]), self.down(line.y[0])
                _mark(self.into, place, height_of, "dot", line.colour, line.name)
            first, last = (number(line.y[k]) for k in (0, -1))
            _title(found, f"{line.name}: {first} → {last}" if line.name else f"{first} → {last}")
        for p in self.form.points:
            if p.shape == "speck":
                d = "".join(f"M{self.pair(a, b)}h0" for a, b in zip(p.x, p.y, strict=True))
                ET.SubElement(frame, "path", {"d": d, "class": f"specks of-{p.colour}"})

    def pair(self, x: float, y: float) -> str:
        """Return a point in the stretched frame."""
        return f"{1000 * self.x.at(x):.4g} {self.down(y) - self.top:.4g}"

    def names(self) -> None:
        """Write names beside the ends of lines, at the right edge, where none overlaps another."""
        named = _named(self.form)
        lines = [wrapped(name, RIGHT - 12, 2) for name, *_ in named]
        tall = [LINE * len(told) + 1 for told in lines]
        wanted = [self.down(y) for _, y, *_ in named]
        middles = dodged(wanted, tall, self.top - 8, self.bottom + 10)
        for (name, at, colour, x), told, y in zip(named, lines, middles, strict=True):
            if x is not None:
                _straight(self.into, self.x.place(x), self.down(at), "100%", y, f"lead of-{colour}")
            corner = _corner(self.into, "100%", y)
            for i, shown in enumerate(told):
                down = 4 + LINE * (i - (len(told) - 1) / 2)
                _text(corner, "8", down, shown, f"name of-{colour}", name)

    def points(self, p: Points) -> None:
        """Draw marks with their intervals and signs."""
        for k, (x, y) in enumerate(zip(p.x, p.y, strict=True)):
            place = self.x.place(x)
            title = p.titles[k] if p.titles else number(y)
            if p.low:
                low, high = _or(p.low[k], self.y.low), _or(p.high[k], self.y.high)
                look = f"interval of-{p.colour}"
                _straight(self.into, place, self.down(low), place, self.down(high), look, title)
            _mark(self.into, place, self.down(y) if p.shape != "alarm" else self.top, p.shape,
                  p.colour, title)  # fmt: skip
            if p.signs and p.signs[k]:
                self.sign(p, k)

    def sign(self, p: Points, k: int) -> None:
        """Write a sign over its interval; of a mark without one beside it, above or below."""
        x, y = p.x[k], p.y[k]
        place, look = self.x.place(x), f"sign of-{p.colour}"
        if p.high:
            high = self.down(_or(p.high[k], self.y.high))
            _text(self.into, place, high - 5, p.signs[k], f"{look} middle")
            return
        below = any(a == x and b > y for q in self.form.points if q.signs
                    for a, b in zip(q.x, q.y, strict=True))  # fmt: skip
        right = self.x.at(x) > 0.85
        corner = _corner(self.into, place, self.down(y))
        look += " end" * right
        _text(corner, "-8" if right else "8", 16 if below else -8, p.signs[k], look)


def _over(form: Plot) -> int:
    """Return how much stands over a plane beside names of upright rules."""
    return HEAD + 4 if form.y.title else 8


def _top(form: Plot) -> int:
    upright = sum(bool(r.name) and not r.level for r in form.rules)
    alarms = any(p.shape == "alarm" for p in form.points)
    signs = any(p.signs and p.high for p in form.points)
    return _over(form) + LINE * min(upright, 3) + (LINE + 2) * (alarms or signs)


def _slanted(axis: Axis) -> bool:
    """Say whether names would not stand side by side on a phone."""
    return len(axis.names) * max(width(n) + 6 for n in axis.names) > 230


def _rule(r: Rule) -> str:
    return f"rule of-{r.colour}{' dashed' * r.dashed}"


def _straight(
    into: ET.Element, x: str, y: float, to_x: str, to_y: float, look: str, title: str = ""
) -> None:
    ends = {"x1": x, "y1": f"{y:g}", "x2": to_x, "y2": f"{to_y:g}", "class": look}
    _title(ET.SubElement(into, "line", ends), title)


def _mark(into: ET.Element, x: str, y: float, shape: Shape, colour: Colour, title: str) -> None:
    if shape in RADII:
        circle = {
            "cx": x,
            "cy": f"{y:g}",
            "r": f"{RADII[shape]:g}",
            "class": f"{shape} of-{colour}",
        }
        _title(ET.SubElement(into, "circle", circle), title)
        return
    corner = _corner(into, x, y)
    outline = {"d": SHAPES[shape], "class": f"{shape} of-{colour}"}
    _title(ET.SubElement(corner, "path", outline), title)


def _corner(into: ET.Element, x: str, y: float) -> ET.Element:
    """Return a place from which pixels are counted: what lies in it keeps its shape."""
    return ET.SubElement(into, "svg", {"x": x, "y": f"{y:g}", "overflow": "visible"})


def _text(
    into: ET.Element, x: str, y: float, text: str, look: str, title: str = ""
) -> ET.Element | None:
    if not text:
        return None
    found = ET.SubElement(into, "text", {"x": x, "y": f"{y:g}", "class": look})
    found.text = text
    if title and title != text:
        _title(found, title)
    return found


def _title(of: ET.Element, title: str) -> None:
    if title:
        ET.SubElement(of, "title").text = title
