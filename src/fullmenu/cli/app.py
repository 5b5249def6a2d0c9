"""The command ``fullmenu`` and its subcommands."""

from __future__ import annotations

from importlib import metadata
from typing import Annotated

import typer
from typer import Option

from fullmenu.cli import (
    alarms,
    canary,
    check,
    compare,
    cure,
    data,
    demo,
    diagnose,
    export,
    lab,
    look,
    measures,
    options,
    phrases,
    review,
    sample,
    serve,
    stress,
    watch,
    watch_plan,
)

app = typer.Typer(
    name="fullmenu",
    help="Is your generative model still serving the full menu? Measure how varied its outputs "
    "are, compare versions, and see what was lost.",
    epilog="Start with: fullmenu demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)


@app.callback(invoke_without_command=True)
def fullmenu(
    version: Annotated[bool, Option("--version", help="Print the version.")] = False,
) -> None:
    """Say the version, or go on to a command."""
    if version:
        typer.echo(metadata.version("fullmenu"))
        raise typer.Exit


app.command("check", epilog=check.EXAMPLES)(options.command(check.check))
app.command("look", epilog=look.EXAMPLES)(options.command(look.look))
app.command("compare", epilog=compare.EXAMPLES)(options.command(compare.compare))
app.command("phrases", epilog=phrases.EXAMPLES)(options.command(phrases.phrases))
app.command("watch", epilog=watch.EXAMPLES, cls=watch_plan.WatchCommand)(
    options.command(watch.watch)
)
app.command("sample", epilog=sample.EXAMPLES)(options.command(sample.sample))
app.command("stress", epilog=stress.EXAMPLES, cls=stress.StressCommand)(
    options.command(stress.stress)
)
app.command("cure", epilog=cure.EXAMPLES)(options.command(cure.cure))
app.command("canary", epilog=canary.EXAMPLES)(options.command(canary.canary))
app.command("review", epilog=review.EXAMPLES)(options.command(review.review))
app.command("serve", epilog=serve.EXAMPLES)(serve.serve)
app.command("alarms", epilog=alarms.EXAMPLES)(alarms.alarms)
app.command("export", epilog=export.EXAMPLES)(export.export)
app.command("demo", epilog=demo.EXAMPLES)(demo.demo)
app.command("measures", epilog=measures.EXAMPLES)(measures.measures)
app.add_typer(lab.app, name="lab")
app.add_typer(diagnose.app, name="diagnose")
app.add_typer(data.app, name="data")
