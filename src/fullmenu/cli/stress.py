"""``fullmenu stress``: a model outside its usual setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from fullmenu.cli import options, work
from fullmenu.estimate import NOT_SETTLED, VARIETY_LOST

if TYPE_CHECKING:
    from fullmenu.report.stress.report import StressReport
    from fullmenu.sampling.request import Prompt, Target
    from fullmenu.stress.scorers import Scorer

EXAMPLES = """[bold]Examples[/bold]

  fullmenu stress prompts.jsonl --write shifted.jsonl   [dim]# to be asked elsewhere[/dim]

  fullmenu stress read samples.jsonl   [dim]# judges what came[/dim]

  fullmenu stress prompts.jsonl --endpoint http://127.0.0.1:8000/v1 --model NAME -o samples.jsonl

  fullmenu stress prompts.txt --model NAME -o out.jsonl --shifts typos,tone --schema fruit.json

  fullmenu stress prompts.jsonl --own german.jsonl --write shifted.jsonl   [dim]# translations[/dim]

  fullmenu stress --list   [dim]# the shifts, and what each keeps[/dim]

[bold]Shifts[/bold]: no_template, transcript, system_prompt, typos, casing, punctuation,
paraphrase_frame, irrelevant_context, wordy, terse, bullets, json_object, role, tone,
instruction_order. Of your own: JSONL with "id", "shift" and "prompt" or "messages".

[bold]Exit codes[/bold]: 3 where a shift broke something; 4 with --fail-on unclear, if not settled.
"""
READ_EXAMPLES = """[bold]Examples[/bold]

  fullmenu stress read samples.jsonl --html stress.html

  fullmenu stress read answers.csv --prompts shifted.jsonl   [dim]# found by id, else by text[/dim]

  fullmenu stress read samples.jsonl --scorer checks.py:is_right
"""


@dataclass(kw_only=True)
class Scoring:
    """How outputs are scored, and where the report goes."""

    matches: options.Matches = None
    schema: options.Schema = None
    scorer: Annotated[
        str | None,
        Option(
            help="A function of an output, or of it and the prompt, that returns a number or a "
            "truth value.",
            metavar="FILE.py:NAME",
        ),
    ] = None
    judge: Annotated[
        str | None,
        Option(
            help="Ask a model this question, which yes or no answers, about each output. Some are "
            "asked again and with the options swapped: how often it contradicts itself is told.",
            metavar="QUESTION",
        ),
    ] = None
    judge_model: Annotated[str | None, Option(help="The judge's name.", metavar="NAME")] = None
    judge_endpoint: Annotated[str | None, Option(help="Where it is asked.", metavar="URL")] = None
    views: options.Views = None
    margins: Annotated[
        str | None,
        Option(help="What counts as a change of variety, as in compare.", metavar="NAME=NUMBER,…"),
    ] = None
    fail_on: Annotated[
        str | None,
        Option(
            help="Verdicts that end with exit code 3 (unclear: 4): broken (the default), changed, "
            "unclear, or none.",
            metavar="VERDICT,…",
        ),
    ] = None
    json: options.Json = False
    html: Annotated[
        Path | None, Option("--html", help="Write the report as one HTML file too.")
    ] = None
    verbose: Annotated[bool, Option("--verbose", help="All outcomes, cases and caveats.")] = False

    def made(self) -> Scorer | None:
        """Return the scorer, if one was named."""
        from fullmenu.stress.scorers import (
            judge_scorer,
            pattern_scorer,
            schema_scorer,
            scorer_of,
        )

        given = [x for x in (self.matches, self.schema, self.scorer, self.judge) if x is not None]
        if len(given) > 1:
            raise typer.BadParameter(
                "give one scorer", param_hint="--matches/--schema/--scorer/--judge"
            )
        if self.matches is not None:
            return pattern_scorer(self.matches)
        if self.schema is not None:
            return schema_scorer(work.schema(self.schema))
        if self.scorer is not None:
            from fullmenu.cli.diagnoses import code

            return scorer_of(code.load(self.scorer))
        if self.judge is not None:
            if not self.judge_model:
                raise typer.BadParameter("name the judge", param_hint="--judge-model")
            from fullmenu.integrations.endpoint import endpoint

            return judge_scorer(endpoint(self.judge_endpoint, self.judge_model), self.judge)
        return None

    def failing(self) -> list[str]:
        """Return the verdicts that fail."""
        if self.fail_on in (None, "none"):
            return ["broken"] * (self.fail_on is None)
        named = [name.strip() for name in str(self.fail_on).split(",")]
        known = ("broken", "changed", "unclear")
        if any(name not in known for name in named):
            raise typer.BadParameter(
                f"{self.fail_on!r}: give some of {', '.join(known)}, or none",
                param_hint="--fail-on",
            )
        return named

    def leave(self, report: StressReport, read: list[str]) -> None:
        """Print the report, save it where asked, and end with its exit code."""
        if self.html is not None:
            from fullmenu.report.stress.report import StressReport

            StressReport({**report.document, "provenance": work.provenance(read)}).save(self.html)
        if self.json:
            typer.echo(report.to_json())
        else:
            from rich.console import Console

            from fullmenu.report.stress.terminal import show

            show(report.content, Console(), self.verbose)
            if self.html is not None:
                typer.echo(f"\nreport: {self.html}")
        if report.verdict in self.failing():
            raise typer.Exit(NOT_SETTLED if report.verdict == "unclear" else VARIETY_LOST)


def stress(
    prompts: Annotated[
        str | None,
        Argument(
            help="The prompts: text, JSONL or JSON, or a file of samples; or read, and a log.",
            metavar="PROMPTS | read LOG",
        ),
    ] = None,
    shifts: Annotated[
        str | None,
        Option(help="Which, separated by commas; by default all.", metavar="NAME,…"),
    ] = None,
    strength: Annotated[float, Option(help="How far to go, above 0 and up to 1.", max=1.0)] = 0.5,
    own: Annotated[
        Path | None,
        Option(
            help='Versions of your own, such as translations: JSONL with "id", "shift" and '
            '"prompt"; instead of the shifts, unless --shifts names some.',
            metavar="FILE",
        ),
    ] = None,
    write: Annotated[
        Path | None,
        Option(help="Write the versions as JSONL, and ask nobody.", metavar="FILE"),
    ] = None,
    list_shifts: Annotated[
        bool, Option("--list", help="List the shifts, and what each keeps.")
    ] = False,
    output: Annotated[
        Path | None,
        Option(
            "--output",
            "-o",
            help="The file of samples (JSONL). An existing one is continued.",
            metavar="FILE",
        ),
    ] = None,
    n: Annotated[int, Option("--samples", "-n", help="Samples of each version.", min=1)] = 10,
    *,
    how: options.Asking,
    scoring: Scoring,
    quiet: options.Quiet = False,
) -> None:
    """Ask a model its prompts in other forms too, and say which change of form breaks what.

    Prompts as they are against the same prompts with typos, as JSON, without the chat template …:
    variety, failures, caution, length, and your own scorer. Without a live model, --write the
    shifted prompts, have them answered, and judge the log with: fullmenu stress read LOG
    """
    from fullmenu.stress.registry import catalogue
    from fullmenu.stress.versions import shifted
    from fullmenu.stress.versions import write as write_versions

    if list_shifts:
        for shift in catalogue():
            typer.echo(f"{shift.name:<19} {shift.about}.\n{'':<19} Kept: {shift.same}.")
        return
    if prompts is None:
        raise typer.BadParameter("give a file of prompts, or read and a log", param_hint="PROMPTS")
    scoring.failing()
    work.check_file(write or output, [prompts, own])
    work.check_target(scoring.html, [prompts, own, output])
    versions = shifted(prompts, work.names(shifts), strength=strength, seed=how.seed or 0, own=own)
    if write is not None:
        write_versions(versions, write)
        origins = {v.extra["origin"] for v in versions}
        kinds = {v.extra["shift"] for v in versions} - {"inside"}
        typer.echo(f"{len(versions):,} versions of {len(origins):,} prompts in {write}: "
                   f"as they are, and {len(kinds)} shifts")  # fmt: skip
        if not quiet:
            typer.echo(f"next: fullmenu sample {write} … -o samples.jsonl, then")
            typer.echo("      fullmenu stress read samples.jsonl")
        return
    if output is None:
        raise typer.BadParameter(
            "name a file for the samples, or --write FILE to ask nobody", param_hint="--output"
        )
    scorer = scoring.made()
    judged = asked(versions, how, output, n, quiet)
    report = _judged(judged, scoring, quiet, versions=judged.versions, scorer=scorer)
    scoring.leave(report, [prompts, str(output)])


def read(
    logs: options.Logs,
    prompts: Annotated[
        Path | None,
        Option(
            help="The file that --write wrote, where the log does not say shift and origin: "
            "outputs are found by prompt id, else by the prompt's text.",
            metavar="FILE",
        ),
    ] = None,
    *,
    files: options.Files,
    scoring: Scoring,
    quiet: options.Quiet = False,
) -> None:
    """Say which shift of its prompts breaks what, from a log of outputs inside and outside."""
    scoring.failing()
    work.check_target(scoring.html, [*logs, prompts])
    scorer = scoring.made()
    log = files.read(options.source_of(logs) if len(logs) == 1 else logs, quiet)
    known = None if prompts is None else str(prompts)
    report = _judged(_Sampled(log, []), scoring, quiet, versions=known, scorer=scorer)
    scoring.leave(report, [*logs, *([known] if known else [])])


@dataclass
class _Sampled:
    """What came, and the versions that were asked."""

    log: Any
    versions: list[Prompt]
    notes: tuple[str, ...] = ()


def _judged(
    sampled: _Sampled, scoring: Scoring, quiet: bool, *, versions: Any, scorer: Any
) -> StressReport:
    from fullmenu.stress.breakage import judge_shifts

    with work.steps(16, quiet) as tell:
        return judge_shifts(
            sampled.log, versions=versions or None, scorer=scorer,
            views=work.names(scoring.views), margins=work.margins(scoring.margins),
            notes=sampled.notes, progress=tell,
        )  # fmt: skip


def asked(
    versions: list[Prompt], how: options.Asking, output: Path, n: int, quiet: bool
) -> _Sampled:
    """Ask a live model."""
    from fullmenu.sampling.sample_rows import samples_of

    notes: tuple[str, ...] = ()
    if how.completions and not all(v.chat for v in versions):
        versions = [v for v in versions if v.chat]
        notes = ("no_template was left out: with --completions no version has a template.",)
    _collected(versions, how.target(), how, output, n, quiet)
    return _Sampled(samples_of(output), versions, notes)


def _collected(
    versions: list[Prompt], target: Target, how: options.Asking, output: Path, n: int, quiet: bool
) -> None:
    from fullmenu.cli import sample
    from fullmenu.sampling.plans import Evenly

    parameters = how.given()
    spent: Mapping[str, int] = {}
    if how.local is None:
        spent = sample.probed(target, parameters, how, output, quiet)
    plan = Evenly(
        versions, n, parameters, per_request=how.per_request or target.per_request, seed=how.seed
    )
    outcome = sample.collected(plan, target, parameters, how, output, spent, quiet)
    if outcome.stopped:
        typer.echo(f"{outcome.stopped}. To go on, give the same command again.")
        raise typer.Exit(sample.STOPPED if outcome.interrupted else 1)


COMMAND = options.leading("read", read, READ_EXAMPLES)
"""``stress``, whose first argument ``read`` leads to a command of its own."""
