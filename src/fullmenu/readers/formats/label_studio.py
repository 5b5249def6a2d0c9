"""Tasks of Label Studio, as it exports them: what was shown is a row of a table.

Where no output was shown, it is what a model predicted for a text area.
"""

from __future__ import annotations

from collections.abc import Iterator

from fullmenu.readers.fields import names_output
from fullmenu.readers.formats import table
from fullmenu.readers.registry import Shape
from fullmenu.text.json_values import Object, at, listed


def recognise(value: object) -> bool:
    """Tell by ``data`` beside ``annotations`` or ``predictions``."""
    return table.shows(value, "data", "annotations", "predictions")


def _rows(task: Object, row: Object) -> list[Object]:
    return [row] if names_output(row) else [*_predicted(task, row)] or [row]


def _predicted(task: Object, row: Object) -> Iterator[Object]:
    """Yield a row for each text area that a model filled, with all its texts."""
    asked = {"prompt": row["text"]} if "text" in row else {}
    for one in listed(task.get("predictions")):
        model = at(one, "model_version")
        named = {"model": model} if model else {}
        for result in listed(at(one, "result")):
            if at(result, "type") == "textarea" and (texts := at(result, "value", "text")):
                yield {**asked, **row, "response": texts, **named}


FORMAT = Shape(
    "label-studio", "Label Studio tasks", recognise, *table.of_shown("data", recognise, _rows)
)
