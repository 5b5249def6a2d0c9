"""Looking at the logs of a case through every view; of texts, at matched lengths too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.judge import boilerplate, lengths
from fullmenu.judge.boilerplate import Boilerplate
from fullmenu.judge.case import Case, Ints, OrderedLog, few_of_each, first_of_each
from fullmenu.judge.lengths import Window
from fullmenu.kernel.prompt_match import even_rows
from fullmenu.kernel.rates import FIXED_PROMPTS, Within, across, within
from fullmenu.kernel.rows import Features
from fullmenu.stats.jackknife import Replicates
from fullmenu.text.tokens import count_words
from fullmenu.views.registry import View

NEVER_TWICE = (
    "no output comes twice in a prompt, as in lists of items, so only different prompts are judged"
)

Question = Literal["within", "across"]
"""The same prompt twice, or two different prompts."""

QUESTIONS: tuple[Question, ...] = ("within", "across")


@dataclass(frozen=True, slots=True)
class Sight:
    """What one view saw in one log."""

    within: Within  # repeat rates by prompt
    across: Replicates | None  # pairs of different prompts; None with fewer than six
    features: Features | None = None  # the unit rows, where dishes are told apart by them
    alone: Features | None = None  # those at `even_rows` without their prompts, of a small log
    even: Sight | None = None  # at as many outputs of each prompt as the other log has, if fewer


class Rate(NamedTuple):
    """The repeat rate of one log; or why it has none."""

    replicates: Replicates | None
    undefined: str
    prompts: Ints | None = None  # which ones, on the numbering of the case


@dataclass(frozen=True, slots=True)
class Sights:
    """What every view saw in the logs of a case."""

    case: Case
    by_view: dict[str, tuple[Sight, ...]]  # one sight a log
    mean_words: tuple[float, ...] = ()  # of each log; empty where they cannot be cut
    matched: tuple[OrderedLog, ...] = ()  # cut to matched lengths; empty where they hardly differ
    by_view_matched: dict[str, tuple[Sight, ...]] | None = None  # what every view saw in these
    by_view_anywhere: dict[str, tuple[Sight, ...]] | None = None  # cut to stretches from anywhere
    plate: Boilerplate | None = None  # what nearly all outputs share, where that is most of a text
    free: Sights | None = None  # what was seen in what it leaves

    @property
    def rows(self) -> list[Features]:
        """The unit rows of each log, in the view that tells dishes apart."""
        eyes = self.by_view[self.case.eyes.name] if self.case.eyes else ()
        return [sight.features for sight in eyes if sight.features is not None]

    def rates(
        self,
        view: str,
        question: Question,
        *,
        matched: Window | None = None,
        even: bool = False,
    ) -> list[Rate]:
        """Return the repeat rate of each log; where logs pair up, over prompts judged in all.

        ``matched``: at matched lengths, cut to that window; ``even``: at equal numbers of outputs
        of each prompt.
        """
        seen = {"first": self.by_view_matched, "anywhere": self.by_view_anywhere}
        sights = ((seen[matched] or {}) if matched else self.by_view)[view]
        if even:
            sights = tuple(sight.even or sight for sight in sights)
        if question == "across":
            present = np.unique(self.case.logs[0].groups) if self.case.paired else None
            return [Rate(sight.across, "fewer than six prompts", present) for sight in sights]
        judged = np.logical_and.reduce([sight.within.judged for sight in sights])
        prompts = np.flatnonzero(judged) if self.case.paired else None
        rates = [_inside(sight.within, prompts) for sight in sights]
        whole = any(v.whole for v in self.case.views if v.name == view)
        if whole and all(map(_never_twice, sights, rates)):
            return [Rate(None, NEVER_TWICE, prompts) for _ in sights]
        return rates


def look(case: Case) -> Sights:
    """Look at every log through every view.

    Where lengths differ, at matched lengths again; and where most of a text is the same in nearly
    all outputs of both logs, at what is left without it.
    """
    sights = _look(case)
    plate = boilerplate.find(case.logs) if _cuttable(case) else None
    if plate is None:
        return sights
    logs = tuple(boilerplate.without(log, plate) for log in case.logs)
    return replace(sights, plate=plate, free=_look(replace(case, logs=logs, eyes=None)))


def _cuttable(case: Case) -> bool:
    """Whether these are two logs of texts, and some view can look at a part of one."""
    some = not all(view.whole for view in case.views)
    return case.media == "text" and len(case.logs) == 2 and some


def _look(case: Case) -> Sights:
    words: tuple[float, ...] = ()
    matched: tuple[OrderedLog, ...] = ()
    anywhere: tuple[OrderedLog, ...] = ()
    if _cuttable(case):
        words = tuple(float(count_words(log.outputs).mean()) for log in case.logs)
        if lengths.differ(*words):
            before, after = case.logs
            matched = lengths.matched(before, after)
            anywhere = lengths.matched(before, after, "anywhere")
    by_view = {}
    by_view_matched = {}
    by_view_anywhere = {}
    for view in case.views:
        case.tell(f"view {view.name}")
        by_view[view.name] = _through(view, case.logs, case, view is case.eyes, alone=True)
        if matched:
            by_view_matched[view.name] = _through(view, matched, case, False)
            if view.windowed:
                by_view_anywhere[view.name] = _through(view, anywhere, case, False)
    return Sights(case, by_view, words, matched, by_view_matched, by_view_anywhere)


def _through(
    view: View, logs: Sequence[OrderedLog], case: Case, keep: bool, alone: bool = False
) -> tuple[Sight, ...]:
    uneven = len(logs) > 1 and _uneven(logs, case)
    kept: list[_Rows] = []
    sights: list[Sight] = []
    for log in logs:
        rows = _rows(view, log)
        sights.append(
            replace(
                _sight(rows, case),
                features=rows.features if keep else None,
                alone=_alone(log, rows) if alone else None,
            )
        )
        if uneven:
            kept.append(rows)
        del rows  # before the other log's are made
    if not uneven or not _carried(sights):
        return tuple(sights)
    evened = _evened(kept[0], kept[1])
    return tuple(
        replace(sight, even=_sight(part, case)) for sight, part in zip(sights, evened, strict=True)
    )


def _rows(view: View, log: OrderedLog) -> _Rows:
    features = view.rows(log.outputs, log.prompts)
    rows = few_of_each(log.groups)
    apart = features[rows]
    if view.reads_prompt and any(log.prompts):
        apart = view.rows([log.outputs[i] for i in rows], [None] * len(rows))
    return _Rows(features, log.groups, apart, log.groups[rows])


def _alone(log: OrderedLog, rows: _Rows) -> Features | None:
    """The rows of the outputs that are matched to prompts; ``None`` of a large log.

    There a few rows are soon made again, and would be kept while those of other views are made.
    """
    if len(rows.apart_groups) < len(rows.groups):
        return None
    try:
        return rows.apart[even_rows(log.groups).ravel()]
    except NotEnoughData:
        return None


def _sight(rows: _Rows, case: Case) -> Sight:
    prompts = len(case.ids)
    several = len(np.unique(rows.groups)) >= FIXED_PROMPTS
    return Sight(
        within(rows.features, rows.groups, prompts),
        across(rows.apart, rows.apart_groups, prompts, case.seed) if several else None,
    )


def _uneven(logs: Sequence[OrderedLog], case: Case) -> bool:
    before, after = (np.bincount(log.groups) for log in logs)
    return case.paired and not np.array_equal(before, after)


def _carried(sights: Sequence[Sight]) -> bool:
    """Whether one prompt carries any of the rates, so that numbers must be even."""
    prompts = np.flatnonzero(np.logical_and.reduce([sight.within.judged for sight in sights]))
    within = [_inside(sight.within, prompts).replicates for sight in sights]
    return any(r.fragile() for r in (*within, *(sight.across for sight in sights)) if r)


class _Rows(NamedTuple):
    features: Features
    groups: Ints
    apart: Features  # a few of each prompt, as they are compared across prompts
    apart_groups: Ints


def _evened(before: _Rows, after: _Rows) -> tuple[_Rows, _Rows]:
    """Leave as many outputs of each prompt as the side with fewer has: the first, a random few."""
    a, b = first_of_each(before.groups, after.groups)
    c, d = first_of_each(before.apart_groups, after.apart_groups)
    return (
        _Rows(before.features[a], before.groups[a], before.apart[c], before.apart_groups[c]),
        _Rows(after.features[b], after.groups[b], after.apart[d], after.apart_groups[d]),
    )


def _never_twice(sight: Sight, rate: Rate) -> bool:
    """Whether outputs repeat in no prompt though they can be compared across prompts."""
    return bool(sight.across and rate.replicates and rate.replicates.value <= 0)


def _inside(sums: Within, prompts: Ints | None) -> Rate:
    try:
        return Rate(sums.replicates(prompts), "", prompts)
    except NotEnoughData as error:
        return Rate(None, str(error))
