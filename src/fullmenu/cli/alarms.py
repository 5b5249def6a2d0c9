"""``fullmenu alarms``: the alarms of a store, and taking note of one."""

from __future__ import annotations

import json as jsons
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from fullmenu.cli import options
from fullmenu.errors import extra
from fullmenu.estimate import VARIETY_LOST

if TYPE_CHECKING:
    from rich.console import RenderableType

    from fullmenu.store import Store, StoredAlarm

EXAMPLES = """[bold]Examples[/bold]

  fullmenu alarms

  fullmenu alarms --all --json --store postgresql://fullmenu@db/fullmenu

  fullmenu alarms --acknowledge 3 --by Ann
"""


def alarms(
    store: options.StoreUrl = None,
    model: Annotated[str | None, Option(help="Of this model only.", metavar="NAME")] = None,
    every: Annotated[
        bool, Option("--all", help="Those that were acknowledged, or of watches that ended, too.")
    ] = False,
    acknowledge: Annotated[
        int | None,
        Option(help="Take note of this alarm, and of those of its watch before it.", metavar="ID"),
    ] = None,
    by: Annotated[str | None, Option(help="Who takes note.", metavar="NAME")] = None,
    limit: Annotated[int, Option(help="List so many of the newest.", min=1)] = 100,
    json: options.Json = False,
) -> None:
    """List the standing alarms of a store, newest first, or acknowledge one.

    Ends with exit code 3 where an alarm stands.
    """
    with extra("stores", "serve"):
        import sqlalchemy  # noqa: F401
    from fullmenu.store import ANY, Store

    chosen = ANY if model is None else model
    with Store.open(store, make=False) as kept:
        if acknowledge is not None:
            kept.acknowledge(acknowledge, by)
        found = kept.alarms(model=chosen, standing=None if every else True, limit=limit)
        if json:
            typer.echo(jsons.dumps([_plain(alarm) for alarm in found], indent=2))
        else:
            _show(kept, found, every)
        stands = bool(kept.alarms(model=chosen, standing=True, limit=1))
    if stands:
        raise typer.Exit(VARIETY_LOST)


def _plain(stored: StoredAlarm) -> dict[str, object]:
    noted = stored.acknowledged
    return {
        "id": stored.id,
        "watch": stored.watch,
        "model": stored.model,
        "raised": stored.raised.isoformat(),
        "acknowledged": None if noted is None else noted.isoformat(),
        "by": stored.by,
        "alarm": stored.alarm.to_dict(),
    }


def _show(store: Store, found: Sequence[StoredAlarm], every: bool) -> None:
    from rich.console import Console

    from fullmenu.cleaner import one_line
    from fullmenu.report import console
    from fullmenu.report.document import read
    from fullmenu.report.watch import words
    from fullmenu.report.watch.document import WatchDocument

    if not found:
        typer.echo(f"no alarm {'is' if every else 'stands'} in {store}")
        return
    blocks: list[RenderableType] = []
    for stored in found:
        data, alarm = store.document(stored.watch), stored.alarm
        said = str(alarm)
        if data is not None:
            what = words.what(read(jsons.loads(data), WatchDocument), alarm)
            said = f"{what}, since {words.since(alarm)}"
        model = "outputs that name no model" if stored.model is None else one_line(stored.model, 80)
        state = "▼ stands"
        if stored.acknowledged is not None:
            who = f" by {one_line(stored.by, 80)}" if stored.by else ""
            state = f"acknowledged {stored.acknowledged:%Y-%m-%d %H:%M}{who}"
        head = f"{stored.id}  {model}  raised {stored.raised:%Y-%m-%d %H:%M} UTC  {state}"
        blocks += [console.text(head, style="bold"), console.item(said)]
    console.show(blocks, Console())
