"""How fast samples are stored and watched: batches of 100 samples of 200 words, over HTTP.

Run: python benchmarks/serve_ingest.py [--seconds 60] [--rate 3000] [--store postgresql] [--otlp]
     python benchmarks/serve_ingest.py --direct 1000000

``--seconds 340`` sends a million samples. ``--store postgresql`` runs a server of its own.
``--direct`` feeds so many to a writer and a watcher in one process, without HTTP: what each costs
of a processor, and how much memory they hold on the way.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.store import postgres

from table import Table

BATCH = 100
WORDS = 200
PROMPTS = 200
EACH = 5
TEXTS = 2_000
HERTZ = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=3_000.0)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--otlp", action="store_true", help="protobuf spans, not JSON samples")
    parser.add_argument("--direct", type=int, metavar="SAMPLES", help="without HTTP, so many")
    parser.add_argument("--unwatched", action="store_true", help="without a watch")
    given = parser.parse_args()
    if given.direct:
        feed(given.direct)
        return
    table = Table(
        f"Ingest: batches of {BATCH} samples of {WORDS} words as "
        f"{'OTLP spans' if given.otlp else 'JSON'} into {given.store}"
    )
    with ExitStack() as stack:
        stores = places(stack, given.store)
        for rate, seconds in ((given.rate, given.seconds), (given.rate / 2, given.seconds / 2)):
            full = rate == given.rate
            with server(next(stores)) as running:
                load = Load(running.port, Texts(1), given.otlp)
                if not given.unwatched:
                    load.send_at(1e9, 5_000 / BATCH)
                    set_baseline(running)
                report(table, running, load, rate, seconds, full, not given.unwatched)
    table.show()


def feed(samples: int) -> None:
    """Store samples and watch them in this process, in turns of 2,000."""
    from fullmenu.live.watcher import Watcher
    from fullmenu.samples import Record
    from fullmenu.server.writer import Writer
    from fullmenu.store import Range, Store

    table = Table(f"{samples:,} samples of {WORDS} words to a writer and a watcher in one process")
    texts = Texts(1)
    with tempfile.TemporaryDirectory() as folder, Store.open(f"{folder}/store.db") as store:
        writer = Writer(store, 10 * BATCH)
        writer.start()

        def store_some(n: int) -> float:
            batches = [
                [Record(o, p, None, "m1", call_id=c) for c, p, o in texts.batch()]
                for _ in range(n // BATCH)
            ]
            began = time.process_time()
            for batch in batches:
                writer.put(batch).result()
            return time.process_time() - began

        store_some(5_000)
        store.set_baseline("m1", Range(0, store.models()[0].last_id))
        watcher = Watcher(store)
        watcher.turn()
        spent, done, before = [0.0, 0.0], 0, (0, 0.0, 0.0)
        for share in (0.03, 0.1, 0.3, 0.6, 1.0):
            while done < share * samples:
                spent[0] += store_some(2_000)
                began = time.process_time()
                watcher.turn()
                spent[1] += time.process_time() - began
                done += 2_000
            stored, watched = (
                1e6 * (now - then) / (done - before[0])
                for now, then in zip(spent, before[1:], strict=True)
            )
            before = done, *spent
            held = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            table.add(f"after {done:,}: memory, now and at most",
                      f"{held >> 20} and {peak >> 10} MB")  # fmt: skip
            table.add("  since the row before: CPU to store one, to watch one",
                      f"{stored:.0f} and {watched:.0f} µs")  # fmt: skip
        watcher.stop()
        writer.close()
    table.show()


def places(stack: ExitStack, kind: str) -> Iterator[str]:
    """Yield stores that hold nothing."""
    if kind == "sqlite":
        while True:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            yield str(Path(folder) / "store.db")
    home = postgres.programs()
    if home is None:
        raise SystemExit("PostgreSQL is not installed")
    started = stack.enter_context(postgres.server(home))
    while True:
        yield postgres.new_database(started)


def report(
    table: Table, running: Running, load: Load, rate: float, seconds: float, full: bool, watch: bool
) -> None:
    name = f"{rate:,.0f}/s for {seconds:.0f} s: "
    cpu, rss = running.cpu(), running.rss()
    watching = running.cpu("watcher")
    began = time.perf_counter()
    load.times.clear()
    load.send_at(rate / BATCH, seconds * rate / BATCH)
    took = time.perf_counter() - began
    stored = BATCH * len(load.times)
    reached = stored / took
    p50, p99 = np.quantile(load.times, [0.5, 0.99]) * 1_000
    table.add(f"{name}stored a second", f"{reached:,.0f}", f"≥ {rate:,.0f}" if full else "",
              reached >= 0.98 * rate if full else None)  # fmt: skip
    if watch:
        lag = status(running)["watches"][0]
        table.add(f"{name}lag of the watch", f"{lag['lag_seconds']:.1f} s, {lag['lag']:,} samples",
                  "≤ 10 s" if full else "", lag["lag_seconds"] <= 10 if full else None)  # fmt: skip
        watching = running.cpu("watcher") - watching
        share = 1e6 * watching / max(stored - lag["lag"], 1)
        table.add(
            f"{name}CPU of the watcher", f"{watching:.1f} s, {share:,.0f} µs a sample watched"
        )
    table.add(f"{name}a batch, p50 and p99", f"{p50:.0f} and {p99:.0f} ms",
              "" if full else "p99 ≤ 250 ms", None if full else p99 <= 250)  # fmt: skip
    spent = running.cpu() - cpu
    table.add(f"{name}CPU of the server", f"{spent:.1f} s, {1e6 * spent / stored:,.0f} µs a sample")
    table.add(f"{name}memory", f"{rss >> 20} → {running.rss() >> 20} MB")


@dataclass
class Running:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    port: int
    store: str

    def cpu(self, which: str = "server") -> float:
        """Return the seconds of processor time that it, or its watcher, took so far."""
        pid = str(self.process.pid)
        if which == "server":
            return _seconds(Path("/proc") / pid)
        others = [p for p in Path("/proc").iterdir() if p.name.isdigit() and _parent(p) == pid]
        return max(map(_seconds, others), default=0.0)

    def rss(self) -> int:
        """Return the bytes of memory that it holds."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _parent(process: Path) -> str:
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[1]
    except OSError:  # it has ended
        return ""


def _seconds(process: Path) -> float:
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / HERTZ


@contextmanager
def server(store: str, *args: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "fullmenu", "serve", "--port", "0", "--store", store, *args]
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        port = int(first.partition("127.0.0.1:")[2].partition(";")[0])
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield Running(process, port, store)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def status(running: Running) -> dict:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    connection.request("GET", "/api/status")
    return json.loads(connection.getresponse().read())


def set_baseline(running: Running) -> None:
    """Take what is there as the baseline, and wait until the watch runs."""
    from fullmenu.store import Range, Store

    with Store.open(running.store) as store:
        (model,) = store.models()
        watch = store.set_baseline(model.model, Range(0, model.last_id))
        end = time.monotonic() + 120
        while store.document(watch.id) is None and time.monotonic() < end:
            time.sleep(0.5)


class Texts:
    """Outputs of 200 words, as many a prompt as are asked for."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        syllables = ["ba", "do", "ke", "li", "mu", "na", "po", "ri", "su", "ta", "ve", "zo"]
        words = ["".join(rng.choice(syllables, 3)) for _ in range(3_000)]
        shares = 1 / np.arange(1, len(words) + 1)
        shares /= shares.sum()
        self.outputs = []
        for _ in range(TEXTS):
            drawn = [words[i] for i in rng.choice(len(words), WORDS, p=shares)]
            sentences = [" ".join(drawn[i : i + 12]).capitalize() for i in range(0, WORDS, 12)]
            self.outputs.append(". ".join(sentences) + ".")
        self.rng, self.sent = rng, 0

    def batch(self) -> list[tuple[str, str, str]]:
        """Draw a batch of call ids, prompts and outputs: five in a row to each prompt."""
        rows = []
        for prompt in self.rng.integers(0, PROMPTS, BATCH // EACH):
            for text in self.rng.integers(0, TEXTS, EACH):
                self.sent += 1
                rows.append((f"{self.sent:032x}", f"Question {prompt}?", self.outputs[text]))
        return rows


@dataclass
class Load:
    """Batches sent at a rate, over a few connections."""

    port: int
    texts: Texts
    otlp: bool
    times: list[float] = field(default_factory=list)
    connections: int = 4

    def send_at(self, per_second: float, batches: float) -> None:
        """Send so many batches; the time of each is from when it was due to its answer."""
        due: SimpleQueue[tuple[float, bytes] | None] = SimpleQueue()
        senders = [
            threading.Thread(target=self._send, args=(due,)) for _ in range(self.connections)
        ]
        for sender in senders:
            sender.start()
        begin = time.perf_counter()
        for n in range(int(batches)):
            body = self.body()
            moment = begin + n / per_second
            wait = moment - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            due.put((max(moment, begin), body))
        for _ in senders:
            due.put(None)
        for sender in senders:
            sender.join()

    def _send(self, due: SimpleQueue[tuple[float, bytes] | None]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        path = "/v1/traces" if self.otlp else "/api/samples"
        kind = "application/x-protobuf" if self.otlp else "application/json"
        while (one := due.get()) is not None:
            moment, body = one
            while True:
                connection.request("POST", path, body, {"Content-Type": kind})
                answer = connection.getresponse()
                said = answer.read()
                if answer.status == 200:
                    break
                if answer.status not in (429, 503):
                    raise SystemExit(f"{answer.status}: {said[:500]!r}")
                time.sleep(0.1)
            self.times.append(time.perf_counter() - moment)

    def body(self) -> bytes:
        """Return the next batch as it is sent."""
        rows = self.texts.batch()
        if not self.otlp:
            return json.dumps([
                {"call_id": call, "prompt": prompt, "output": output, "model": "m1"}
                for call, prompt, output in rows
            ]).encode()  # fmt: skip
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
            ExportTraceServiceRequest,
        )

        request = ExportTraceServiceRequest()
        spans = request.resource_spans.add().scope_spans.add().spans
        for call, prompt, output in rows:
            span = spans.add(name="chat m1", trace_id=bytes.fromhex(call),
                             span_id=bytes.fromhex(call)[8:],
                             start_time_unix_nano=time.time_ns())  # fmt: skip
            asked = [{"role": "user", "parts": [{"type": "text", "content": prompt}]}]
            said = [{"role": "assistant", "parts": [{"type": "text", "content": output}]}]
            for key, value in (
                ("gen_ai.operation.name", "chat"),
                ("gen_ai.request.model", "m1"),
                ("gen_ai.input.messages", json.dumps(asked)),
                ("gen_ai.output.messages", json.dumps(said)),
            ):
                span.attributes.add(key=key).value.string_value = value
        return request.SerializeToString()


if __name__ == "__main__":
    main()
