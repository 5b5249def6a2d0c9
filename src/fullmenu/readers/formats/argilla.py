"""Records of Argilla, as it exports them: what was shown is a row of a table."""

from __future__ import annotations

from fullmenu.readers.formats import table
from fullmenu.readers.registry import Shape


def recognise(value: object) -> bool:
    """Tell by ``fields`` beside ``responses`` or ``suggestions``."""
    return table.shows(value, "fields", "responses", "suggestions")


FORMAT = Shape("argilla", "Argilla records", recognise, *table.of_shown("fields", recognise))
