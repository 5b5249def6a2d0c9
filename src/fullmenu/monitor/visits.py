"""Visits: the outputs of one prompt that come together in a log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.monitor.configuration import Configuration, configuration
from fullmenu.samples import Media, Samples
from fullmenu.stats.arrays import Ints

LONGEST = 32
"""A longer run of one prompt is cut into visits of this many outputs, unless ``size`` is given."""


EXAMPLE = 240
"""Characters of an output that are kept where it is shown."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Fresh outputs of one prompt, asked together.

    Parameters
    ----------
    prompt_id
        Which prompt.
    outputs
        Its outputs; two or more can be compared with each other, one only with other prompts'.
    prompt, model, time
        Where the log says them; ``time`` is that of the last output.
    scores
        The scores that were recorded.
    media
        As in :class:`~fullmenu.samples.Samples`.
    asked_with
        Sampling, server, template and version, where the log says them.
    reasons
        Why each output ended, where the log says so.
    """

    prompt_id: str
    outputs: tuple[str, ...]
    prompt: str | None = None
    model: str | None = None
    time: datetime | None = None
    scores: tuple[float, ...] = ()
    media: Media = "text"
    asked_with: Configuration = ()
    reasons: tuple[str | None, ...] = ()

    def __post_init__(self) -> None:
        if not self.outputs:
            raise BadInput(
                f"a visit of the prompt {self.prompt_id!r} without outputs: leave it out"
            )


def gather(samples: Samples, *, size: int | None = None) -> list[Visit]:
    """Cut a log, in the order of its rows, into visits.

    A visit is a run of rows of one model with the same ``prompt_id``, rows of other models between
    them not counted; a ``sample_index`` that does not rise starts a new one (the prompt was asked
    again), and so does a full one.

    They come in the order in which it is known that they have ended.

    Where a log is read in parts, use :func:`gather_some`, which leaves runs open.

    Parameters
    ----------
    samples
        A log, or the next part of one.
    size
        Outputs of a visit at most; by default 32.

    Raises
    ------
    BadInput
        ``size`` is no positive number.

    Examples
    --------
    >>> log = Samples.of({"Fruit?": ["fig", "kiwi"], "Tree?": ["oak", "oak", "elm"]})
    >>> [(v.prompt_id, len(v.outputs)) for v in gather(log)]
    [('Fruit?', 2), ('Tree?', 3)]
    >>> [len(v.outputs) for v in gather(log, size=2)]
    [2, 2, 1]
    """
    return gather_some(samples, size=size, open_runs=False)[0]


def gather_some(
    samples: Samples, *, size: int | None = None, open_runs: bool = True
) -> tuple[list[Visit], Samples]:
    """Return the visits that have ended for sure, and the rows of those that may go on.

    Give the rows back before the next part of the log. See :func:`gather`.

    Examples
    --------
    >>> log = Samples.of({"Fruit?": ["fig", "kiwi"], "Tree?": ["oak", "oak", "elm"]})
    >>> done, rest = gather_some(log)
    >>> len(done), rest.outputs
    (1, ['oak', 'oak', 'elm'])
    """
    most = LONGEST if size is None else size
    if most < 1:
        raise BadInput(f"size={size}: a visit has at least one output")
    runs, closed, open_run = _runs(samples, most)
    kept = [run for run in open_run.values() if open_runs and len(run) < most]
    going_on = {id(run) for run in kept}
    ended = [run for run in runs if id(run) not in going_on]
    ended.sort(key=lambda run: (closed.get(id(run), len(samples)), run[-1]))
    rest = samples.take(sorted(row for run in kept for row in run))
    return of_rows(samples, ended), rest


def visit_of_rows(samples: Samples) -> Ints:
    """Return for every row the number of its visit, long ones whole.

    >>> visit_of_rows(Samples.of({"Fruit?": ["fig", "kiwi"], "Tree?": ["oak"]})).tolist()
    [0, 0, 1]
    """
    visit = np.empty(len(samples), np.int64)
    for number, run in enumerate(_runs(samples, len(samples) + 1)[0]):
        visit[run] = number
    return visit


def _runs(
    samples: Samples, most: int
) -> tuple[list[list[int]], dict[int, int], dict[str | None, list[int]]]:
    """Return the runs of rows, by their identity where each ended, and by model the open one."""
    columns = [samples.table.column(c).to_pylist() for c in ("prompt_id", "model", "sample_index")]
    runs: list[list[int]] = []
    closed: dict[int, int] = {}
    open_run: dict[str | None, list[int]] = {}
    for row, (prompt, model, index) in enumerate(zip(*columns, strict=True)):
        run = open_run.get(model)
        if (
            run is None
            or len(run) >= most
            or columns[0][run[-1]] != prompt
            or columns[2][run[-1]] >= index
        ):
            if run is not None:
                closed.setdefault(id(run), row)
            run = open_run[model] = []
            runs.append(run)
        run.append(row)
        if len(run) == most:
            closed[id(run)] = row
    return runs, closed, open_run


def of_rows(samples: Samples, runs: Iterable[Sequence[int]]) -> list[Visit]:
    """Return a visit of the outputs in each run of rows."""
    names = ("prompt_id", "output", "prompt", "model", "time", "score")
    ids, outputs, prompts, models, times, scores = (
        samples.table.column(name).to_pylist() for name in names
    )
    asked_with = _asked_with(samples)
    ended = samples.table.column("finish_reason")
    reasons = [] if ended.null_count == len(ended) else ended.to_pylist()
    return [
        Visit(
            ids[run[0]],
            tuple(outputs[i] for i in run),
            prompts[run[0]],
            models[run[0]],
            times[run[-1]],
            tuple(scores[i] for i in run if scores[i] is not None),
            samples.media,
            asked_with[run[-1]] if asked_with else (),
            tuple(reasons[i] for i in run) if reasons else (),
        )
        for run in runs
    ]


def _asked_with(samples: Samples) -> list[Configuration]:
    """What each row was asked with; nothing at all where no row says so."""
    names = ("system_fingerprint", "parameters", "extra")
    columns = [samples.table.column(name) for name in names]
    if all(column.null_count == len(column) for column in columns):
        return []
    rows = list(zip(*(column.to_pylist() for column in columns), strict=True))
    read = {row: configuration(*row) for row in set(rows)}
    return [read[row] for row in rows]


def shortened(text: str) -> str:
    """Cut an example to what is kept of it."""
    return text if len(text) <= EXAMPLE else text[: EXAMPLE - 1] + "…"
