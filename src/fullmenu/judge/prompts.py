"""Single prompts: the most repetitive ones of a log, and those that lost most between two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import UNSET

from fullmenu.judge.case import Ints, OrderedLog
from fullmenu.judge.gallery import DISHES, of_prompt
from fullmenu.judge.look import Sights
from fullmenu.judge.plates import shortened
from fullmenu.kernel.likeness import PairSums
from fullmenu.kernel.rates import Within, interval_over_outputs
from fullmenu.report.document import CheckedPrompt, ComparedPrompt, LogPictures, PromptRate, Sides

LISTED = 400
"""Prompts listed at most."""

WITH_INTERVAL = 40
"""Prompts of the list that get an interval; more would make it large, and none is drawn."""


def most_repetitive(sights: Sights) -> list[CheckedPrompt]:
    """Return repeat rates of single prompts of one log, the most repetitive first."""
    (log,) = sights.case.logs
    within = {view: sight.within for view, (sight,) in sights.by_view.items()}
    judged = np.logical_and.reduce([w.judged for w in within.values()])
    rate = np.mean([w.rates for w in within.values()], axis=0)
    order = np.flatnonzero(judged)[np.argsort(-rate[judged], kind="stable")][:LISTED].tolist()
    rates = {view: of_prompts(w, order) for view, w in within.items()}
    example = _examples(log)
    return [
        CheckedPrompt(
            prompt_id=sights.case.ids[k],
            prompt=example[k][0],
            example=example[k][1],
            views={view: rates[view][i] for view in rates},
            pictures=LogPictures(of_prompt(log, k)) if _pictured(sights, i) else UNSET,
        )
        for i, k in enumerate(order)
    ]


def lost_most(sights: Sights) -> list[ComparedPrompt]:
    """Return repeat rates of single prompts before and after, those that lost most first.

    A loss is the rise of the repeat rate, averaged over views.
    """
    before, after = sights.case.logs
    within = {view: [sight.within for sight in sides] for view, sides in sights.by_view.items()}
    judged = np.logical_and.reduce([w.judged for sides in within.values() for w in sides])
    if not sights.case.paired or not judged.any():
        return []
    rise = np.mean([now.rates - was.rates for was, now in within.values()], axis=0)
    lost = np.flatnonzero(judged & (rise > 0))
    order = lost[np.argsort(-rise[lost], kind="stable")][:LISTED].tolist()
    rates = {view: [of_prompts(w, order) for w in sides] for view, sides in within.items()}
    example = _examples(after)
    return [
        ComparedPrompt(
            prompt_id=sights.case.ids[k],
            prompt=example[k][0],
            example=example[k][1],
            rise=float(rise[k]),
            views={view: Sides(was[i], now[i]) for view, (was, now) in rates.items()},
            pictures=Sides(of_prompt(before, k), of_prompt(after, k))
            if _pictured(sights, i)
            else UNSET,
        )
        for i, k in enumerate(order)
    ]


def _examples(log: OrderedLog) -> dict[int, tuple[str | None, str]]:
    """Return the text of each prompt, and an output."""
    rows = zip(log.groups.tolist(), log.prompts, log.outputs, strict=True)
    last = {k: (prompt, output) for k, prompt, output in rows}
    return {
        k: (None if prompt is None else shortened(prompt), shortened(output))
        for k, (prompt, output) in last.items()
    }


def _pictured(sights: Sights, place: int) -> bool:
    return sights.case.media == "image" and place < DISHES


def of_prompts(within: Within, prompts: Sequence[int]) -> list[PromptRate]:
    """Return the repeat rate of single prompts, those first in the list with an interval.

    The interval is over the outputs of the prompt, as in :func:`fullmenu.measures.repeat_rate`.
    """
    first = np.asarray(prompts[:WITH_INTERVAL], np.int64)
    rows = np.flatnonzero(np.isin(within.groups, first))
    groups: Ints = within.groups[rows]
    rates = []
    for i, k in enumerate(prompts):
        low = high = None
        if i < len(first):
            mine = rows[groups == k]
            sums = PairSums(within.sums.same[mine], within.sums.partners[mine])
            low, high = interval_over_outputs(sums)
        rates.append(PromptRate(float(within.rates[k]), low, high))
    return rates
