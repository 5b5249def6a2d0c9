"""TSV: as CSV, with tabs between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fullmenu.readers.formats.csv_table import rows
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Packing
from fullmenu.readers.streams import Opened, is_binary


def recognise(file: Opened) -> float:
    """Tell by the name."""
    return 0.7 if file.suffix == ".tsv" and not is_binary(file.head, 0.2) else 0.0


def items(file: Opened, log: Ledger) -> Iterator[tuple[int, Any]]:
    """Yield each row as an object."""
    yield from rows(file, log, "\t")


FORMAT = Packing(
    "tsv",
    "TSV",
    recognise,
    items,
    endings=(".tsv",),
    about="as CSV, with tabs between",
    told_by="the ending",
)
