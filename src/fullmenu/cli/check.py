"""``fullmenu check``: one log."""

from __future__ import annotations

from typing import Annotated

import typer

from fullmenu.cli import options, work
from fullmenu.cli.compare import compare

EXAMPLES = """[bold]Examples[/bold]

  fullmenu check outputs.jsonl

  cat outputs.jsonl | fullmenu check - --format jsonl

  fullmenu check new.jsonl --baseline released.jsonl

  fullmenu check pictures/

  fullmenu check new.jsonl --measures self_bleu,vendi,hill
"""


def check(
    logs: Annotated[
        list[str],
        typer.Argument(
            help="A log: one file or several, a glob, a folder (of pictures too), or - for stdin.",
            metavar="LOG …",
        ),
    ],
    baseline: Annotated[
        str | None, typer.Option("--baseline", help="Judge against this earlier log.")
    ] = None,
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
    """Say how varied one log is; with --baseline, also whether that is less than it was."""
    if baseline is not None:
        if len(logs) > 1:
            raise typer.BadParameter("give one log to judge against --baseline", param_hint="LOG")
        compare(
            [baseline, *logs], format, map, requests, rejects, tolerate, model, views, margins,
            measures, semantic, json, html, fail_on, seed, quiet,
        )  # fmt: skip
        return
    for option, given in (("--fail-on", fail_on not in (None, "none")), ("--margins", margins)):
        if given:
            raise typer.BadParameter(
                "a log alone has no verdict; give --baseline too", param_hint=option
            )
    from fullmenu.judge.one import check as check_one
    from fullmenu.views.registry import defaults

    work.check_target(html, [*logs, requests])
    work.check_file(rejects, [*logs, requests])
    names = work.names(views)
    with work.steps(len(names or defaults("text")) + 3 + bool(measures), quiet) as tell:
        tell("reading")
        samples = work.read(
            logs[0] if len(logs) == 1 else logs, map=map, quiet=quiet, format=format,
            requests=requests, rejects=rejects, tolerate=tolerate,
            model=work.model_of_each(model, 1)[0],
        )  # fmt: skip
        report = check_one(
            samples,
            views=names,
            measures=work.names(measures) or (),
            label=work.labels(logs)[0] + (" …" if len(logs) > 1 else ""),
            seed=seed,
            progress=tell,
            **work.encoder(semantic, tell, samples.media),
        )
    work.show(report, json, html)
