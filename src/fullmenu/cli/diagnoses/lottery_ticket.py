"""``fullmenu diagnose lottery-ticket``: sparse networks that need the weights they began with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from fullmenu.cli.diagnoses import code, columns
from fullmenu.finding import Finding

EXAMPLES = """[bold]Examples[/bold]

  fullmenu diagnose lottery-ticket accuracies.csv

  fullmenu diagnose lottery-ticket train.py:network --seeds 5 --early 100 --html tickets.html

A table has a row a network: density, arm (dense, ticket, reinitialised, shuffled), seed, accuracy
and, if measured, early. Of Python, give the tuple (make_model, train, evaluate), or an object with
these three; the file is run.
"""


def lottery_ticket(
    source: Annotated[
        str,
        typer.Argument(
            help="CSV, TSV or JSON lines of accuracies; or FILE.py:NAME, which trains here.",
            metavar="TABLE|FILE.py:NAME",
        ),
    ],
    densities: Annotated[
        str, typer.Option(help="Shares of weights to keep, falling. Training only.")
    ] = "0.5,0.25,0.125,0.0625",
    seeds: Annotated[int, typer.Option(min=1, help="How many, from 0 on. Training only.")] = 5,
    early: Annotated[
        int | None, typer.Option(min=1, help="Read learning speed after so many steps.")
    ] = None,
    rewind: Annotated[
        int, typer.Option(min=0, help="Tickets go back to the weights of this step.")
    ] = 0,
    connectivity: Annotated[
        bool, typer.Option(help="Measure error barriers too: two trainings more a seed.")
    ] = True,
    tolerance: Annotated[
        float, typer.Option(help="Worse than dense by less than this: it matches.")
    ] = 0.002,
    worth: Annotated[
        float, typer.Option(help="A gain over re-initialised below this counts as none.")
    ] = 0.01,
) -> Finding:
    """Say whether a pruned network needs its own initial weights, and how sparse it may be."""
    margins: dict[str, Any] = {"tolerance": tolerance, "worth": worth}
    if code.is_code(source):
        from fullmenu.diagnose.tickets.search import lottery_ticket as diagnose

        return diagnose(
            *_parts(source), densities=_shares(densities), seeds=range(seeds),
            early=early, rewind=rewind, connectivity=connectivity,
            subject=source.rpartition(":")[2], **margins,
        )  # fmt: skip
    from fullmenu.diagnose.tickets.diagnosis import judge_tickets

    return judge_tickets(_rows(Path(source)), subject=Path(source).stem, **margins)


def _rows(path: Path) -> list[Any]:
    from fullmenu.diagnose.tickets.accuracies import Trained
    from fullmenu.errors import BadInput

    table = columns.read(path, ["density", "arm", "seed", "accuracy"], ["early"])
    early = table.get("early") or [None] * len(table["arm"])
    rows = zip(*(table[c] for c in ("density", "arm", "seed", "accuracy")), early, strict=True)
    try:
        return [
            Trained(float(d), str(arm), int(seed), float(a), None if e is None else float(e))
            for d, arm, seed, a, e in rows
        ]
    except (TypeError, ValueError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(
            f"{path} holds a row without numbers ({error}); density, seed and accuracy must be "
            "given in each"
        ) from None


def _shares(text: str) -> list[float]:
    try:
        return [float(x) for x in text.split(",")]
    except ValueError:
        raise typer.BadParameter(
            f"{text!r}: give numbers separated by commas", param_hint="--densities"
        ) from None


def _parts(source: str) -> tuple[Any, Any, Any]:
    from fullmenu.errors import BadInput

    found = code.load(source)
    if isinstance(found, tuple) and len(found) == 3 and all(map(callable, found)):
        return found
    try:
        return found.make_model, found.train, found.evaluate
    except AttributeError:
        raise BadInput(
            f"{source} is {type(found).__name__}: give the tuple (make_model, train, evaluate), or "
            "an object with these three"
        ) from None
