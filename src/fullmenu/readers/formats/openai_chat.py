"""OpenAI chat completions, completions and responses, also of servers with the same API."""

from __future__ import annotations

from fullmenu.readers.bodies import completion
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.json_values import Object, at, first, is_list, is_object

_OBJECTS = ("chat.completion", "text_completion", "response")


def recognise(value: object) -> bool:
    """Tell by ``choices``, or ``object``."""
    body = _body(value)
    if body is None or body.get("object") in _OBJECTS:
        return body is not None
    choices = body.get("choices")
    choice = choices[0] if is_list(choices) and choices else None
    return is_object(choice) and ("message" in choice or "text" in choice)


def records(value: Object, log: Ledger) -> list[Record]:
    """Return every choice; the request beside the response, if any, is the prompt."""
    body = _body(value)
    if body is None:
        log.skip("records that are not completions")
        return []
    request = first(value, "request", "body") or (value if body is not value else {})
    return completion(body, request, None, log)


def _body(value: object) -> Object | None:
    if not is_object(value):
        return None
    if is_list(value.get("choices")) or value.get("object") in _OBJECTS:
        return value
    response = value.get("response")
    inner = at(response, "body") if is_object(response) and "body" in response else response
    if is_object(inner) and "custom_id" not in value:
        return inner if "choices" in inner or inner.get("object") in _OBJECTS else None
    return None


FORMAT = Shape("openai-chat", "OpenAI completions", recognise, records)
