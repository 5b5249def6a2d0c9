"""``fullmenu sample``: outputs of a live model, as a log."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from fullmenu.cleaner import one_line
from fullmenu.cli import options, work

if TYPE_CHECKING:
    from fullmenu.sampling.plans import Plan
    from fullmenu.sampling.request import Target
    from fullmenu.sampling.run import Progress, RunOutcome, Status
    from fullmenu.sampling.until_sure import UntilSure

PER_REQUEST = 8
"""Outputs that one request asks for where the server honours it."""

STOPPED = 130
"""Exit code after Ctrl-C, as any program's: 128 + SIGINT."""

EXAMPLES = """[bold]Examples[/bold]

  fullmenu sample prompts.jsonl --endpoint http://127.0.0.1:8000/v1 --model NAME -o samples.jsonl

  fullmenu sample prompts.txt --model gpt-4.1-mini --budget "5 usd" --prices 0.4,1.6 -o out.jsonl

  fullmenu sample out.jsonl --model new-version -o after.jsonl    (the same prompts again)

  fullmenu sample prompts.txt --model NAME --until-sure 1.35 --budget "2000 requests" -o out.jsonl

  fullmenu check out.jsonl

[bold]Prompts[/bold]: a text a line (.txt), or JSONL with "prompt" or "messages", and an "id".

[bold]Stopped?[/bold] Give the same command again: it goes on where it was; nothing is asked twice.
"""


def sample(
    prompts: Annotated[
        str,
        Argument(help="The prompts: text, JSONL or JSON, or a file of samples.", metavar="FILE"),
    ],
    output: Annotated[
        Path,
        Option(
            "--output",
            "-o",
            help="The file of samples (JSONL). An existing one is continued: every sample is "
            "in it before more is asked, and the disk is told to keep it once a second.",
            metavar="FILE",
        ),
    ],
    n: Annotated[int, Option("--samples", "-n", help="Samples of each prompt.", min=1)] = 20,
    until_sure: Annotated[
        float | None,
        Option(
            help="Ask each prompt only until the effective number of its outputs is known to about "
            "this factor either way (95 %), e.g. 1.35; at least 20 samples, at most --most.",
            metavar="FACTOR",
        ),
    ] = None,
    most: Annotated[
        int, Option(help="With --until-sure: samples of a prompt at most.", min=20)
    ] = 400,
    view: Annotated[
        str, Option(help="With --until-sure: what makes outputs alike: answer, phrasing, outline.")
    ] = "answer",
    no_probe: Annotated[
        bool,
        Option(
            "--no-probe",
            help="Leave out the first requests, which test whether samples are independent: a "
            "server that ignores n or a sampler, a pinned seed, a cache.",
        ),
    ] = False,
    *,
    how: options.Asking,
    quiet: options.Quiet = False,
) -> None:
    """Ask a live model each prompt n times, and write its answers to a file that check reads."""
    from fullmenu.sampling.plans import Evenly
    from fullmenu.sampling.prompts import prompts_of
    from fullmenu.sampling.until_sure import LEAST, UntilSure
    from fullmenu.views.registry import get

    work.check_file(output, [prompts])
    asked = prompts_of(prompts)
    target, parameters = how.target(), how.given()
    spent: Mapping[str, int] = {}
    if not no_probe and how.local is None:
        spent = probed(target, parameters, how, output, quiet)
    per_request = how.per_request or target.per_request
    plan: Evenly | UntilSure
    if until_sure is None:
        plan = Evenly(asked, n, parameters, per_request=per_request, seed=how.seed)
    else:
        plan = UntilSure(
            asked, get(view).rows, until_sure, least=max(n, LEAST), most=max(n, most),
            parameters=parameters, per_request=per_request, seed=how.seed,
        )  # fmt: skip
    outcome = collected(plan, target, parameters, how, output, spent, quiet)
    if isinstance(plan, UntilSure):
        typer.echo(sureness(plan))
    check_pipe(output, quiet)
    leave(outcome, output, quiet)


def probed(
    target: Target, parameters: Mapping[str, object], how: options.Asking, output: Path, quiet: bool
) -> Mapping[str, int]:
    """Say what keeps samples from being independent, and ask so that they are, where that can be.

    A file that is continued is asked as before. Returns what was spent.
    """
    from fullmenu.sampling.independence import probe
    from fullmenu.sampling.journal import asked_before

    before = asked_before(output)
    spent: Mapping[str, int] = {}
    if before is not None:
        how.per_request = how.per_request or before.get("n")
        needs_seeds = "seed" in before
    else:
        found = probe(target, parameters, seeded=how.seed is not None)
        for fault in found.faults:
            work.say([f"{fault.name}: {fault.sentence}; {fault.way}"], quiet=False)
        if found.honours_n:
            how.per_request = how.per_request or PER_REQUEST
        elif any(fault.name.startswith("n ") for fault in found.faults):
            how.per_request = 1
        needs_seeds, spent = found.needs_seeds, found.usage
        tokens = spent["prompt_tokens"] + spent["completion_tokens"]
        work.say([f"probed with {spent['requests']} requests, {tokens:,} tokens"], quiet)
    if needs_seeds and how.seed is None:
        how.seed = secrets.randbelow(1 << 31)
    return spent


def collected(
    plan: Plan,
    target: Target,
    parameters: Mapping[str, object],
    how: options.Asking,
    output: Path,
    spent: Mapping[str, int],
    quiet: bool,
) -> RunOutcome:
    """Ask as planned into a file, and say what came."""
    from fullmenu.sampling.journal import Journal
    from fullmenu.sampling.run import collect

    with shown(quiet) as progress:
        outcome = collect(
            plan, target, Journal(output), parameters=parameters, concurrency=how.concurrency,
            budget=how.bounds(), spent=spent, progress=progress,
        )  # fmt: skip
    tell(outcome, output, quiet)
    return outcome


def sureness(plan: UntilSure) -> str:
    """Say how many prompts are sure, and which are not."""
    intervals = plan.intervals()
    said = f"sure: {plan.sure:,} of {len(plan.prompts):,} prompts"
    if intervals:
        counts = sorted(n for n, *_ in intervals.values())
        said += f", after {counts[0]:,} to {counts[-1]:,} samples each"
    left = [(name, ends) for name, ends in intervals.items() if not plan.is_sure(name)]
    for name, (n, low, high) in left[:3]:
        top = f"{high:,.1f}" if high < float("inf") else "any number"
        said += f"\n  not yet: {one_line(name, 60)!r}: {low:,.1f} to {top} after {n:,} samples"
    return said


def check_pipe(output: Path, quiet: bool) -> None:
    """Say what in the samples themselves a model does not do when it is sampled."""
    from fullmenu.judge.pipe import look_for
    from fullmenu.sampling.rows import samples_of

    samples = samples_of(output)
    if len(samples):
        work.say([sign.sentence for sign in look_for([samples], [output.name])], quiet)


def tell(outcome: RunOutcome, output: Path, quiet: bool) -> None:
    """Say what came, and what did not."""
    status = outcome.status
    work.say(outcome.remarks, quiet)
    for name, why in list(outcome.refused.items())[:3]:
        work.say([f"refused: {name[:60]!r}: {why}"], quiet)
    if len(outcome.refused) > 3:
        work.say([f"… and {len(outcome.refused) - 3:,} prompts more were refused"], quiet)
    cost = f"{status.requests:,} requests"
    cost += f", {status.failed:,} of them failed" if status.failed else ""
    cost += f", {status.tokens:,} tokens" if status.tokens else ""
    cost += f", {status.money:,.4g} in money" if status.money else ""
    typer.echo(f"{status.done:,} of {status.total:,} samples in {output} ({cost})")


def leave(outcome: RunOutcome, output: Path, quiet: bool) -> None:
    """Say what comes next; end as a stopped program does."""
    if outcome.stopped:
        typer.echo(f"{outcome.stopped}. To go on, give the same command again.")
    elif not quiet:
        typer.echo(f"next: fullmenu check {output}")
    if outcome.interrupted:
        raise typer.Exit(STOPPED)


@contextmanager
def shown(quiet: bool) -> Iterator[Progress | None]:
    """Show how far a run is, where somebody is there to see it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns: list[Any] = [TextColumn("sampling"), BarColumn(), MofNCompleteColumn()]
    with Bar(*columns, TextColumn("{task.description}"), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)

        def progress(status: Status) -> None:
            bar.update(
                task, completed=status.done, total=status.total, description=described(status)
            )

        yield progress


def described(status: Status) -> str:
    """Say how fast a run goes, what it cost, and how long it takes yet.

    >>> from fullmenu.sampling.run import Status
    >>> described(Status(20, 100, 21, 1, 8, 4.0, 1200, 0.02))
    '4.0 a second, 1,200 tokens, 0.02 in money, 1 request failed, 20 s left'
    """
    if status.stopping:
        return f"stopping: {status.in_flight} requests in flight; Ctrl-C again leaves them"
    parts = [f"{status.rate:.1f} a second"]
    parts += [f"{status.tokens:,} tokens"] * bool(status.tokens)
    parts += [f"{status.money:,.3g} in money"] * bool(status.money)
    if status.failed:
        parts.append(f"{status.failed:,} request{'s' * (status.failed != 1)} failed")
    if status.seconds_left is not None:
        parts.append(f"{duration(status.seconds_left)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Say how long something takes.

    >>> duration(20.4), duration(300), duration(7500)
    ('20 s', '5 min', '2 h 5 min')
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
