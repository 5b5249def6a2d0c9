"""The lines that every terminal report is made of; model text in them is never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text


def heading(text: str) -> list[Any]:
    """Return the title of a part, after an empty line."""
    return ["", words(text, style="bold underline")]


def item(text: str) -> Any:
    """Return one point of a list."""
    from rich.padding import Padding
    from rich.table import Table

    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=1)
    table.add_column(overflow="fold")
    table.add_row("·", words(text))
    return Padding(table, (0, 0, 0, 2))


def clipped(text: str, width: int) -> Text:
    """Return one line, cut where the terminal ends."""
    shown = words(text)
    shown.truncate(width, overflow="ellipsis")
    shown.no_wrap = True
    return shown


def grid(gap: int = 2) -> Table:
    """Return a table without lines, its columns some spaces apart."""
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, gap, 0, 0))
    table.add_column(overflow="fold", min_width=10)
    return table


def words(*parts: str, style: str = "") -> Text:
    """Return text that rich takes as it is: no markup in it is followed."""
    from rich.text import Text

    return Text("".join(parts), style=style, overflow="fold")
