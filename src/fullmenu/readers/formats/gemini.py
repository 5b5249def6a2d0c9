"""Responses of Gemini and Vertex AI, alone, beside their request, or as a batch's output."""

from __future__ import annotations

from fullmenu.readers.bodies import batched
from fullmenu.readers.formats.openai_batch import read_requests
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, at, first, holds, is_list, is_object


def recognise(value: object) -> bool:
    """Tell by ``candidates``, or a ``response`` with them."""
    return _body(value) is not None


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the text of every candidate."""
    body = _body(value)
    failed = first(value, "error", "status") if body is None else None
    if body is None and failed is None:
        log.skip("responses without candidates")
        return []
    return batched(value, body, failed, log)


def _body(value: object) -> Object | None:
    for one in (value, None if holds(value, "prompt") else at(value, "response")):
        if is_object(one) and is_list(one.get("candidates")):
            return one
    return None


FORMAT = Shape("gemini", "Gemini responses", recognise, records, read_requests)
