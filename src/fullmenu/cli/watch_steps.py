"""``fullmenu watch ROLLOUTS --by step``: what a trainer wrote to disk, step after step."""

from __future__ import annotations

import json as jsons
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fullmenu.cli import options, work
from fullmenu.errors import BadInput, UnknownName
from fullmenu.estimate import VARIETY_LOST

if TYPE_CHECKING:
    from fullmenu.samples import Samples
    from fullmenu.train import Watch
    from fullmenu.train.looks import Look

GRADES = ("pass_1", "without_gradient", "entropy")


def watch_steps(
    log: str,
    by: str,
    baseline: str | None,
    how: options.Watching,
    files: options.Files,
    json: bool,
    quiet: bool,
) -> None:
    """Hand the outputs of each step to a watch of training, and print what each look shows."""
    from fullmenu.train.watch import Watch
    from fullmenu.views.registry import eyes

    models = work.model_of_each(how.model, 2)
    with work.steps(2, quiet or json) as tell:
        tell("reading")
        logs = _by_step(log, by, lambda path: files.read(path, quiet, models[1]))
        before = None if baseline is None else files.read(baseline, quiet, models[0])
        tell("watching")
        watch = Watch(
            every=1,
            views=work.names(how.views),
            run_length=how.run_length,
            baseline=min(4, max(1, len(logs) // 2)) if before is None else before,
            **work.encoder(how.semantic, tell, next(iter(logs.values())).media),
        )
    view = eyes(watch.views).name
    for step in sorted(logs):
        samples = logs[step]
        ids = [samples.prompt_ids[g] for g in samples.groups]
        asked = [p or name for p, name in zip(samples.prompts, ids, strict=True)]
        scores = samples.column("score")
        known = scores if any(x is not None for x in scores) else None
        tokens = samples.column("logprobs")
        sampled = tokens if any(tokens) else None
        look = watch.completions(step, asked, samples.outputs, known, sampled)
        if look is not None:
            typer.echo(jsons.dumps({"step": step, **look.scalars()}) if json else _line(look, view))
    _end(watch, json)


def _by_step(log: str, by: str, read: Callable[[str], Samples]) -> dict[int, Samples]:
    """Return the outputs of each step: by a column, or by the numbers in the names of files."""
    samples = read(log)
    try:
        values = samples.column(by)
    except UnknownName as error:
        folder = Path(log)
        called = folder.iterdir() if by == "step" and folder.is_dir() else ()
        named = {_number_in(x.name): x for x in called}
        logs = {step: read(str(path)) for step, path in named.items() if step is not None}
        if not logs:
            raise BadInput(
                f"{error}; or give a folder whose files or folders have the step in their names, "
                "as step_40/ or 40.jsonl"
            ) from None
        return logs
    rows: dict[int, list[int]] = defaultdict(list)
    for row, value in enumerate(values):
        try:
            rows[int(value)].append(row)
        except (TypeError, ValueError):
            raise BadInput(
                f"output {row + 1} has no number as its {by} ({value!r:.60}); leave it out, or "
                "name another column with --by"
            ) from None
    return {step: samples.take(at) for step, at in rows.items()}


def _number_in(name: str) -> int | None:
    """Return the last number in a name without its ending.

    >>> _number_in("step_40"), _number_in("rollout.7.jsonl"), _number_in("notes.txt")
    (40, 7, None)
    """
    found = re.findall(r"\d+", re.sub(r"\.(jsonl?|parquet|csv|gz|zst)\b", "", name))
    return int(found[-1]) if found else None


def _line(look: Look, view: str) -> str:
    rate, number = look.rates[view], look.effective.get(view)
    shown = f"step {look.step:>6}  repeats {100 * rate.value:3.0f} in 100"
    shown += f"  {number.value:6.1f} answers" if number else "  no repeats   "
    shown += "".join(f"  {name} {x:.2f}" for name, x in look.means.items())
    shown += "".join(
        f"  {name.replace('_', ' ')} {look.grades[name].value:.2f}"
        for name in GRADES
        if name in look.grades
    )
    return shown + "".join(f"\n  ALARM: {alarm}" for alarm in look.alarms)


def _end(watch: Watch, json: bool) -> None:
    if not json:
        if watch.monitor is None:
            typer.echo("\nToo few outputs for a baseline, so no alarm could be raised.")
        else:
            said = [str(raised) for raised in watch.raised] or ["No alarm."]
            typer.echo("\n" + "\n".join([*said, *watch.notices, watch.guarantee]))
    if watch.raised:
        raise typer.Exit(VARIETY_LOST)
