"""``fullmenu diagnose forgetting``: what could the earlier checkpoint do that the later cannot?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fullmenu.finding import Finding

EXAMPLES = """[bold]Examples[/bold]

  fullmenu diagnose forgetting results/base/ results/tuned/

  fullmenu diagnose forgetting base/ tuned-1/ base/ tuned-2/ base/ tuned-3/

  fullmenu diagnose forgetting stages.csv --html forgetting.html

Each a file or folder: samples of lm-evaluation-harness, logs of Inspect, or a table with the
columns item, score and, if there, suite, seed, checkpoint, group. Several pairs are several
training runs. One table alone holds two checkpoints, or a sequence of as many as there are suites.
"""


def forgetting(
    results: Annotated[
        list[str],
        typer.Argument(
            help="Results of the earlier checkpoint, then of the later; a pair for each run.",
            metavar="BEFORE AFTER …",
        ),
    ],
    margin: Annotated[
        float, typer.Option(help="The largest loss of mean score that is called none.")
    ] = 0.02,
    chance: Annotated[float, typer.Option(help="What guessing scores, such as 0.25.")] = 0.0,
) -> Finding:
    """Say whether a checkpoint forgot what an earlier one could do, suite by suite."""
    from fullmenu.diagnose import forgetting as diagnose

    if len(results) == 1:
        return _of_one(results[0], margin, chance)
    if len(results) % 2:
        raise typer.BadParameter(
            f"{len(results)} results do not make pairs: give BEFORE AFTER, once for each run",
            param_hint="BEFORE AFTER",
        )
    names = [Path(name).name or name for name in results]
    subject = f"{names[1]} against {names[0]}"
    if len(results) > 2:
        subject += f", {len(results) // 2} runs"
    return diagnose(results[::2], results[1::2], margin=margin, chance=chance, subject=subject)


def _of_one(name: str, margin: float, chance: float) -> Finding:
    from fullmenu.diagnose import forgetting as diagnose
    from fullmenu.diagnose import learned_and_last, read_results
    from fullmenu.errors import BadInput

    results = read_results(name)
    stages = results.checkpoints
    if len(stages) < 2:
        raise BadInput(
            f"{name} holds one checkpoint; give the results of two, BEFORE AFTER, or a table with "
            "a column checkpoint"
        )
    if len(stages) == 2:
        before, after = (results.only(stage) for stage in stages)
    else:
        before, after = learned_and_last(results)
    subject = f"{stages[-1]} against {stages[0]}"
    if len(stages) > 2:
        subject = f"{stages[-1]} against when each suite was learned"
    return diagnose(before, after, margin=margin, chance=chance, subject=subject[:200])
