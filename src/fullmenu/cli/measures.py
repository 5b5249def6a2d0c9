"""``fullmenu measures``: what can be measured."""

from __future__ import annotations

import inspect
from typing import Annotated

import typer
from typer import Argument

EXAMPLES = """[bold]Examples[/bold]

  fullmenu measures

  fullmenu measures self_bleu

  fullmenu check outputs.jsonl --measures self_bleu,vendi,hill
"""

KINDS = {
    "texts": "Texts: the outputs themselves",
    "features": "Features: rows of a view, or any vectors",
    "counts": "Counts: how often each dish, mode or label was served",
    "lists": "Lists: what a recommender shows to each user",
    "logprobs": "Log-probabilities of tokens, where they were recorded",
}

RISES = {True: "higher is more varied", False: "higher is less varied", None: "no direction"}


def measures(name: Annotated[str | None, Argument(help="Explain this one.")] = None) -> None:
    """List every measure, or explain one, with the paper it comes from."""
    from fullmenu.measures.registry import get

    if name is None:
        _list()
        return
    one = get(name)
    typer.echo(f"fm.measures.{one.name}({', '.join(one.parameters)})")
    typer.echo(f"takes {one.takes}{' against a reference' if one.against else ''}; ", nl=False)
    typer.echo(f"unit: {one.unit}; {RISES[one.rises]}\n")
    typer.echo(inspect.getdoc(one.function))


def _list() -> None:
    from rich.console import Console
    from rich.table import Table

    from fullmenu.measures.registry import registered

    console = Console()
    known = registered().values()
    width = max(len(one.name) for one in known)
    for kind, title in KINDS.items():
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, min_width=width)
        table.add_column()
        for one in known:
            if one.takes == kind:
                table.add_row(one.name, one.summary)
        console.print(f"\n[bold]{title}[/bold]", highlight=False)
        console.print(table, highlight=False)
    console.print("\nfullmenu measures NAME explains one.", highlight=False)
