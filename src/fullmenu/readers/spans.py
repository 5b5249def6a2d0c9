"""OpenTelemetry's envelopes to plain spans: ``{"name", "attributes", "events", …}``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fullmenu.readers.ledger import Reject


def is_otlp(value: Any) -> bool:
    """Tell whether a value is an OTLP export of traces or logs."""
    return isinstance(value, dict) and any(
        isinstance(value.get(k), list)
        for k in ("resourceSpans", "resource_spans", "resourceLogs", "resource_logs")
    )


def spans(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the spans of an OTLP export as they stand, or the value itself if it is a span."""
    resources = _either(value, "resourceSpans", "resource_spans")
    if resources is None:
        if not is_otlp(value):
            yield value
        return
    for resource in resources:
        scopes = _either(resource, "scopeSpans", "scope_spans", "instrumentationLibrarySpans")
        for scope in scopes or []:
            yield from scope.get("spans") or []


def log_records(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the log records (events) of an OTLP export as they stand."""
    for resource in _either(value, "resourceLogs", "resource_logs") or []:
        for scope in _either(resource, "scopeLogs", "scope_logs") or []:
            yield from _either(scope, "logRecords", "log_records") or []


def tidy_event(record: dict[str, Any]) -> dict[str, Any]:
    """Bring the spellings of a log record together, with the span that it belongs to as key."""
    attributes = plain(record.get("attributes"))
    return {
        "name": _either(record, "eventName", "event_name") or attributes.get("event.name"),
        "attributes": attributes,
        "body": any_value(record.get("body")),
        "time": _either(record, "timeUnixNano", "time_unix_nano", "observedTimeUnixNano"),
        "key": span_id(record),
    }


def span_id(span: dict[str, Any]) -> tuple[Any, Any]:
    """Return the ids of a trace and of a span in it, which the SDK writes under ``context``."""
    context = span.get("context")
    at = context if isinstance(context, dict) else span
    return _either(at, "traceId", "trace_id"), _either(at, "spanId", "span_id")


def plain(attributes: Any) -> dict[str, Any]:
    """Return attributes as a dict, from OTLP's list of keys and values or from a dict."""
    if attributes is None:
        return {}
    if isinstance(attributes, dict):
        return attributes
    try:
        return {pair["key"]: any_value(pair.get("value")) for pair in attributes}
    except (TypeError, KeyError, AttributeError):
        raise Reject("attributes are neither an object nor OTLP's list of key and value") from None


def any_value(value: Any) -> Any:
    """Return OTLP's ``AnyValue`` as a plain value.

    >>> any_value({"arrayValue": {"values": [{"intValue": "3"}, {"stringValue": "x"}]}})
    [3, 'x']
    """
    if not isinstance(value, dict):
        return value
    for kind, inner in value.items():
        kind = kind.replace("_", "").lower()
        if kind == "intvalue":
            return int(inner)
        if kind in ("stringvalue", "boolvalue", "doublevalue", "bytesvalue"):
            return inner
        if kind == "arrayvalue":
            return [any_value(v) for v in (inner or {}).get("values") or []]
        if kind == "kvlistvalue":
            pairs = (inner or {}).get("values") or []
            return {pair["key"]: any_value(pair.get("value")) for pair in pairs}
    return value or None


def nested(flat: dict[str, Any]) -> dict[str, Any]:
    """Turn dotted keys into nested objects, and objects keyed 0, 1 … into lists.

    >>> nested({"llm.output_messages.0.message.content": "hi", "llm.model_name": "m"})
    {'llm': {'output_messages': [{'message': {'content': 'hi'}}], 'model_name': 'm'}}
    """
    tree: dict[str, Any] = {}
    for key, value in flat.items():
        if value is None:
            continue
        at = tree
        *path, last = str(key).split(".")
        for step in path:
            inner = at.setdefault(step, {})
            if not isinstance(inner, dict):
                inner = at[step] = {"": inner}
            at = inner
        if isinstance(value, dict):
            value = nested(value)
            if isinstance(at.get(last), dict) and isinstance(value, dict):
                value = {**at[last], **value}
        elif isinstance(value, list):
            value = [nested(v) if isinstance(v, dict) else v for v in value]
        at[last] = value
    listed = _listed(tree)
    return listed if isinstance(listed, dict) else tree


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(k.isdigit() for k in value):
        return [_listed(value[k]) for k in sorted(value, key=int)]
    return {k: _listed(v) for k, v in value.items()}


def tidy_span(span: dict[str, Any]) -> dict[str, Any]:
    """Bring the spellings of OTLP, the SDK's ``to_json`` and Phoenix together."""
    return {
        "name": span.get("name"),
        "attributes": plain(span.get("attributes")),
        "kind": span.get("span_kind"),
        "key": span_id(span),
        "time": _either(span, "startTimeUnixNano", "start_time_unix_nano", "start_time"),
        "events": [
            {"name": e.get("name"), "attributes": plain(e.get("attributes"))}
            for e in span.get("events") or []
            if isinstance(e, dict)
        ],
    }


def _either(value: dict[str, Any], *names: str) -> Any:
    for name in names:
        if value.get(name) is not None:
            return value[name]
    return None
