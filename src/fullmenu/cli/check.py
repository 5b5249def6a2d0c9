"""``fullmenu check``: one log."""

from __future__ import annotations

from typing import Annotated

import typer
from typer import Option

from fullmenu.cli import options, work
from fullmenu.cli.compare import by_group, compare

EXAMPLES = """[bold]Examples[/bold]

  fullmenu check outputs.jsonl

  cat outputs.jsonl | fullmenu check - --format jsonl

  fullmenu check new.jsonl --baseline released.jsonl

  fullmenu check outputs.jsonl --by week

  fullmenu check pictures/

  fullmenu check facts.jsonl --want same

  fullmenu check new.jsonl --measures self_bleu,vendi,hill

  fullmenu check logs/ --engine pool --work run/   [dim]# a log of any size[/dim]
"""


def check(
    logs: options.Logs,
    baseline: Annotated[str | None, Option(help="Judge against this earlier log.")] = None,
    sample: Annotated[
        float | None,
        Option(
            help="Read about so many outputs of a large log, some row groups of its Parquet files, "
            "and say what all of it would show.",
            metavar="OUTPUTS",
            rich_help_panel=options.ANY_SIZE,
        ),
    ] = None,
    *,
    how: options.Judging,
) -> None:
    """Say how varied one log is; with --baseline, also whether it was more varied before.

    With --by, compare its groups, such as weeks.
    """
    if sample is not None:
        if baseline is not None or how.in_parts.engine is not None:
            raise typer.BadParameter(
                "it is read here, and compared with nothing: leave --baseline and --engine out",
                param_hint="--sample",
            )
        from fullmenu.cli.in_parts import sample as check_sample

        check_sample(logs, sample, how)
        return
    if how.by is not None:
        if baseline is not None:
            raise typer.BadParameter(
                "it compares the groups of the log with each other: leave --baseline out",
                param_hint="--by",
            )
        by_group(logs, how, ())
        return
    if baseline is not None:
        if len(logs) > 1:
            raise typer.BadParameter("give one log to judge against --baseline", param_hint="LOG")
        compare([baseline, *logs], how=how)
        return
    judged = {"--fail-on": how.fail_on not in (None, "none", "pipe"), "--margins": how.margins}
    for option in (name for name, given in judged.items() if given):
        raise typer.BadParameter(
            "a log alone has no verdict (only --fail-on pipe); give --baseline or --by too",
            param_hint=option,
        )
    if how.in_parts.engine is not None:
        from fullmenu.cli.in_parts import check as check_in_parts

        check_in_parts(logs, how)
        return
    from fullmenu.judge.one import check as check_one
    from fullmenu.readers.file_names import log_label
    from fullmenu.views.registry import defaults

    how.check(logs)
    views = work.names(how.views)
    count = len(views or defaults("text")) + 3 + bool(how.measures)
    with work.steps(count, how.quiet) as tell:
        tell("reading")
        samples = how.files.read(logs, how.quiet, work.model_of_each(how.model, 1)[0])
        report = check_one(
            samples,
            since=how.since,
            until=how.until,
            views=views,
            measures=work.names(how.measures) or (),
            want=how.want,
            label=log_label(logs),
            seed=how.seed,
            progress=tell,
            **work.encoder(how.semantic, tell, samples.media, how.kernel),
        )
    work.show(report, how.json, how.html, how.verbose, how.markdown, read=logs)
    work.leave(report, work.failing(how.fail_on, ()))
