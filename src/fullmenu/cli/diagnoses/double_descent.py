"""``fullmenu diagnose double-descent``: does test error peak, and where does the user stand?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fullmenu.cli.diagnoses import columns
from fullmenu.finding import Finding

EXAMPLES = """[bold]Examples[/bold]

  fullmenu diagnose double-descent sweep.csv

  fullmenu diagnose double-descent sweep.jsonl --here 512 --html descent.html

A row a model, with the columns size, epoch or n (training examples), train_loss, test_error, and
seed. Four seeds or more: half of them pick the peak, the other half test it.
"""


def double_descent(
    log: Annotated[Path, typer.Argument(help="CSV, TSV or JSON lines; a row a model.")],
    here: Annotated[
        float | None, typer.Option(help="Where you stand: your size, epochs or n.")
    ] = None,
    null_loss: Annotated[
        float | None,
        typer.Option(
            help="Train loss of a model that learned nothing; the largest in the log by default."
        ),
    ] = None,
    margin: Annotated[
        float, typer.Option(help="The largest rise of test error that is called none.")
    ] = 0.02,
) -> Finding:
    """Say whether test error rises to a peak and falls again, and where you stand."""
    from fullmenu.diagnose import double_descent as diagnose

    table = columns.read(
        log, ["size|epoch|n", "train_loss", "test_error"], ["seed"], words=("seed",)
    )
    return diagnose(table, here=here, null_loss=null_loss, margin=margin, subject=log.stem)
