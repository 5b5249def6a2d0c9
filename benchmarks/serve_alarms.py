"""The same stream through a file, the store, the API and OTLP: the same alarms?

A stream of 3,000 visits of two models loses variety in one of them after a third, gets it back, and
is asked at another temperature at the end. Its first outputs are the baseline. It is watched as a
file, and as it comes into a store: put there as a file is read, posted as JSON, and as protobuf
spans, in batches of all sizes. Alarms must be the same to the last word, their strengths to 1e-12.

Run: python benchmarks/serve_alarms.py [visits]
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from serve_ingest import server
from table import Table

EACH, PROMPTS, BEFORE = 4, 40, 1_200
WORDS = [f"{a}{b}{c}" for a in "bdfgklmprs" for b in "aeiou" for c in ("nt", "sk", "lm", "rp")]
VIEWS = ["exact", "phrasing"]
Row = dict


def main(visits: int = 3_000) -> None:
    from fullmenu.live import watcher

    watcher.QUIET = 0  # the stream ends, and so does its last visit
    table = Table(f"Alarms of one stream of {visits:,} visits, by where it came in")
    rows = stream(visits)
    with tempfile.TemporaryDirectory() as folder:
        wanted = of_file(rows, Path(folder))
        told = ", ".join(f"visit {a.visit} ({a.strength:.3g})" for a in wanted)
        table.add("file", f"{len(wanted)}: {told}", "≥ 1", len(wanted) >= 1)
        ways: dict[str, Callable[[list[Row], str], None]] = {
            "store": into_store, "API": into_api, "OTLP": into_otlp
        }  # fmt: skip
        for name, way in ways.items():
            url = str(Path(folder) / f"{name}.db")
            way(rows, url)
            got = of_store(url)
            off = [abs(a.strength / b.strength - 1) for a, b in zip(got, wanted, strict=False)]
            same = len(got) == len(wanted) and all(map(alike, got, wanted))
            most = max(off, default=1)
            table.add(name, f"{'the same' if same else 'others'}, strengths to {most:.0e}",
                      "the same, to 1e-12", same and most <= 1e-12)  # fmt: skip
    table.show()


def stream(visits: int) -> list[Row]:
    rng = random.Random(3)
    rows: list[Row] = []
    for v in range(BEFORE // EACH + visits):
        asked = v - BEFORE // EACH
        model = "m1" if asked < 0 or rng.random() < 0.7 else "m2"
        prompt = rng.randrange(PROMPTS)
        menu = random.Random(prompt).sample(WORDS, 20)
        few = model == "m1" and visits / 3 < asked < visits / 2
        for _ in range(EACH):
            n = len(rows)
            dish = menu[rng.randrange(3 if few else 20)]
            rows.append({
                "call_id": f"{n + 1:032x}/{n + 1:016x}", "prompt": f"Question {prompt}?",
                "output": f"{dish} stew, and a “{rng.choice(WORDS)}” – naïve\n", "model": model,
                "time": 1_790_000_000 + n,
                "temperature": 0.5 if asked > 0.9 * visits else 1.0,
            })  # fmt: skip
    return rows


def of_file(rows: list[Row], folder: Path) -> list:
    import fullmenu as fm
    from fullmenu.live import Session, SessionSettings, fingerprint, open_log

    paths = [folder / "before.jsonl", folder / "live.jsonl"]
    for path, part in zip(paths, (rows[:BEFORE], rows[BEFORE:]), strict=True):
        path.write_text("".join(json.dumps(row) + "\n" for row in part), encoding="utf-8")
    past = fm.read(paths[0])
    settings = SessionSettings("live.jsonl", fingerprint(past), VIEWS, model="m1")
    session = Session.open(settings, past)
    cursor = open_log(paths[1], model="m1")
    session.begin(cursor)
    for _ in session.batches(cursor):
        pass
    return session.monitor.alarms


def of_store(url: str) -> list:
    from fullmenu.live import Watcher
    from fullmenu.store import Store, WatchSettings

    with Store.open(url) as store:
        store.set_baseline("m1", (0, BEFORE), WatchSettings(views=VIEWS))
        watcher = Watcher(store)
        while watcher.turn():
            pass
        watcher.turn()
        watcher.stop()
        return [stored.alarm for stored in store.alarms()][::-1]


def into_store(rows: list[Row], url: str) -> None:
    from fullmenu.live.feed import Feed
    from fullmenu.store import Store

    log = Path(url).with_name("all.jsonl")
    log.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with Store.open(url) as store:
        for _ in Feed(store, str(log)).parts():
            pass


def into_api(rows: list[Row], url: str) -> None:
    with server(url) as running:
        for part in batches(rows):
            post(running.port, "/api/samples", json.dumps(part).encode(), "application/json")


def into_otlp(rows: list[Row], url: str) -> None:
    with server(url) as running:
        for part in batches(rows):
            post(running.port, "/v1/traces", spans(part), "application/x-protobuf")


def spans(rows: list[Row]) -> bytes:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    request = ExportTraceServiceRequest()
    into = request.resource_spans.add().scope_spans.add().spans
    for row in rows:
        trace, _, name = row["call_id"].partition("/")
        span = into.add(name="chat", trace_id=bytes.fromhex(trace), span_id=bytes.fromhex(name),
                        start_time_unix_nano=row["time"] * 10**9)  # fmt: skip
        asked = [{"role": "user", "parts": [{"type": "text", "content": row["prompt"]}]}]
        said = [{"role": "assistant", "parts": [{"type": "text", "content": row["output"]}]}]
        for key, value in (
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.request.model", row["model"]),
            ("gen_ai.input.messages", json.dumps(asked)),
            ("gen_ai.output.messages", json.dumps(said)),
        ):
            span.attributes.add(key=key).value.string_value = value
        warmth = span.attributes.add(key="gen_ai.request.temperature")
        warmth.value.double_value = row["temperature"]
    return request.SerializeToString()


def batches(rows: list[Row]) -> Iterator[list[Row]]:
    """Cut the stream anywhere, within visits too."""
    rng, at = random.Random(5), 0
    while at < len(rows):
        size = rng.choice((1, 3, 17, 100, 400))
        yield rows[at : at + size]
        at += size


def post(port: int, path: str, body: bytes, kind: str) -> None:
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        said = answer.read()
        if answer.status == 200:
            return
        if answer.status not in (429, 503):
            raise SystemExit(f"{answer.status}: {said[:300]!r}")
        time.sleep(0.1)


def alike(a, b) -> bool:
    """Tell whether all but the last digits of numbers is the same."""
    bare = [replace(x, strength=0, evidence=(), before=0, after=0, prompts=()) for x in (a, b)]
    return bare[0] == bare[1] and [p.prompt_id for p in a.prompts] == [
        p.prompt_id for p in b.prompts
    ]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
