"""``fullmenu demo``: the restaurant, trained, collapsed and measured before your eyes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from fullmenu.cli import work

EXAMPLES = """[bold]Examples[/bold]

  fullmenu demo

  fullmenu demo --folder restaurant --seed 7
"""


def demo(
    folder: Annotated[Path, Option(help="Where the logs and the report go.")] = Path(
        "fullmenu-demo"
    ),
    seed: Annotated[int, Option(help="Another seed, another restaurant.")] = 0,
) -> None:
    """Tune a small generative menu on a score, and see what becomes of its variety.

    Nothing is canned: a policy over two hundred dishes is trained here and now, for a second, on a
    score that only slightly prefers three of them; then it is sampled before and after.
    """
    from fullmenu.judge.two import compare
    from fullmenu.lab import restaurant
    from fullmenu.readers import read

    with work.steps(6, quiet=False) as tell:
        tell("training the kitchen")
        run = restaurant.run(seed=seed)
        folder.mkdir(parents=True, exist_ok=True)
        before, after = restaurant.write(run, folder)
        report = compare(
            read(before), read(after), labels=("before tuning", "after tuning"), progress=tell
        )
        html = report.save(folder / "report.html")
    first, last = run.history[0], run.history[-1]
    typer.echo(
        f"A kitchen of 200 dishes was tuned for {last.step} steps on its guests' score.\n"
        f"Score {first.reward:.2f} → {last.reward:.2f}. "
        f"Dishes it really cooks, per guest: {first.dishes:.0f} → {last.dishes:.1f}.\n"
        f"What Fullmenu sees in {len(run.before)} plates before and {len(run.after)} after:\n"
    )
    work.show(report, as_json=False, html=None)
    typer.echo(
        f"\nreport: {html}\nagain:  fullmenu compare {before} {after}\n"
        "yours:  fullmenu check outputs.jsonl"
    )
