"""Cursors: how a session reads on in a log from where it was left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Protocol

import numpy as np
from msgspec import Meta, Struct, convert

from fullmenu.errors import BadInput
from fullmenu.readers import follow as growing
from fullmenu.readers import read
from fullmenu.readers.follow import Growing, Place
from fullmenu.samples import Media, Record, Samples

ANEW = "begin anew with --fresh (in Python: fresh=True)"
GONE = (
    "the log is not the one that was being read when the watch was stopped; watch that log, or "
    + ANEW
)


class Prefix(Struct, frozen=True):
    """How many outputs of a whole log were read, and what tells them from others."""

    outputs: Annotated[int, Meta(ge=0)]
    digest: str


class LastSample(Struct, frozen=True):
    """The number of the last sample of a store that was read."""

    sample: Annotated[int, Meta(ge=0)]


Mark = Place | Prefix | LastSample
"""A place in a log, by which the log is known again."""


def mark_of(saved: Mapping[str, object]) -> Mark | None:
    """Read a mark back from its JSON form; an empty one is none, a wrong one a ``ValueError``."""
    if not saved:
        return None
    if "offset" not in saved:
        return convert(saved, LastSample) if "sample" in saved else convert(saved, Prefix)
    place = convert(saved, Place)
    if min(place.offset, place.first, place.items, place.since) < 0:
        raise ValueError(f"{place} lies before the beginning")
    return place


@dataclass(frozen=True)
class Chunk:
    """Outputs read at once, one by one or as a table, and the mark in the log where they end."""

    end: Mark
    records: Sequence[Record] = ()
    samples: Samples | None = None


class Cursor(Protocol):
    """A log that can be read on from where it was left.

    ``start`` is where it begins, if that must be kept before anything is read; ``remarks`` is what
    is to be told of the reading, and whoever tells it takes it out.
    """

    media: Media
    start: Mark | None
    remarks: list[str]

    def take(self, end: Mark | None, grows: bool) -> Chunk | None:
        """Return what comes next, or once more what came up to ``end``; ``None``: nothing yet."""

    def left_out(self) -> str | None:
        """Say how many records could not be read; ``None``: all could."""


@dataclass
class FileCursor:
    """A file of one record a line, which may grow; of a ``model``, or of all."""

    file: Growing
    model: str | None = None
    media: Media = "text"

    def __post_init__(self) -> None:
        self.start: Mark | None = self.file.place
        self.remarks = self.file.remarks
        self._said = False

    def take(self, end: Mark | None, grows: bool) -> Chunk | None:
        """Return the next part, as its lines come; or all of the file, by time if it is there."""
        if end is not None and not isinstance(end, Place):
            raise BadInput(GONE)
        part = self.file.part(end=end, whole=not grows, last=not grows)
        if part is None:
            return None
        if end is not None and part.end != end:
            raise BadInput(GONE)
        if not grows:
            self.file.log.judge()
        if not self._said:
            self._said = True
            self.remarks.append(f"reading {self.file.path.name} as {self.file.how}")
            self.remarks.extend(self.file.log.said)
        records = [r for r in part.records if self.model in (None, r.model)]
        if part.records and not records:
            self.remarks.append(f"what was read holds no output of the model {self.model!r}")
        if not grows and records and all(r.time is not None for r in records):
            records.sort(key=seconds)
        return Chunk(part.end, records)

    def left_out(self) -> str | None:
        """Say how many records could not be read."""
        ledger = self.file.log
        return ledger.notes()[-1] if ledger.rejected else None


@dataclass
class WholeCursor:
    """Any log that can be read, of a ``model`` or of all; what was read of it before is left out.

    ``place`` is what was read of it before: a log that does not begin with that is refused.
    """

    samples: Samples
    model: str | None = None
    place: Prefix | None = None
    remarks: list[str] = field(default_factory=list)
    start: Mark | None = None

    def __post_init__(self) -> None:
        self.media = self.samples.media
        self.done = 0 if self.place is None else self.place.outputs
        if self.place is not None and _digest(self.samples, self.done) != self.place.digest:
            raise BadInput(
                f"the log does not begin with the {self.done:,} outputs that were read of it "
                f"before; watch that log, or {ANEW}"
            )

    def take(self, end: Mark | None, grows: bool) -> Chunk | None:
        """Return what was added since, by time where every output has one."""
        if end is not None and not isinstance(end, Prefix):
            raise BadInput(GONE)
        stop = len(self.samples) if end is None else end.outputs
        if stop > len(self.samples) or (end and _digest(self.samples, stop) != end.digest):
            raise BadInput(GONE)
        if self.done >= stop:
            return None
        table = self.samples.table.slice(self.done, stop - self.done)
        new = replace(self.samples, table=table)
        if table.column("time").null_count == 0:
            times = np.asarray(table.column("time").cast("int64"))
            new = new.take(np.argsort(times, kind="stable"))
        if self.model is not None:
            new = new.of_model(self.model) if self.model in new.models else new.take([])
        self.done = stop
        return Chunk(Prefix(stop, _digest(self.samples, stop)), samples=new)

    def left_out(self) -> str | None:
        """Say nothing: what was left out is among the remarks."""
        return None


def open_log(
    log: str | Path,
    place: Mark | None = None,
    *,
    grows: bool = False,
    format: str | None = None,
    map: dict[str, str] | str | None = None,
    records: str | None = None,
    model: str | None = None,
    tolerate: bool = False,
) -> Cursor:
    """Open a log where it was left: line by line if it can be, else as a whole.

    ``grows``: whether it is read as it grows, as only JSONL and text can be. ``format``, ``map``,
    ``records`` and ``tolerate`` are those of :func:`fullmenu.read`; ``model`` is whose outputs are
    kept. ``BadInput``: there is no such log, or it cannot be read as it grows, or it was read
    otherwise before.
    """
    log = str(log)
    if isinstance(place, LastSample):
        raise BadInput(GONE)
    if isinstance(place, Prefix) and grows:
        raise BadInput(
            f"{log} was read as a whole before: --follow needs --fresh (in Python: fresh=True)"
        )
    if not isinstance(place, Place):
        by_line = growing.is_lines(log, format)
        if grows and Path(log).exists() and not by_line:
            raise BadInput(f"{log} cannot be read as it grows: --follow reads JSONL and text")
        if isinstance(place, Prefix) or not (grows or by_line):
            samples = read(log, format=format, map=map, records=records, tolerate=tolerate)
            return WholeCursor(samples, model, place, list(samples.notes))
    file = Growing(log, format=format, map=map, records=records, place=place, tolerate=tolerate)
    if not grows and not file.path.exists():
        raise BadInput(f"no such file: {log!r}")
    return FileCursor(file, model)


def seconds(record: Record) -> float:
    """Return a record's time in seconds since 1970; one without a zone is UTC."""
    time = record.time or datetime.min
    return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp()


def fingerprint(samples: Samples) -> str:
    """Return what tells two logs apart."""
    return _digest(samples, len(samples))


def _digest(samples: Samples, n: int) -> str:
    part = samples.table.slice(0, n).select(["prompt_id", "output"])
    digest = sha256()
    for prompt, output in zip(*(c.to_pylist() for c in part.columns), strict=True):
        digest.update(f"{len(prompt)},{len(output)};{prompt}{output}".encode("utf-8", "replace"))
    return digest.hexdigest()[:32]
