"""``fullmenu diagnose cue-or-content``: does a grader go by the answer, or by how it looks?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fullmenu.cli import options
from fullmenu.finding import Finding

if TYPE_CHECKING:
    from fullmenu.diagnose.goals.graders import Version

EXAMPLES = """[bold]Examples[/bold]

  fullmenu diagnose cue-or-content pairs.jsonl --write versions.jsonl   [dim]# score these[/dim]

  fullmenu diagnose cue-or-content scored.jsonl   [dim]# the same lines, each with a score[/dim]

  fullmenu diagnose cue-or-content pairs.jsonl --endpoint http://127.0.0.1:8000/v1 --model JUDGE

  fullmenu diagnose cue-or-content rewards.jsonl --html grader.html   [dim]# a log of scores[/dim]

Three kinds of file, told by their columns. Pairs: prompt, chosen, rejected (a good and a bad
answer; texts or messages), as reward models are trained on. Scored versions: item, cue, content (1
good, 0 bad), on (1, 0), score. A log: prompt, output, score and content (how good people find it);
length, format and confidence are read off the output, and columns named by --cues are cues too.
"""


def cue_or_content(
    table: Annotated[
        Path, typer.Argument(help="CSV, TSV or JSON lines; see below.", metavar="FILE")
    ],
    cues: Annotated[
        str | None,
        typer.Option(
            help="Cues of pairs: length, format, confidence, author. Of a log: its columns.",
            metavar="NAME,…",
        ),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(
            help="Of pairs: write all versions here, to be scored elsewhere.", metavar="FILE"
        ),
    ] = None,
    *,
    how: options.Asking,
) -> Finding:
    """Say how far a grader goes by length, format, confidence or author, and how far by content."""
    from fullmenu.cli.diagnoses import columns
    from fullmenu.diagnose.goals.graders import judge_cues
    from fullmenu.errors import BadInput

    chosen = None if cues is None else [name.strip() for name in cues.split(",")]
    found = columns.read(table, [], [*_SCORED, *_PAIRS, "good", "bad", "output", *(chosen or ())])
    if set(_SCORED) <= set(found):
        given = [found[name] for name in ("cue", "item", "content", "on", "score")]
        return judge_cues(*given, seeds=found.get("seed"), subject=table.stem)
    good, bad = (found.get(a) or found.get(b) for a, b in (("chosen", "good"), ("rejected", "bad")))
    if good and bad and "prompt" in found:
        return _of_pairs(table, found["prompt"], good, bad, chosen, write, how)
    if {"prompt", "output", "score", "content"} <= set(found):
        return _of_log(table, found, chosen)
    raise BadInput(
        f"{table} has of the columns that are known only {', '.join(found) or 'none'}; give "
        f"prompt, chosen, rejected; or {', '.join(_SCORED)}; or prompt, output, score, content"
    )


_SCORED = ("item", "cue", "content", "on", "score")
_PAIRS = ("prompt", "chosen", "rejected", "seed")


def _of_pairs(
    table: Path,
    prompts: Sequence[Any],
    good: Sequence[Any],
    bad: Sequence[Any],
    chosen: list[str] | None,
    write: Path | None,
    how: options.Asking,
) -> Finding:
    from fullmenu.diagnose.goals.graders import GradedPair, cue_versions, judge_cues
    from fullmenu.diagnose.goals.ratings import ratings
    from fullmenu.files import replace_file
    from fullmenu.text.chat import completion_text, prompt_text

    pairs = [
        GradedPair(prompt_text(p), completion_text(a), completion_text(b))
        for p, a, b in zip(prompts, good, bad, strict=True)
    ]
    versions = cue_versions(pairs, chosen)
    if write is not None:
        lines = [json.dumps(version._asdict(), ensure_ascii=False) for version in versions]
        replace_file(write, ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"))
        typer.echo(f"{len(versions):,} versions of {len(pairs):,} pairs in {write}")
        typer.echo("next: add a score to each line, then give that file to this command")
        raise typer.Exit
    if how.model is None and how.local is None:
        raise typer.BadParameter(
            f"{table} holds pairs without scores: name a judge by --model (and --endpoint), or "
            "--write the versions and score them elsewhere", param_hint="--model",
        )  # fmt: skip
    rated = ratings(
        versions, how.target(), parameters=how.given(), concurrency=how.concurrency,
        seed=how.seed, budget=how.bounds(),
    )  # fmt: skip
    whole = _whole(versions, rated)
    return judge_cues(
        [v.cue for v, _ in whole], [v.item for v, _ in whole], [v.content for v, _ in whole],
        [v.on for v, _ in whole], [score for _, score in whole],
        subject=how.model or str(how.local),
    )  # fmt: skip


def _whole(versions: Sequence[Version], rated: dict[int, float]) -> list[tuple[Version, float]]:
    """Return the rated versions of items of which all four are."""
    by_item: dict[tuple[str, int], list[int]] = {}
    for i in rated:
        by_item.setdefault((versions[i].cue, versions[i].item), []).append(i)
    return [(versions[i], rated[i]) for rows in by_item.values() if len(rows) == 4 for i in rows]


def _of_log(table: Path, found: dict[str, list[Any]], chosen: list[str] | None) -> Finding:
    from fullmenu.diagnose.goals.cues import measured
    from fullmenu.diagnose.goals.graders import cues_in_scores

    read = measured([str(text or "") for text in found["output"]])
    varied = {name: values for name, values in read.items() if len(set(values)) > 1}
    cues = {name: found.get(name) or varied.get(name) for name in chosen or varied}
    missing = [name for name, values in cues.items() if values is None]
    if missing:
        raise typer.BadParameter(
            f"{', '.join(missing)}: no column, and not read off texts; these are: "
            f"{', '.join(varied)}", param_hint="--cues",
        )  # fmt: skip
    return cues_in_scores(
        found["prompt"], found["content"], found["score"],
        {name: values for name, values in cues.items() if values is not None}, subject=table.stem,
    )  # fmt: skip
