"""``fullmenu diagnose agent-loops``: does an agent go round in circles?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fullmenu.finding import Finding

EXAMPLES = """[bold]Examples[/bold]

  fullmenu diagnose agent-loops runs.jsonl

  fullmenu diagnose agent-loops tau-results.json --html agent.html

  fullmenu diagnose agent-loops traces.jsonl --few 0.01 --json

A run is a record with a conversation (messages, traj …) whose turns hold tool calls and what came
back; a record with steps (tool, arguments, result); or all model calls of one traceId. Give task_id
and success (or reward) where you have them: ways are counted among the runs of a task.
"""


def agent_loops(
    runs: Annotated[Path, typer.Argument(help="JSON or JSON lines; see below.", metavar="FILE")],
    few: Annotated[
        float, typer.Option(help="The share of runs in a loop that is still all right.")
    ] = 0.05,
    success: Annotated[
        float, typer.Option(help="A run with this score or reward, or more, succeeded.")
    ] = 1.0,
) -> Finding:
    """Say how many runs of an agent go round in a loop, and how many ways succeed."""
    from fullmenu.diagnose.trajectories.diagnosis import agent_loops as diagnose

    return diagnose(runs, few=few, success=success, subject=runs.stem)
