"""Records of Argilla, as it exports them: what was shown is a row of a table, with its metadata.

Where no output was shown, it is what a model suggested, and its agent is the model.
"""

from __future__ import annotations

from fullmenu.readers.fields import names_output
from fullmenu.readers.formats import table
from fullmenu.readers.registry import Shape
from fullmenu.text.json_values import Object, at, is_object


def recognise(value: object) -> bool:
    """Tell by ``fields`` beside ``responses`` or ``suggestions``."""
    return table.shows(value, "fields", "responses", "suggestions")


def _rows(record: Object, row: Object) -> list[Object]:
    suggested, told = record.get("suggestions"), record.get("metadata")
    more = {**told} if is_object(told) else {}
    if not names_output(row) and is_object(suggested):
        for name, one in suggested.items():
            if names_output([name]) and (text := at(one, "value")) is not None:
                more[name] = text
                more["model"] = at(one, "agent") or more.get("model")
                break
    return [{**more, **row}]


FORMAT = Shape("argilla", "Argilla records", recognise, *table.of_shown("fields", recognise, _rows))
