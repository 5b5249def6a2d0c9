"""What comes in through the doors: read as files are, stored before it is answered, or refused."""

from __future__ import annotations

import gzip
import json
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("fastapi", reason="fastapi is not installed")

from fullmenu.errors import BadInput
from fullmenu.readers import read
from fullmenu.server.access import RequestRate
from fullmenu.server.bodies import Bounds
from fullmenu.server.reception import redaction
from fullmenu.store import Store

EAGER = RequestRate(1e6, 1e6)
JSON = {"Content-Type": "application/json"}
PROTOBUF = {"Content-Type": "application/x-protobuf"}


@pytest.fixture
def store(tmp_path):
    with Store.open(str(tmp_path / "store.db")) as store:
        yield store


@pytest.fixture
def asks(client, store):
    return client(store, rate=EAGER)


def span(n, said="A fig.", asked="A fruit?", **attributes):
    messages = {
        "gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": asked}]}],
        "gen_ai.output.messages": [
            {"role": "assistant", "parts": [{"type": "text", "content": text}]}
            for text in ([said] if isinstance(said, str) else said or [])
        ],
    }
    held = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "m1",
        "gen_ai.request.temperature": 0.5,
        **({} if said is None else {k: json.dumps(v) for k, v in messages.items()}),
        **attributes,
    }
    return {
        "traceId": f"{n:032x}",
        "spanId": f"{n:016x}",
        "name": "chat m1",
        "startTimeUnixNano": str(1_767_225_600_000_000_000 + n),
        "attributes": [{"key": k, "value": any_value(v)} for k, v in held.items()],
    }


def any_value(value):
    kinds = {str: "stringValue", float: "doubleValue", bool: "boolValue"}
    return {"intValue": str(value)} if type(value) is int else {kinds[type(value)]: value}


def export(*spans):
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": list(spans)}]}]}


def in_protobuf(exported):
    """Write an export as protobuf, by the library's own reading of JSON."""
    from base64 import b64encode

    from google.protobuf.json_format import ParseDict
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    exported = json.loads(json.dumps(exported))
    for resource in exported["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for one in scope["spans"]:
                for name in ("traceId", "spanId", "parentSpanId"):
                    if name in one:
                        one[name] = b64encode(bytes.fromhex(one[name])).decode()
    return ParseDict(exported, ExportTraceServiceRequest()).SerializeToString()


def kept(store):
    return [s.record for s in store.samples(limit=100_000)]


SPANS = export(
    span(1),
    span(2, ["A kiwi.", "A plum.", "A kiwi."]),
    span(3, None),
    {**span(4), "attributes": [{"key": "http.method", "value": {"stringValue": "GET"}}]},
)


@pytest.mark.parametrize("packed", [None, "gzip", "deflate", "members"])
@pytest.mark.parametrize("kind", ["json", "protobuf"])
def test_spans_are_read_as_a_file_of_them_is(asks, store, tmp_path, kind, packed):
    body = json.dumps(SPANS).encode() if kind == "json" else in_protobuf(SPANS)
    headers = dict(JSON if kind == "json" else PROTOBUF)
    if packed == "members":
        body = gzip.compress(body[:100]) + gzip.compress(body[100:])
    elif packed is not None:
        body = {"gzip": gzip.compress, "deflate": zlib.compress}[packed](body)
    if packed is not None:
        headers["Content-Encoding"] = "deflate" if packed == "deflate" else "gzip"
    answer = asks.post("/v1/traces", content=body, headers=headers)
    assert answer.status_code == 200 and answer.headers["content-type"] in headers.values()
    file = tmp_path / "spans.json"
    file.write_text(json.dumps(SPANS))
    there = read(file)
    here = kept(store)
    for column in ("output", "prompt", "model", "time", "call_id"):
        assert [getattr(r, column) for r in here] == there.column(column)
    assert [r.parameters for r in here] == [{"temperature": 0.5}] * 4
    status = asks.get("/api/status").json()
    assert status["came"] == {
        "stored": 4, "known": 0, "rejected": 0, "without_content": 1, "failed": 0,
    }  # fmt: skip


def test_what_was_rejected_and_what_held_no_content_is_said(asks, store):
    answer = asks.post("/v1/traces", json=export(span(1), {"attributes": 3}, span(2, None)))
    said = answer.json()["partialSuccess"]
    assert said["rejectedSpans"] == "1"
    assert "CAPTURE_MESSAGE_CONTENT=true" in said["errorMessage"]
    assert asks.post("/v1/traces", json=export(span(9))).json() == {}
    assert len(kept(store)) == 2
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

    body = in_protobuf(export(span(3, None)))
    answer = asks.post("/v1/traces", content=body, headers=PROTOBUF)
    partial = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert partial.rejected_spans == 0 and "without content" in partial.error_message


def test_a_span_that_cannot_be_read_costs_only_itself(asks, store):
    good = in_protobuf(export(span(1)))
    for bad in (b"\x0a\x05\x12\x03\x12\x01\xff", b"\x0a\x06\x12\x04\x12\x02\x2a\xff"):
        answer = asks.post("/v1/traces", content=good + bad, headers=PROTOBUF)
        assert answer.status_code == 200 and b"cannot be read" in answer.content
    for depth, status in ((240, 200), (5_000, 400)):
        head, tail = '{"kvlistValue":{"values":[{"key":"x","value":', "}]}}"
        deep = head * depth + '{"stringValue":"x"}' + tail * depth
        nested = span(2, deep="here")
        body = json.dumps(export(span(1), nested)).replace('{"stringValue": "here"}', deep)
        assert asks.post("/v1/traces", content=body, headers=JSON).status_code == status
    assert len(kept(store)) == 2


def test_a_call_that_is_sent_again_is_stored_once(asks, store):
    for _ in range(3):
        assert asks.post("/v1/traces", json=SPANS).status_code == 200
    assert len(kept(store)) == 4


def test_two_instrumentations_of_one_call_are_one_call_over_requests_too(asks, store):
    outer, inner = span(1), {**span(2), "traceId": f"{1:032x}", "parentSpanId": f"{1:016x}"}
    asks.post("/v1/traces", json=export(inner))
    asks.post("/v1/traces", json=export(outer))
    asks.post("/v1/traces", json=export(span(3)))
    assert [r.call_id[-1] for r in kept(store)] == ["2", "3"]


def test_generations_of_langfuse_are_model_calls(asks, store):
    asked = [{"role": "user", "content": "A fruit?"}]
    said = [{"role": "assistant", "content": text} for text in ("A fig.", "A kiwi.")]
    held = {
        "langfuse.observation.type": "generation",
        "langfuse.observation.input": json.dumps(asked),
        "langfuse.observation.output": json.dumps(said),
        "langfuse.observation.model.name": "m1",
        "langfuse.observation.model.parameters": '{"temperature": 0.7}',
    }
    one = {**span(1), "attributes": [{"key": k, "value": any_value(v)} for k, v in held.items()]}
    other = [{"key": "langfuse.observation.type", "value": {"stringValue": "span"}}]
    answer = asks.post(
        "/api/public/otel/v1/traces", json=export(one, {**span(2), "attributes": other})
    )
    assert answer.json() == {}
    assert [(r.output, r.prompt, r.model, r.parameters) for r in kept(store)] == [
        (text, "A fruit?", "m1", {"temperature": 0.7}) for text in ("A fig.", "A kiwi.")
    ]


def test_log_records_bring_their_prompt_in_an_earlier_request(asks, store):
    def logs(*records):
        held = [
            {"traceId": "0a" * 16, "spanId": "0b" * 8, "eventName": name, "body": body}
            for name, body in records
        ]
        return {"resourceLogs": [{"scopeLogs": [{"logRecords": held}]}]}

    def pairs(**held):
        return {"kvlistValue": {"values": [{"key": k, "value": v} for k, v in held.items()]}}

    asked = pairs(content={"stringValue": "A fruit?"})
    message = pairs(content={"stringValue": "A fig."}, role={"stringValue": "assistant"})
    for record in (
        ("gen_ai.user.message", asked),
        ("gen_ai.choice", pairs(message=message, index={"intValue": "0"})),
    ):
        assert asks.post("/v1/logs", json=logs(record)).status_code == 200
    assert [(r.prompt, r.output) for r in kept(store)] == [("A fruit?", "A fig.")]


def test_one_address_for_all_signals_is_answered(asks, store):
    for kind, said in ((JSON, b"{}"), (PROTOBUF, b"")):
        answer = asks.post("/v1/metrics", content=b"anything", headers=kind)
        assert (answer.status_code, answer.content) == (200, said)
    assert kept(store) == []


ROW = {"prompt": "A fruit?", "output": "fig", "model": "m1", "call_id": "7"}


@pytest.mark.parametrize(
    ("body", "outputs"),
    [
        (ROW, ["fig"]),
        ([ROW, {**ROW, "output": "kiwi"}], ["fig", "kiwi"]),
        ({"prompt": "A fruit?", "responses": ["fig", "fig"]}, ["fig", "fig"]),
        (
            {
                "object": "chat.completion",
                "choices": [{"message": {"role": "assistant", "content": "fig"}}],
            },
            ["fig"],
        ),
    ],
)
def test_samples_of_any_shape_are_taken(asks, store, body, outputs):
    answer = asks.post("/api/samples", json=body)
    assert answer.status_code == 200
    assert answer.json()["stored"] == len(outputs)
    assert [r.output for r in kept(store)] == outputs


def test_lines_are_taken_and_a_bad_one_is_told(asks, store):
    lines = "\n".join([json.dumps(ROW), "{broken", json.dumps({**ROW, "call_id": "8"})])
    headers = {"Content-Type": "application/x-ndjson"}
    answer = asks.post("/api/samples", content=lines, headers=headers).json()
    assert (answer["stored"], answer["rejected"]) == (2, 1)
    assert "line 2" in answer["notes"][-1]


def test_a_repeat_is_no_duplicate_unless_its_call_says_so(asks, store):
    fig = {"prompt": "A fruit?", "output": "fig"}
    for _ in range(2):
        assert asks.post("/api/samples", json=[fig, fig]).json()["stored"] == 2
    assert asks.post("/api/samples", json=ROW).json() == {
        "stored": 1, "known": 0, "rejected": 0, "notes": [],
    }  # fmt: skip
    assert asks.post("/api/samples", json=ROW).json()["known"] == 1
    assert len(kept(store)) == 5


def test_samples_are_read_back_page_by_page(asks, store):
    rows = [{**ROW, "call_id": str(i), "output": f"dish {i}"} for i in range(25)]
    asks.post("/api/samples", json=rows)
    seen, after = [], 0
    while after is not None:
        page = asks.get("/api/samples", params={"after": after, "limit": 10, "model": "m1"}).json()
        seen += [s["output"] for s in page["samples"]]
        after = page["next"]
    assert seen == [row["output"] for row in rows]
    assert asks.get("/api/samples", params={"model": "other"}).json()["samples"] == []
    asks.post("/api/samples", json={"output": "by nobody"})
    unnamed = asks.get("/api/samples", params={"model": ""}).json()["samples"]
    assert [s["output"] for s in unnamed] == ["by nobody"]
    assert len(asks.get("/api/samples").json()["samples"]) == 26


DEEP = b'{"output":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
HOSTILE = {
    "nothing": (b"", 400),
    "no JSON": (b"hello", 400),
    "half": (b'[{"output": "fig"', 400),
    "deep": (DEEP, 400),
    "deep array": (b"[" * 1_000_000, 400),
    "no output": (b'{"a": 1}', 400),
    "a number": (b"3", 400),
    "an object": (b'[{"prompt": 1, "output": {"a": [1, {}]}}]', 422),
    "a huge id": (json.dumps({**ROW, "call_id": "x" * 5_000}).encode(), 422),
    "a huge model": (json.dumps({**ROW, "model": "x" * 5_000}).encode(), 422),
    "surrogates and NUL": (b'{"output": "a\\ud800\\u0000b", "prompt": "\\udfff"}', 200),
    "a raw NUL": (b'{"output": "a\x00b"}', 400),
    "bad UTF-8": (b'{"output": "a\xff\xfeb"}', 200),
    "NaN": (b'{"output": "a", "score": NaN}', 200),
    "a huge number": (b'{"output": "a", "sample_index": 1e999, "time": 1e300}', 200),
    "a huge integer": (b'{"output": "a", "sample_index": ' + b"9" * 5_000 + b"}", 400),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_wrong_is_refused_with_a_reason_and_nothing_else_is_lost(asks, store, what):
    asks.post("/api/samples", json=ROW)
    body, status = HOSTILE[what]
    answer = asks.post("/api/samples", content=body, headers=JSON)
    assert answer.status_code == status, answer.text
    assert status == 200 or len(answer.json()["detail"]) > 10
    assert asks.post("/api/samples", json={**ROW, "call_id": "8"}).json()["stored"] == 1
    assert kept(store)[0].output == "fig"


@pytest.mark.parametrize("path", ["/v1/traces", "/v1/logs", "/api/samples"])
def test_bombs_and_unknown_kinds_are_refused(client, store, path):
    asks = client(store, rate=EAGER, bounds=Bounds(packed=10_000, unpacked=100_000))
    bomb = gzip.compress(b"[" + b" " * 5_000_000)
    assert len(bomb) < 10_000
    members = b"".join(gzip.compress(b" " * 90_000) for _ in range(2))
    for body, headers, status in (
        (bomb, {"Content-Encoding": "gzip"}, 413),
        (members, {"Content-Encoding": "gzip"}, 413),
        (b" " * 20_000, {}, 413),
        (gzip.compress(b"[1, 2, 3]")[:-4], {"Content-Encoding": "gzip"}, 400),
        (b"not gzip", {"Content-Encoding": "gzip"}, 400),
        (b"x", {"Content-Encoding": "br"}, 415),
        (b"{}", {"Content-Type": "text/plain"}, 415),
    ):
        answer = asks.post(path, content=body, headers={**JSON, **headers})
        assert answer.status_code == status, (body[:20], answer.text)
    assert asks.app.state.services.reception.space.taken == 0


def test_many_small_things_are_bounded_too(client, store):
    asks = client(store, rate=EAGER, bounds=Bounds(samples=50))
    rows = [{"output": "fig"}] * 51
    assert asks.post("/api/samples", json=rows).status_code == 413
    spans = in_protobuf(export(*[span(n) for n in range(60)]))
    assert asks.post("/v1/traces", content=spans, headers=PROTOBUF).status_code == 413
    empty = b"\x0a\xe8\x07" + b"\x12\x00" * 500
    assert asks.post("/v1/traces", content=empty, headers=PROTOBUF).status_code == 413
    assert kept(store) == []


def test_many_at_once_are_stored_each_once(asks, store):
    def send(n):
        rows = [{**ROW, "call_id": f"{n}-{i}"} for i in range(20)]
        return asks.post("/api/samples", json=rows).json()["stored"]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(send, range(40))) == [20] * 40
    assert len({r.call_id for r in kept(store)}) == 800


class Slow:
    """A store that waits, or fails."""

    def __init__(self, store):
        from threading import Event

        self.store, self.go, self.fails = store, Event(), False

    def add(self, records):
        self.go.wait(10)
        if self.fails:
            raise BadInput("cannot write to the store x.db: the disk is full")
        return self.store.add(records)

    def __getattr__(self, name):
        return getattr(self.store, name)


def test_a_full_queue_is_said_and_what_waits_is_stored_at_the_end(client, store):
    slow = Slow(store)
    asks = client(slow, rate=EAGER, bounds=Bounds(waiting=10))
    rows = [{**ROW, "call_id": str(i)} for i in range(10)]
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(asks.post, "/api/samples", json=rows)
        writer = asks.app.state.services.reception.writer
        while writer.waiting < 10:
            pass
        refused = asks.post("/api/samples", json=ROW)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        assert "queue" in refused.json()["detail"]
        refused = asks.post("/v1/traces", content=b"", headers=PROTOBUF)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        slow.go.set()
        assert first.result().json()["stored"] == 10
    assert asks.get("/api/status").json()["queue"] == {"waiting": 0, "most": 10, "refused": 2}


def test_a_store_that_fails_is_not_answered_for(client, store):
    slow = Slow(store)
    slow.go.set()
    slow.fails = True
    asks = client(slow, rate=EAGER)
    answer = asks.post("/api/samples", json=ROW)
    assert answer.status_code == 503 and "disk is full" in answer.json()["detail"]
    assert asks.post("/v1/traces", json=SPANS).status_code == 503
    slow.fails = False
    assert asks.post("/v1/traces", json=SPANS).status_code == 200  # and none is taken for known
    assert len(kept(store)) == 4


def test_what_matches_is_never_stored(client, store):
    asks = client(store, rate=EAGER, redact=redaction(r"\w+@\w+\.\w+"))
    mail = "ann@example.com"
    row = {"prompt": f"From {mail}", "output": f"Dear {mail}", "note": mail, "prompt_id": mail}
    assert asks.post("/api/samples", json=row).status_code == 200
    assert asks.post("/v1/traces", json=export(span(1, f"Dear {mail}", mail))).status_code == 200
    assert [r.output for r in kept(store)] == ["Dear [redacted]"] * 2
    assert mail.encode() not in store.database.path.read_bytes()
    with pytest.raises(BadInput, match="regular expression"):
        redaction("(")


def test_a_redaction_that_fails_stores_nothing(client, store):
    def fails(text):
        raise ValueError(text)

    asks = client(store, rate=EAGER, redact=fails)
    answer = asks.post("/api/samples", json=ROW)
    assert answer.status_code == 500 and "A fruit?" not in answer.text
    assert kept(store) == []


def test_metrics_are_what_prometheus_reads(asks, store):
    from prometheus_client.parser import text_string_to_metric_families as families

    asks.post("/api/samples", json=[ROW, {**ROW, "call_id": "8", "model": 'a "b"\n\x1b[2J'}])
    asks.post("/v1/traces", json=export(span(1, None)))
    read = {
        (s.name, *s.labels.values()): s.value
        for family in families(asks.get("/metrics").text)
        for s in family.samples
    }
    assert read["fullmenu_samples_total", "stored"] == 2
    assert read["fullmenu_samples_total", "without_content"] == 1
    assert read["fullmenu_queue_samples",] == 0
    assert read["fullmenu_model_samples", "m1"] == 1
    assert read["fullmenu_model_samples", 'a "b"'] == 1
    assert asks.get("/healthz").json() == {"status": "ok"}
    schema = asks.get("/openapi.json").json()
    assert {"/v1/traces", "/api/samples", "/api/status", "/metrics"} <= schema["paths"].keys()
