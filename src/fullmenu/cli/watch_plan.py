"""``fullmenu watch plan``: how soon would a loss be seen?"""

from __future__ import annotations

import json as jsons
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from fullmenu.cli import options, work
from fullmenu.cli.watch_faces import terminal

if TYPE_CHECKING:
    from fullmenu.samples import Samples
    from fullmenu.watch import Baseline

EXAMPLES = """[bold]Examples[/bold]

  fullmenu watch plan --baseline before.jsonl

  fullmenu watch plan --baseline before.jsonl --size 10 --run-length 5000
"""


def plan(
    baseline: options.WatchBaseline,
    size: Annotated[int, typer.Option("--size", help="Outputs of a live visit.")] = 5,
    run_length: options.RunLength = 1000.0,
    traffic: options.Traffic = None,
    views: options.Views = None,
    semantic: options.Semantic = None,
    format: options.Format = None,
    map: options.Map = None,
    model: options.Model = None,
    json: options.Json = False,
    seed: Annotated[int, typer.Option("--seed", help="For the simulated watches.")] = 0,
    quiet: options.Quiet = False,
) -> None:
    """Say after how many visits a loss would be seen, by simulation from the baseline's outputs."""
    from fullmenu.watch import plan as plan_watch

    with work.steps(3, quiet) as tell:
        tell("reading")
        before = work.read(
            baseline, map=map, quiet=quiet, format=format, model=work.model_of_each(model, 1)[0]
        )
        tell("fitting the baseline")
        fitted = fit(before, views, work.encoder(semantic, tell, before.media), traffic)
        tell("simulating watches")
        found = plan_watch(before, fitted, size=size, run_length=run_length, seed=seed)
    from fullmenu.report.document import to_json
    from fullmenu.report.watch.document import BaselineFacts, PlanDocument
    from fullmenu.report.watch.plan import show

    made = PlanDocument(
        run_length=run_length,
        size=size,
        view=fitted.ruler.views[0].name,
        traffic=fitted.traffic,
        losses=found,
    )
    if json:
        typer.echo(jsons.dumps(to_json(made), indent=2, allow_nan=False))
        return
    about = BaselineFacts(
        label=work.labels([baseline])[0],
        outputs=len(before),
        prompts=before.n_prompts,
        models=before.models[:20],
    )
    show(made, about, terminal())


def fit(before: Samples, views: str | None, how: dict[str, Any], traffic: str | None) -> Baseline:
    """Fit the baseline of a watch."""
    from fullmenu.watch import Baseline

    given: Any = traffic
    return Baseline.fit(before, views=work.names(views), traffic=given, **how)


class WatchCommand(TyperCommand):
    """``watch``, whose first argument ``plan`` leads to a command of its own."""

    def make_context(self, info_name: Any, args: Any, parent: Any = None, **extra: Any) -> Any:
        """Read the arguments: of ``watch plan``, by that command."""
        if args and args[0] == "plan":
            app = typer.Typer(
                add_completion=False,
                rich_markup_mode="rich",
                context_settings={"help_option_names": ["-h", "--help"]},
            )
            app.command("plan", epilog=EXAMPLES)(plan)
            command: Any = typer.main.get_command(app)
            return command.make_context(f"{info_name} plan", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)
