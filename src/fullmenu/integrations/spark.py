"""Spark: what ``mapInArrow`` needs, without importing Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fullmenu.readers.parts import of_arrow
from fullmenu.samples import Samples

SCHEMA = "state binary"
"""The schema of what comes back, as ``mapInArrow`` takes it."""


def in_arrow(
    state_of: Callable[[Iterator[Samples]], bytes],
    columns: Mapping[str, str] | str | None = None,
    where: str | None = None,
) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """Return a function for ``DataFrame.mapInArrow``: the rows of a partition in, one state out.

    Parameters
    ----------
    state_of
        Makes a state, as bytes, of the outputs of one partition, some thousands at a time. States
        are merged where they are collected.
    columns, where
        As of :func:`fullmenu.read`. Name the columns where their names are not plain: each
        partition is understood by its own first rows.

    Examples
    --------
    >>> import pyarrow as pa
    >>> count = in_arrow(lambda batches: str(sum(map(len, batches))).encode())
    >>> rows = pa.RecordBatch.from_pylist([{"prompt": "A fruit?", "output": "fig"}] * 3)
    >>> [batch.to_pylist() for batch in count(iter([rows, rows]))]
    [[{'state': b'6'}]]
    >>> list(count(iter([])))
    []

    On Spark it is ``frame.mapInArrow(in_arrow(state_of), SCHEMA).collect()``.
    """

    def states(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa

        first = next((batch for batch in batches if batch.num_rows), None)
        if first is None:
            return
        samples = of_arrow(first, batches, columns=columns, where=where)
        yield pa.RecordBatch.from_pydict({"state": pa.array([state_of(samples)], pa.binary())})

    return states
