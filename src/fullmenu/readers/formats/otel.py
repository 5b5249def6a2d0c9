"""OpenTelemetry GenAI: traces and logs in OTLP JSON, or a span a line.

Read are spans and events with ``gen_ai.*`` attributes. An output message is a choice, so that
samples of n > 1 come together. Content is opt-in.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import partial

from fullmenu.readers.fields import parameters
from fullmenu.readers.formats import openinference
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.readers.spans import Event, is_otlp, log_record_of, nested, span_of, spans_and_logs
from fullmenu.samples import Record
from fullmenu.text.chat import said
from fullmenu.text.encoding import unquote
from fullmenu.text.json_values import Object, at, first, is_list, is_object, listed

_CALLS = {None, "chat", "text_completion", "generate_content", "completion"}
_EVENT = "gen_ai.client.inference.operation.details"
_NO_CONTENT = (
    "model calls without content, whose capture is opt-in: "
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
)
_PENDING = 10_000  # calls whose prompt is kept until their choice comes
_REQUEST = "gen_ai.request."
_FINGERPRINTS = (
    "gen_ai.response.system_fingerprint",
    "gen_ai.openai.response.system_fingerprint",
    "gen_ai.openai_response.system_fingerprint",
)
_NUMBERED = re.compile(r"gen_ai\.(?:prompt|completion)\.\d+\.")
_MESSAGE = re.compile(r"gen_ai\.([^.]+)(?:\..+)?\.message")

Turns = Sequence[object]


def recognise(value: object) -> bool:
    """Tell by OTLP's envelope, or a span with ``gen_ai.*``."""
    if is_otlp(value):
        return True
    if not is_object(value):
        return False
    attributes = value.get("attributes")
    if not (is_object(attributes) or is_list(attributes)):
        return False
    if "traceId" in value or "trace_id" in value:
        return True
    context = value.get("context")  # as the SDK writes a span
    return (is_object(context) and "trace_id" in context) or any(
        str(name).startswith("gen_ai.") for name in attributes
    )


def records(value: object, log: Ledger) -> Iterator[Record]:
    """Yield the choices of every model call in an export."""
    if not is_object(value):
        raise Reject("neither an export nor a span")
    read = partial(_records, log=log)
    return log.each(spans_and_logs(value), "a span or event that cannot be read", read)


def _records(raw: object, log: Ledger) -> list[Record]:
    if not is_object(raw):
        raise TypeError("no object")
    if "body" in raw or "eventName" in raw or "event_name" in raw:
        return _of_log_record(log_record_of(raw), log)
    span = span_of(raw)
    plain_one = {"attributes": span.attributes, "time": span.time}
    if openinference.recognise(plain_one):
        return openinference.records(plain_one, log)
    if not any(str(name).startswith("gen_ai.") for name in span.attributes):
        log.skip("spans that are not model calls")
        return []
    operation = span.attributes.get("gen_ai.operation.name")
    if operation not in _CALLS:
        log.skip(f"spans of operation {operation!r}, which are no model calls")
        return []
    asked, served = _content(span.attributes, span.events)
    return _answers(asked, served, span, log)


def _answers(asked: Turns | None, served: Turns | None, event: Event, log: Ledger) -> list[Record]:
    if served is None:
        log.skip(_NO_CONTENT)
        return []
    model = first(event.attributes, "gen_ai.response.model", "gen_ai.request.model")
    request = {str(k).removeprefix(_REQUEST): v for k, v in event.attributes.items()}
    reasons = listed(event.attributes.get("gen_ai.response.finish_reasons"))
    return answers(
        map(said, served),
        log,
        asked,
        model=model,
        time=event.time,
        reasons=reasons or [at(message, "finish_reason") for message in served],
        fingerprint=first(event.attributes, *_FINGERPRINTS),
        parameters=parameters(None, request),
        call_id="/".join(map(str, event.key)) if all(event.key) else None,
    )


def _content(attributes: Object, events: Sequence[Event]) -> tuple[Turns | None, Turns | None]:
    """Return what was asked and what was served, wherever this version of the rules puts it."""
    for event in events:
        if event.name == _EVENT:
            attributes = {**attributes, **event.attributes}
    served = _messages(attributes, "gen_ai.output.messages")
    if served is not None:
        rules = _messages(attributes, "gen_ai.system_instructions")
        system = [{"role": "system", "parts": rules}] if rules else []
        asked = [*system, *(_messages(attributes, "gen_ai.input.messages") or [])]
        return asked or None, served
    numbered = {k: v for k, v in attributes.items() if _NUMBERED.match(str(k))}
    if numbered:
        tree = nested(numbered)["gen_ai"]
        return _listed(at(tree, "prompt")), _listed(at(tree, "completion"))
    return _from_events(events)


def _from_events(events: Sequence[Event]) -> tuple[Turns | None, Turns | None]:
    asked: list[object] = []
    served: list[object] = []
    for event in events:
        inside = event.attributes
        if event.name == "gen_ai.choice":
            served.append(_choice(inside))
        elif event.name == "gen_ai.content.prompt":
            asked += _listed(unquote(inside.get("gen_ai.prompt"))) or [None]
        elif event.name == "gen_ai.content.completion":
            served += _listed(unquote(inside.get("gen_ai.completion"))) or [None]
        elif role := _MESSAGE.fullmatch(event.name):
            asked.append({"role": role[1], **inside})
    return asked or None, served or None


def _of_log_record(event: Event, log: Ledger) -> list[Record]:
    """Read an event that comes as a log record; a choice follows the messages of its span."""
    pending: OrderedDict[object, list[object]] = log.state.setdefault("pending", OrderedDict())
    body = event.body or {}
    if event.name == _EVENT:
        inside = {**body, **event.attributes} if is_object(body) else event.attributes
        return _answers(*_content(inside, ()), event, log)
    if event.name == "gen_ai.choice":
        message = _choice(body)
        empty = message.get("content") is None and not message.get("tool_calls")
        return _answers(pending.get(event.key), None if empty else [message], event, log)
    if role := _MESSAGE.fullmatch(event.name):
        if not is_object(body):
            raise TypeError("its body is no object")
        pending.setdefault(event.key, []).append({"role": role[1], **body})
        if len(pending) > _PENDING:
            pending.popitem(last=False)
    else:
        log.skip("log records that are not model calls")
    return []


def _choice(inside: object) -> Object:
    message = unquote(at(inside, "message"))
    if not is_object(message):
        message = {"content": message or at(inside, "content")}
    return {"finish_reason": at(inside, "finish_reason"), **message}


def _messages(attributes: Object, name: str) -> Turns | None:
    value = unquote(attributes.get(name))
    if isinstance(value, str):
        return [{"role": "user", "content": value}]
    return value if is_list(value) else None


def _listed(value: object) -> Turns | None:
    return value if value is None or is_list(value) else [value]


FORMAT = Shape("otel", "OpenTelemetry spans", recognise, records)
