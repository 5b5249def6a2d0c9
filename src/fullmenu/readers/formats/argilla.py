"""Records of Argilla, as it exports them: what was shown is a row of a table, with its metadata.

Where no output was shown, it is what a model suggested, and its agent is the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fullmenu.readers.fields import names_output
from fullmenu.readers.formats import table
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, at, holds, is_object


def recognise(value: object) -> bool:
    """Tell by ``fields`` beside ``responses`` or ``suggestions``."""
    if not holds(value, "fields") or not is_object(value["fields"]):
        return False
    return any(isinstance(value.get(name), (list, dict)) for name in ("responses", "suggestions"))


def prepare(head: Sequence[object], log: Ledger) -> None:
    """Find the columns among what was shown."""
    table.prepare([_row(value) for value in head if recognise(value)], log)


def records(value: Object, log: Ledger) -> Iterable[Record]:
    """Return the outputs among what was shown."""
    if not recognise(value):
        raise Reject("no fields")
    return table.records(_row(value), log)


def _row(value: object) -> Object:
    shown = at(value, "fields")
    if not is_object(shown):
        return {}
    told = at(value, "metadata")
    row = {**(told if is_object(told) else {}), **shown, "fields": shown}
    suggested = at(value, "suggestions")
    if not names_output(shown) and is_object(suggested):
        for name, one in suggested.items():
            if names_output([name]) and (text := at(one, "value")) is not None:
                agent = at(one, "agent")
                return {**row, name: text, **({"model": agent} if agent else {})}
    return row


FORMAT = Shape("argilla", "Argilla records", recognise, records, prepare)
