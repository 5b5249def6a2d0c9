"""``fullmenu review``: people judge what a number cannot see."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer
from typer import Option

from fullmenu.cleaner import one_line
from fullmenu.cli import options, work
from fullmenu.errors import BadInput, extra

if TYPE_CHECKING:
    from fullmenu.review.campaign import Campaign, CampaignResult
    from fullmenu.review.desk import Desk
    from fullmenu.review.labels import AnswerLog, Kind, Label

EXAMPLES = """[bold]Examples[/bold]

  fullmenu review outputs.jsonl

  fullmenu review outputs.jsonl --overlap 2 --host 0.0.0.0 --token "$TOKEN" --reviewer ann

  fullmenu review outputs.jsonl --behind alarm.json

  fullmenu review outputs.jsonl --result

  fullmenu review outputs.jsonl --take label-studio.json --calibrate people

  fullmenu check outputs.jsonl --kernel people
"""


def review(
    logs: options.Logs,
    ask: Annotated[
        str,
        Option(
            help="same (same dish or different?), better (which is better, of two models?), look "
            "(a free look at a prompt's outputs).",
            metavar="same|better|look",
        ),
    ] = "same",
    number: Annotated[int, Option("--number", "-n", help="How many questions.", min=1)] = 300,
    overlap: Annotated[int, Option(help="How many people answer each question.", min=1)] = 1,
    answers: Annotated[
        Path | None,
        Option(
            help="Where answers are kept, and read from when you go on; by default "
            "LOG.answers.jsonl."
        ),
    ] = None,
    seed: Annotated[int, Option(help="Seed of the questions: another one draws others.")] = 0,
    kernel: options.Kernel = None,
    behind: Annotated[
        Path | None,
        Option(
            help="A report, an alarm or a finding (JSON) about this log: every fourth question is "
            "about what it names, and told apart.",
            metavar="FILE.json",
        ),
    ] = None,
    result: Annotated[
        bool, Option("--result", help="Print what the answers so far say; open no page.")
    ] = False,
    calibrate: Annotated[
        str | None,
        Option(
            help="Calibrate a kernel by the answers, and save it as NAME.kernel.json; refused "
            "where it is not better than the default on prompts held out.",
            metavar="NAME",
        ),
    ] = None,
    take: Annotated[
        Path | None,
        Option(help="Take answers in from a file: JSONL, CSV, or an export of Label Studio."),
    ] = None,
    tasks: Annotated[
        Path | None,
        Option(help="Write the questions as tasks that Label Studio takes in (.json)."),
    ] = None,
    export: Annotated[
        Path | None, Option(help="Write the answers that stand to a .jsonl or .csv file.")
    ] = None,
    host: options.Host = "127.0.0.1",
    port: options.Port = 8000,
    token: options.Token = None,
    reviewer: Annotated[
        list[str] | None,
        Option(help="Somebody who gets a token of their own, for the questions only."),
    ] = None,
    adjudicator: Annotated[
        list[str] | None,
        Option(help="The same, for settling what reviewers disagree about (--overlap 2)."),
    ] = None,
    *,
    files: options.Files,
    quiet: options.Quiet = False,
) -> None:
    """Ask people about a log's outputs, on a page, one key per answer; say what they found."""
    from fullmenu.files import replace_file
    from fullmenu.review.campaign import plan_review, tasks_of
    from fullmenu.review.desk import Desk
    from fullmenu.review.labels import AnswerLog, Kind, standing, write_labels
    from fullmenu.views.human_kernel import HumanKernel

    if ask not in get_args(Kind):
        raise typer.BadParameter(f"{ask!r}: use one of {', '.join(get_args(Kind))}")
    path = answers or _beside(logs)
    work.check_file(path, [*logs, take])
    work.check_file(export, [*logs, take, path])
    work.check_file(tasks, [*logs, take, path, export])
    samples = files.read(logs, quiet)
    asked = plan_review(
        samples, number, cast("Kind", ask), seed=seed,
        kernel=None if kernel is None else HumanKernel.load(kernel),
        behind=None if behind is None else _document(behind),
    )  # fmt: skip
    with ExitStack() as left:
        log = AnswerLog(path)
        left.callback(log.close)
        if take is not None:
            _take(take, asked, log)
        desk = Desk(asked, log, overlap, seed)
        if desk.foreign:
            typer.echo(
                f"{len(desk.foreign)} answers in {one_line(str(path), 200)} are to other questions "
                "(another log, number or seed) and do not count",
                err=True,
            )
        labels = standing(desk.queue.entries)
        if export is not None:
            write_labels(export, labels)
            typer.echo(f"{len(labels)} answers written to {one_line(str(export), 200)}", err=True)
        if tasks is not None:
            replace_file(tasks, tasks_of(asked).encode("utf-8"))
            typer.echo(
                f"{len(asked.questions)} tasks written to {one_line(str(tasks), 200)}", err=True
            )
        if calibrate is not None:
            _calibrate(asked, labels, calibrate)
        if result:
            for line in told(desk.result()):
                typer.echo(line)
        if not result and all(one is None for one in (calibrate, take, export, tasks)):
            tokens = [(name, "review") for name in reviewer or []]
            tokens += [(name, "settle") for name in adjudicator or []]
            _open(left, desk, host, port, token or None, tokens, path)


def _document(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(
            f"cannot read {path}: {error}; give a document such as --json prints",
            param_hint="--behind",
        ) from None


def _beside(logs: list[str]) -> Path:
    if len(logs) != 1 or logs[0] == "-" or not Path(logs[0]).is_file():
        raise typer.BadParameter(
            "give --answers FILE, where the answers go: the log is no single file",
            param_hint="--answers",
        )
    return Path(f"{logs[0]}.answers.jsonl")


def _take(source: Path, asked: Campaign, log: AnswerLog) -> None:
    from fullmenu.review.labels import read_labels

    known = {question.id for question in asked.questions}
    there = {(x.question, x.rater, x.time) for x in log.read()}
    found = read_labels(source)
    new = [x for x in found if x.question in known and (x.question, x.rater, x.time) not in there]
    for label in new:
        log.append(label)
    typer.echo(
        f"{len(new)} of {len(found)} answers taken in; the others are there already, or are to "
        "other questions",
        err=True,
    )


def _calibrate(asked: Campaign, labels: list[Label], name: str) -> None:
    from fullmenu.review.calibration import accepted
    from fullmenu.review.campaign import learn_kernel
    from fullmenu.views.human_kernel import ENDING

    found = learn_kernel(asked, labels, Path(name).name)
    typer.echo(
        f"squared error on prompts held out: {found.brier:.3f} ({found.way}), the default kernel's "
        f"{found.default_brier:.3f}, without any {found.base_brier:.3f}"
    )
    for part in found.reliability:
        typer.echo(f"  where it says {part.predicted:.2f}, people say {part.said}")
    path = accepted(found).save(f"{name}{ENDING}")
    typer.echo(f"saved as {one_line(str(path), 200)}: fullmenu check LOG --kernel {name}")


def told(result: CampaignResult) -> list[str]:
    """Say in lines what the answers tell."""
    from fullmenu.kernel.rates import effective_number

    lines = [f"{result.answers} answers of {result.raters} raters"]
    if result.behind is not None:
        answers, same = result.behind
        lines.append(f"of what stands behind it: {answers} answers, {same:.2f} the same")
    if result.wrong:
        lines.append(f"{len(result.wrong)} answers say that the question is wrong")
    if result.settled:
        lines.append(
            f"{result.settled} disagreements settled; estimates go by each rater's own answer"
        )
    if result.missing:
        lines.append(result.missing)
    if result.rate is not None:
        lines.append(f"the kernel's repeat rate is {result.rate.by_kernel:.3g}; people's")
        for what, e in result.estimates().items():
            number = effective_number(e) if e.value else "…"
            lines.append(f"  {what}: {e}; effective number {number}")
        if result.raters < 3:
            lines.append("  for people: three raters or more would tell how people differ")
        if result.more:
            lines.append(f"about {result.more} more answers would settle it to ± 0.05")
    for look in result.looks[:10]:
        lines.append(
            f"  {one_line(look.prompt_id, 40)}: {look.rate:.2f}, {look.groups:.3g} groups "
            f"({look.looks} looks)"
        )
    if len(result.looks) > 10:
        lines.append(f"  … and {len(result.looks) - 10} prompts more")
    for rating in result.ratings:
        name = one_line(rating.name, 60) or "(no model named)"
        lines.append(f"  {name}: preferred {rating.wins}, strength {rating.strength}")
    if result.agreement is not None:
        these, people = result.agreement
        more = "" if people is None else f", for raters like these {people}"
        lines.append(f"agreement (Krippendorff's alpha): {these} for these raters{more}")
    return lines


def _open(
    left: ExitStack, desk: Desk, host: str, port: int, token: str | None,
    tokens: list[tuple[str, str]], path: Path,
) -> None:  # fmt: skip
    """Serve the page until Ctrl-C."""
    with extra("the pages of a review", "serve"):
        import fastapi  # noqa: F401
        import sqlalchemy  # noqa: F401
        import uvicorn  # noqa: F401

    from fullmenu.cli.serve import bound, run, url_of
    from fullmenu.server.access import check_listening, is_loopback
    from fullmenu.server.app import create_app
    from fullmenu.store import Store

    check_listening(host, token)
    if tokens and token is None:
        raise BadInput(
            "--reviewer and --adjudicator give out tokens, and without --token everything is open"
        )
    listening = left.enter_context(bound(host, port))
    folder = left.enter_context(TemporaryDirectory(prefix="fullmenu-review-"))
    store = left.enter_context(Store.open(str(Path(folder) / "review.db")))
    app = create_app(store, token=token, loopback=is_loopback(host), desk=desk)
    typer.echo(f"review at {url_of(listening)}/review; Ctrl-C ends it")
    typer.echo(f"answers are kept in {one_line(str(path), 300)}")
    for one, scope in tokens:
        typer.echo(f"  {one_line(one, 60)} signs in with {store.add_token(one, scope)}")
    run(app, listening)
    typer.echo("ended; every answer that was shown as saved is in the file")
