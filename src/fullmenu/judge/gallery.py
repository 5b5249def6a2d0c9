"""Thumbnails for a report: few, small, and part of the document."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from fullmenu import pictures
from fullmenu.errors import BadInput
from fullmenu.samples import Media, Samples

PLATES = 6
"""Pictures shown of one dish; of dishes further down a list, one."""
DISHES = 5
"""Dishes of a list that show several."""
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


def of_dish(places: Sequence[str], place: int, media: Media) -> dict[str, list[str]]:
    """Return ``pictures`` of a dish, the one at that place of a list; nothing for other media."""
    if media != "image":
        return {}
    return {"pictures": _thumbnails(places[: PLATES if place < DISHES else 1])}


def gallery(logs: Mapping[str, Samples]) -> dict[str, dict[str, list[str]]]:
    """Return ``gallery``: some pictures of each log, drawn by a hash of their names.

    Parameters
    ----------
    logs
        In the order of :func:`fullmenu.judge.order.in_order`.
    """
    if any(log.media != "image" for log in logs.values()):
        return {}
    return {"gallery": {name: _thumbnails(_some(log)) for name, log in logs.items()}}


def with_pictures(
    prompts: list[dict[str, Any]], logs: Mapping[str, Samples]
) -> list[dict[str, Any]]:
    """Add ``pictures`` to the first few prompts of a report's list: some that each log gave."""
    if any(log.media != "image" for log in logs.values()):
        return prompts
    for name, log in logs.items():
        ids, outputs = (log.table.column(key).to_pylist() for key in ("prompt_id", "output"))
        for prompt in prompts[:DISHES]:
            places = [o for i, o in zip(ids, outputs, strict=True) if i == prompt["prompt_id"]]
            prompt.setdefault("pictures", {})[name] = _thumbnails(places[:PLATES])
    return prompts


def _some(log: Samples) -> list[str]:
    """Return outputs of a log, as evenly over prompts as can be."""
    outputs, n = log.outputs, len(log)
    return [outputs[i * n // min(n, GALLERY)] for i in range(min(n, GALLERY))]


def _thumbnails(places: Sequence[str]) -> list[str]:
    return [found for found in map(thumbnail, places) if found]
