"""Measures asked for by name (``--measures``), before and after; with what changed by prompt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from fullmenu.checkup.materials import Log, Material, chosen, materials
from fullmenu.checkup.measured import (
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
from fullmenu.comparison.pairing import Pair
from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
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
            for m in measures
            for of in materials(m, logs)
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
    found: Block = {
        question: {
            name: shown(take, m, x, log)
            for name, x, log in zip(("before", "after"), of, logs, strict=True)
        }
        for question, take in (("within", within), ("across", across))
    }
    found["within"]["change"] = shown(_change, m, of, logs) if both.paired else None
    return found


def _change(m: Measure, of: Both, logs: Logs) -> Estimate:
    (first, why), (second, why_not) = (
        values_of(m, x, log) for x, log in zip(of, logs, strict=True)
    )
    common = [p for p in first if p in second]
    if len(np.unique(logs[0].prompts)) == 1:
        raise NotEnoughData("one prompt only: the change has no interval over prompts")
    changes = {p: second[p] - first[p] for p in common}
    return mean_over(changes, len(np.unique(logs[0].prompts)), m.unit, why or why_not)


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
