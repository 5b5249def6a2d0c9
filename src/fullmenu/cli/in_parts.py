"""``fullmenu check`` and ``fullmenu compare`` with --engine: logs of any size, part by part."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from fullmenu.cli import options, work
from fullmenu.errors import BadInput, UnknownName

if TYPE_CHECKING:
    from fullmenu.engine.engines import Engine
    from fullmenu.report.report import Report

ENGINES = ("local", "pool", "ray")
_UNITS = {"k": 10, "m": 20, "g": 30, "t": 40}


def check(logs: list[str], how: options.Judging) -> None:
    """Say how varied one log of any size is."""
    from fullmenu.judge.census.faces import check_in_parts
    from fullmenu.readers.file_names import log_label

    how.check(logs)
    with _progress(how.quiet) as tell:
        report = check_in_parts(
            logs if len(logs) > 1 else logs[0],
            label=log_label(logs),
            count_dishes=how.in_parts.count_dishes,
            tell=tell,
            **_how(how),
        )
    _end(report, logs, how, ())


def sample(logs: list[str], outputs: float, how: options.Judging) -> None:
    """Say how varied one log of any size is, from some of its row groups."""
    from fullmenu.judge.census.part_sample import check_sample
    from fullmenu.readers.file_names import log_label

    how.check(logs)
    if how.by is not None:
        raise typer.BadParameter("not with --sample; use --engine", param_hint="--by")
    given = _how(how, "--sample")
    for name in ("engine", "memory", "folder"):
        del given[name]
    report = check_sample(
        logs if len(logs) > 1 else logs[0],
        outputs,
        label=log_label(logs),
        **given,
    )
    _end(report, logs, how, ())


def compare(logs: list[str], how: options.Judging) -> None:
    """Say whether logs of any size lost variety: two, or three and more."""
    from fullmenu.judge.census.faces import compare_in_parts, trend_in_parts
    from fullmenu.judge.gate import LOSSES
    from fullmenu.readers.file_names import labels

    work.failing(how.fail_on, LOSSES)  # refused before the work
    how.check(logs)
    names = labels(logs)
    given = {"margins": work.margins(how.margins), **_how(how)}
    with _progress(how.quiet) as tell:
        if len(logs) > 2:
            _refuse_dishes(how)
            report = trend_in_parts(logs, labels=names, tell=tell, **given)
        else:
            given["count_dishes"] = how.in_parts.count_dishes
            report = compare_in_parts(*logs, labels=(names[0], names[1]), tell=tell, **given)
    _end(report, logs, how, LOSSES)


def by_group(logs: list[str], how: options.Judging, losses: Sequence[str]) -> None:
    """Compare the groups of one log of any size, which may be several files."""
    from fullmenu.judge.census.faces import trend_in_parts

    work.failing(how.fail_on, losses)
    how.check(logs)
    _refuse_dishes(how)
    with _progress(how.quiet) as tell:
        report = trend_in_parts(
            logs if len(logs) > 1 else logs[0],
            by=how.by,
            tell=tell,
            margins=work.margins(how.margins),
            **_how(how),
        )
    _end(report, logs, how, losses)


def _end(report: Report, logs: list[str], how: options.Judging, losses: Sequence[str]) -> None:
    document: Mapping[str, Any] = report.document
    facts = [document[log] for log in ("log", "before", "after") if log in document]
    lines = [line for log in (*facts, *document.get("versions", ())) for line in log["read"]]
    work.say([*dict.fromkeys(lines)], how.quiet)
    work.show(report, how.json, how.html, how.verbose, how.markdown, read=logs)
    work.leave(report, work.failing(how.fail_on, losses))


def _refuse_dishes(how: options.Judging) -> None:
    if how.in_parts.count_dishes:
        raise typer.BadParameter(
            "of one log, or of two: not of a trend", param_hint="--count-dishes"
        )


def _how(how: options.Judging, named: str = "--engine") -> dict[str, Any]:
    files = how.files
    refused = {
        "--requests": files.requests, "--rejects": files.rejects, "--model": how.model,
        "--since": how.since, "--until": how.until, "--want": how.want,
        "--semantic": how.semantic, "--kernel": how.kernel,
    }  # fmt: skip
    for option, given in refused.items():
        if given is not None:
            raise typer.BadParameter(
                f"not with {named}; --where reads one model, or one week", param_hint=option
            )
    return {
        "columns": files.map,
        "format": files.format,
        "records": files.records,
        "reasoning": files.reasoning,
        "tolerate": files.tolerate,
        "where": files.where,
        "engine": engine(how.in_parts.engine or "local", how.in_parts.workers),
        "memory": size_of(how.in_parts.memory or "2GiB"),
        "folder": how.in_parts.work,
        "views": work.names(how.views),
        "measures": work.names(how.measures) or (),
        "seed": how.seed,
    }


def engine(name: str, workers: int | None) -> Engine:
    """Return an engine by its name."""
    from fullmenu.engine.engines import Local, Pool

    if name == "local":
        if workers not in (None, 1):
            raise BadInput(f"--workers {workers}: the engine local is one process; use pool")
        return Local()
    if name == "pool":
        return Pool(workers)
    if name == "ray":
        from fullmenu.integrations.ray import Ray

        return Ray(workers)
    raise UnknownName("engine", name, ENGINES)


def size_of(text: str) -> int:
    """Return the bytes of a size: ``2GiB``, ``500 MB``.

    >>> size_of("2GiB") == 2 << 30
    True
    """
    told = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?b)?\s*", text.lower())
    if told is None or not float(told[1]):
        raise BadInput(f"{text!r} is no size: give one such as 2GiB or 500MiB")
    return int(float(told[1]) * (1 << _UNITS[told[2]] if told[2] else 1))


@contextmanager
def _progress(quiet: bool) -> Iterator[Any]:
    """Show the step under way, how many of its parts are done, and the time left."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Left())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        shown: dict[str, Any] = {}  # one line: a trend has a hundred steps

        def tell(step: str, done: int, of: int) -> None:
            if step not in shown:
                for task in shown.values():
                    bar.remove_task(task)
                shown.clear()
                shown[step] = bar.add_task(step, total=of or None)
            bar.update(shown[step], completed=done)

        yield tell
