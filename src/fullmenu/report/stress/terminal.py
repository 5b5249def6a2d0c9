"""A stress test as text, at 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fullmenu.cleaner import one_line
from fullmenu.report import console
from fullmenu.report.console import clipped, text
from fullmenu.report.stress import words
from fullmenu.report.stress.document import StressDocument, StressedPrompt, StressedShift

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

SHOWN = 3
"""Broken shifts whose worst prompt is shown on one screen."""


def show(document: StressDocument, terminal: Console, whole: bool = False) -> None:
    """Print what was found; ``whole``: all outcomes, and the caveats."""
    console.show(blocks(document, terminal.width, whole), terminal)


def blocks(document: StressDocument, width: int, whole: bool = False) -> list[RenderableType]:
    """Return the lines."""
    inside = document.inside
    said = f"{inside.prompts:,} prompts, {inside.outputs:,} outputs inside"
    return [
        text(f"Fullmenu: stress test, {said}", style="dim"),
        "",
        text(words.headline(document), style="bold"),
        "",
        *(clipped(line, width) for line in _table(document)),
        *(x for shift in document.shifts for x in (_shift(shift, width) if whole else ())),
        *(
            x
            for shift in document.shifts[:SHOWN]
            for x in (_case(shift, width) if not whole else ())
        ),
        "",
        *(text(one_line(caveat, 600)) for caveat in (document.caveats if whole else ())),
        text("All of it: --verbose, or a page: --html FILE" if not whole else "", style="dim"),
    ]


def _table(document: StressDocument) -> Iterator[str]:
    wide = max(len("shift"), *(len(one_line(x.name, 24)) for x in document.shifts))
    yield f"{'shift':<{wide}}  {'verdict':<8} {'variety':<10} {'prompts':>7}  what"
    for x in document.shifts:
        yield (
            f"{one_line(x.name, 24):<{wide}}  {x.verdict:<8} {x.variety:<10} {x.prompts:>7,}  "
            f"{words.what(x)}"
        ).rstrip()


def _case(shift: StressedShift, width: int) -> Iterator[RenderableType]:
    if shift.verdict == "broken" and shift.worst:
        yield ""
        yield text(f"{one_line(shift.name, 24)}: {one_line(shift.reason, 400)}")
        yield from _prompt(shift.worst[0], width)


def _shift(shift: StressedShift, width: int) -> Iterator[RenderableType]:
    yield from console.heading(f"{one_line(shift.name, 24)}: {shift.verdict}")
    if shift.about:
        yield text(f"{shift.about}. Kept: {shift.same}.", style="dim")
    yield text(one_line(shift.reason, 600))
    yield clipped(f"variety: {one_line(shift.variety_reason, 300)}", width)
    for x in shift.outcomes:
        line = f"{x.label:<28} {words.level(x, 'inside'):>7} → {words.level(x, 'outside'):<7}"
        yield clipped(f"{line} {words.change(x)}  {x.verdict}", width)
    for prompt in shift.worst:
        yield from _prompt(prompt, width)


def _prompt(prompt: StressedPrompt, width: int) -> Iterator[RenderableType]:
    yield clipped(f"  asked    {one_line(prompt.prompt or prompt.origin, 200)}", width)
    if prompt.shifted and prompt.shifted != prompt.prompt:
        yield clipped(f"  shifted  {one_line(prompt.shifted, 200)}", width)
    for side, outputs in (("inside ", prompt.inside), ("outside", prompt.outside)):
        for output in outputs[:1]:
            yield clipped(f"  {side}  {one_line(output, 200) or '(empty)'}", width)
