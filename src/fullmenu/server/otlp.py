"""OTLP's protobuf as the plain values that spans are read from, and what OTLP is answered."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from fullmenu.errors import BadInput
from fullmenu.server.request_body import Bounds, TooLarge

Signal = Literal["traces", "logs"]
_NAMES: dict[Signal, str] = {"traces": "spans", "logs": "log records"}

PARTS = 10_000
"""Attributes and events of one span."""

PROTOBUF = "application/x-protobuf"
JSON = "application/json"


def plain(signal: Signal, body: bytes, bounds: Bounds) -> dict[str, object]:
    """Return an export in protobuf as plain values, ids in hex as in OTLP JSON.

    A span or log record that is damaged or too large stands there as a text that says so.

    Raises
    ------
    BadInput
        The bytes are no such message.
    TooLarge
        There are too many of them: a byte of protobuf may take a hundred once it is read.
    """
    most = 2 * bounds.samples
    items: list[object] = []
    groups = 0
    for resource in _inner(body, 1):
        groups += 1
        for scope in _inner(resource, 2):
            groups += 1
            if groups > most:
                break
            for one in _inner(scope, 2):
                if len(items) >= most:
                    raise TooLarge(f"more than {most:,} {_NAMES[signal]}")
                items.append(_read(signal, one))
        if groups > most:
            raise TooLarge(f"more than {most:,} resources and scopes")
    if signal == "traces":
        return {"resourceSpans": [{"scopeSpans": [{"spans": items}]}]}
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": items}]}]}


def response(signal: Signal, as_json: bool, rejected: int, said: str) -> bytes:
    """Return what OTLP answers: empty, or how many were rejected and what is to be said."""
    import json

    if as_json:
        names = {"traces": "rejectedSpans", "logs": "rejectedLogRecords"}
        partial = {names[signal]: str(rejected), "errorMessage": said}
        return json.dumps({"partialSuccess": partial} if rejected or said else {}).encode()
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

    message: Any = ExportTraceServiceResponse()
    count = "rejected_spans"
    if signal == "logs":
        message, count = ExportLogsServiceResponse(), "rejected_log_records"
    if rejected or said:
        setattr(message.partial_success, count, rejected)
        message.partial_success.error_message = said
    return bytes(message.SerializeToString())


def refusal(as_json: bool, said: str) -> bytes:
    """Return a ``google.rpc.Status`` that gives the reason: field 2 is its message."""
    import json

    if as_json:
        return json.dumps({"message": said}).encode()
    text = said.encode()
    size, length = len(text), bytearray()
    while size > 0x7F:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    return b"\x12" + bytes(length) + bytes([size]) + text


def _inner(message: bytes, number: int) -> Iterator[bytes]:
    """Yield the messages in one field of a message, which stand there by length."""
    at, end = 0, len(message)
    while at < end:
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == 0:
            _, at = _varint(message, at)
        elif kind == 2:
            size, at = _varint(message, at)
            if tag >> 3 == number:
                yield message[at : at + size]
            at += size
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            at = end + 1
        if at > end or tag < 8:
            raise BadInput("this is no OTLP export in protobuf")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    for byte in message[at : at + 10]:
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise BadInput("this is no OTLP export in protobuf")


def _read(signal: Signal, message: bytes) -> object:
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

    one: Any = Span() if signal == "traces" else LogRecord()
    try:
        one.ParseFromString(message)
    except DecodeError:
        return "its protobuf cannot be read"
    parts = len(one.attributes) + (len(one.events) if signal == "traces" else 0)
    if parts > PARTS:
        return f"more than {PARTS:,} attributes and events"
    return _span(one) if signal == "traces" else _log_record(one)


def _span(span: Any) -> dict[str, object]:
    return {
        "traceId": span.trace_id.hex(),
        "spanId": span.span_id.hex(),
        "parentSpanId": span.parent_span_id.hex() or None,
        "name": span.name,
        "startTimeUnixNano": span.start_time_unix_nano or None,
        "attributes": _attributes(span.attributes),
        "events": [{"name": e.name, "attributes": _attributes(e.attributes)} for e in span.events],
    }


def _log_record(record: Any) -> dict[str, object]:
    return {
        "traceId": record.trace_id.hex(),
        "spanId": record.span_id.hex(),
        "eventName": record.event_name or None,
        "timeUnixNano": record.time_unix_nano or record.observed_time_unix_nano or None,
        "attributes": _attributes(record.attributes),
        "body": _value(record.body),
    }


def _attributes(pairs: Iterable[Any]) -> dict[str, object]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: Any) -> object:
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    held = getattr(value, kind)
    if kind == "array_value":
        return [_value(inner) for inner in held.values]
    if kind == "kvlist_value":
        return _attributes(held.values)
    return b64encode(held).decode() if kind == "bytes_value" else held
