"""A stress test as one HTML file, under the same policy as every report."""

from __future__ import annotations

from fullmenu.cleaner import clean, one_line
from fullmenu.report import html, page
from fullmenu.report.page import Shown
from fullmenu.report.plain import bounds, interval, percent
from fullmenu.report.stress import words
from fullmenu.report.stress.document import StressDocument, StressedShift, StressedView


def render(document: StressDocument) -> str:
    """Return the page; every text in it is taken as hostile."""
    return html.drawn("stress.html.jinja", contents(document))


def contents(document: StressDocument) -> Shown:
    """Return what the template shows."""
    inside = document.inside
    return {
        "title": "Fullmenu: stress test",
        "subject": f"stress test, {inside.prompts:,} prompts, {inside.outputs:,} outputs inside",
        "verdict": document.verdict,
        "said": words.SAID[document.verdict],
        "answer": words.headline(document),
        "scorer": clean(document.scorer or "", 300),
        "errors": [
            (name, interval(error, percent))
            for name, error in (document.scorer_errors or {}).items()
        ],
        "shifts": [_shift(shift) for shift in document.shifts],
        "alpha": percent(document.alpha),
        "tests": f"{document.tests:,}",
        "caveats": [clean(c, 600) for c in document.caveats],
        "made": page.made(document.provenance or None),
    }


def _shift(shift: StressedShift) -> Shown:
    return {
        "name": one_line(shift.name, 60),
        "verdict": shift.verdict,
        "variety": shift.variety,
        "variety_reason": clean(shift.variety_reason, 600),
        "prompts": f"{shift.prompts:,}",
        "what": words.what(shift),
        "about": shift.about,
        "same": shift.same,
        "reason": clean(shift.reason, 900),
        "views": [_view(view) for view in shift.views],
        "outcomes": [
            {
                "label": x.label,
                "inside": words.level(x, "inside"),
                "outside": words.level(x, "outside"),
                "change": words.change(x),
                "verdict": x.verdict,
            }
            for x in shift.outcomes
        ],
        "worst": [
            {
                "prompt": clean(x.prompt or x.origin, 1_000),
                "shifted": clean(x.shifted or "", 1_500) if x.shifted != x.prompt else "",
                "inside": [clean(output, 600) for output in x.inside],
                "outside": [clean(output, 600) for output in x.outside],
            }
            for x in shift.worst
        ],
    }


def _view(view: StressedView) -> Shown:
    ratio = view.ratio
    return {
        "view": one_line(view.view, 40),
        "question": f"{view.question} prompts",
        "ratio": f"{ratio.value:.2f} {bounds(ratio)}" if ratio else "–",
        "verdict": view.verdict,
    }
