"""Findings as text: complete at 80 columns, colour never the only carrier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fullmenu.report import finding_words
from fullmenu.report.lines import grid, heading, item, words
from fullmenu.report.plain import Doc
from fullmenu.report.terminal import STYLES

if TYPE_CHECKING:
    from rich.console import Console

MOST = 20
"""Rows of evidence shown; the JSON holds all."""


def show(finding: Doc, console: Console) -> None:
    """Print one finding."""
    found = finding_words.row(finding)
    style = STYLES.get(found["tone"], "bold")
    console.print(words(f"{found['cousin']}: ", found["subject"], style="dim"))
    console.print("")
    console.print(words(f"{found['symbol']} {found['verdict'].upper()}", style=style))
    console.print(words(found["why"]))
    console.print("")
    table = grid()
    for name in ("score", "intention", "gap", "null"):
        table.add_row(words(name, style="bold"), words(found[name]))
    table.add_row(words("rests on", style="bold"), words(found["rests"]))
    console.print(table)
    if found["evidence"]:
        for line in heading("Evidence"):
            console.print(line)
        table = grid()
        for name, told, _ in found["evidence"][:MOST]:
            table.add_row(words(name), words(told))
        console.print(table)
        if len(found["evidence"]) > MOST:
            console.print(item(f"{len(found['evidence']) - MOST} more in the JSON"))
    for title, told in (("What helps", found["cure"]), ("What it does not show", found["caveat"])):
        if told:
            for line in heading(title):
                console.print(line)
            console.print(words(told))
    for note in found["notes"]:
        console.print(item(note))


def overview(findings: Sequence[Doc], console: Console) -> None:
    """Print several findings, a line each, by kind."""
    kind = None
    for finding in finding_words.in_order(findings):
        if finding["kind"] != kind:
            kind = finding["kind"]
            for line in heading(finding_words.KINDS[kind]):
                console.print(line)
        found = finding_words.row(finding)
        table = grid()
        table.columns[0].min_width = 22
        style = STYLES.get(found["tone"], "bold")
        table.add_row(
            words(found["cousin"], style="bold"),
            words(f"{found['symbol']} {found['verdict']}", style=style),
            words(f"{found['gap']}; {found['subject']}"),
        )
        console.print(table)
