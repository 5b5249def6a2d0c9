"""What measures are given of a log: texts, feature rows, dishes, lists, log-probabilities."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.judge.case import Case, Ints, OrderedLog, few_of_each
from fullmenu.judge.plates import group_plates
from fullmenu.measures.registry import Measure
from fullmenu.readers.lists import in_cell, names_of
from fullmenu.views.exact import kind_of
from fullmenu.views.registry import View, eyes

PROMPTS = 256
"""Prompts that a measure is taken on, one by one; of more, so many evenly."""

OUTPUTS = 4_096
"""Outputs that measures are given, all prompts together; of more, the first of each prompt."""

Take = Callable[[Ints], object]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The part of a log that measures are given."""

    log: OrderedLog  # the log
    views: Sequence[View]  # what looks at it
    rows: Ints  # (m,): which of its rows are given; see :func:`chosen`

    @property
    def prompts(self) -> Ints:
        """Prompt of each of :attr:`rows`."""
        return self.log.groups[self.rows]


@dataclass(frozen=True, slots=True)
class Material:
    """What measures of one kind are given of one log."""

    made_of: str  # ``texts``, ``dishes``, a view, ``lists`` or ``logprobs``
    of_prompt: Take  # from rows of one prompt to a measure's input
    of_prompts: Take  # from rows of different prompts


def excerpts(case: Case) -> list[Excerpt]:
    """Return what measures are given of each log; where prompts pair up, of the same prompts."""
    parts = [Excerpt(log, case.views, chosen(log.groups)) for log in case.logs]
    if case.paired:
        common = reduce(np.intersect1d, [part.prompts for part in parts])
        parts = [replace(part, rows=part.rows[np.isin(part.prompts, common)]) for part in parts]
    return parts


def chosen(groups: Ints) -> Ints:
    """Return the rows that measures are given: 256 prompts and 4,096 outputs at most.

    >>> len(chosen(np.arange(3_000) // 10)), len(chosen(np.arange(30) // 10))
    (2560, 30)
    """
    prompts = np.unique(groups)
    if len(prompts) > PROMPTS:
        prompts = prompts[np.linspace(0, len(prompts) - 1, PROMPTS).astype(np.int64)]
    kept = np.flatnonzero(np.isin(groups, prompts))
    return kept[few_of_each(groups[kept], OUTPUTS)]


def materials(
    measures: Sequence[Measure], parts: Sequence[Excerpt]
) -> Iterator[tuple[Measure, list[Material]]]:
    """Yield each measure with what it is taken on, one ``Material`` a log; each is made once."""
    made: dict[str, list[list[Material]]] = {}
    for m in measures:
        if m.takes not in made:
            made[m.takes] = _made(m, parts)
        for sides in made[m.takes]:
            yield m, sides


def _made(m: Measure, parts: Sequence[Excerpt]) -> list[list[Material]]:
    """Return what a measure is taken on: for each thing a list of one ``Material`` a log.

    Raises
    ------
    BadInput
        The logs do not hold what the measure takes.
    """
    if m.takes == "features":
        return [[_features(view, part) for part in parts] for view in parts[0].views]
    if m.takes == "counts":
        return [_dishes(parts)]
    make = {"texts": _texts, "lists": _lists, "logprobs": _logprobs}[m.takes]
    return [[make(m, part.log) for part in parts]]


def _features(view: View, part: Excerpt) -> Material:
    log = part.log.at(part.rows)
    rows = view.rows(log.outputs, log.prompts)
    place = np.empty(len(part.log.groups), np.int64)
    place[part.rows] = np.arange(len(part.rows))

    def of_prompt(at: Ints) -> object:
        return rows[place[at]]

    def alone(at: Ints) -> object:
        return view.rows(part.log.at(at).outputs, [None] * len(at))

    return Material(view.name, of_prompt, alone if view.reads_prompt else of_prompt)


def _dishes(parts: Sequence[Excerpt]) -> list[Material]:
    view = eyes(parts[0].views)
    tables = []
    for part in parts:
        log = part.log.at(part.rows)
        rows = view.rows(log.outputs, log.prompts)
        tables.append((log.outputs, log.prompts, log.groups, rows))
    plates = group_plates(tables, view.same_dish, parts[0].log.samples.media)
    sides = []
    for k, part in enumerate(parts):
        dish = np.full(len(part.log.groups), -1)
        dish[part.rows] = plates.dish[plates.log == k]
        take = partial(_count, dish, plates.counts.shape[1])
        sides.append(Material("dishes", take, take))
    return sides


def _count(dish: Ints, dishes: int, rows: Ints) -> Ints:
    return np.bincount(dish[rows], minlength=dishes)


def _texts(m: Measure, log: OrderedLog) -> Material:
    media = log.samples.media
    if media != "text":
        raise BadInput(
            f"{m.name} takes texts, and this log holds {media}s; "
            "fullmenu measures lists those that take features or counts"
        )
    return _plain("texts", log.samples.outputs)


def _lists(m: Measure, log: OrderedLog) -> Material:
    if kind_of(log.outputs):
        return _lists_by_prompt(log)
    lists = []
    for text in log.samples.outputs:
        items = in_cell(text)
        if items is None:
            raise BadInput(
                f"{m.name} takes ranked lists, and an output is {text[:40]!r}; write each output "
                'as a JSON array of items, such as ["b12", "a7"], or one item an output'
            )
        lists.append(names_of(items))
    return _plain("lists", lists)


def _lists_by_prompt(log: OrderedLog) -> Material:
    """Make a list of each prompt's outputs, every one an item, in the order they came."""
    items: dict[int, list[str]] = {}
    place = np.asarray(log.samples.table.column("sample_index"))
    for row in np.argsort(place, kind="stable"):
        items.setdefault(int(log.groups[row]), []).append(log.outputs[row])

    def take(rows: Ints) -> object:
        return [items[prompt] for prompt in dict.fromkeys(log.groups[rows].tolist())]

    return Material("lists", take, take)


def _logprobs(m: Measure, log: OrderedLog) -> Material:
    column = log.samples.table.column("logprobs").to_pylist()
    if not any(column):
        raise BadInput(
            f"{m.name} takes log-probabilities of tokens, and this log has none; record them "
            "when sampling, in a column logprobs, or name it with --map logprobs=FIELD"
        )
    return _plain("logprobs", column)


def _plain(made_of: str, values: Sequence[object]) -> Material:
    def take(rows: Ints) -> list[object]:
        return [values[i] for i in rows if values[i] is not None]

    return Material(made_of, take, take)
