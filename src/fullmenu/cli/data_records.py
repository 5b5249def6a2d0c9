"""Records as they stood in a log, beside the outputs that were read from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from fullmenu.readers.reader import Origin, read_with_origins
from fullmenu.samples import Samples

SPLIT = "records of several outputs are written one line an output"
BARE = "outputs of such records are written with the fields that Fullmenu reads, no others"
HEAVY = "columns of bytes and vectors in Parquet, if there are any, are not carried over"
DEEP = 4
"""Objects inside objects that are searched for the list of outputs."""


def read(logs: list[str], **given: Any) -> tuple[Samples, list[Origin | None]]:
    """Read a log as :func:`fullmenu.read` does, with the record of each output."""
    samples, origins = read_with_origins(logs[0] if len(logs) == 1 else logs, **given)
    if samples.media != "text":
        return samples, [None] * len(samples)
    several = [origin for origin in origins if origin.of > 1]
    bare = sum(not origin.fields and _only(origin) is None for origin in several)
    said = ([SPLIT] if several else []) + ([f"{bare:,} {BARE}"] if bare else [])
    said += [HEAVY] if any(origin.packing == "parquet" for origin in origins) else []
    return replace(samples, notes=(*samples.notes, *said)), [*origins]


def lines(samples: Samples, origins: list[Origin | None]) -> list[dict[str, Any]]:
    """Return what is written for each output: its record, or what was read of it."""
    found = []
    for i, one in enumerate(origins):
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


def _whole(origin: Origin | None) -> dict[str, Any] | None:
    if origin is None or origin.of != 1 or not isinstance(origin.record, dict):
        return None
    return origin.record


def _part(origin: Origin | None, row: dict[str, Any]) -> dict[str, Any] | None:
    """One output of a record that holds several: lists of as many are split, the rest repeated."""
    if origin is None or origin.of == 1 or not isinstance(origin.record, dict):
        return None
    if not origin.fields:
        return _only(origin)
    column = origin.fields["output"]
    if "*" in column:
        rest = {k: v for k, v in origin.record.items() if not fnmatchcase(k, column)}
        return {**rest, "output" if "output" not in rest else column.strip("*_"): row["output"]}
    if column not in origin.record:
        return None
    line = {**origin.record, column: row["output"]}
    for name in origin.fields.values():
        value = origin.record.get(name)
        if (
            name != origin.fields.get("prompt")
            and isinstance(value, list)
            and len(value) == origin.of
        ):
            line[name] = value[origin.at]
    return line


def _only(origin: Origin) -> dict[str, Any] | None:
    """The record with its one list of as many choices cut to this one; ``None`` if unclear."""
    at = list(_lists(origin.record, origin.of, DEEP))
    if len(at) != 1:
        return None
    copy: dict[str, Any] = {**origin.record}
    inner = copy
    for step in at[0][:-1]:
        inner[step] = {**inner[step]}
        inner = inner[step]
    inner[at[0][-1]] = [inner[at[0][-1]][origin.at]]
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
