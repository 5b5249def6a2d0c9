"""Messages of Anthropic's API, alone or beside their request."""

from __future__ import annotations

from fullmenu.readers.bodies import completion
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, first, holds


def recognise(value: object) -> bool:
    """Tell by ``type`` message and a list of ``content``."""
    return _body(value) is not None


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the text of a message; the request beside it, if any, is the prompt."""
    body = _body(value)
    if body is None:
        log.skip("records that are no messages")
        return []
    request = first(value, "request", "params", "body") or (value if body is not value else {})
    return completion(body, request, None, log)


def _body(value: object) -> Object | None:
    inner = None if holds(value, "prompt") else first(value, "response", "message")
    for one in (value, inner):
        if holds(one, role=str, content=list) and one.get("type") == "message":
            return one
    return None


FORMAT = Shape("anthropic", "Anthropic messages", recognise, records)
