"""Visits: the outputs of one prompt that come together in a log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fullmenu.errors import BadInput
from fullmenu.samples import Media, Samples

LONGEST = 32
"""A longer run of one prompt is cut into visits of this many outputs, unless ``size`` is given."""


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
    """

    prompt_id: str
    outputs: tuple[str, ...]
    prompt: str | None = None
    model: str | None = None
    time: datetime | None = None
    scores: tuple[float, ...] = ()
    media: Media = "text"

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
    kept = [run for run in open_run.values() if open_runs and len(run) < most]
    going_on = {id(run) for run in kept}
    ended = [run for run in runs if id(run) not in going_on]
    ended.sort(key=lambda run: (closed.get(id(run), len(samples)), run[-1]))
    rest = samples.take(sorted(row for run in kept for row in run))
    return of_rows(samples, ended), rest


def of_rows(samples: Samples, runs: Iterable[Sequence[int]]) -> list[Visit]:
    """Return a visit of the outputs in each run of rows."""
    names = ("prompt_id", "output", "prompt", "model", "time", "score")
    ids, outputs, prompts, models, times, scores = (
        samples.table.column(name).to_pylist() for name in names
    )
    return [
        Visit(
            ids[run[0]],
            tuple(outputs[i] for i in run),
            prompts[run[0]],
            models[run[0]],
            times[run[-1]],
            tuple(scores[i] for i in run if scores[i] is not None),
            samples.media,
        )
        for run in runs
    ]
