"""``fullmenu agents``: loops and paths in the runs of an agent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from fullmenu.cli import options

EXAMPLES = """[bold]Examples[/bold]

  fullmenu agents runs.jsonl

  fullmenu agents runs.jsonl --success 0.9 --json

[bold]Runs[/bold]: JSONL or JSON, a run a record, with "messages" (or "traj") whose turns hold tool
calls and results as OpenAI or Anthropic write them, and "task_id", "score" or "reward". Other logs
with tool calls are read as by check.
"""


def agents(
    log: Annotated[Path, Argument(help="The file of runs.", metavar="LOG")],
    success: Annotated[float, Option(help="A run with this score or more succeeded.")] = 1.0,
    json: options.Json = False,
) -> None:
    """Say which runs of an agent loop, and how many different ways its runs take."""
    import json as jsons

    from rich.console import Console

    from fullmenu.agents.summary import agent_runs
    from fullmenu.report.agents.terminal import show
    from fullmenu.report.document import to_json

    found = agent_runs(log, success=success)
    if json:
        typer.echo(jsons.dumps(to_json(found), indent=2, allow_nan=False))
        return
    show(found, Console())
