"""OpenAI chat completions, completions and responses, alone or beside their request."""

from __future__ import annotations

from typing import Any

from fullmenu.readers import scalars
from fullmenu.readers.fields import parameters
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.logprobs import logprobs
from fullmenu.readers.registry import Shape
from fullmenu.samples import Record
from fullmenu.text.chat import requested, served

_OBJECTS = ("chat.completion", "text_completion", "response")


def recognise(value: Any) -> bool:
    """Tell by ``choices`` with messages, or the ``object`` that the API names."""
    body = _body(value)
    if body is None:
        return False
    if body.get("object") in _OBJECTS:
        return True
    listed = body.get("choices")
    return (
        isinstance(listed, list)
        and bool(listed)
        and isinstance(listed[0], dict)
        and ("message" in listed[0] or "text" in listed[0])
    )


def records(value: Any, log: Ledger) -> list[Record]:
    """Return every choice; the request beside the response, if any, is the prompt."""
    body = _body(value)
    if body is None:
        log.skip("records that are not completions")
        return []
    request = value.get("request") or value.get("body") or (value if body is not value else {})
    return completion(body, requested(request), None, log, request)


def completion(
    body: dict[str, Any],
    prompt: str | None,
    prompt_id: str | None,
    log: Ledger,
    request: Any = None,
) -> list[Record]:
    """Return the choices of a response body.

    Without a prompt, only choices of the same response are known to answer the same one.
    """
    if prompt is None and prompt_id is None:
        several = len(body.get("choices") or []) > 1
        prompt_id = str(body.get("id") or log.position) if several else ""
        log.say(
            "responses without their request: each answers a prompt of its own"
            if several
            else "responses without their request: taken as answers to one prompt"
        )
    time = scalars.time(body.get("created", body.get("created_at")))
    model = body.get("model")
    call: dict[str, Any] = {
        "call_id": body.get("id"),
        "system_fingerprint": body.get("system_fingerprint"),
        "parameters": parameters(None, request if isinstance(request, dict) else body),
    }
    return [
        Record(
            text,
            prompt,
            prompt_id,
            model,
            time,
            logprobs=logprobs(answer.logprobs, log),
            finish_reason=reason,
            **call,
        )
        for answer, reason in zip(served(body), _reasons(body), strict=False)
        if (text := log.text(answer)) is not None
    ]


def _reasons(body: dict[str, Any]) -> list[str | None]:
    """Return why each choice ended; a response names a reason only where it is incomplete."""
    if isinstance(choices := body.get("choices"), list) and choices:
        return [c.get("finish_reason") if isinstance(c, dict) else None for c in choices]
    details = body.get("incomplete_details")
    return [details.get("reason") if isinstance(details, dict) else body.get("stop_reason")]


def _body(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("choices"), list) or value.get("object") in _OBJECTS:
        return value
    response = value.get("response")
    if isinstance(response, dict) and "custom_id" not in value:
        inner = response.get("body", response)
        if isinstance(inner, dict) and ("choices" in inner or inner.get("object") in _OBJECTS):
            return inner
    return None


FORMAT = Shape(
    "openai-chat",
    "OpenAI completions",
    recognise,
    records,
    about="OpenAI chat completions, completions and responses, also of servers with the same API",
    told_by="`choices`, or `object`",
)
