"""Samples from the lines that a run writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

from fullmenu.samples import Record, Samples
from fullmenu.text.chat import said

_COLUMNS = {
    "prompt_id", "prompt", "output", "model", "time", "sample_index", "finish_reason", "logprobs",
    "system_fingerprint", "call_id", "parameters", "messages",
}  # fmt: skip


def samples_of(
    rows: str | PathLike[str] | Iterable[Mapping[str, Any]], notes: Sequence[str] = ()
) -> Samples:
    """Return the samples in a file that a run wrote, or in its lines.

    >>> samples_of([{"prompt_id": "a", "output": "fig", "sample_index": 0}]).outputs
    ['fig']
    """
    if isinstance(rows, (str, PathLike)):
        path = Path(rows)
        return Samples.from_records((_record(row, path.name) for row in _lines(path)), notes)
    return Samples.from_records((_record(row, None) for row in rows), notes)


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open("rb") as file:
        for line in file:
            if not line.isspace():
                yield json.loads(line)


def _record(row: Mapping[str, Any], source: str | None) -> Record:
    answer = said(row["output"])
    when = row.get("time")
    return Record(
        answer.text or "",
        row.get("prompt"),
        row["prompt_id"],
        row.get("model"),
        datetime.fromisoformat(when) if when else None,
        None,
        row["sample_index"],
        source,
        row.get("logprobs"),
        None,
        row.get("finish_reason"),
        row.get("system_fingerprint"),
        row.get("parameters"),
        row.get("call_id"),
        {name: value for name, value in row.items() if name not in _COLUMNS},
    )
