"""Responses of Ollama's ``/api/chat`` and ``/api/generate``, also streamed.

The pieces of a stream are joined up to the one that is done.
"""

from __future__ import annotations

from fullmenu.readers.bodies import completion
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, first, holds, is_object, listed

_TEXTS = ("response", "thinking")


def recognise(value: object) -> bool:
    """Tell by ``done`` with a ``response`` or a ``message``."""
    return holds(value, done=bool) and (
        isinstance(value.get("response"), str) or is_object(value.get("message"))
    )


def records(value: Object, log: Ledger) -> list[Record]:
    """Return the answer that ends with a piece that is done; keep the pieces before it."""
    if not recognise(value):
        log.skip("records that are no responses")
        return []
    pieces: list[Object] = log.state.setdefault("pieces", [])
    pieces.append(value)
    if not value["done"]:
        return []
    log.state["pieces"] = []
    request = first(value, "request") or {n: value[n] for n in ("prompt", "messages") if n in value}
    return completion(_joined(pieces), request, None, log)


def finish(log: Ledger) -> None:
    """Count a stream that ends before it is done."""
    if log.state.get("pieces"):
        log.skip("streams that end before they are done")


def _joined(pieces: list[Object]) -> Object:
    body: dict[str, object] = {k: v for k, v in pieces[-1].items() if k != "context"}
    if is_object(last := body.get("message")):
        messages = [one for piece in pieces if is_object(one := piece.get("message"))]
        calls = [call for message in messages for call in listed(message.get("tool_calls"))]
        texts = {name: _text(messages, name) for name in ("content", "thinking")}
        return {**body, "message": {**last, **texts, "tool_calls": calls}}
    return {**body, **{name: _text(pieces, name) for name in _TEXTS}}


def _text(pieces: list[Object], name: str) -> str | None:
    return "".join(text for piece in pieces if isinstance(text := piece.get(name), str)) or None


FORMAT = Shape("ollama", "Ollama responses", recognise, records, finish=finish)
