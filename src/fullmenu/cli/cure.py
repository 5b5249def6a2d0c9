"""``fullmenu cure``: other ways of asking, weighed against the plain one."""

from __future__ import annotations

import json as jsons
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from fullmenu.cli import options, sample, work
from fullmenu.cli.diagnoses import code

if TYPE_CHECKING:
    from fullmenu.cure.frontier import Score
    from fullmenu.cure.trial import ArmLog
    from fullmenu.sampling.run import Progress

EXAMPLES = """[bold]Examples[/bold]

  fullmenu cure prompts.jsonl --endpoint http://127.0.0.1:8000/v1 --model NAME -o cures/

  fullmenu cure prompts.txt --model NAME --arms plain,verbalized=5,memory,min_p=0.1 -o cures/

  fullmenu cure prompts.txt --model NAME --schema fruit.json --budget "200k tokens" -o cures/

  fullmenu cure --logs plain.jsonl cured.jsonl --html cures.html   [dim]# sampled before[/dim]

[bold]Arms[/bold]: plain; verbalized=5 (five answers with probabilities in a reply); persona,
constraint, random_string (drawn for each request); memory (shows what was served); rotation
(frames in turn); pick=mmr (three times as many, of which the most varied are kept; or dpp,
cluster_best, facility_location); temperature=1.3, top_p, top_k, min_p, xtc, dry and penalties,
several with + between. The first arm is what the others are held against.

[bold]Stopped?[/bold] Give the same command again: it goes on where it was; nothing is asked twice.
"""


def cure(
    prompts: Annotated[
        list[str] | None,
        Argument(
            help="The prompts: text, JSONL or JSON, or a file of samples. With --logs: logs of "
            "the same prompts, an arm each, the plain one first.",
            metavar="FILE …",
        ),
    ] = None,
    *,
    output: Annotated[
        Path | None,
        Option(
            "--output",
            "-o",
            help="The folder that keeps what each arm brought, a file an arm.",
            metavar="FOLDER",
        ),
    ] = None,
    logs: Annotated[
        bool, Option("--logs", help="The files are logs that have been sampled; nothing is asked.")
    ] = False,
    arms: Annotated[
        str | None,
        Option(
            help="What is tried, separated by commas; the first is what the others are held "
            "against. By default plain, verbalized=5, random_string, memory, temperature=1.3.",
            metavar="NAME,…",
        ),
    ] = None,
    n: Annotated[
        int, Option("--samples", "-n", help="Outputs of each prompt, by arm.", min=2)
    ] = 10,
    matches: options.Matches = None,
    schema: options.Schema = None,
    checker: Annotated[
        str | None,
        Option(
            help="A function of an output, or of it and the prompt: is it right?",
            metavar="FILE.py:NAME",
        ),
    ] = None,
    scorer: Annotated[
        str | None,
        Option(
            help="A function of the same that says how good an output is, as a number; or score: "
            "the logs' own.",
            metavar="FILE.py:NAME|score",
        ),
    ] = None,
    how: options.Asking,
    semantic: options.Semantic = None,
    kernel: options.Kernel = None,
    json: options.Json = False,
    html: Annotated[Path | None, Option("--html", help="Write a page too.")] = None,
    verbose: Annotated[
        bool, Option("--verbose", help="All arms, pass@k, what else changed, the caveats.")
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Try other ways of asking, and say what each brings in variety, and what it costs.

    Arms ask the same prompts on equal parts of the budget. For each: different answers and quality
    with intervals, the yield of different valid outputs, tokens, time, pass@k where there is a
    checker, and whether the sameness only moved: to new phrases, broken words, other languages.
    """
    from fullmenu.cure.frontier import compare_arms
    from fullmenu.report.cures.report import CureReport
    from fullmenu.report.cures.terminal import show
    from fullmenu.report.document import to_json

    files = prompts or []
    work.check_target(html, files)
    valid = _checker(matches, schema, checker)
    quality: Score | None = scorer if scorer in (None, "score") else code.load(str(scorer))
    with ExitStack() as stack:
        tried = _read(files) if logs else _asked(files, output, arms, n, how, quiet, stack)
    with work.steps(len(tried), quiet) as tell:
        through: Any = work.encoder(semantic, tell, "text", kernel)
        report = compare_arms(tried, quality=quality, valid=valid, progress=tell, **through)
    if html is not None or json:
        made = {**to_json(report.content), "provenance": work.provenance(files)}
        report = CureReport(made)
    if html is not None:
        report.save(html)
    if json:
        typer.echo(jsons.dumps(report.document, allow_nan=False, indent=2))
        return
    from rich.console import Console

    show(report.content, Console(), verbose)
    if html is not None:
        typer.echo(f"report: {html}")


def _asked(
    files: Sequence[str],
    output: Path | None,
    arms: str | None,
    n: int,
    how: options.Asking,
    quiet: bool,
    stack: ExitStack,
) -> list[ArmLog]:
    """Ask, each arm after the other."""
    from fullmenu.cure.arms.registry import DEFAULT
    from fullmenu.cure.trial import arms_of, file_name, try_arms

    if len(files) != 1:
        raise typer.BadParameter("give one file of prompts, or --logs", param_hint="FILE")
    if output is None:
        raise typer.BadParameter("name the folder that keeps what came", param_hint="--output")
    output.mkdir(parents=True, exist_ok=True)
    names = [name.strip() for name in arms.split(",")] if arms else [*DEFAULT]
    first, *_ = ways = arms_of(names)
    target, parameters = how.target(), how.given()
    budget = how.bounds()
    if how.local is None:
        samplers = {key: value for arm in ways for key, value in arm.parameters.items()}
        kept = output / f"{file_name(first.name)}.jsonl"
        spent = sample.probed(target, {**parameters, **samplers}, how, kept, quiet)
        budget = budget.less(spent)

    def progress(name: str) -> Progress | None:
        work.say([f"arm: {name}"], quiet)
        return stack.enter_context(sample.shown(quiet))

    return try_arms(
        files[0], target, n, arms=names, parameters=parameters, folder=output, seed=how.seed,
        concurrency=how.concurrency, per_request=how.per_request, budget=budget,
        progress=progress,
    )  # fmt: skip


def _read(files: Sequence[str]) -> list[ArmLog]:
    """Read logs that have been sampled, of arms or of any kind; one called plain comes first."""
    from fullmenu.cure.trial import ArmLog, read_log
    from fullmenu.readers import read
    from fullmenu.readers.file_names import labels

    if len(files) < 2:
        raise typer.BadParameter("give two logs or more, the plain one first", param_hint="--logs")
    found = []
    for path, name in zip(files, labels([*files]), strict=True):
        found.append(read_log(path) or ArmLog(name, read(path)))
    return sorted(found, key=lambda log: log.name != "plain")


def _checker(matches: str | None, schema: Path | None, checker: str | None) -> Score | None:
    """Return what says which outputs are right."""
    given = [x for x in (matches, schema, checker) if x is not None]
    if len(given) > 1:
        raise typer.BadParameter("give one of the three", param_hint="--matches/--schema/--checker")
    from fullmenu.stress.scorers import pattern_scorer, schema_scorer

    if matches is not None:
        return pattern_scorer(matches)
    if schema is not None:
        return schema_scorer(work.schema(schema))
    return None if checker is None else code.load(checker)
