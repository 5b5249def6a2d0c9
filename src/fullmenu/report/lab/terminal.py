"""A lab run as text: complete at 80 columns, colour never the only carrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fullmenu.cleaner import one_line
from fullmenu.report.console import heading, item, text
from fullmenu.report.lab import words
from fullmenu.report.lab.document import Claim, LabDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console, RenderableType
    from rich.padding import Padding
    from rich.table import Table

ARM = 20
"""An arm's name is broken only beyond this."""

MARKS = {True: ("yes", "green"), False: ("NO ", "bold red")}
"""What stands before a claim that holds, or does not, and its style."""

NOTE = "mean over seeds ± half the 95 % interval; each: all seeds alike"


def show(document: LabDocument, console: Console) -> None:
    """Print what an experiment gave."""
    from rich.padding import Padding

    console.print(text(one_line(document.experiment, 60), style="bold"))
    console.print(text(one_line(document.about, 400)))
    console.print(text(words.counts(document), style="dim"))
    console.print("")
    if _width(document) <= console.width:
        console.print(_table(document))
    else:
        _lines(_lists(document), console)
    console.print(text(NOTE, style="dim"))
    if any(row.said for row in words.rows(document)):
        _lines(heading("What the instrument says"), console)
        for row in words.rows(document):
            if row.said:
                console.print(item(f"{row.name}: {row.said}"))
    _lines(heading(f"Claims: {words.title(document)}"), console)
    for claim in document.claims:
        console.print(_claim(*MARKS[claim.holds], claim))
        console.print(Padding(text(words.limits(claim), style="dim"), (0, 0, 0, 7)))
    if document.other_seeds:
        _lines(heading("The same on other seeds, as kept with this version"), console)
        _lines((item(words.elsewhere(kept)) for kept in document.other_seeds), console)
    if document.published:
        _lines(heading("Published, under its own conditions"), console)
        for source, arms in words.by_source(document.published).items():
            console.print(text(f"  {source}"))
            for told in arms:
                console.print(item(told))
    if document.caveat:
        _lines(["", text(one_line(document.caveat, 600), style="italic")], console)


def sum_up(documents: Sequence[LabDocument], left_out: Sequence[str], console: Console) -> None:
    """Print a line for every claim of several runs, and what was seen where one does not hold."""
    for document in documents:
        console.print(text(f"{one_line(document.experiment, 60)}: {words.outcome(document)}"))
        for claim in document.claims:
            mark, style = MARKS[claim.holds]
            line = f"  {mark}  {one_line(claim.says, 300)}"
            console.print(text(line, style=style), no_wrap=True, overflow="ellipsis")
            if not claim.holds:
                console.print(item(one_line(claim.shown, 200)))
    counted = "1 experiment" if len(documents) == 1 else f"{len(documents)} experiments"
    _lines(["", text(f"{counted}: {words.outcome(*documents)}", style="bold")], console)
    _lines((text(f"not run: {one_line(line, 400)}") for line in left_out), console)


def _table(document: LabDocument) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("arm", overflow="fold", min_width=_arm(document))
    for name in document.numbers:
        table.add_column(one_line(name, 20), justify="right", no_wrap=True)
    for row in words.rows(document):
        table.add_row(text(row.name), *row.cells)
    return table


def _arm(document: LabDocument) -> int:
    return min(max(len(row.name) for row in words.rows(document)), ARM)


def _width(document: LabDocument) -> int:
    """The least width of the table: no number is broken."""
    cells = zip(*(row.cells for row in words.rows(document)), strict=True)
    heads = (one_line(name, 20) for name in document.numbers)
    return _arm(document) + sum(
        2 + max(len(head), *map(len, column)) for head, column in zip(heads, cells, strict=True)
    )


def _lists(document: LabDocument) -> list[RenderableType]:
    """Every arm with its numbers in running text, where the table would be too wide."""
    from rich.padding import Padding

    found: list[RenderableType] = []
    for row in words.rows(document):
        told = ", ".join(
            f"{one_line(name, 20)} {cell}".replace(" ", "\u00a0")
            for name, cell in zip(document.numbers, row.cells, strict=True)
        )
        found += [text(row.name, style="bold"), Padding(text(told), (0, 0, 0, 2))]
    return found


def _claim(mark: str, style: str, claim: Claim) -> Padding:
    from rich.padding import Padding
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=3)
    table.add_column(overflow="fold", ratio=3)
    table.add_column(overflow="fold", ratio=2)
    table.add_row(
        text(mark, style=style),
        text(one_line(claim.says, 300)),
        text(one_line(claim.shown, 200)),
    )
    return Padding(table, (0, 0, 0, 2))


def _lines(found: Iterable[RenderableType], console: Console) -> None:
    for line in found:
        console.print(line)
