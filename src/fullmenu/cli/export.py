"""``fullmenu export``: the samples of a store as a Parquet file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from fullmenu.cli import options, work
from fullmenu.errors import BadInput, extra

EXAMPLES = """[bold]Examples[/bold]

  fullmenu export samples.parquet

  fullmenu export may.parquet --model bot --since 2026-05-01 --until 2026-05-31

  fullmenu check samples.parquet
"""


def export(
    out: Annotated[Path, Argument(help="The file to write.", metavar="OUT.parquet")],
    store: options.StoreUrl = None,
    model: Annotated[str | None, Option(help="Of this model only.", metavar="NAME")] = None,
    since: options.Since = None,
    until: options.Until = None,
    quiet: options.Quiet = False,
) -> None:
    """Write the samples of a store to a Parquet file, which every other command reads.

    A sample that says no time counts with that of its arrival.
    """
    with extra("stores", "serve"):
        import sqlalchemy  # noqa: F401
    from fullmenu.judge.groups import moment
    from fullmenu.store import ANY, Store

    if out.suffix not in (".parquet", ".pq"):
        raise BadInput(f"cannot export to {out}: samples are written as .parquet")
    work.check_file(out, [])
    first, end = moment("since", since, 0), moment("until", until, 1)
    last = None if end is None else end - timedelta(microseconds=1)
    with Store.open(store, make=False) as kept:
        written = kept.export(out, model=ANY if model is None else model, since=first, until=last)
        if not written:
            out.unlink()
            raise BadInput(f"no sample in {kept} is of that model and time: nothing was written")
    if not quiet:
        typer.echo(f"{written:,} samples: {out}")
