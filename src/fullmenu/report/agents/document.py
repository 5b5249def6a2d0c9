"""The document of an agent's runs, typed."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from fullmenu.estimate import Estimate
from fullmenu.report.document import Count

LoopKind = Literal["same call", "alternating calls", "cycle of calls", "drifting arguments"]


class LoopingRun(Struct, frozen=True, kw_only=True):
    """A run with a loop.

    Parameters
    ----------
    task, run
        Which.
    kind
        The same call, two that alternate, a longer cycle, or one whose arguments drift.
    start, calls
        The call it begins with, counted from 1, and how many it takes.
    tools
        The tools of one round.
    """

    task: str
    run: str
    kind: LoopKind
    start: Count
    calls: Count
    tools: list[str]


class AgentsDocument(
    Struct, frozen=True, kw_only=True, tag_field="schema", tag="fullmenu/agents/1"
):  # fmt: skip
    """The runs of an agent: loops, sameness, and different ways to success.

    Parameters
    ----------
    runs, tasks, calls
        How many.
    looping
        The share of runs with a loop.
    loops
        The loops, the longest first.
    paths
        The effective number of paths that runs of one task take: tools in order.
    successes
        How many runs reached the score that counts as success.
    successful_paths
        The same of these only; left out where there are too few of one task.
    caveats
        Sentences.
    """

    runs: Count
    tasks: Count
    calls: Count
    looping: Estimate | UnsetType = UNSET
    loops: list[LoopingRun]
    paths: Estimate | UnsetType = UNSET
    successes: Count | UnsetType = UNSET
    successful_paths: Estimate | UnsetType = UNSET
    caveats: list[str]
