"""As CSV, with tabs between."""

from __future__ import annotations

from collections.abc import Iterator

from fullmenu.readers.formats.csv_table import rows
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Item, Packing
from fullmenu.readers.streams import Opened, is_binary


def recognise(file: Opened) -> float:
    """Tell by the ending."""
    return 0.7 if file.suffix == ".tsv" and not is_binary(file.head, 0.2) else 0.0


def items(file: Opened, log: Ledger) -> Iterator[Item]:
    """Yield each row as an object."""
    yield from rows(file, log, "\t")


FORMAT = Packing("tsv", "TSV", recognise, items, (".tsv",))
