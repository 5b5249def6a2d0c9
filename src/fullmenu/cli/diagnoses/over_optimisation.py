"""``fullmenu diagnose over-optimisation``: is the gold score past its peak?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fullmenu.cli.diagnoses import columns
from fullmenu.finding import Finding

EXAMPLES = """[bold]Examples[/bold]

  fullmenu diagnose over-optimisation run.csv

  fullmenu diagnose over-optimisation runs.jsonl --html goodhart.html

A row a checkpoint, with the columns kl (nats from the reference) or n (of best-of-n), proxy, gold,
and, of several runs, run. Of a single run give gold_error too, the standard error of gold: it
makes the answer much sharper.
"""


def over_optimisation(
    log: Annotated[Path, typer.Argument(help="CSV, TSV or JSON lines; a row a checkpoint.")],
) -> Finding:
    """Say whether training for a proxy has gone past the peak of what was wanted."""
    from fullmenu.diagnose import over_optimisation as diagnose
    from fullmenu.errors import BadInput
    from fullmenu.train import kl_of_best_of

    found = columns.read(log, ["kl|n", "proxy", "gold"], ["run", "gold_error"], words=("run",))
    empty = [name for name, column in found.items() if None in column]
    if empty:
        raise BadInput(f"{log}: {empty[0]} is empty in some rows; leave those checkpoints out")
    kl = found["kl"] if "kl" in found else [kl_of_best_of(n) for n in found["n"]]
    return diagnose(
        kl,
        found["proxy"],
        found["gold"],
        runs=found.get("run"),
        gold_error=found.get("gold_error"),
        subject=log.stem,
    )
