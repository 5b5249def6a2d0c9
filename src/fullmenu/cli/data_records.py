"""Records as they stood in a log, beside the outputs that were read from them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase

from fullmenu.cli.options import Files, source_of
from fullmenu.readers.reader import Origin, read_with_origins
from fullmenu.samples import Samples
from fullmenu.text.json_values import Object, is_list, is_object, listed

SPLIT = "records of several outputs are written one line an output"
BARE = "outputs of such records are written with the fields that Fullmenu reads, no others"
HEAVY = "columns of bytes and vectors in Parquet, if there are any, are not carried over"
DEEP = 4
"""Objects inside objects that are searched for the list of outputs."""


def read(logs: list[str], files: Files) -> tuple[Samples, Sequence[Origin | None]]:
    """Read a log as :func:`fullmenu.read` does, with the record of each output."""
    samples, origins = read_with_origins(source_of(logs), **vars(files))
    if samples.media != "text":
        return samples, [None] * len(samples)
    several = [origin for origin in origins if origin.of > 1]
    bare = sum(not origin.fields and _only(origin) is None for origin in several)
    said = ([SPLIT] if several else []) + ([f"{bare:,} {BARE}"] if bare else [])
    said += [HEAVY] if any(origin.packing == "parquet" for origin in origins) else []
    return replace(samples, notes=(*samples.notes, *said)), origins


def lines(samples: Samples, origins: Sequence[Origin | None]) -> list[Object]:
    """Return what is written for each output: its record, or what was read of it."""
    return [_line(samples, i, origin) for i, origin in enumerate(origins)]


def _line(samples: Samples, i: int, origin: Origin | None) -> Object:
    record = None if origin is None else origin.record
    if origin is None or not is_object(record):
        return _filled(samples, i)
    if origin.of == 1:
        return record
    return (_part(origin, record, samples, i) if origin.fields else _only(origin)) or _filled(
        samples, i
    )


def dump(value: object) -> bytes:
    """Return one JSON line; text that is no valid Unicode is escaped."""
    text = json.dumps(value, ensure_ascii=False, default=_plain)
    with suppress(UnicodeEncodeError):
        return text.encode() + b"\n"
    return json.dumps(value, default=_plain).encode() + b"\n"


def _part(origin: Origin, record: Object, samples: Samples, i: int) -> Object | None:
    """One output of a row that holds several: lists of as many are split, the rest repeated."""
    column = origin.fields["output"]
    output = samples.table["output"][i].as_py()
    if "*" in column:
        rest = {k: v for k, v in record.items() if not fnmatchcase(k, column)}
        return {**rest, "output" if "output" not in rest else column.strip("*_"): output}
    if column not in record:
        return None
    line = {**record, column: output}
    for name in set(origin.fields.values()) - {origin.fields.get("prompt")}:
        value = record.get(name)
        if is_list(value) and len(value) == origin.of:
            line[name] = value[origin.at]
    return line


def _only(origin: Origin) -> Object | None:
    """The record with its one list of as many choices cut to this one; ``None`` if unclear."""
    paths = list(_lists(origin.record, origin.of, DEEP))
    return _cut(origin.record, paths[0], origin.at) if len(paths) == 1 else None


def _cut(value: object, path: Sequence[str], place: int) -> dict[str, object]:
    assert is_object(value)
    name, *rest = path
    inner = value[name]
    return {**value, name: _cut(inner, rest, place) if rest else [listed(inner)[place]]}


def _lists(value: object, size: int, deep: int) -> Iterator[tuple[str, ...]]:
    for key, inner in value.items() if is_object(value) else ():
        if is_list(inner) and len(inner) == size and is_object(inner[0]):
            yield (key,)
        elif deep:
            yield from ((key, *rest) for rest in _lists(inner, size, deep - 1))


def _filled(samples: Samples, i: int) -> Object:
    row = samples.table.slice(i, 1).to_pylist()[0]
    known = {k: v for k, v in row.items() if v is not None and k != "source"}
    if known["prompt_id"] == known.get("prompt", ""):
        del known["prompt_id"]
    return known


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
