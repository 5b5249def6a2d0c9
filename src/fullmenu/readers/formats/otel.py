"""OpenTelemetry GenAI: spans and events with ``gen_ai.*`` attributes, in OTLP JSON or one a line.

An output message is a choice, so that samples of n > 1 come together. Content is opt-in.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from itertools import chain
from typing import Any

from fullmenu.readers import scalars
from fullmenu.readers.fields import parameters
from fullmenu.readers.formats import openinference
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.spans import is_otlp, log_records, nested, spans, tidy_event, tidy_span
from fullmenu.samples import Record
from fullmenu.text import chat
from fullmenu.text.encoding import unquote

_CALLS = {None, "chat", "text_completion", "generate_content", "completion"}
_EVENT = "gen_ai.client.inference.operation.details"
_NO_CONTENT = (
    "model calls without content, whose capture is opt-in: "
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
)
_PENDING = 10_000  # calls whose prompt is kept until their choice comes
_REQUEST = "gen_ai.request."
_FINGERPRINTS = tuple(
    f"gen_ai.{group}response.system_fingerprint" for group in ("", "openai.", "openai_")
)
_NUMBERED = re.compile(r"gen_ai\.(?:prompt|completion)\.\d+\.")


def recognise(value: Any) -> bool:
    """Tell by OTLP's envelope, or by a span: attributes, and a trace's id or ``gen_ai.*``."""
    if is_otlp(value):
        return True
    if not isinstance(value, dict) or not isinstance(value.get("attributes"), (dict, list)):
        return False
    context = value.get("context")
    if isinstance(context, dict) and "trace_id" in context:
        return True
    return (
        "traceId" in value
        or "trace_id" in value
        or any(str(k).startswith("gen_ai.") for k in value["attributes"])
    )


def records(value: Any, log: Ledger) -> Iterator[Record]:
    """Yield the choices of every model call in an export."""
    if not isinstance(value, dict):
        raise Reject("neither an export nor a span")
    for n, raw in enumerate(chain(spans(value), log_records(value))):
        log.seen += n > 0  # the first is counted as the record that it came in
        try:
            is_event = "body" in raw or "eventName" in raw or "event_name" in raw
            yield from _event(tidy_event(raw), log) if is_event else _call(tidy_span(raw), log)
        except (AttributeError, TypeError, KeyError, ValueError) as error:
            log.reject(log.line, f"a span or event that cannot be read: {str(error)[:200]}", raw)


def _call(span: dict[str, Any], log: Ledger) -> Iterator[Record]:
    attributes = span["attributes"]
    if openinference.recognise(span):
        yield from openinference.records(span, log)
        return
    if not any(str(k).startswith("gen_ai.") for k in attributes):
        log.skip("spans that are not model calls")
        return
    operation = attributes.get("gen_ai.operation.name")
    if operation not in _CALLS:
        log.skip(f"spans of operation {operation!r}, which are no model calls")
        return
    asked, served = _content(attributes, span["events"])
    if served is None:
        log.skip(_NO_CONTENT)
        return
    yield from _records(asked, served, attributes, span, log)


def _records(
    asked: Any, served: list[Any], attributes: dict[str, Any], span: dict[str, Any], log: Ledger
) -> Iterator[Record]:
    """Yield the choices of one call; ``span`` is the tidied span or event that tells of it."""
    prompt = chat.asked(asked)
    model = attributes.get("gen_ai.response.model") or attributes.get("gen_ai.request.model")
    when = scalars.time(span["time"])
    reasons = attributes.get("gen_ai.response.finish_reasons")
    reasons = reasons if isinstance(reasons, list) else []
    request = {k.removeprefix(_REQUEST): v for k, v in attributes.items() if _REQUEST in str(k)}
    fingerprints = (attributes.get(name) for name in _FINGERPRINTS)
    call: dict[str, Any] = {
        "system_fingerprint": next(filter(None, fingerprints), None),
        "parameters": parameters(None, request),
        "call_id": "/".join(map(str, span["key"])) if all(span["key"]) else None,
    }
    for n, message in enumerate(served):
        text = log.text(chat.said(message))
        if text is not None:
            reason = message.get("finish_reason") if isinstance(message, dict) else None
            reason = reason or (reasons[n] if n < len(reasons) else None)
            yield Record(text, prompt, model=model, time=when, finish_reason=reason, **call)


def _content(
    attributes: dict[str, Any], events: list[dict[str, Any]]
) -> tuple[Any, list[Any] | None]:
    """Return what was asked and what was served, wherever this version of the rules puts it."""
    for event in events:
        if event["name"] == _EVENT:
            attributes = {**attributes, **event["attributes"]}
    served = _messages(attributes, "gen_ai.output.messages")
    if served is not None:
        rules = _messages(attributes, "gen_ai.system_instructions")
        asked = _messages(attributes, "gen_ai.input.messages") or []
        if rules:
            asked = [{"role": "system", "parts": rules}, *asked]
        return asked or None, served
    if any(_NUMBERED.match(str(k)) for k in attributes):
        tree = nested({k: v for k, v in attributes.items() if _NUMBERED.match(str(k))})["gen_ai"]
        return tree.get("prompt"), tree.get("completion")
    return _from_events(events)


def _from_events(events: list[dict[str, Any]]) -> tuple[Any, list[Any] | None]:
    asked: list[Any] = []
    served: list[Any] = []
    for event in events:
        name, inside = str(event["name"]), event["attributes"]
        if name == "gen_ai.choice":
            served.append(_choice(inside))
        elif name == "gen_ai.content.prompt":
            asked += _listed(unquote(inside.get("gen_ai.prompt")))
        elif name == "gen_ai.content.completion":
            served += _listed(unquote(inside.get("gen_ai.completion")))
        elif name.startswith("gen_ai.") and name.endswith(".message"):
            asked.append({"role": name.split(".")[1], **inside})
    return asked or None, served or None


def _event(event: dict[str, Any], log: Ledger) -> Iterator[Record]:
    """Read events that come as log records; a choice follows the messages of its span."""
    name, key, body = str(event["name"]), event["key"], event["body"] or {}
    attributes = event["attributes"]
    pending: OrderedDict[Any, list[Any]] = log.state.setdefault("pending", OrderedDict())
    if name == _EVENT:
        asked, served = _content(
            {**body, **attributes} if isinstance(body, dict) else attributes, []
        )
        if served is None:
            log.skip(_NO_CONTENT)
        else:
            yield from _records(asked, served, attributes, event, log)
    elif name == "gen_ai.choice":
        message = _choice(body)
        if message.get("content") is None and not message.get("tool_calls"):
            log.skip(_NO_CONTENT)
        else:
            asked = pending.get(key) or None
            yield from _records(asked, [message], attributes, event, log)
    elif name.startswith("gen_ai.") and name.endswith(".message"):
        pending.setdefault(key, []).append({"role": name.split(".")[1], **body})
        if len(pending) > _PENDING:
            pending.popitem(last=False)
    else:
        log.skip("log records that are not model calls")


def _choice(inside: dict[str, Any]) -> dict[str, Any]:
    message = unquote(inside.get("message"))
    if not isinstance(message, dict):
        message = {"content": message or inside.get("content")}
    return {"finish_reason": inside.get("finish_reason"), **message}


def _messages(attributes: dict[str, Any], name: str) -> list[Any] | None:
    value = unquote(attributes.get(name))
    if isinstance(value, str):
        return [{"role": "user", "content": value}]
    return value if isinstance(value, list) else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


FORMAT = Shape(
    "otel",
    "OpenTelemetry spans",
    recognise,
    records,
    about="OpenTelemetry GenAI: traces and logs in OTLP JSON, or a span a line",
    told_by="OTLP's envelope, or a span with `gen_ai.*`",
)
