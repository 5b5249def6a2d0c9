"""A look at a log as text, at 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fullmenu.cleaner import clean, one_line
from fullmenu.report.console import grid, heading, item, text
from fullmenu.report.look.document import LookDocument
from fullmenu.report.plain import number
from fullmenu.text.amounts import amount

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PURPOSES = {
    "within": "Same prompt: does it say the same twice?",
    "across": "Different prompts: does it say the same?",
    "watch": "As the baseline of a watch?",
}


def show(document: LookDocument, console: Console) -> None:
    """Print what was understood."""
    for block in _blocks(document, console.width):
        console.print(block, markup=False, highlight=False, emoji=False)


def _blocks(document: LookDocument, width: int) -> list[RenderableType]:
    log = document.log
    each = number(log.outputs_per_prompt or None)
    found: list[RenderableType] = [
        text("Fullmenu: ", one_line(log.label, 60), style="dim"),
        "",
        text(
            f"{amount(log.outputs, 'output')} of {amount(log.prompts, 'prompt')}, {each} a "
            "prompt (the median)"
        ),
    ]
    if document.pipe:
        found += [
            *heading("Model or pipeline?"),
            *(item(clean(s.sentence, 400)) for s in document.pipe),
        ]
    found += heading("Read as")
    for file in document.files[:3]:
        how = file.format if file.format == file.packing else f"{file.format}, in {file.packing}"
        told = f" (known by: {one_line(file.told_by, 100)})" if file.told_by else " (as you said)"
        if file.told_by and file.fields:
            told = " (no other format fits)"
        found.append(item(f"{one_line(file.name, 60)}: {how}{told}"))
        found += [
            item(f"{name} is the column {one_line(column, 60)}")
            for name, column in file.fields.items()
        ]
    if len(document.files) > 3:
        found.append(item(f"and {len(document.files) - 3} files more"))
    if document.further:
        some = ", ".join(one_line(name, 30) for name in document.further[:12])
        more = " …" if len(document.further) > 12 else ""
        found.append(item(f"kept for --by: {some}{more}"))
    found += [item(one_line(note, 300)) for note in (log.read or [])[1:]]
    table = grid()
    for held in document.held:
        table.add_row(
            text(one_line(held.name, 20)),
            text(f"{held.outputs:,} of {log.outputs:,}"),
            text(one_line(held.shown, 200)),
        )
    if table.row_count:
        found += [*heading("Outputs come with"), table]
    found += [*heading("For example"), _examples(document, width)]
    found += heading("Enough for")
    found += [
        item(f"{PURPOSES[use.purpose]} {'Yes' if use.enough else 'No'}: {use.why}")
        for use in document.uses
    ]
    return found


def _examples(document: LookDocument, width: int) -> RenderableType:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0))
    half = (width - 4) // 2
    for head in ("prompt", "output"):
        table.add_column(head, width=half, overflow="fold", header_style="dim")
    for example in document.examples:
        table.add_row(
            text(one_line(example.prompt, 3 * half) or "(none)"),
            text(one_line(example.output, 3 * half) or "(an empty output)"),
        )
    return table
