"""What cures bring and cost as text, at 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from fullmenu.report import console
from fullmenu.report.console import clipped, text
from fullmenu.report.cures import words
from fullmenu.report.cures.document import CuresDocument

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

ARMS, EFFECTS, SENTENCES = 8, 4, 3
"""Arms in the table, side effects and sentences, unless all are asked for."""


def show(document: CuresDocument, terminal: Console, whole: bool = False) -> None:
    """Print it; ``whole``: all of it."""
    console.show(blocks(document, terminal.width, whole), terminal)


def blocks(document: CuresDocument, width: int, whole: bool = False) -> list[RenderableType]:
    """Return the lines: 25 at most, unless the whole is asked for."""
    first, *others = document.reason
    said_above = "" if whole else " ".join(document.reason)
    effects = [f"{arm}: {said}" for arm, said in words.effects(document, beside=said_above)]
    if not whole:
        effects, others = effects[:EFFECTS], others[:SENTENCES]
    told = [*document.caveats] if whole else ["All of it: --verbose, or a page: --html FILE"]
    line = text if whole else partial(clipped, width=width)
    return [
        text(
            f"Fullmenu: {len(document.arms)} arms on {document.prompts:,} prompts",
            style="dim",
        ),
        "",
        text(first, style="bold"),
        *map(text, others[:1] if document.recommended else []),
        *map(line, others[1:] if document.recommended else others),
        "",
        *(clipped(row, width) for row in table(words.rows(document), None if whole else ARMS)),
        *([""] if effects else []),
        *map(line, effects),
        *(clipped(row, width) for row in table(words.passes(document) if whole else ())),
        "",
        *(text(said, style="dim") for said in told),
    ]


def table(rows: Iterable[tuple[str, ...]], most: int | None = None) -> Iterator[str]:
    """Yield the lines of a table, of so many rows at most."""
    head_and_rows = [*rows]
    if not head_and_rows:
        return
    left = [] if most is None else head_and_rows[most + 1 :]
    kept = head_and_rows if most is None else head_and_rows[: most + 1]
    widths = [max(map(len, column)) for column in zip(*kept, strict=True)]
    for row in kept:
        cells = [cell.ljust(size) for cell, size in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()
    if left:
        yield f"… and {len(left)} arms more"
