"""Tasks of Label Studio, as it exports them: what was shown is a row of a table.

Where no output was shown, it is what a model predicted for a text area.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fullmenu.readers.fields import names_output
from fullmenu.readers.formats import table
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, at, holds, is_object, listed


def recognise(value: object) -> bool:
    """Tell by ``data`` beside ``annotations`` or ``predictions``."""
    if not holds(value, "data") or not is_object(value["data"]):
        return False
    return any(isinstance(value.get(name), (list, dict)) for name in ("annotations", "predictions"))


def prepare(head: Sequence[object], log: Ledger) -> None:
    """Find the columns among what was shown."""
    table.prepare([row for value in head if recognise(value) for row in _rows(value)], log)


def records(value: Object, log: Ledger) -> Iterable[Record]:
    """Return the outputs among what was shown."""
    if not recognise(value):
        raise Reject("no data")
    return [record for row in _rows(value) for record in table.records(row, log)]


def _rows(value: object) -> list[Object]:
    shown = at(value, "data")
    if not is_object(shown):
        return []
    row = {**shown, "data": shown}
    return [row] if names_output(shown) else [*_predicted(row, at(value, "predictions"))] or [row]


def _predicted(row: Object, predictions: object) -> Iterator[Object]:
    """Yield a row for each text area that a model filled, with all its texts."""
    for one in listed(predictions):
        for result in listed(at(one, "result")):
            if at(result, "type") == "textarea" and (texts := at(result, "value", "text")):
                model = at(one, "model_version")
                asked = {"prompt": row["text"]} if "text" in row else {}
                yield {**asked, **row, "response": texts, **({"model": model} if model else {})}


FORMAT = Shape("label-studio", "Label Studio tasks", recognise, records, prepare)
