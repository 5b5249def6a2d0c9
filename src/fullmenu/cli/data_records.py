"""Records as they stood in a log, beside the outputs that were read from them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

from fullmenu.errors import BadInput
from fullmenu.readers import images, reading, registry
from fullmenu.readers.fields import check_map, parse_map
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Shape
from fullmenu.readers.sources import resolve
from fullmenu.readers.summary import Run, check, notes
from fullmenu.samples import Record, Samples

SPLIT = "records of several outputs are written one line an output"
BARE = "outputs of such records are written with the fields that Fullmenu reads, no others"
HEAVY = "columns of bytes and vectors in Parquet, if there are any, are not carried over"
DEEP = 4
"""Objects inside objects that are searched for the list of outputs."""


@dataclass(frozen=True)
class Held:
    """The record that an output is from: the ``at``-th of ``of`` in it, and its columns."""

    record: Any
    at: int
    of: int
    fields: dict[str, str]


class Remembering:
    """A shape like another, which keeps every record for each output found in it."""

    def __init__(self, shape: Shape | None) -> None:
        self._asked = shape
        self._shape = shape or cast(Shape, registry.known_formats()["table"])
        self.held: list[Held] = []

    @property
    def name(self) -> str:
        """Of the shape that it is like."""
        return self._shape.name

    @property
    def title(self) -> str:
        """Of the shape that it is like."""
        return self._shape.title

    def prepare(self, values: list[Any], log: Ledger) -> None:
        """Find the shape; then let packings read all columns, the needed and the others."""
        self._shape = self._asked or registry.guess_shape(values)
        if self._shape.prepare is not None:
            self._shape.prepare(values, log)
        log.columns = None

    def records(self, value: Any, log: Ledger) -> Iterable[Record]:
        """Read a record, and keep it."""
        found = list(self._shape.records(value, log))
        fields = log.fields if self._shape.name == "table" else {}
        self.held += [Held(value, i, len(found), fields) for i in range(len(found))]
        return found


def read(
    logs: list[str],
    *,
    format: str | None = None,
    map: str | None = None,
    requests: Path | None = None,
    rejects: Path | None = None,
    tolerate: bool = False,
) -> tuple[Samples, list[Held | None]]:
    """Read a log as :func:`fullmenu.read` does, with the record of each output.

    Of pictures there are no records.
    """
    names = parse_map(map) if map else None
    source: Any = logs[0] if len(logs) == 1 else logs
    if images.find(source, format) is not None:
        samples = reading.read(source, format=format, map=names, rejects=rejects, tolerate=tolerate)
        return samples, [None] * len(samples)
    packing, shape = registry.named(format)
    if names:
        check_map(names)
        if shape is not None and shape.name != "table":
            raise BadInput(f"a map names columns, and {shape.title} has fields of its own")
        shape = registry.named("table")[1]
    files, remarks = resolve(source)
    reading.keep_apart(files, rejects)
    log = Ledger(rejects, tolerate, names, requests)
    remembering = Remembering(shape)
    run = Run(log, packing, cast(Shape, remembering), None)
    if rejects is not None:
        log.open()
    try:
        samples = Samples.from_records(reading.records_of(files, run, remarks))
        log.judge()
    finally:
        log.close()
    check(samples, files, run)
    several = [held for held in remembering.held if held.of > 1]
    bare = sum(not held.fields and _only(held) is None for held in several)
    said = ([SPLIT] if several else []) + ([f"{bare:,} {BARE}"] if bare else [])
    said += [HEAVY] if log.packing == "parquet" else []
    samples = replace(samples, notes=(*notes(samples, run, remarks), *said))
    return samples, list(remembering.held)


def lines(samples: Samples, held: list[Held | None]) -> list[dict[str, Any]]:
    """Return what is written for each output: its record, or what was read of it."""
    found = []
    for i, one in enumerate(held):
        whole = _whole(one)
        if whole is None:
            row = _filled(samples.table.slice(i, 1).to_pylist()[0])
            whole = _part(one, row) or row
        found.append(whole)
    return found


def dump(value: Any) -> bytes:
    """Return one JSON line; text that is no valid Unicode is escaped."""
    text = json.dumps(value, ensure_ascii=False, default=_plain)
    with suppress(UnicodeEncodeError):
        return text.encode() + b"\n"
    return json.dumps(value, default=_plain).encode() + b"\n"


def _whole(held: Held | None) -> dict[str, Any] | None:
    if held is None or held.of != 1 or not isinstance(held.record, dict):
        return None
    return held.record


def _part(held: Held | None, row: dict[str, Any]) -> dict[str, Any] | None:
    """One output of a record that holds several: lists of as many are split, the rest repeated."""
    if held is None or held.of == 1 or not isinstance(held.record, dict):
        return None
    if not held.fields:
        return _only(held)
    column = held.fields["output"]
    if "*" in column:
        rest = {k: v for k, v in held.record.items() if not fnmatchcase(k, column)}
        return {**rest, "output" if "output" not in rest else column.strip("*_"): row["output"]}
    if column not in held.record:
        return None
    line = {**held.record, column: row["output"]}
    for name in held.fields.values():
        value = held.record.get(name)
        if name != held.fields.get("prompt") and isinstance(value, list) and len(value) == held.of:
            line[name] = value[held.at]
    return line


def _only(held: Held) -> dict[str, Any] | None:
    """The record with its one list of as many choices cut to this one; ``None`` if unclear."""
    at = list(_lists(held.record, held.of, DEEP))
    if len(at) != 1:
        return None
    copy: dict[str, Any] = {**held.record}
    inner = copy
    for step in at[0][:-1]:
        inner[step] = {**inner[step]}
        inner = inner[step]
    inner[at[0][-1]] = [inner[at[0][-1]][held.at]]
    return copy


def _lists(value: dict[str, Any], size: int, deep: int) -> Iterator[tuple[str, ...]]:
    """Where objects hold lists of so many objects."""
    for key, inner in value.items():
        if isinstance(inner, list) and len(inner) == size and isinstance(inner[0], dict):
            yield (key,)
        elif isinstance(inner, dict) and deep:
            yield from ((key, *rest) for rest in _lists(inner, size, deep - 1))


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    """What was read of an output, without what is not there."""
    known = {k: v for k, v in row.items() if v is not None and k != "source"}
    if known["prompt_id"] == known.get("prompt", ""):
        del known["prompt_id"]
    return known


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
