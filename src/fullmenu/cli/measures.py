"""``fullmenu measures``: what can be measured."""

from __future__ import annotations

import inspect
from typing import Annotated

import typer

EXAMPLES = """[bold]Examples[/bold]

  fullmenu measures

  fullmenu measures repeat_rate
"""


def measures(
    name: Annotated[str | None, typer.Argument(help="Explain this one.")] = None,
) -> None:
    """List every measure, or explain one, with the paper it comes from."""
    from fullmenu.measures.registry import get, registered

    if name is not None:
        one = get(name)
        typer.echo(f"{one.name} takes {one.takes}, in {one.unit} — {one.paper}\n")
        typer.echo(inspect.getdoc(one.function))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("measure", "takes", "says"):
        table.add_column(column, no_wrap=column != "says")
    for one in registered().values():
        table.add_row(one.name, one.takes, one.summary)
    Console().print(table)
