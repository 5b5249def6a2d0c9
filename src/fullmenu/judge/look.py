"""Looking at the logs of a case through every view; of texts, at matched lengths too."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.judge import lengths
from fullmenu.judge.case import Case, Ints, OrderedLog, few_of_each
from fullmenu.kernel.rates import FIXED_PROMPTS, Within, across, within
from fullmenu.kernel.rows import Features
from fullmenu.stats.jackknife import Replicates
from fullmenu.text.tokens import count_words
from fullmenu.views.registry import View

Question = Literal["within", "across"]
"""The same prompt twice, or two different prompts."""

QUESTIONS: tuple[Question, ...] = ("within", "across")


@dataclass(frozen=True, slots=True)
class Sight:
    """What one view saw in one log."""

    within: Within  # repeat rates by prompt
    across: Replicates | None  # pairs of different prompts; None with fewer than six
    features: Features | None  # the unit rows, where dishes are told apart by them


class Rate(NamedTuple):
    """The repeat rate of one log; or why it has none."""

    replicates: Replicates | None
    undefined: str


@dataclass(frozen=True, slots=True)
class Sights:
    """What every view saw in the logs of a case."""

    case: Case
    by_view: dict[str, tuple[Sight, ...]]  # one sight a log
    mean_words: tuple[float, ...] = ()  # of each log; empty where they are not texts
    matched: tuple[OrderedLog, ...] = ()  # cut to matched lengths; empty where they hardly differ
    by_view_matched: dict[str, tuple[Sight, ...]] | None = None  # what every view saw in these

    @property
    def rows(self) -> list[Features]:
        """The unit rows of each log, in the view that tells dishes apart."""
        eyes = self.by_view[self.case.eyes.name] if self.case.eyes else ()
        return [sight.features for sight in eyes if sight.features is not None]

    def rates(self, view: str, question: Question, *, matched: bool = False) -> list[Rate]:
        """Return the repeat rate of each log; where logs pair up, over prompts judged in all."""
        sights = ((self.by_view_matched or {}) if matched else self.by_view)[view]
        if question == "across":
            return [Rate(sight.across, "fewer than six prompts") for sight in sights]
        judged = np.logical_and.reduce([sight.within.judged for sight in sights])
        prompts = np.flatnonzero(judged) if self.case.paired else None
        return [_inside(sight.within, prompts) for sight in sights]


def look(case: Case) -> Sights:
    """Look at every log through every view, and where lengths differ, at matched lengths again."""
    words: tuple[float, ...] = ()
    matched: tuple[OrderedLog, ...] = ()
    if case.media == "text" and len(case.logs) == 2:
        words = tuple(float(count_words(log.outputs).mean()) for log in case.logs)
        if lengths.differ(*words):
            matched = lengths.matched(*case.logs)
    by_view = {}
    by_view_matched = {}
    for view in case.views:
        case.tell(f"view {view.name}")
        by_view[view.name] = _through(view, case.logs, case, view is case.eyes)
        if matched:
            by_view_matched[view.name] = _through(view, matched, case, False)
    return Sights(case, by_view, words, matched, by_view_matched)


def _through(view: View, logs: Sequence[OrderedLog], case: Case, keep: bool) -> tuple[Sight, ...]:
    def one(log: OrderedLog) -> Sight:
        return _sight(view, log, len(case.ids), case.seed, keep)

    with ThreadPoolExecutor(len(logs)) as pool:
        return tuple(pool.map(one, logs))


def _sight(view: View, log: OrderedLog, prompts: int, seed: int, keep: bool) -> Sight:
    features = view.rows(log.outputs, log.prompts)
    rows = few_of_each(log.groups)
    apart = features[rows]
    if view.reads_prompt and any(log.prompts):
        apart = view.rows([log.outputs[i] for i in rows], [None] * len(rows))
    several = len(np.unique(log.groups)) >= FIXED_PROMPTS
    return Sight(
        within(features, log.groups, prompts),
        across(apart, log.groups[rows], prompts, seed) if several else None,
        features if keep else None,
    )


def _inside(sums: Within, prompts: Ints | None) -> Rate:
    try:
        return Rate(sums.replicates(prompts), "")
    except NotEnoughData as error:
        return Rate(None, str(error))
