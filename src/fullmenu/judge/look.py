"""Looking at the logs of a case through every view; of texts, at matched lengths too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from fullmenu.compiled import choice
from fullmenu.errors import NotEnoughData
from fullmenu.judge import boilerplate, lengths
from fullmenu.judge.boilerplate import Boilerplate
from fullmenu.judge.case import Case, Ints, OrderedLog, few_of_each, first_of_each
from fullmenu.judge.lengths import Window
from fullmenu.kernel.likeness import PairSums
from fullmenu.kernel.prompt_match import even_rows
from fullmenu.kernel.prompt_rates import PromptRates
from fullmenu.kernel.rates import FIXED_PROMPTS, Within, across, of_sums, within
from fullmenu.kernel.rows import Features, as_csr, is_thin, stacked
from fullmenu.stats.arrays import run_starts
from fullmenu.stats.jackknife import Replicates
from fullmenu.text.tokens import kept_for_views
from fullmenu.views.pairs_within import pairs_within
from fullmenu.views.registry import Reading, View

NEVER_TWICE = (
    "no output comes twice in a prompt, as in lists of items, so only different prompts are judged"
)

TOGETHER, ROW = 1 << 22, 1_000
"""Characters of outputs whose rows are held at a time, and what each output counts beside them."""

Question = Literal["within", "across"]
"""The same prompt twice, or two different prompts."""

QUESTIONS: tuple[Question, ...] = ("within", "across")


@dataclass(frozen=True, slots=True)
class Sight:
    """What one view saw in one log."""

    within: Within  # repeat rates by prompt
    across: Replicates | None  # pairs of different prompts; None with fewer than six
    features: Features | None = None  # unit rows of `OrderedLog.plates`, to tell dishes apart by
    alone: Features | None = None  # those at `even_rows` without their prompts, to match them
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
    counted: Mapping[str, tuple[PromptRates, ...]] | None = None  # of all, these first

    @property
    def n_prompts(self) -> int:
        """How many prompts the rates within prompts are of."""
        if self.counted:
            return len(next(iter(self.counted.values()))[0].counts)
        return len(self.case.ids)

    def called(self, rate: Rate, place: int) -> str:
        """What the prompt at this place of a rate is called in a sentence; empty if it is none."""
        if rate.prompts is None:
            return ""
        prompt = int(rate.prompts[place])
        return self.case.called(prompt) if prompt < len(self.case.ids) else "one outside the sample"

    @property
    def rows(self) -> list[Features]:
        """The unit rows of each log's plates, in the view that tells dishes apart."""
        eyes = self.by_view[self.case.eyes.name] if self.case.eyes else ()
        return [sight.features for sight in eyes if sight.features is not None]

    def without_rows(self) -> Sights:
        """Return the same without the rows of plates, which fill memory once they are grouped."""
        by_view = {
            name: tuple(replace(sight, features=None) for sight in sights)
            for name, sights in self.by_view.items()
        }
        return replace(self, by_view=by_view)

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
        if question == "within" and self.counted and not (matched or even):
            counted = self.counted[view]
            in_all = np.flatnonzero(np.logical_and.reduce([r.judged for r in counted]))
            return [_inside(rates, in_all) for rates in counted]
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
        words = tuple(float(log.words.mean()) for log in case.logs)
        if lengths.differ(*words):
            before, after = case.logs
            matched = lengths.matched(before, after)
            anywhere = lengths.matched(before, after, "anywhere")
    by_view = {}
    by_view_matched = {}
    by_view_anywhere = {}
    unwritten = [_unwritten(case.views, log, case, True) for log in case.logs]
    for view in case.views:
        case.tell(f"view {view.name}")
        uncut: list[_Rows | None] | None = [] if matched else None
        by_view[view.name] = _through(view, case.logs, case, True, unwritten, kept=uncut)
        if matched:
            by_view_matched[view.name] = _through(view, matched, case, uncut=uncut)
            if view.windowed:
                by_view_anywhere[view.name] = _through(view, anywhere, case, uncut=uncut)
    return Sights(case, by_view, words, matched, by_view_matched, by_view_anywhere)


def _through(
    view: View,
    logs: Sequence[OrderedLog],
    case: Case,
    entire: bool = False,
    unwritten: Sequence[Mapping[str, Sight]] = (),
    kept: list[_Rows | None] | None = None,
    uncut: Sequence[_Rows | None] | None = None,
) -> tuple[Sight, ...]:
    """Look at the logs, where they were not yet.

    ``kept`` is given their rows, and ``uncut`` are those of their wholes.
    """
    uneven = len(logs) > 1 and _uneven(logs, case)
    rows_of = [] if kept is None else kept
    sights: list[Sight] = []
    for place, log in enumerate(logs):
        known = uncut[place] if uncut else None
        done = unwritten[place] if unwritten else None
        sight, rows = _seen(view, log, case, entire, done, known)
        sights.append(sight)
        rows_of.append(rows if uneven or kept is not None else None)
        del rows  # before the other log's are made
    if not uneven or not _carried(sights):
        return tuple(sights)
    pairs = zip(sights, _evened(view, logs, rows_of, case), strict=True)
    return tuple(replace(sight, even=even) for sight, even in pairs)


def _seen(
    view: View,
    log: OrderedLog,
    case: Case,
    entire: bool = False,
    done: Mapping[str, Sight] | None = None,
    known: _Rows | None = None,
) -> tuple[Sight, _Rows | None]:
    """Look at a log; beside, its rows, if they were all made at once."""
    done = _unwritten([view], log, case, entire) if done is None else done
    if view.name in done:
        return done[view.name], None
    return _written(view, log, case, entire, known)


class _Wanted(NamedTuple):
    """The outputs of a log whose rows are needed for more than the sums within prompts."""

    few: Ints  # compared across prompts, and so looked at without them
    even: Ints  # matched to prompts, and so looked at without them
    plates: Ints  # grouped into dishes

    @property
    def alone(self) -> Ints:
        return np.union1d(self.few, self.even)

    @property
    def all(self) -> Ints:
        return np.union1d(self.alone, self.plates)


def _wanted(view: View, log: OrderedLog, case: Case, entire: bool) -> _Wanted:
    none = np.empty(0, np.int64)
    plates = log.plates(len(case.logs)) if entire and view is case.eyes else none
    return _Wanted(few_of_each(log.groups), _even(log) if entire else none, plates)


class _Taken:
    """The rows that are wanted, part by part."""

    def __init__(self, wanted: _Wanted, parts: int | None = None) -> None:
        self.wanted, self.alone = wanted, wanted.alone
        self._thin = False if parts == 1 else None  # whether those compared across are CSR
        self._few: list[Features] = []
        self._even: list[Features] = []
        self._plates: list[Features] = []

    def add(self, bare: Features, alone: Ints, features: Features, asked: Ints) -> None:
        """Keep what is wanted of rows without prompts and with them, which are of these outputs."""
        if self._thin is None:
            self._thin = is_thin(bare)
        few = _among(bare, alone, self.wanted.few)
        self._few.append(as_csr(few) if self._thin else few)
        self._even.append(_among(bare, alone, self.wanted.even))
        self._plates.append(_among(features, asked, self.wanted.plates))

    def sight(self, sums: PairSums, log: OrderedLog, case: Case) -> tuple[Sight, Features]:
        """Return what was seen, with the sums within prompts; and the rows of few outputs."""
        few = stacked(self._few)
        return Sight(
            of_sums(sums, log.groups, len(case.ids)),
            _across(few, log.groups[self.wanted.few], case),
            stacked(self._plates) if len(self.wanted.plates) else None,
            stacked(self._even) if len(self.wanted.even) else None,
        ), few


def _unwritten(
    views: Sequence[View], log: OrderedLog, case: Case, entire: bool
) -> dict[str, Sight]:
    """Look through those views that need not write a quarter of all rows or more.

    Through all at once: they read the same texts.
    """
    taken: dict[str, _Taken] = {}
    some = []
    for view in views if choice.loops(sum(map(len, log.outputs))) else ():
        wanted = _wanted(view, log, case, entire)
        if view.unwritten and 4 * len(wanted.all) <= 3 * len(log.groups):
            some.append(view)
            taken[view.name] = _Taken(wanted)

    def take(view: View, reading: Reading, a: int, b: int) -> None:
        mine = taken[view.name]
        alone, plates = (x[(x >= a) & (x < b)] for x in (mine.alone, mine.wanted.plates))
        mine.add(reading.rows(alone - a, alone=True), alone, reading.rows(plates - a), plates)

    if some and entire:
        case.tell("views of all outputs")
    with kept_for_views():
        found = pairs_within(some, log.outputs, log.prompts, log.groups, take)
    return {
        view.name: taken.pop(view.name).sight(sums, log, case)[0]
        for view, sums in zip(some, found, strict=True)
    }


def _written(
    view: View, log: OrderedLog, case: Case, entire: bool, known: _Rows | None
) -> tuple[Sight, _Rows | None]:
    """Look at some prompts after the others: all rows of a large log would fill the memory."""
    parts = some_prompts(log)
    taken = _Taken(_wanted(view, log, case, entire), len(parts))
    sums = PairSums(*np.zeros((2, len(log.groups))))
    features = None
    for rows in parts:
        del features  # before the next part's are made
        part = log.at(rows)
        alone = rows[np.isin(rows, taken.alone)]
        features, bare = _rows(view, part, np.searchsorted(rows, alone), known)
        _, groups = np.unique(part.groups, return_inverse=True)
        sums.same[rows], sums.partners[rows] = view.within_pairs(
            features, part.outputs, part.prompts, groups
        )
        taken.add(bare, alone, features, rows)
        del bare
    sight, few = taken.sight(sums, log, case)
    if len(parts) > 1 or view.likely is not None:
        return sight, None
    return sight, _Rows(features, few, log.outputs)


def _rows(
    view: View, log: OrderedLog, alone: Ints, known: _Rows | None
) -> tuple[Features, Features]:
    """Return the rows of all outputs, and of some without their prompts; what is known is kept."""
    again = view.reads_prompt and any(log.prompts)
    if known is None:
        if again:
            return view.both(log.outputs, log.prompts, alone)
        features = view.rows(log.outputs, log.prompts)
        return features, _at(features, alone)
    cut = np.array([a != b for a, b in zip(log.outputs, known.outputs, strict=True)])
    new = np.flatnonzero(cut)
    features, bare = _rows(view, log.at(new), np.flatnonzero(np.isin(new, alone)), None)
    features = _replaced(known.all, new, features)
    if not again:
        return features, _at(features, alone)
    return features, _replaced(known.few, np.flatnonzero(cut[alone]), bare)


def _among(features: Features, rows: Ints, some: Ints) -> Features:
    """Return the features, which are of these rows, of those that are among some."""
    return _at(features, np.flatnonzero(np.isin(rows, some)))


def _replaced(features: Features, rows: Ints, new: Features) -> Features:
    """Return all rows, some of them replaced."""
    order = np.arange(features.shape[0])
    order[rows] = len(order) + np.arange(len(rows))
    return stacked([features, new])[order]


def _at(features: Features, rows: Ints) -> Features:
    """Return some rows; all of them without a copy."""
    return features if len(rows) == features.shape[0] else features[rows]


def _even(log: OrderedLog) -> Ints:
    """The rows of the outputs that are matched to prompts; none where they cannot be."""
    try:
        return even_rows(log.groups).ravel()
    except NotEnoughData:
        return np.empty(0, np.int64)


def some_prompts(log: OrderedLog) -> list[Ints]:
    """Return the rows of some prompts, of others …: of :data:`TOGETHER` characters at most."""
    return rows_together(np.fromiter(map(len, log.outputs), np.int64), log.groups)


def rows_together(sizes: Ints, groups: Ints) -> list[Ints]:
    """Return the same for outputs of so many characters, whose prompts stand together."""
    ends = np.cumsum(sizes + ROW, dtype=np.int64)
    choice.loops(int(ends[-1]))  # whether they pay is told by the whole, not by a part
    first = np.flatnonzero(run_starts(groups))
    part = (ends[first] - 1) * -(-ends[-1] // TOGETHER) // ends[-1]
    return np.split(np.arange(len(ends)), first[1:][np.diff(part) > 0])


def _across(few: Features, groups: Ints, case: Case) -> Replicates | None:
    if len(np.unique(groups)) < FIXED_PROMPTS:
        return None
    return across(few, groups, len(case.ids), case.seed)


def _uneven(logs: Sequence[OrderedLog], case: Case) -> bool:
    before, after = (np.bincount(log.groups) for log in logs)
    return case.paired and not np.array_equal(before, after)


def _carried(sights: Sequence[Sight]) -> bool:
    """Whether one prompt carries any of the rates, so that numbers must be even."""
    prompts = np.flatnonzero(np.logical_and.reduce([sight.within.judged for sight in sights]))
    within = [_inside(sight.within, prompts).replicates for sight in sights]
    return any(r.fragile() for r in (*within, *(sight.across for sight in sights)) if r)


class _Rows(NamedTuple):
    """The rows of a log that is looked at again."""

    all: Features  # as outputs are compared within prompts
    few: Features  # of a few of each prompt, as these are compared across prompts
    outputs: Sequence[str]


def _evened(
    view: View, logs: Sequence[OrderedLog], known: Sequence[_Rows | None], case: Case
) -> Iterator[Sight]:
    """Look at as many outputs of each prompt as the side with fewer has: the first few."""
    kept = first_of_each(logs[0].groups, logs[1].groups)
    few = [log.groups[few_of_each(log.groups)] for log in logs]
    apart = first_of_each(*few)
    for log, rows, mine, groups, at in zip(logs, kept, known, few, apart, strict=True):
        if mine is None:
            yield _seen(view, log.at(rows), case)[0]
        else:
            inside = within(mine.all[rows], log.groups[rows], len(case.ids))
            yield Sight(inside, _across(mine.few[at], groups[at], case))


def _never_twice(sight: Sight, rate: Rate) -> bool:
    """Whether outputs repeat in no prompt though they can be compared across prompts."""
    return bool(sight.across and rate.replicates and rate.replicates.value <= 0)


def _inside(sums: Within | PromptRates, prompts: Ints | None) -> Rate:
    try:
        return Rate(sums.replicates(prompts), "", prompts)
    except NotEnoughData as error:
        return Rate(None, str(error))
