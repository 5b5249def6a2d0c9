"""OpenTelemetry's envelopes to plain spans and events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fullmenu.readers.ledger import Reject
from fullmenu.text.json_values import Object, at, is_list, is_object, listed, objects

NO_CONTENT = "model calls without content"

_RESOURCES = ("resourceSpans", "resource_spans"), ("resourceLogs", "resource_logs")
_SCOPES = ("scopeSpans", "scope_spans", "instrumentationLibrarySpans"), ("scopeLogs", "scope_logs")
_ITEMS = ("spans",), ("logRecords", "log_records")


class Event(NamedTuple):
    """A span, an event of a span or a log record, however its fields are spelt."""

    name: str  # as it says them
    attributes: Object
    time: object = None
    events: tuple[Event, ...] = ()  # of a span
    body: object = None  # of a log record
    key: tuple[object, object] = (None, None)  # the ids of its trace and of the span in it
    parent: object = None  # the id of the span around it


def is_otlp(value: object) -> bool:
    """Tell whether a value is an OTLP export of traces or logs."""
    return any(is_list(at(value, name)) for names in _RESOURCES for name in names)


def spans_and_logs(value: Object) -> Iterator[object]:
    """Yield spans, then log records, of an OTLP export, or the value itself if it is none."""
    if not is_otlp(value):
        yield value
        return
    for resources, scopes, items in zip(_RESOURCES, _SCOPES, _ITEMS, strict=True):
        for resource in objects(_either(value, *resources)):
            for scope in objects(_either(resource, *scopes)):
                yield from listed(_either(scope, *items))


def span_of(raw: Object) -> Event:
    """Bring the spellings of OTLP, the SDK's ``to_json`` and Phoenix together."""
    events = filter(is_object, listed(raw.get("events")))
    return Event(
        str(raw.get("name")),
        plain(raw.get("attributes")),
        _either(raw, "startTimeUnixNano", "start_time_unix_nano", "start_time"),
        tuple(Event(str(e.get("name")), plain(e.get("attributes"))) for e in events),
        key=span_key(raw),
        parent=_either(raw, "parentSpanId", "parent_span_id", "parent_id"),
    )


def span_key(raw: Object) -> tuple[object, object]:
    """Return the ids of a trace and of a span in it, which the SDK writes under ``context``."""
    held = context if is_object(context := raw.get("context")) else raw
    return (
        _either(held, "traceId", "trace_id", "context.trace_id"),
        _either(held, "spanId", "span_id", "context.span_id"),
    )


def log_record_of(raw: Object) -> Event:
    """Bring the spellings of a log record together."""
    attributes = plain(raw.get("attributes"))
    return Event(
        str(_either(raw, "eventName", "event_name") or attributes.get("event.name")),
        attributes,
        _either(raw, "timeUnixNano", "time_unix_nano", "observedTimeUnixNano"),
        body=any_value(raw.get("body")),
        key=span_key(raw),
    )


def plain(attributes: object) -> Object:
    """Return attributes as an object, from OTLP's list of keys and values or from an object."""
    if attributes is None or is_object(attributes):
        return attributes or {}
    try:
        return _paired(attributes)
    except (TypeError, KeyError, ValueError):
        raise Reject("attributes are neither an object nor OTLP's list of key and value") from None


def any_value(value: object) -> object:
    """Return OTLP's ``AnyValue`` as a plain value.

    >>> any_value({"arrayValue": {"values": [{"intValue": "3"}, {"stringValue": "x"}]}})
    [3, 'x']
    """
    if not is_object(value):
        return value
    for kind, inner in value.items():
        kind = kind.replace("_", "").lower()
        if kind == "intvalue":
            return int(str(inner))
        if kind in ("stringvalue", "boolvalue", "doublevalue", "bytesvalue"):
            return inner
        if kind == "arrayvalue":
            return [any_value(v) for v in listed(at(inner, "values"))]
        if kind == "kvlistvalue":
            return _paired(at(inner, "values"))
    return value or None


def nested(flat: Object) -> Object:
    """Turn dotted keys into nested objects, and objects keyed 0, 1 … into lists.

    >>> nested({"llm.output_messages.0.message.content": "hi", "llm.model_name": "m"})
    {'llm': {'output_messages': [{'message': {'content': 'hi'}}], 'model_name': 'm'}}
    """
    tree: dict[str, object] = {}
    for key, value in flat.items():
        if value is None:
            continue
        here = tree
        *path, last = str(key).split(".")
        for step in path:
            inner = here.setdefault(step, {})
            if not isinstance(inner, dict):
                inner = here[step] = {"": inner}
            here = inner
        if is_object(value):
            value, there = nested(value), here.get(last)
            if is_object(there) and is_object(value):
                value = {**there, **value}
        elif is_list(value):
            value = [nested(v) if is_object(v) else v for v in value]
        here[last] = value
    listed = _listed(tree)
    return listed if is_object(listed) else tree


def _listed(value: object) -> object:
    if not is_object(value):
        return value
    if value and all(k.isdigit() for k in value):
        return [_listed(value[k]) for k in sorted(value, key=int)]
    return {k: _listed(v) for k, v in value.items()}


def _paired(pairs: object) -> Object:
    return {str(pair["key"]): any_value(pair.get("value")) for pair in objects(pairs)}


def _either(value: Object, *names: str) -> object:
    """Return the first of these fields that is there, empty or not."""
    return next((found for name in names if (found := value.get(name)) is not None), None)
