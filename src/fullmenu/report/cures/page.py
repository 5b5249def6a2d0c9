"""What cures bring and cost as one HTML file, under the same policy as every report."""

from __future__ import annotations

from fullmenu.cleaner import clean, one_line
from fullmenu.report import html, page
from fullmenu.report.cures import words
from fullmenu.report.cures.document import CuresDocument
from fullmenu.report.forms import SERIES, Axis, Line, Plot, Points
from fullmenu.report.page import Shown
from fullmenu.report.plain import interval


def render(document: CuresDocument) -> str:
    """Return the page; every text in it is taken as hostile."""
    return html.drawn("cures.html.jinja", contents(document))


def contents(document: CuresDocument) -> Shown:
    """Return what the template shows."""
    head, *rows = words.rows(document)
    passes = [*words.passes(document)]
    return {
        "title": "Fullmenu: cures",
        "subject": f"{len(document.arms)} arms on {document.prompts:,} prompts",
        "word_title": f"Use {one_line(document.recommended, 40)}"
        if document.recommended
        else f"Keep {words.name(document.arms[0])}",
        "tone": "widened" if document.recommended else "held",
        "answer": words.headline(document),
        "reason": [clean(said, 600) for said in document.reason[1:]],
        "form": frontier(document),
        "upright": axis(document),
        "head": head,
        "rows": rows,
        "ratios": [
            (words.name(arm), arm.verdict or "unclear", interval(arm.ratio or None))
            for arm in document.arms[1:]
        ],
        "abouts": [
            (words.name(arm), one_line(arm.about, 200)) for arm in document.arms if arm.about
        ],
        "edge": [words.name(arm) for arm in document.arms if arm.frontier],
        "passes": passes,
        "effects": [*words.effects(document)],
        "caveats": [clean(said, 600) for said in document.caveats],
        "of": document.of,
        "made": page.made(document.provenance or None),
    }


def axis(document: CuresDocument) -> str:
    """Return what the upright axis of the frontier measures."""
    if any(arm.quality for arm in document.arms):
        return "quality"
    if any(arm.valid for arm in document.arms):
        return "share of valid outputs"
    return "different valid outputs of those asked for"


def frontier(document: CuresDocument) -> Plot:
    """Return the chart: how varied and how good each arm is, with both intervals."""
    lines, points = [], []
    for k, arm in enumerate(document.arms):
        colour = SERIES[k % len(SERIES)]
        x, good = words.place(arm)
        points.append(
            Points(
                x=[x.value],
                y=[good.value],
                low=[good.low],
                high=[good.high],
                colour=colour,
                shape="diamond" if arm.log.label == document.recommended else "dot",
                names=[words.name(arm, 22)],
                titles=[f"{words.name(arm)}: {interval(x)} answers, {interval(good)}"],
            )
        )
        if x.low is not None and x.high is not None:
            lines.append(Line(x=[x.low, x.high], y=[good.value] * 2, colour=colour, faint=True))
    edge = sorted(tuple(e.value for e in words.place(arm)) for arm in document.arms if arm.frontier)
    if len(edge) > 1:
        lines.append(
            Line(x=[x for x, _ in edge], y=[y for _, y in edge], colour="soft", dashed=True)
        )
    return Plot(
        x=Axis(title=f"different answers among {document.of} outputs to a prompt"),
        y=Axis(title=axis(document)),
        lines=lines,
        points=points,
        height=300,
    )
