"""Tasks of Label Studio, as it exports them: what was shown is a row of a table."""

from __future__ import annotations

from fullmenu.readers.formats import table
from fullmenu.readers.registry import Shape


def recognise(value: object) -> bool:
    """Tell by ``data`` beside ``annotations`` or ``predictions``."""
    return table.shows(value, "data", "annotations", "predictions")


FORMAT = Shape("label-studio", "Label Studio tasks", recognise, *table.of_shown("data", recognise))
