"""Exports of spans, whole and mangled."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from typing import Any

PATHS = ("/v1/traces", "/v1/logs", "/api/samples")
_JSON = "application/json"
_PROTOBUF = "application/x-protobuf"
_ODD = (
    None, True, -1, 0, 1e308, 10**30, "", "\0", "\ud800", "x" * 5_000, [], {}, [[]], {"": None},
    {"stringValue": 3}, {"arrayValue": {"values": 3}}, {"kvlistValue": [1]}, [{"key": 1}],
    {"intValue": "no"}, {"bytesValue": "!"}, "9" * 400, "[" * 2_000, "{\"a\":" * 500, "NaN",
)  # fmt: skip


def span(rng: random.Random) -> dict[str, Any]:
    """Draw a span of a model call, in any of the ways in which they are written."""
    said = [{"role": "assistant", "parts": [{"type": "text", "content": "A fig."}]}]
    ways: tuple[dict[str, Any], ...] = (
        {"gen_ai.output.messages": json.dumps(said), "gen_ai.request.model": "m"},
        {"gen_ai.completion.0.content": "A fig.", "gen_ai.prompt.0.content": "A fruit?"},
        {"openinference.span.kind": "LLM", "llm.output_messages.0.message.content": "A fig."},
        {"gen_ai.operation.name": "chat"},
        {"http.method": "GET"},
    )
    return {
        "traceId": rng.randbytes(16).hex(),
        "spanId": rng.randbytes(8).hex(),
        "parentSpanId": "",
        "name": "chat m",
        "startTimeUnixNano": "1767225600000000000",
        "attributes": [
            {"key": k, "value": {"stringValue": v}} for k, v in rng.choice(ways).items()
        ],
        "events": [{"name": "gen_ai.choice", "attributes": []}] * rng.randrange(2),
    }


def export(rng: random.Random) -> dict[str, Any]:
    """Draw an export of traces or logs."""
    spans = [span(rng) for _ in range(rng.randrange(1, 4))]
    if rng.random() < 0.8:
        return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}, "spans": spans}]}]}
    record = {**spans[0], "eventName": "gen_ai.choice", "body": {"stringValue": "A fig."}}
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}


def samples(rng: random.Random) -> Any:
    """Draw what is posted as samples."""
    rows: list[Any] = [
        {"prompt": "A fruit?", "output": "A fig.", "model": "m", "call_id": str(rng.random()),
         "time": 1767225600, "score": 0.5, "sample_index": 0}
        for _ in range(rng.randrange(1, 4))
    ]  # fmt: skip
    return rng.choice((rows, rows[0], {"data": rows}))


def mangled(rng: random.Random, n: int) -> Iterator[tuple[bytes, dict[str, str], str]]:
    """Yield bodies that are broken in some way, with headers, and where they are sent."""
    for _ in range(n):
        path = rng.choice(PATHS)
        value = samples(rng) if path == "/api/samples" else export(rng)
        for _ in range(rng.randrange(3)):
            value = _changed(value, rng)
        kind = _JSON
        body = _dumped(value)
        if path != "/api/samples" and rng.random() < 0.5:
            kind, body = _PROTOBUF, _in_protobuf(export(rng))
        if rng.random() < 0.5:
            body = _cut(body, rng)
        headers = {"Content-Type": kind}
        if rng.random() < 0.3:
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
            if rng.random() < 0.5:
                body = _cut(body, rng)
        if rng.random() < 0.05:
            headers["Content-Type"] = rng.choice((_JSON, _PROTOBUF, "text/plain", "", ";", "a/b"))
        yield body, headers, path


def _changed(value: Any, rng: random.Random) -> Any:
    """Put something odd somewhere into a value."""
    if rng.random() < 0.15 or not isinstance(value, (dict, list)) or not value:
        return rng.choice(_ODD)
    if isinstance(value, list):
        i = rng.randrange(len(value))
        return [*value[:i], _changed(value[i], rng), *value[i + 1 :]]
    key = rng.choice(list(value))
    if rng.random() < 0.1:
        return {k: v for k, v in value.items() if k != key}
    return {**value, key: _changed(value[key], rng)}


def _cut(body: bytes, rng: random.Random) -> bytes:
    """Change, drop, double or add bytes."""
    held = bytearray(body)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(held) + 1)
        way = rng.randrange(5)
        if way == 0:
            del held[at:]
        elif way == 1:
            held[at : at + 4] = rng.randbytes(4)
        elif way == 2:
            held[at:at] = held[at : at + 50]
        elif way == 3:
            del held[at : at + rng.randrange(20)]
        else:
            held[at:at] = rng.choice((b"\0", b"\xff", b"\\ud800", b"[" * 500, b"\n"))
    return bytes(held)


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()


def _in_protobuf(exported: dict[str, Any]) -> bytes:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    request = ExportTraceServiceRequest()
    for resource in exported.get("resourceSpans", ()):
        for scope in resource["scopeSpans"]:
            spans = request.resource_spans.add().scope_spans.add().spans
            for one in scope["spans"]:
                made = spans.add(
                    name=one["name"],
                    trace_id=bytes.fromhex(one["traceId"]),
                    span_id=bytes.fromhex(one["spanId"]),
                )
                for pair in one["attributes"]:
                    made.attributes.add(key=pair["key"]).value.string_value = pair["value"][
                        "stringValue"
                    ]
    return request.SerializeToString()
