"""Tables of numbers that a diagnosis reads: CSV, TSV, or JSON lines, by column name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fullmenu.errors import BadInput


def read(path: Path, needed: Sequence[str], optional: Sequence[str] = ()) -> dict[str, list[Any]]:
    """Return the columns asked for, each a list, of ``.csv``, ``.tsv`` or ``.jsonl``.

    ``"kl|n"`` is either of the two.
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
        elif name in needed:
            raise BadInput(
                f"{path} has no column {name.replace('|', ' or ')}; it has "
                f"{', '.join(table.column_names)}"
            )
    return found
