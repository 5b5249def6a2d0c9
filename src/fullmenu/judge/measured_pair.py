"""Measures asked for by name (``--measures``), before and after; with what changed by prompt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.judge.materials import Log, Material, chosen, given
from fullmenu.judge.measured import (
    Block,
    across,
    by_prompt,
    heading,
    mean_over,
    one_of_each,
    rows_of,
    shown,
    values_of,
    within,
)
from fullmenu.judge.pairing import Pair
from fullmenu.measures.registry import Measure
from fullmenu.views.registry import View

Logs = tuple[Log, Log]
Both = Sequence[Material]


def of_pair(
    measures: Sequence[Measure], both: Pair, views: Sequence[View], tell: Callable[[str], None]
) -> Block:
    """Return the report's block of measures, before and after; empty where none was asked for.

    A row of ``measures`` is as for one log, but ``within`` and ``across`` hold ``before``,
    ``after`` and, within prompts, their ``change``; a measure that takes a reference has ``value``
    instead: after, judged against before.
    """
    if not measures:
        return {}
    tell("measures")
    logs = _logs(both, views)
    return {
        "measures": [
            {
                **heading(m, of[0].of, logs[0]),
                **(_against if m.against else _beside)(m, of, logs, both),
            }
            for m, of in given(measures, logs)
        ]
    }


def _logs(both: Pair, views: Sequence[View]) -> Logs:
    first, second = (
        Log(side.samples, side.groups, views, chosen(side.groups)) for side in both.sides
    )
    if not both.paired:
        return first, second
    common = np.intersect1d(first.prompts, second.prompts)
    return (
        replace(first, rows=first.rows[np.isin(first.prompts, common)]),
        replace(second, rows=second.rows[np.isin(second.prompts, common)]),
    )


def _beside(m: Measure, of: Both, logs: Logs, both: Pair) -> Block:
    sides = list(zip(("before", "after"), of, logs, strict=True))
    return {
        "within": _within(m, of, logs, both.paired),
        "across": {name: shown(across, m, x, log) for name, x, log in sides},
    }


def _within(m: Measure, of: Both, logs: Logs, paired: bool) -> Block:
    before, after = (len(np.unique(log.prompts)) for log in logs)
    if 1 in (before, after):
        first, second = (shown(within, m, x, log) for x, log in zip(of, logs, strict=True))
        why = {"undefined": "one prompt only: the change has no interval over prompts"}
        return {"before": first, "after": second, "change": why if paired else None}
    (was, why_was), (now, why_now) = (values_of(m, x, log) for x, log in zip(of, logs, strict=True))
    moved = {p: now[p] - was[p] for p in was if p in now}
    return {
        "before": shown(mean_over, was, before, m.unit, why_was),
        "after": shown(mean_over, now, after, m.unit, why_now),
        "change": shown(mean_over, moved, before, m.unit, why_was or why_now) if paired else None,
    }


def _against(m: Measure, of: Both, logs: Logs, both: Pair) -> Block:
    return {
        "within": {"value": shown(_against_within, m, of, logs, both)},
        "across": {"value": shown(_against_across, m, of, logs)},
    }


def _against_within(m: Measure, of: Both, logs: Logs, both: Pair) -> Estimate:
    before, after = of
    first, second = logs
    prompts = np.unique(first.prompts)
    if len(prompts) == 1 or not both.paired:
        return m.function(after.take(second.rows), before.take(first.rows))

    def one(p: int) -> Estimate:
        return m.function(after.take(rows_of(second, p)), before.take(rows_of(first, p)))

    values, why = by_prompt(prompts, one)
    return mean_over(values, len(prompts), m.unit, why)


def _against_across(m: Measure, of: Both, logs: Logs) -> Estimate:
    before, after = (x.apart(one_of_each(log)) for x, log in zip(of, logs, strict=True))
    return m.function(after, before)
