"""The lines that every terminal report is made of; model text in them is never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console, RenderableType
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text


def heading(title: str) -> list[RenderableType]:
    """Return the title of a part, after an empty line."""
    return ["", text(title, style="bold underline")]


def item(said: str) -> Padding:
    """Return one point of a list."""
    from rich.padding import Padding
    from rich.table import Table

    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=1)
    table.add_column(overflow="fold")
    table.add_row("·", text(said))
    return Padding(table, (0, 0, 0, 2))


def clipped(line: str, width: int, style: str = "") -> Text:
    """Return one line, cut where the terminal ends."""
    shown = text(line, style=style)
    shown.truncate(width, overflow="ellipsis")
    shown.no_wrap = True
    return shown


def grid(gap: int = 2) -> Table:
    """Return a table without lines, its columns some spaces apart."""
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, gap, 0, 0))
    table.add_column(overflow="fold", min_width=10)
    return table


def text(*parts: str, style: str = "") -> Text:
    """Return text that rich takes as it is: no markup in it is followed."""
    from rich.text import Text

    return Text("".join(parts), style=style, overflow="fold")


def show(blocks: Iterable[RenderableType], console: Console) -> None:
    """Print blocks as they are."""
    for block in blocks:
        console.print(block, markup=False, highlight=False, emoji=False)


def as_text(blocks: Iterable[RenderableType], width: int | None = None) -> str:
    """Return blocks as plain text without colour, 80 columns wide unless told otherwise."""
    import io

    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out, width=width or 80, color_system=None, force_terminal=False, legacy_windows=False
    )
    show(blocks, console)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
