"""What measures are given of a log: texts, feature rows, dishes, lists, log-probabilities."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.judge.few import few_of_each
from fullmenu.judge.plates import group_plates
from fullmenu.measures.registry import Measure
from fullmenu.samples import Samples
from fullmenu.views.registry import View, eyes

PROMPTS = 256
"""Prompts that a measure is taken on, one by one; of more, so many evenly."""

OUTPUTS = 4_096
"""Outputs that measures are given, all prompts together; of more, the first of each prompt."""

Ints = NDArray[np.int64]
Take = Callable[[Ints], Any]


@dataclass(frozen=True, slots=True)
class Log:
    """One log, as measures see it.

    Parameters
    ----------
    samples
        Its rows.
    groups : (n,)
        Prompt of each row.
    views
        What looks at them.
    rows : (m,)
        Which rows measures are given; see :func:`chosen`.
    """

    samples: Samples
    groups: Ints
    views: Sequence[View]
    rows: Ints

    @property
    def prompts(self) -> Ints:
        """Prompt of each of :attr:`rows`."""
        return self.groups[self.rows]


@dataclass(frozen=True, slots=True)
class Material:
    """What measures of one kind are given of one log.

    Parameters
    ----------
    of
        What it is made of: ``texts``, ``dishes``, a view, ``lists`` or ``logprobs``.
    take
        From rows of one prompt to a measure's input.
    apart
        From rows of different prompts.
    """

    of: str
    take: Take
    apart: Take


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


def given(
    measures: Sequence[Measure], logs: Sequence[Log]
) -> Iterator[tuple[Measure, list[Material]]]:
    """Yield each measure with what it is taken on, one ``Material`` a log; each is made once."""
    made: dict[str, list[list[Material]]] = {}
    for m in measures:
        if m.takes not in made:
            made[m.takes] = _made(m, logs)
        for of in made[m.takes]:
            yield m, of


def _made(m: Measure, logs: Sequence[Log]) -> list[list[Material]]:
    """Return what a measure is taken on: for each thing a list of one ``Material`` a log.

    Raises
    ------
    BadInput
        The logs do not hold what the measure takes.
    """
    if m.takes == "features":
        return [[_features(view, log) for log in logs] for view in logs[0].views]
    if m.takes == "counts":
        return [_dishes(logs)]
    make = {"texts": _texts, "lists": _lists, "logprobs": _logprobs}[m.takes]
    return [[make(m, log) for log in logs]]


def _features(view: View, log: Log) -> Material:
    outputs, prompts = log.samples.outputs, log.samples.prompts
    rows = view.rows([outputs[i] for i in log.rows], [prompts[i] for i in log.rows])
    place = np.empty(len(log.groups), np.int64)
    place[log.rows] = np.arange(len(log.rows))

    def take(at: Ints) -> Any:
        return rows[place[at]]

    def alone(at: Ints) -> Any:
        return view.rows([outputs[i] for i in at], [None] * len(at))

    return Material(view.name, take, alone if view.reads_prompt else take)


def _dishes(logs: Sequence[Log]) -> list[Material]:
    view = eyes(logs[0].views)
    plates = group_plates(
        [
            (
                [log.samples.outputs[i] for i in log.rows],
                [None] * len(log.rows),
                log.prompts,
                _features(view, log).take(log.rows),
            )
            for log in logs
        ],
        view.same_dish,
        logs[0].samples.media,
    )
    found = []
    for k, log in enumerate(logs):
        dish = np.full(len(log.groups), -1)
        dish[log.rows] = plates.dish[plates.log == k]
        take = partial(_count, dish, plates.counts.shape[1])
        found.append(Material("dishes", take, take))
    return found


def _count(dish: Ints, dishes: int, rows: Ints) -> Ints:
    return np.bincount(dish[rows], minlength=dishes)


def _texts(m: Measure, log: Log) -> Material:
    if log.samples.media != "text":
        raise BadInput(
            f"{m.name} takes texts, and this log holds {log.samples.media}s; "
            "fullmenu measures lists those that take features or counts"
        )
    return _plain("texts", log.samples.outputs)


def _lists(m: Measure, log: Log) -> Material:
    lists = []
    for text in log.samples.outputs:
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, list):
            raise BadInput(
                f"{m.name} takes ranked lists, and an output is {text[:40]!r}; write each output "
                'as a JSON array of items, such as ["b12", "a7"]'
            )
        lists.append([x if isinstance(x, str) else json.dumps(x) for x in found])
    return _plain("lists", lists)


def _logprobs(m: Measure, log: Log) -> Material:
    column = log.samples.table.column("logprobs").to_pylist()
    if not any(column):
        raise BadInput(
            f"{m.name} takes log-probabilities of tokens, and this log has none; record them "
            "when sampling, in a column logprobs, or name it with --map logprobs=FIELD"
        )
    return _plain("logprobs", column)


def _plain(of: str, values: Sequence[Any]) -> Material:
    def take(rows: Ints) -> list[Any]:
        found = (values[i] for i in rows)
        return [x for x in found if x is not None]

    return Material(of, take, take)
