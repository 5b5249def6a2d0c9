"""``fullmenu compare``: two versions, or many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from fullmenu.cli import options, work

EXAMPLES = """[bold]Examples[/bold]

  fullmenu compare before.jsonl after.jsonl

  fullmenu compare before.jsonl after.jsonl --html report.html --fail-on collapsed

  fullmenu compare v1.jsonl v2.jsonl v3.jsonl

  fullmenu compare log.jsonl --by week --since 2025-05-01

  fullmenu compare log.jsonl --by model   [dim]# which could replace one another?[/dim]

  fullmenu compare pictures-before/ pictures-after/ --html report.html

  fullmenu compare real.npy generated.npy --reference real.npy   [dim]# of vectors[/dim]

  fullmenu compare old.csv new.csv --map output=answer,prompt=question --json

  fullmenu compare before.jsonl after.jsonl --margins collapsed=0.4,narrowed=0.8

  fullmenu compare before/ after/ --engine pool --work run/   [dim]# logs of any size[/dim]

  fullmenu compare before.jsonl after.jsonl --want kind   [dim]# a column: same or varied[/dim]
"""


def compare(
    logs: Annotated[
        list[str],
        Argument(
            help="Logs, oldest first: a file, glob, folder (of pictures too), or - for stdin.",
            metavar="BEFORE AFTER …",
        ),
    ],
    *,
    reference: Annotated[
        str | None,
        Option(
            help="Real vectors, where the logs hold vectors: what is like nothing there is left "
            "out. Where BEFORE is real, give it here too.",
            metavar="FILE",
        ),
    ] = None,
    how: options.Judging,
) -> None:
    """Say what changed, how sure that is, and what was lost; exit code 3 when variety was lost.

    With --by, of one log: a report on its groups, such as weeks, and when most was lost. Of three
    models or more it says too which could replace one another.
    """
    from fullmenu.judge.gate import LOSSES

    if how.by is not None:
        if len(logs) > 1:
            raise typer.BadParameter(
                "it compares the groups of one log: give one, or several that are one with "
                f"fullmenu check LOG LOG --by {how.by}",
                param_hint="--by",
            )
        if reference is not None:
            raise typer.BadParameter("it judges two logs, BEFORE AFTER", param_hint="--reference")
        by_group(logs, how, LOSSES)
        return
    if len(logs) < 2:
        raise typer.BadParameter(
            "give at least two logs, BEFORE AFTER, or one and --by", param_hint="BEFORE AFTER"
        )
    if how.in_parts.engine is not None:
        from fullmenu.cli.in_parts import compare as compare_in_parts

        if reference is not None:
            raise typer.BadParameter("with --engine texts are judged", param_hint="--reference")
        compare_in_parts(logs, how)
        return
    from fullmenu.judge.many import trend
    from fullmenu.judge.two import compare as compare_two
    from fullmenu.readers.file_names import labels as file_labels
    from fullmenu.views.registry import defaults

    if how.want is not None and len(logs) > 2:
        raise typer.BadParameter("it judges two logs, BEFORE AFTER", param_hint="--want")
    if reference is not None and len(logs) > 2:
        raise typer.BadParameter("it judges two logs, BEFORE AFTER", param_hint="--reference")
    failing = work.failing(how.fail_on, LOSSES)
    margins = work.margins(how.margins)
    kept = work.model_of_each(how.model, len(logs))
    how.check(logs)
    views = work.names(how.views)
    looks = max(len(views or defaults("text")), len(logs))
    with work.steps(len(logs) + looks + 2 + bool(how.measures), how.quiet) as tell:
        samples = []
        malformed, rejects = "", how.files.rejects
        for log, name in zip(logs, kept, strict=True):
            tell(f"reading {Path(log).name}")
            samples.append(how.files.read(log, how.quiet, name))
            if rejects is not None:  # one file for all logs
                malformed += rejects.read_text(encoding="utf-8")
                rejects.write_text(malformed, encoding="utf-8")
        labels = file_labels(logs) if len(kept) != len({*kept}) else [str(n) for n in kept]
        real = None if reference is None else how.files.read(reference, how.quiet)
        two = partial(
            compare_two,
            *samples,
            labels=(labels[0], labels[1]),
            want=how.want,
            reference=real,
        )
        judge = two if len(samples) == 2 else partial(trend, samples, labels=labels)
        report = judge(
            since=how.since,
            until=how.until,
            views=views,
            margins=margins,
            measures=work.names(how.measures) or (),
            seed=how.seed,
            progress=tell,
            **work.encoder(how.semantic, tell, samples[0].media, how.kernel),
        )
    work.show(report, how.json, how.html, how.verbose, how.markdown, read=logs)
    work.leave(report, failing)


def by_group(logs: list[str], how: options.Judging, losses: Sequence[str]) -> None:
    """Compare the groups of one log, which may be several files."""
    if how.in_parts.engine is not None:
        from fullmenu.cli.in_parts import by_group as by_group_in_parts

        by_group_in_parts(logs, how, losses)
        return
    from fullmenu.judge.groups import between, split
    from fullmenu.judge.two import compare as compare_groups

    failing = work.failing(how.fail_on, losses)
    margins = work.margins(how.margins)
    how.check(logs)
    with work.steps(1, how.quiet) as tell:
        tell("reading")
        log = how.files.read(logs, how.quiet, work.model_of_each(how.model, 1)[0])
        log = between(log, how.since, how.until)
        groups = len(split(log, how.by or "").logs)
    with work.steps(groups + 1, how.quiet) as tell:
        report = compare_groups(
            log,
            by=how.by,
            want=how.want,
            views=work.names(how.views),
            margins=margins,
            measures=work.names(how.measures) or (),
            seed=how.seed,
            progress=tell,
            **work.encoder(how.semantic, tell, log.media, how.kernel),
        )
    work.show(report, how.json, how.html, how.verbose, how.markdown, read=logs)
    work.leave(report, failing)
