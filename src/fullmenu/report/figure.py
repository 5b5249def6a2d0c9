"""Charts as a matplotlib figure: for notebooks, and as PNG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from fullmenu.cleaner import one_line
from fullmenu.errors import extra
from fullmenu.report import svg
from fullmenu.report.forms import Colour, Form, Lanes, Mark, Picture, Plot, Points, Shape

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS: dict[Colour, str] = {
    "ink": "#1f2328", "soft": "#5b636e", "before": "#6b6659", "after": "#0b5cad",
    "collapsed": "#b3261e", "narrowed": "#a84b00", "unclear": "#5b636e", "held": "#00695c",
    "widened": "#5b3fa8", "c1": "#0b5cad", "c2": "#b3261e", "c3": "#00695c", "c4": "#a84b00",
    "c5": "#5b3fa8", "c6": "#6b6659", "c7": "#7a6200", "c8": "#a0286a",
}  # fmt: skip
"""As ``templates/chart.css`` has them for light paper."""

MARKERS: dict[Shape, tuple[str, float]] = {
    "dot": ("o", 40), "ring": ("o", 30), "square": ("s", 36), "diamond": ("D", 40),
    "tick": ("|", 180), "speck": (".", 12), "alarm": ("v", 50),
}  # fmt: skip
"""Of each shape: matplotlib's sign, and its area in points."""


def figure(picture: Picture) -> Figure:
    """Return charts as a figure that a notebook shows by itself.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.
    """
    with extra("figures", "plots"):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

    class Shown(Figure):  # type: ignore[misc]
        def _repr_png_(self) -> bytes:
            return png(self)

    forms = picture.forms
    across = 1 if len(forms) == 1 else 2 if len(forms) in (2, 4) else 3
    rows = [forms[k : k + across] for k in range(0, len(forms), across)]
    tall = [max(svg.height(form) for form in row) / 80 + 0.35 for row in rows]
    wide = 8 if across < 3 else 11
    told = [line for text in (picture.title, picture.about)
            for line in svg.wrapped(_plain(text), 90 * wide, 3, 14)]  # fmt: skip
    drawn = Shown(figsize=(wide, sum(tall) + 0.3 * len(told)), layout="constrained")
    FigureCanvasAgg(drawn)
    drawn.suptitle("\n".join(told), x=0.01, ha="left", size=11)
    grid = drawn.add_gridspec(len(rows), across, height_ratios=tall)
    for r, row in enumerate(rows):
        for k, form in enumerate(row):
            ax = drawn.add_subplot(grid[r, k])
            _draw(form, ax)
    return drawn


def png(drawn: Figure) -> bytes:
    """Return a figure as a PNG file."""
    out = io.BytesIO()
    drawn.savefig(out, format="png", dpi=144)
    return out.getvalue()


def _plain(text: str) -> str:
    """Return text in which matplotlib finds no formula."""
    return one_line(text, 300).replace("$", r"\$")


def _draw(form: Form, ax: Axes) -> None:
    ax.set_title(_plain(form.title), loc="left", size=10, pad=22 if form.title else None)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, labelsize=8, colors=COLOURS["soft"])
    if isinstance(form, Plot):
        ax.grid(axis="y", color="#e3ded4", linewidth=0.8)
    ax.set_axisbelow(True)
    if isinstance(form, Lanes):
        _lanes(form, ax)
    else:
        _plot(form, ax)


def _limits(ax: Axes, x: svg.Scale) -> None:
    if x.axis.log:
        ax.set_xscale("log")
    ax.set_xlim(x.low, x.high)
    ticks = x.ticks()
    ax.set_xticks(ticks, [x.text(t) for t in ticks])
    ax.set_xticks([], minor=True)


def _lanes(form: Lanes, ax: Axes) -> None:
    x = svg.lane_scale(form)
    _limits(ax, x)
    ax.set_ylim(-len(form.lanes) + 0.4, 0.8)
    ax.set_yticks([])
    ax.xaxis.tick_top()
    ax.set_xlabel(_plain(form.x.title), size=8, loc="left", color=COLOURS["soft"])
    ax.xaxis.set_label_position("top")
    for rule in form.rules:
        ax.axvline(rule.at, color=COLOURS[rule.colour], linewidth=1,
                   linestyle="--" if rule.dashed else "-", zorder=0)  # fmt: skip
    for k, lane in enumerate(form.lanes):
        ax.text(0, -k + 0.34, _plain(lane.name), size=8.5, va="center",
                transform=ax.get_yaxis_transform(),
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
        for i, m in enumerate(lane.marks):
            apart = 0.08 * (1 - 2 * i) if len(lane.marks) == 2 else 0.0
            if m.low is not None or m.high is not None:
                ends = [x.low if m.low is None else m.low, x.high if m.high is None else m.high]
                ax.plot(ends, [-k + apart] * 2, color=COLOURS[m.colour], linewidth=2)
            _scatter(ax, [m.value], [-k], m)


def _scatter(ax: Axes, x: list[float], y: list[float], look: Mark | Points) -> None:
    marker, size = MARKERS[look.shape]
    colour = COLOURS[look.colour]
    face: dict[str, Any] = {"color": colour}
    if look.shape == "ring":
        face = {"facecolors": "white", "edgecolors": colour}
    ax.scatter(x, y, s=size, marker=marker, zorder=3, **face)


def _plot(form: Plot, ax: Axes) -> None:
    from matplotlib.patches import Rectangle

    x, y = svg.scales(form)
    _limits(ax, x)
    if y.axis.log:
        ax.set_yscale("log")
    ax.set_ylim(y.low, y.high)
    ax.set_yticks([], minor=True)
    ticks = y.ticks()
    ax.set_yticks(ticks, [y.text(t) for t in ticks])
    if form.x.names:
        every = -(-len(form.x.names) // 10)
        shown = list(enumerate(form.x.names))[::every]
        ax.set_xticks([k for k, _ in shown], [_plain(name) for _, name in shown], rotation=30,
                      ha="right")  # fmt: skip
    ax.set_xlabel(_plain(form.x.title), size=8, color=COLOURS["soft"])
    ax.text(0, 1.02, _plain(form.y.title), transform=ax.transAxes, size=8, color=COLOURS["soft"])
    for t in form.tiles:
        ax.add_patch(Rectangle((t.x, t.y), t.wide, t.high, color=COLOURS["before"],
                               alpha=0.06 + 0.62 * t.shade, linewidth=0))  # fmt: skip
        ax.text(t.x + t.wide / 2, t.y + t.high / 2, _plain(t.text), size=8, ha="center",
                va="center")  # fmt: skip
    for s in form.spans:
        ax.axvspan(s.low, s.high, color=COLOURS[s.colour], alpha=0.15, linewidth=0)
    for r in form.rules:
        across = ax.axhline if r.level else ax.axvline
        across(r.at, color=COLOURS[r.colour], linewidth=1, linestyle="--" if r.dashed else "-")
        if r.name and not r.level:
            ax.annotate(_plain(r.name), (r.at, 1), xycoords=("data", "axes fraction"),
                        size=8, color=COLOURS[r.colour], weight="bold", va="top",
                        ha="right" if x.at(r.at) > 0.6 else "left")  # fmt: skip
    for line in form.lines:
        colour = COLOURS[line.colour]
        if line.low and line.high:
            ax.fill_between(line.x, line.low, line.high, color=colour, alpha=0.15, linewidth=0)
        ax.plot(line.x, line.y, color=colour, linewidth=1.2 if line.faint else 2,
                linestyle="--" if line.dashed else "-")  # fmt: skip
    for p in form.points:
        for k, (low, high) in enumerate(zip(p.low, p.high, strict=True)):
            ends = [y.low if low is None else low, y.high if high is None else high]
            ax.plot([p.x[k]] * 2, ends, color=COLOURS[p.colour], linewidth=2)
        _scatter(ax, p.x, p.y, p)
        for a, b, high, sign in zip(p.x, p.y, p.high or p.y, p.signs, strict=False):
            ax.annotate(sign, (a, b if high is None else high), (0, 4), size=8, ha="center",
                        textcoords="offset points", color=COLOURS[p.colour])  # fmt: skip
    for name, at, colour_name, _ in svg.named(form, y):
        ax.annotate(_plain(name), (1, at), (6, 0), xycoords="axes fraction", va="center", size=8,
                    textcoords="offset points", color=COLOURS[colour_name],
                    weight="bold")  # fmt: skip
