"""OpenAI chat completions, completions and responses, also of servers with the same API."""

from __future__ import annotations

from fullmenu.readers.fields import parameters
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.samples import Record
from fullmenu.text.chat import requested, served
from fullmenu.text.json_values import Object, at, first, is_list, is_object, listed

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
    return completion(body, requested(request), None, log, request)


def completion(
    body: object,
    prompt: str | None,
    prompt_id: str | None,
    log: Ledger,
    request: object = None,
) -> list[Record]:
    """Return the choices of a response body.

    Without a prompt, only choices of the same response are known to answer the same one.
    """
    if not is_object(body):
        raise TypeError("the body is no object")
    if prompt is None and prompt_id is None:
        choices = body.get("choices")
        several = is_list(choices) and len(choices) > 1
        prompt_id = str(body.get("id") or log.position) if several else ""
        log.say(
            "responses without their request: each answers a prompt of its own"
            if several
            else "responses without their request: taken as answers to one prompt"
        )
    time = body.get("created", body.get("created_at"))
    return answers(
        served(body),
        log,
        prompt,
        prompt_id,
        model=body.get("model"),
        time=time,
        reasons=_reasons(body),
        fingerprint=body.get("system_fingerprint"),
        parameters=parameters(None, request or body),
        call_id=body.get("id"),
    )


def _reasons(body: Object) -> list[object]:
    """Return why each choice ended; a response says so only where it is incomplete."""
    if choices := listed(body.get("choices")):
        return [at(choice, "finish_reason") for choice in choices]
    return [at(body, "incomplete_details", "reason") or body.get("stop_reason")]


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
