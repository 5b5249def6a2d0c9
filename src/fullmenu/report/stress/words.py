"""A stress test in words, for the terminal and the page alike."""

from __future__ import annotations

from fullmenu.cleaner import one_line
from fullmenu.report.plain import form, interval, points
from fullmenu.report.stress.document import Contrast, StressDocument, StressedShift

SAID = {
    "broken": "Outside its usual setting the model breaks.",
    "changed": "Nothing broke, but answers changed.",
    "unclear": "Nothing surely broke, and not all could be settled.",
    "held": "It held in every setting that was tried.",
}

SHARES = ("missing", "empty", "error", "cut", "caution")


def headline(document: StressDocument) -> str:
    """Say in one sentence what was found."""
    said = one_line(document.reason, 600)
    return f"{said[:1].upper()}{said[1:]}."


def what(shift: StressedShift) -> str:
    """Name what broke, or what changed."""
    names = shift.broken or shift.changed
    return ", ".join(one_line(x, 20) for x in names) or "–"


def level(outcome: Contrast, side: str) -> str:
    """Return the mean of one side."""
    x = getattr(outcome, side) if side in ("inside", "outside") else None
    if not isinstance(x, (int, float)):
        return "–"
    return form("share" if outcome.name in SHARES else "score")(x)


def change(outcome: Contrast) -> str:
    """Return a change with its interval."""
    if outcome.name in SHARES:
        return f"{interval(outcome.change, _points)} points"
    if outcome.name == "answers":
        return interval(outcome.change, form("share"))
    return f"{'× ' if outcome.name == 'length' else ''}{interval(outcome.change, _two)}"


def _points(x: float | None) -> str:
    return points(x).removesuffix(" points")


def _two(x: float | None) -> str:
    return "…" if x is None else f"{x:.2f}"
