"""OpenTelemetry GenAI: traces and logs in OTLP JSON, or a span a line.

Read are spans and events with ``gen_ai.*`` attributes. An output message is a choice, so that
samples of n > 1 come together. Content is opt-in.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import zip_longest

from fullmenu.readers.fields import parameters
from fullmenu.readers.formats import openinference
from fullmenu.readers.ledger import REPEAT, Ledger, Reject
from fullmenu.readers.registry import Shape
from fullmenu.readers.replies import answers
from fullmenu.readers.spans import (
    NO_CONTENT,
    Event,
    is_otlp,
    log_record_of,
    nested,
    span_of,
    spans_and_logs,
)
from fullmenu.samples import Record
from fullmenu.text.chat import Said
from fullmenu.text.encoding import unquote
from fullmenu.text.json_values import Object, at, first, is_list, is_object, listed
from fullmenu.text.wrappings import served

_CALLS = {None, "chat", "text_completion", "generate_content", "completion"}
_EVENT = "gen_ai.client.inference.operation.details"
_NO_CONTENT = (
    f"{NO_CONTENT}, whose capture is opt-in: OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
)
_MODELS = (
    "gen_ai.response.model", "gen_ai.request.model", "ai.response.model", "ai.model.id",
    "langfuse.observation.model.name",
)  # fmt: skip
_REQUEST = "gen_ai.request."
_FINGERPRINTS = tuple(
    f"gen_ai.{group}response.system_fingerprint" for group in ("", "openai.", "openai_")
)
_PENDING = 10_000  # calls whose prompt is kept until their choice comes
_NUMBERED = re.compile(r"gen_ai\.(?:prompt|completion)\.\d+\.")
_PLACES = (
    ("gen_ai.input.messages", "gen_ai.output.messages"),
    ("gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response"),
    ("gen_ai.prompt", "gen_ai.completion"),
    ("langfuse.observation.input", "langfuse.observation.output"),
    ("mlflow.spanInputs", "mlflow.spanOutputs"),
    ("input.value", "output.value"),
)
"""Attributes that hold what was asked and what was served, as whoever instruments writes them."""
_MESSAGE = re.compile(r"gen_ai\.([^.]+)(?:\..+)?\.message")


def recognise(value: object) -> bool:
    """Tell by OTLP's envelope, or a span with ``gen_ai.*``."""
    if is_otlp(value):
        return True
    if not is_object(value):
        return False
    attributes = value.get("attributes")
    if not (is_object(attributes) or is_list(attributes)):
        return False
    if "traceId" in value or "trace_id" in value:  # and no column of another platform's calls
        return not value.keys() & {"inputs", "output", "outputs"}
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
        raise TypeError(f"no object: {str(raw)[:100]}")
    if "body" in raw or "eventName" in raw or "event_name" in raw:
        return _of_log_record(log_record_of(raw), log)
    span = span_of(raw)
    trace, own = span.key
    plain_one = {"attributes": span.attributes, "time": span.time, "parent": span.parent}
    plain_one |= {"trace_id": trace, "span_id": own}
    if openinference.recognise(plain_one):
        return openinference.records(plain_one, log)
    of_vercel = str(span.attributes.get("ai.operationId")).startswith(("ai.generate", "ai.stream"))
    of_langfuse = span.attributes.get("langfuse.observation.type") == "generation"
    named = any(str(name).startswith("gen_ai.") for name in span.attributes)
    if not (named or of_vercel or of_langfuse):
        log.skip("spans that are not model calls")
        return []
    operation = span.attributes.get("gen_ai.operation.name")
    if operation not in _CALLS:
        log.skip(f"spans of operation {operation!r}, which are no model calls")
        return []
    asked, said = _content(span.attributes, span.events)
    started: set[int] = log.state.setdefault("started", set())
    if said is None:
        started.add(hash(span.key))
    elif all(span.key) and hash(span.key) in started:  # its start was written too
        started.discard(hash(span.key))
        log.skip(_NO_CONTENT, -1)
        log.skip(REPEAT)
    return _answers(asked, said, span, log, once=span.key)


def _answers(
    asked: object, said: list[Said] | None, event: Event, log: Ledger, once: Sequence[object] = ()
) -> list[Record]:
    if said is None:
        log.skip(_NO_CONTENT)
        return []
    attributes, trace = event.attributes, event.key[0]
    reasons = listed(unquote(attributes.get("gen_ai.response.finish_reasons")))
    return answers(
        [
            answer if answer.finish_reason else answer._replace(finish_reason=reason)
            for answer, reason in zip_longest(said, reasons[: len(said)])
        ],
        log,
        asked,
        model=first(attributes, *_MODELS),
        time=event.time,
        call_id="/".join(map(str, event.key)) if all(event.key) else None,
        parameters=parameters(
            attributes.get("langfuse.observation.model.parameters"),
            {str(name).removeprefix(_REQUEST): held for name, held in attributes.items()},
        ),
        fingerprint=first(attributes, *_FINGERPRINTS),
        once=once,
        within=(trace, event.parent) if event.parent else (),
    )


def _content(attributes: Object, events: Sequence[Event]) -> tuple[object, list[Said] | None]:
    """Return what was asked and what was served, wherever this version of the rules puts it."""
    for event in events:
        if event.name == _EVENT:
            attributes = {**attributes, **event.attributes}
    numbered = {k: v for k, v in attributes.items() if _NUMBERED.match(str(k))}
    if numbered:
        tree = nested(numbered)["gen_ai"]
        return at(tree, "prompt"), _said(at(tree, "completion"))
    text = first(attributes, "ai.response.text", "ai.response.object", "ai.result.text")
    calls = unquote(first(attributes, "ai.response.toolCalls", "ai.result.toolCalls"))
    if text or calls:
        reason = attributes.get("ai.response.finishReason")
        return first(attributes, "ai.prompt.messages", "ai.prompt"), served(
            {"text": text or "", "toolCalls": calls, "finishReason": reason}
        )
    for asks, serves in _PLACES:
        if (value := attributes.get(serves)) is not None:
            asked = unquote(attributes.get(asks))
            rules = unquote(attributes.get("gen_ai.system_instructions"))
            if rules and asks == "gen_ai.input.messages":
                turns = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
                parts = rules if is_list(rules) else [rules]
                asked = [{"role": "system", "parts": parts}, *listed(turns)]
            return asked or None, _said(value)
    if is_list(listed_events := unquote(attributes.get("events"))):  # of pydantic-ai
        events = [Event(str(at(e, "event.name")), e) for e in listed_events if is_object(e)]
    return _from_events(events)


def _from_events(events: Sequence[Event]) -> tuple[object, list[Said] | None]:
    asked: list[object] = []
    said: list[Said] = []
    for event in events:
        inside = event.attributes
        if event.name == "gen_ai.choice":
            said += served(_choice(inside))
        elif event.name == "gen_ai.content.prompt":
            turns = unquote(inside.get("gen_ai.prompt"))
            asked += turns if is_list(turns) else [turns]
        elif event.name == "gen_ai.content.completion":
            said += served(inside.get("gen_ai.completion"), sure=True)
        elif role := _MESSAGE.fullmatch(event.name):
            asked.append({"role": role[1], **inside})
    return asked or None, said or None


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
        return _answers(pending.get(event.key), None if empty else served(message), event, log)
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
    """Return the message of a choice, which is the model's whatever it says, and why it ended."""
    message = unquote(at(inside, "message"))
    if not is_object(message):
        message = {"content": message or at(inside, "content")}
    return {"finish_reason": at(inside, "finish_reason"), "role": "assistant", **message}


def _said(value: object) -> list[Said]:
    return served(value if is_list(value) or isinstance(value, str) else [value], sure=True)


FORMAT = Shape("otel", "OpenTelemetry spans", recognise, records)
