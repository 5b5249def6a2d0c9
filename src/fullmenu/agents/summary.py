"""What the runs of an agent have in common: loops, sameness, ways to success."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from typing import Any

from msgspec import UNSET, UnsetType

from fullmenu.agents.loops import loops_in
from fullmenu.agents.trajectory import Trajectory, paths, trajectories
from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.judge.one import check
from fullmenu.report.agents.document import AgentsDocument, LoopingRun
from fullmenu.samples import Samples
from fullmenu.stats.proportion import share


def agent_runs(
    source: str | PathLike[str] | Samples | Iterable[Any], *, success: float = 1.0
) -> AgentsDocument:
    """Say which runs of an agent loop, and how many ways its runs take.

    Two runs of one task are the same path where they call the same tools in the same order. The
    effective number of paths is that of dishes: 1 over the chance that two runs of one task take
    the same path.

    Parameters
    ----------
    source
        As :func:`trajectories` takes it.
    success
        A run whose score is at least this succeeded.

    Raises
    ------
    NotEnoughData
        No tool call is in it.

    Examples
    --------
    >>> from fullmenu.agents import Step
    >>> ways = [("look", "book"), ("ask", "book"), ("look", "ask", "book")]
    >>> runs = [Trajectory(f"t{t}", f"{t}-{k}", tuple(Step(x, "{}") for x in ways[k % 3]), 1.0)
    ...         for t in range(8) for k in range(6)]
    >>> found = agent_runs(runs)
    >>> found.loops, round(found.paths.value)
    ([], 5)
    """
    runs = trajectories(source)
    looping = [(run, loop) for run in runs for loop in loops_in(run.steps)]
    names = {id(run) for run, _ in looping}
    succeeded = [run for run in runs if run.score is not None and run.score >= success]
    scored = any(run.score is not None for run in runs)
    caveats = []
    if not any(step.result is not None for run in runs for step in run.steps):
        caveats.append(
            "The log holds no results of tools: loops are told from polling by the tools' names."
        )
    if not scored:
        caveats.append("No run has a score, so ways to success cannot be counted.")
    return AgentsDocument(
        runs=len(runs),
        tasks=len({run.task for run in runs}),
        calls=sum(len(run.steps) for run in runs),
        looping=_looping(runs, names),
        loops=[
            LoopingRun(task=run.task, run=run.run, kind=loop.kind, start=loop.start + 1,
                       calls=loop.calls, tools=list(loop.tools))
            for run, loop in sorted(looping, key=lambda x: -x[1].calls)
        ],
        paths=_effective(runs),
        successes=len(succeeded) if scored else UNSET,
        successful_paths=_effective(succeeded) if succeeded else UNSET,
        caveats=caveats,
    )  # fmt: skip


def _looping(runs: Sequence[Trajectory], names: set[int]) -> Estimate | UnsetType:
    tasks = [run.task for run in runs]
    try:
        return share(
            [float(id(run) in names) for run in runs],
            groups=tasks if 1 < len(set(tasks)) < len(tasks) else None,
        )
    except NotEnoughData:
        return UNSET


def _effective(runs: Sequence[Trajectory]) -> Estimate | UnsetType:
    try:
        found = check(paths(runs), views=["exact"]).content
    except NotEnoughData:
        return UNSET
    view = getattr(found, "views", {}).get("exact")
    return (view.within.effective_number or UNSET) if view else UNSET
