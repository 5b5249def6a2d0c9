"""Tasks of Label Studio, as it exports them: what was shown is a row of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fullmenu.readers.formats import table
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, holds, is_object


def recognise(value: object) -> bool:
    """Tell by ``data`` beside ``annotations`` or ``predictions``."""
    if not holds(value, "data") or not is_object(value["data"]):
        return False
    return any(isinstance(value.get(name), (list, dict)) for name in ("annotations", "predictions"))


def prepare(head: Sequence[object], log: Ledger) -> None:
    """Find the columns among what was shown."""
    table.prepare([_row(value) for value in head if recognise(value)], log)


def records(value: Object, log: Ledger) -> Iterable[Record]:
    """Return the outputs among what was shown."""
    if not recognise(value):
        raise Reject("no data")
    return table.records(_row(value), log)


def _row(value: object) -> Object:
    shown = value["data"] if is_object(value) else None
    return {**shown, "data": shown} if is_object(shown) else {}


FORMAT = Shape("label-studio", "Label Studio tasks", recognise, records, prepare)
