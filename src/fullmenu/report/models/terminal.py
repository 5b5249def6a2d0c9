"""How alike models are, as text at 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fullmenu.report.console import clipped, heading, text
from fullmenu.report.models import words
from fullmenu.report.models.document import AlikeModels

if TYPE_CHECKING:
    from rich.console import RenderableType


def blocks(models: AlikeModels, width: int) -> list[RenderableType]:
    """Return the whole of it: sentences, and a table of every two."""
    return [
        *heading("Which models could replace one another"),
        *(text(said) for said in (*words.sentences(models), words.held_out(models)) if said),
        text(
            "Alike: its own answers. Alone: answers no other gives. Right: sameness in %.",
            style="dim",
        ),
        *(clipped(line, width) for line in _aligned(models)),
    ]


def _aligned(models: AlikeModels) -> Iterator[str]:
    rows = [*words.table(models)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) if k == 1 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield " ".join(cells)
