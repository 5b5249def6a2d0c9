"""Tables of numbers that a diagnosis reads: CSV, TSV, or JSON lines, by column name."""

from __future__ import annotations

import math
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

from fullmenu.errors import BadInput


def read(
    path: Path,
    needed: Sequence[str],
    optional: Sequence[str] = (),
    words: Container[str] | None = None,
) -> dict[str, list[Any]]:
    """Return the columns asked for, each a list, of ``.csv``, ``.tsv`` or ``.jsonl``.

    ``"kl|n"`` is either of the two. Where ``words`` are named, all other columns hold numbers.
    """
    import pyarrow as pa
    from pyarrow import csv, json

    try:
        if path.suffix == ".jsonl":
            table = json.read_json(path)
        else:
            delimiter = "\t" if path.suffix == ".tsv" else ","
            table = csv.read_csv(path, parse_options=csv.ParseOptions(delimiter=delimiter))
    except (pa.ArrowInvalid, FileNotFoundError) as error:
        raise BadInput(f"cannot read {path} as a table: {str(error).splitlines()[0]}") from None
    found = {}
    for name in [*needed, *optional]:
        either = [n for n in name.split("|") if n in table.column_names]
        if either:
            found[either[0]] = table.column(either[0]).to_pylist()
            if words is not None and either[0] not in words:
                found[either[0]] = [
                    _number(x, path, row, either[0]) for row, x in enumerate(found[either[0]], 1)
                ]
        elif name in needed:
            raise BadInput(
                f"{path} has no column {name.replace('|', ' or ')}; it has "
                f"{', '.join(table.column_names)}"
            )
    return found


def _number(value: Any, path: Path, row: int, name: str) -> float | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise BadInput(
            f"{path}, row {row}: {name}={value!r:.60} is no finite number; correct it, or "
            "leave that row out"
        )
    return found
