"""``fullmenu watch plan``: how soon would a loss be seen?"""

from __future__ import annotations

import json as jsons
from typing import TYPE_CHECKING, Annotated, cast

import typer
from typer import Option

from fullmenu.cli import options, work
from fullmenu.cli.watch_faces import terminal

if TYPE_CHECKING:
    from fullmenu.monitor.baseline import Traffic

EXAMPLES = """[bold]Examples[/bold]

  fullmenu watch plan --baseline before.jsonl

  fullmenu watch plan --baseline before.jsonl --size 10 --run-length 5000
"""


def plan(
    baseline: options.WatchBaseline,
    size: Annotated[int, Option(help="Outputs of a live visit.")] = 5,
    *,
    how: options.Watching,
    json: options.Json = False,
    seed: Annotated[int, Option(help="For the simulated watches.")] = 0,
    quiet: options.Quiet = False,
) -> None:
    """Say after how many visits a loss would be seen, by simulation from the baseline's outputs."""
    from fullmenu.readers.file_names import labels
    from fullmenu.watch import Baseline
    from fullmenu.watch import plan as plan_watch

    with work.steps(3, quiet) as tell:
        tell("reading")
        files = options.Files(**vars(how.columns))
        before = files.read(baseline, quiet, work.model_of_each(how.model, 1)[0])
        tell("fitting the baseline")
        fitted = Baseline.fit(
            before,
            views=work.names(how.views),
            traffic=cast("Traffic | None", how.traffic),
            **work.encoder(how.semantic, tell, before.media, how.kernel),
        )
        tell("simulating watches")
        found = plan_watch(before, fitted, size=size, run_length=how.run_length, seed=seed)
    from fullmenu.report.document import to_json
    from fullmenu.report.watch.document import BaselineFacts, PlanDocument
    from fullmenu.report.watch.plan import show

    made = PlanDocument(
        run_length=how.run_length,
        size=size if fitted.ruler.within else 1,
        view=fitted.ruler.views[0].name,
        traffic=fitted.traffic,
        losses=found,
    )
    if json:
        typer.echo(jsons.dumps(to_json(made), indent=2, allow_nan=False))
        return
    about = BaselineFacts(
        label=labels([baseline])[0],
        outputs=len(before),
        prompts=before.n_prompts,
        models=before.models[:20],
    )
    show(made, about, terminal())


COMMAND = options.leading("plan", plan, EXAMPLES)
"""``watch``, whose first argument ``plan`` leads to a command of its own."""
