"""Agents: the share of runs in a loop, and how varied the ways are, those that succeed too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from fullmenu.cleaner import one_line
from fullmenu.diagnose.goals.intent import check_share
from fullmenu.diagnose.trajectories.conversations import Runs, read_runs
from fullmenu.diagnose.trajectories.repetition import LOOPS, Stretch, stretches
from fullmenu.diagnose.trajectories.routes import rows_of_paths
from fullmenu.diagnose.trajectories.trajectory import Trajectory
from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding, FindingVerdict
from fullmenu.kernel.rates import FIXED_PROMPTS, effective_number, rate_estimate, within
from fullmenu.stats.proportion import share

BY_MISTAKE = 0.02
"""So many sound runs, at most, are taken for looping ones (``benchmarks/agents.py``)."""
FEW = 0.05
LISTED = 8


def agent_loops(
    runs: Runs, *, few: float = FEW, success: float = 1.0, subject: str = "agent"
) -> Finding:
    """Diagnose whether an agent goes round in loops, and how many ways it has that succeed.

    A loop: the same call four times or more, a cycle of calls three times or more, or five calls
    or more whose arguments only drift, while nothing new comes back. Polling is none: the agent
    waits, or what comes back is under way. ``warning``: the interval of the share of runs in a
    loop lies above 0.02, the share that is taken for one by mistake; ``ok``: it lies below
    ``few``. Beside it stand how often two runs of a task go the same way, the effective number of
    ways, and that of the ways that succeed.

    Parameters
    ----------
    runs, success
        As :func:`read_runs` takes them.
    few
        The share of runs that is still all right, declared beforehand.
    subject
        What the agent is called.

    Raises
    ------
    NotEnoughData
        No tool call, or fewer than two runs.
    BadInput
        The log cannot be read; a share outside (0, 1).

    Examples
    --------
    >>> def run(n, stuck):
    ...     calls = [("find", n), ("open", n)] + [("find", 0)] * (5 * stuck)
    ...     return {"task_id": n // 4, "success": not stuck, "steps": [
    ...         {"tool": tool, "arguments": {"id": k}, "result": "not found"} for tool, k in calls]}
    >>> found = agent_loops([run(n, stuck=n % 2) for n in range(24)])
    >>> found.verdict, found.gap.value
    ('warning', 0.5)
    """
    check_share("few", few, FEW)
    given = [run for run in read_runs(runs, success=success) if run.steps]
    if len(given) < 2:
        raise NotEnoughData(f"{len(given)} run with tool calls: give at least 2, better 100")
    told = [stretches(run) for run in given]
    _, tasks = np.unique([run.task for run in given], return_inverse=True)
    groups = tasks if len(np.unique(tasks)) >= FIXED_PROMPTS else None

    def of_kind(*kinds: str) -> Estimate:
        hits = [float(any(stretch.kind in kinds for stretch in those)) for those in told]
        try:
            return share(hits, groups=groups, unit="share of runs")
        except NotEnoughData:
            return share(hits, unit="share of runs")

    caught = of_kind(*LOOPS)
    evidence = {f"runs with {_called(kind)}": of_kind(kind) for kind in (*LOOPS, "polling")}
    notes = _worst(given, told)
    silent = sum(all(step.result is None for step in run.steps) for run in given)
    if silent:
        notes.append(f"{silent:,} of {len(given):,} runs do not say what came back.")
    evidence |= _ways(given, tasks, notes)
    verdict: FindingVerdict = (
        "warning" if caught.above(BY_MISTAKE) else "ok" if caught.below(few) else "inconclusive"
    )
    steps = sum(s.stop - s.start - s.period for those in told for s in those if s.kind in LOOPS)
    total = sum(len(run.steps) for run in given)
    looping = sum(any(s.kind in LOOPS for s in those) for those in told)
    why = {
        "warning": f"{looping:,} of {len(given):,} runs go round in a loop, {caught}; "
        f"{steps:,} of {total:,} calls are spent there.",
        "ok": f"{looping:,} of {len(given):,} runs go round in a loop, {caught}, below {few:g}.",
        "inconclusive": f"{looping:,} of {len(given):,} runs go round in a loop, {caught}, "
        f"against {few:g}: more runs, of more tasks, would tell.",
    }[verdict]
    return Finding(
        "agent loops",
        "hazard",
        subject,
        "going on",
        "getting on: each call brings something new",
        caught,
        f"sound runs taken for looping ones: {BY_MISTAKE:g} at most",
        len(given),
        1,
        verdict,
        why,
        "Where a log does not hold what came back, only calls that are the same, or nearly, can be "
        "told; polling is then told by the tool's name or by waits.",
        "Stop a run at the loop's third round, and tell the agent what it has tried already.",
        evidence,
        notes,
    )


def _called(kind: str) -> str:
    return {"same call": "the same call", "cycle": "a cycle of calls"}.get(kind, kind)


def _ways(given: Sequence[Trajectory], tasks: np.ndarray, notes: list[str]) -> dict[str, Estimate]:
    """Return how alike the runs of a task are, and the effective numbers of ways."""
    evidence: dict[str, Estimate] = {}
    known = np.array([run.success is not None for run in given])
    won = np.array([bool(run.success) for run in given])
    if known.sum() > 1:
        evidence["runs that succeed"] = share(won[known].astype(float), unit="share of runs")
    rows = rows_of_paths(given)
    for name, chosen in (("ways", np.ones(len(given), bool)), ("ways that succeed", won)):
        at = np.flatnonzero(chosen)
        if name == "ways that succeed" and not known.any():
            continue
        _, groups = np.unique(tasks[at], return_inverse=True)
        try:
            rate = rate_estimate(within(rows[at], groups, int(groups.max()) + 1).replicates())
            if name == "ways":
                evidence["two runs of a task go the same way"] = rate
            evidence[f"effective number of {name}"] = effective_number(rate, "ways")
        except (NotEnoughData, ValueError) as error:
            notes.append(f"The effective number of {name} is not known: {error}.")
    return evidence


def _worst(given: Sequence[Trajectory], told: Sequence[Sequence[Stretch]]) -> list[str]:
    """Say of the longest loops where they are, and which calls come most often in loops."""
    loops = [
        (stretch.stop - stretch.start, run, stretch)
        for run, those in zip(given, told, strict=True)
        for stretch in those
        if stretch.kind in LOOPS
    ]
    loops.sort(key=lambda loop: -loop[0])
    notes = [
        f"run {one_line(run.run or '?', 40)}, steps {s.start + 1} to {s.stop}: {_called(s.kind)}, "
        f"{s.times} times: {_calls(run, s)}"
        for _, run, s in loops[:LISTED]
    ]
    if len(loops) > LISTED:
        tools = Counter(run.steps[s.start].name for _, run, s in loops)
        often = ", ".join(f"{one_line(t, 40)} ({n})" for t, n in tools.most_common(3))
        notes.append(f"{len(loops) - LISTED} loops more; most begin with {often}")
    return notes


def _calls(run: Trajectory, stretch: Stretch) -> str:
    steps = run.steps[stretch.start : stretch.start + min(stretch.period, 3)]
    said = " → ".join(one_line(f"{step.name}({step.arguments})", 60) for step in steps)
    return said + " → …" * (stretch.period > 3)
