"""Findings as text: complete at 80 columns, colour never the only carrier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fullmenu.finding import Finding
from fullmenu.report.console import grid, heading, item, text
from fullmenu.report.finding import words
from fullmenu.report.terminal import STYLES

if TYPE_CHECKING:
    from rich.console import Console

MOST = 20
"""Rows of evidence shown; the JSON holds all."""


def show(finding: Finding, console: Console) -> None:
    """Print one finding."""
    found = words.row(finding)
    style = STYLES.get(found.tone, "bold")
    console.print(text(f"{found.cousin}: ", found.subject, style="dim"))
    console.print("")
    console.print(text(f"{found.symbol} {found.verdict.upper()}", style=style))
    console.print(text(found.meaning, style="dim"))
    console.print(text(found.why))
    console.print("")
    table = grid()
    for name, told in (
        ("score", found.score),
        ("intention", found.intention),
        ("gap", found.gap),
        ("null", found.null),
        ("rests on", found.rests),
    ):
        table.add_row(text(name, style="bold"), text(told))
    console.print(table)
    if found.evidence:
        for line in heading("Evidence"):
            console.print(line)
        table = grid()
        for name, told, _ in found.evidence[:MOST]:
            table.add_row(text(name), text(told))
        console.print(table)
        if len(found.evidence) > MOST:
            console.print(item(f"{len(found.evidence) - MOST} more in the JSON"))
    for title, told in (("What helps", found.cure), ("What it does not show", found.caveat)):
        if told:
            for line in heading(title):
                console.print(line)
            console.print(text(told))
    for note in found.notes:
        console.print(item(note))


def overview(findings: Sequence[Finding], console: Console) -> None:
    """Print several findings, a line each, by kind."""
    kind = None
    for finding in words.in_order(findings):
        if finding.kind != kind:
            kind = finding.kind
            for line in heading(words.KINDS[kind]):
                console.print(line)
        found = words.row(finding)
        table = grid()
        table.columns[0].min_width = 22
        style = STYLES.get(found.tone, "bold")
        table.add_row(
            text(found.cousin, style="bold"),
            text(f"{found.symbol} {found.verdict}", style=style),
            text(f"{found.gap}; {found.subject}"),
        )
        console.print(table)
