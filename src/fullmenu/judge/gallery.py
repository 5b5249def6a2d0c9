"""Thumbnails for a report: few, small, and part of the document."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np

from fullmenu import pictures
from fullmenu.errors import BadInput
from fullmenu.judge.case import OrderedLog

PLATES = 6
"""Pictures shown of one dish; of dishes further down a list, one."""
DISHES = 5
"""Dishes of a list that show several."""
PICTURED = 60
"""Dishes of a list that show any."""
GALLERY = 32
"""Pictures of each log shown side by side."""
MOST = 24_000
"""Bytes of a thumbnail; a larger one is drawn smaller."""


def thumbnail(place: str) -> str | None:
    """Return a picture as a data URI; ``None`` where it is gone since it was read."""
    for side in (96, 64, 32):
        try:
            png = pictures.thumbnail(place, side)
        except BadInput:
            return None
        if len(png) <= MOST:
            return "data:image/png;base64," + base64.b64encode(png).decode()
    return None


def of_dish(places: Sequence[str], place: int) -> list[str]:
    """Return pictures of a dish, the one at that place of a list."""
    return _thumbnails(places[: PLATES if place < DISHES else int(place < PICTURED)])


def of_prompt(log: OrderedLog, prompt: int) -> list[str]:
    """Return some pictures that a log gave to a prompt."""
    return _thumbnails([log.outputs[i] for i in np.flatnonzero(log.groups == prompt)[:PLATES]])


def of_log(log: OrderedLog) -> list[str]:
    """Return some pictures of a log, as evenly over prompts as can be."""
    n = len(log.outputs)
    return _thumbnails([log.outputs[i * n // min(n, GALLERY)] for i in range(min(n, GALLERY))])


def _thumbnails(places: Sequence[str]) -> list[str]:
    return [drawn for drawn in map(thumbnail, places) if drawn]
