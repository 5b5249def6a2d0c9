"""``fullmenu phrases``: the turns of phrase that a model overuses."""

from __future__ import annotations

from typing import Annotated

import typer
from typer import Argument, Option

from fullmenu.cli import options, work

EXAMPLES = """[bold]Examples[/bold]

  fullmenu phrases outputs.jsonl   [dim]# against people: English[/dim]

  fullmenu phrases new.jsonl --against old.jsonl --html phrases.html   [dim]# what came[/dim]

  fullmenu phrases a.jsonl b.jsonl c.jsonl   [dim]# each against the others[/dim]

  fullmenu phrases a.jsonl b.jsonl c.jsonl --against people   [dim]# a table of scores[/dim]

  fullmenu phrases log.jsonl --by model --json
"""


def phrases(
    logs: Annotated[
        list[str],
        Argument(help="A log, or one for each model: files, or - for stdin.", metavar="LOG …"),
    ],
    *,
    against: Annotated[
        str | None,
        Option(
            help="What use is compared with: an earlier log, people (177,477 English texts, as "
            "counts), or others (the other logs together). By default people for one log, others "
            "for several.",
            metavar="LOG|people|others",
        ),
    ] = None,
    by: Annotated[
        str | None, Option(help="Cut one log into several by this column.", metavar="model|COLUMN")
    ] = None,
    top: Annotated[int, Option(help="Turns listed of each log.", min=1)] = 20,
    files: options.Files,
    json: options.Json = False,
    html: options.Html = None,
    verbose: Annotated[
        bool, Option("--verbose", help="All turns listed, the checks, the caveats.")
    ] = False,
    seed: Annotated[int, Option(help="For the halves and folds of prompts.")] = 0,
    quiet: options.Quiet = False,
) -> None:
    """List the turns of phrase a model overuses: against people, a baseline, or other models.

    Every turn has the prompts it comes up under and an interval. What half of the prompts find is
    checked on the other half. Against a baseline: did turns go, or only move?
    """
    from fullmenu.judge.turns.overuse import phrases as overused
    from fullmenu.readers.file_names import labels
    from fullmenu.report.phrases.report import PhraseReport
    from fullmenu.report.phrases.terminal import show

    named = against in (None, "people", "others")
    read = [*logs, *([] if named else [str(against)])]
    work.check_target(html, read)
    with work.steps(len(logs) + 2, quiet) as tell:
        samples = [files.read(log, quiet) for log in logs]
        report = overused(
            *samples,
            against=against if named else files.read(str(against), quiet),
            by=by,
            labels=None if by else [*labels(logs), *([] if named else labels([str(against)]))],
            top=top,
            seed=seed,
            progress=tell,
        )
    if html is not None:
        from fullmenu.report.document import to_json

        made = {**to_json(report.content), "provenance": work.provenance(read)}
        PhraseReport(made).save(html)
    if json:
        typer.echo(report.to_json())
        return
    from rich.console import Console

    show(report.content, Console(), verbose)
    if html is not None:
        typer.echo(f"\nreport: {html}")
