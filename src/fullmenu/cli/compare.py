"""``fullmenu compare``: two versions, or many."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fullmenu.cli import options, work

EXAMPLES = """[bold]Examples[/bold]

  fullmenu compare before.jsonl after.jsonl

  fullmenu compare before.jsonl after.jsonl --html report.html --fail-on collapsed

  fullmenu compare v1.jsonl v2.jsonl v3.jsonl

  fullmenu compare pictures-before/ pictures-after/ --html report.html

  fullmenu compare old.csv new.csv --map output=answer,prompt=question --json

  fullmenu compare before.jsonl after.jsonl --margins collapsed=0.4,narrowed=0.8
"""


def compare(
    logs: Annotated[
        list[str],
        typer.Argument(
            help="Logs, oldest first: a file, glob, folder (of pictures too), or - for stdin.",
            metavar="BEFORE AFTER …",
        ),
    ],
    format: options.Format = None,
    map: options.Map = None,
    requests: options.Requests = None,
    rejects: options.Rejects = None,
    tolerate: options.Tolerate = False,
    model: options.Model = None,
    views: options.Views = None,
    margins: options.Margins = None,
    measures: options.Measures = None,
    semantic: options.Semantic = None,
    json: options.Json = False,
    html: options.Html = None,
    fail_on: options.FailOn = None,
    seed: options.Seed = 0,
    quiet: options.Quiet = False,
) -> None:
    """Say what changed, how sure that is, and what was lost; exit code 3 when variety was lost."""
    if len(logs) < 2:
        raise typer.BadParameter("give at least two logs: BEFORE AFTER", param_hint="BEFORE AFTER")
    from fullmenu.judge.gate import LOSSES
    from fullmenu.judge.many import trend
    from fullmenu.judge.two import compare as compare_two
    from fullmenu.views.registry import defaults

    failing = work.verdicts(fail_on, LOSSES)
    declared = work.margins(margins)
    kept = work.model_of_each(model, len(logs))
    work.check_target(html, [*logs, requests])
    work.check_file(rejects, [*logs, requests])
    names = work.names(views)
    looks = len(names or defaults("text"))
    with work.steps(len(logs) + max(looks, len(logs)) + 2 + bool(measures), quiet) as tell:
        samples = []
        malformed = ""
        for log, name in zip(logs, kept, strict=True):
            tell(f"reading {Path(log).name}")
            samples.append(
                work.read(
                    log, map=map, quiet=quiet, format=format, requests=requests,
                    rejects=rejects, tolerate=tolerate, model=name,
                )
            )  # fmt: skip
            if rejects is not None:  # one file for all logs
                malformed += rejects.read_text(encoding="utf-8")
                rejects.write_text(malformed, encoding="utf-8")
        labels = work.labels(logs) if len(kept) != len({*kept}) else [str(n) for n in kept]
        settings = {
            "views": names,
            "margins": declared,
            "measures": work.names(measures) or (),
            "seed": seed,
            "progress": tell,
            **work.encoder(semantic, tell, samples[0].media),
        }
        if len(samples) == 2:
            report = compare_two(*samples, labels=(labels[0], labels[1]), **settings)
        else:
            report = trend(samples, labels=labels, **settings)
    work.show(report, json, html)
    if report.verdict in failing:
        raise typer.Exit(work.VARIETY_LOST)
