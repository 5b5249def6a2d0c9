"""The charts of a report, made from the JSON document alone."""

from __future__ import annotations

import re

from fullmenu.cleaner import one_line
from fullmenu.report import questions
from fullmenu.report.document import (
    CheckDocument,
    Content,
    Curve,
    DishCounts,
    PromptRate,
    TrendDocument,
)
from fullmenu.report.forms import Axis, Colour, Lane, Lanes, Line, Mark, Plot, Points, Rule, Shape
from fullmenu.report.plain import SYMBOLS, interval, label, number, percent
from fullmenu.report.questions import ViewAnswer

SIGNED, MARKED = 12, 40
"""Versions of which each has a sign, or a mark; of more only changes have one, and both ends."""

CHANGES = {SYMBOLS[verdict] for verdict in ("collapsed", "narrowed", "widened")}

SERVED = "different answers (effective number)"


def curve(document: Content, view: str) -> Plot | None:
    """Draw how many dishes one view sees as more outputs are asked for.

    ``None`` where the document has no curve for the view.
    """
    if isinstance(document, TrendDocument):
        return None
    if isinstance(document, CheckDocument):
        curves = [document.views[view].within.curve]
    else:
        curves = [document.views[view].before.curve, document.views[view].after.curve]
    lines: list[Line] = []
    edges: list[Points] = []
    for (name, log), points in zip(questions.logs(document).items(), curves, strict=True):
        if points:
            told = label(log, name)
            drawn, edge = _curve(points, name, told, log.outputs_per_prompt or 0.0)
            lines += drawn
            edges.append(edge)
    if not lines:
        return None
    return Plot(
        x=Axis(title="outputs asked for"),
        y=Axis(title=SERVED),
        lines=lines,
        points=edges,
        height=190,
    )


def _curve(curve: Curve, name: str, told: str, sampled: float) -> tuple[list[Line], Points]:
    """Return a curve, solid up to where the outputs end, and the mark there."""
    colour, shape = _look(name)
    m = [float(x) for x in curve.m]
    edge = max((k for k, x in enumerate(m) if x <= sampled), default=0)
    inside = slice(edge + 1)
    whole = Line(
        x=m, y=curve.value, low=curve.low, high=curve.high, name=told, colour=colour, dashed=True
    )
    at = PromptRate(curve.value[edge], curve.low[edge], curve.high[edge])
    title = f"{told}: {interval(at)} in {curve.m[edge]} outputs"
    mark = Points(x=[m[edge]], y=[at.value], colour=colour, shape=shape, titles=[title])
    return [whole, Line(x=m[inside], y=curve.value[inside], colour=colour)], mark


def _look(name: str) -> tuple[Colour, Shape]:
    return ("before", "square") if name == "before" else ("after", "dot")


def plates(document: Content) -> Plot | None:
    """Draw which share of all plates the dishes served most make up."""
    if isinstance(document, TrendDocument):
        return None
    dishes = document.dishes
    counts = [dishes] if isinstance(dishes, DishCounts) else [dishes.before, dishes.after]
    lines: list[Line] = []
    thirds: list[Points] = []
    for (name, log), of in zip(questions.logs(document).items(), counts, strict=True):
        share = of.cumulative
        if not share:
            continue
        colour, shape = _look(name)
        told = label(log, name)
        ranks = [float(k) for k in range(1, len(share) + 1)]
        lines.append(Line(x=ranks, y=share, name=told, colour=colour))
        if len(share) >= 3:
            title = f"{told}: the top three make up {percent(share[2])}"
            thirds.append(
                Points(x=[3.0], y=[share[2]], colour=colour, shape=shape, titles=[title],
                       signs=[percent(share[2])])
            )  # fmt: skip
    if not lines:
        return None
    return Plot(
        x=Axis(title="answers, the commonest first", log=True),
        y=Axis(title="share of all outputs", percent=True, low=0.0),
        lines=lines,
        points=thirds,
        height=190,
    )


def forest(document: Content) -> Lanes | None:
    """Draw every view's ratio with its interval, and the margins that it is judged by."""
    rows = [row for x in questions.answers(document) if (row := _ratio_row(x))]
    if not rows or isinstance(document, CheckDocument):
        return None
    m = document.margins
    margins = {f"margin {v:.2g}": v for v in (m.collapsed, m.narrowed, 1 / m.narrowed)}
    rules = [Rule(at=v, name=name) for name, v in margins.items()]
    rules.append(Rule(at=1.0, colour="ink", dashed=False, name="as many as before"))
    return Lanes(x=Axis(title="times as many answers as before", log=True), rules=rules, lanes=rows)


def _ratio_row(x: ViewAnswer) -> Lane | None:
    e = x.ratio
    if not (x.decision and e and e.value > 0 and e.low and e.low > 0 and e.high and e.high > 0):
        return None
    verdict = x.decision.verdict
    asked = {"within": "same prompt", "across": "different prompts"}[x.question]
    name = f"{SYMBOLS[verdict]} {one_line(x.view, 30)}, {asked}: {_sizes(x)}"
    shape: Shape = "dot" if x.question == "within" else "diamond"
    told = f"{verdict}: × {interval(e)}"
    return Lane(name=name, marks=[Mark(value=e.value, low=e.low, high=e.high, colour=verdict,
                                      shape=shape, title=told)])  # fmt: skip


def _sizes(x: ViewAnswer) -> str:
    sizes = [side.size for side in x.sides]
    if None in sizes:
        return f"× {number(x.ratio.value if x.ratio else None)}"
    return " → ".join(number(size) for size in sizes)


def trend(document: TrendDocument, view: str) -> Plot | None:
    """Draw one view's effective number over the versions, with intervals, and the largest fall.

    An interval without an upper bound goes to the top of the chart.
    """
    block = document.views[view]
    names = questions.names(document)
    steps = ["", *(step.verdict for step in block.steps)]
    seen = [(k, e) for k, e in enumerate(r.effective_number for r in block.versions) if e]
    if not seen:
        return None
    x, y = [float(k) for k, _ in seen], [e.value for _, e in seen]
    # a few wide intervals must not press the line flat: they are cut at the ends of the axis
    top = min(1.6 * max(y), max(e.high or 1.6 * max(y) for _, e in seen))
    line = Line(x=x, y=y, faint=True)
    signs = [SYMBOLS.get(steps[k], "") for k, _ in seen]
    if len(seen) > SIGNED:
        signs = [sign if sign in CHANGES else "" for sign in signs]
    if len(seen) > MARKED:
        low = [0.0 if e.low is None else e.low for _, e in seen]
        high = [top if e.high is None else min(e.high, top) for _, e in seen]
        line = Line(x=x, y=y, low=low, high=high)
        marked = [k for k, sign in enumerate(signs) if sign or k in (0, len(seen) - 1)]
        seen, signs = [seen[k] for k in marked], [signs[k] for k in marked]
    points = Points(
        x=[float(k) for k, _ in seen], y=[e.value for _, e in seen],
        low=[] if line.low else [e.low for _, e in seen],
        high=[] if line.low else [e.high for _, e in seen],
        signs=signs,
        titles=[": ".join(part for part in (names[k], interval(e), steps[k]) if part)
                for k, e in seen],
    )  # fmt: skip
    fall = document.fall
    rules = []
    if fall:
        since = f"since {names[min(fall.version, len(names) - 1)]}"
        rules = [Rule(at=fall.version - 0.5, name=since, colour="collapsed")]
    return Plot(
        x=Axis(names=_without_prefix(names)),
        y=Axis(title=SERVED, low=0.0, high=top),
        rules=rules,
        lines=[line],
        points=[points],
    )


def _without_prefix(names: list[str]) -> list[str]:
    """Return names without the words that they all begin with.

    >>> _without_prefix(["step-100", "step-200"]), _without_prefix(["v1", "v2"])
    (['100', '200'], ['v1', 'v2'])
    """
    words = [re.split(r"(?<=[^A-Za-z0-9.])", name) for name in names]
    columns = enumerate(zip(*words, strict=False))
    shared = next((k for k, column in columns if len({*column}) > 1), 0)
    return ["".join(parts[shared:]) or name for name, parts in zip(names, words, strict=True)]
