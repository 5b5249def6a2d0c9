"""An agent's runs as text, at 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fullmenu.cleaner import one_line
from fullmenu.report import console
from fullmenu.report.agents.document import AgentsDocument
from fullmenu.report.console import clipped, text
from fullmenu.report.plain import counted, interval, percent

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

SHOWN = 12
"""Loops shown."""


def show(document: AgentsDocument, terminal: Console) -> None:
    """Print what was found."""
    console.show(blocks(document, terminal.width), terminal)


def blocks(document: AgentsDocument, width: int) -> list[RenderableType]:
    """Return the lines."""
    lines = [
        f"  {x.kind:<18} {x.calls:>5} calls from call {x.start:<5} "
        f"{one_line(' > '.join(x.tools), 40)}  (task {one_line(x.task, 24)}, run "
        f"{one_line(x.run, 16)})"
        for x in document.loops[:SHOWN]
    ]
    left = len(document.loops) - SHOWN
    return [
        text(
            f"Fullmenu: {counted(document.runs, 'run')} of {counted(document.tasks, 'task')}, "
            f"{document.calls:,} tool calls",
            style="dim",
        ),
        "",
        text(headline(document), style="bold"),
        "",
        *(clipped(line, width) for line in lines),
        *([text(f"  … and {left:,} more")] if left > 0 else []),
        "",
        *(text(caveat) for caveat in document.caveats),
    ]


def headline(document: AgentsDocument) -> str:
    """Say what was found in a few sentences."""
    said = []
    if document.looping:
        said.append(f"{interval(document.looping, percent)} of runs hold a loop.")
    if document.paths:
        said.append(f"Runs of one task take about {interval(document.paths)} different paths.")
    if document.successful_paths:
        said.append(
            f"The {document.successes:,} that succeed take {interval(document.successful_paths)}."
        )
    return " ".join(said) or "Too few runs to say more than what is listed."
