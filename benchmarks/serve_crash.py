"""A server that is killed at random moments under load: is anything lost, counted twice or wrong?

Batches are posted in order until each is answered, while the server, with all that belongs to it,
is killed (SIGKILL) again and again, its start included, and started anew. Each time what was
answered must be there. At the end every sample must be there once, and the watch must stand as one
that was never interrupted: the same visits, the same alarms, strengths to 1e-12.

Run: python benchmarks/serve_crash.py [kills] [--store sqlite|postgresql]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from table import Table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.store import postgres  # noqa: E402

BATCH, EACH, PROMPTS = 20, 4, 40
BEFORE = 50
"""Batches that the baseline is of."""

EVERY = 0.02
"""Seconds between two batches at least."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kills", type=int, nargs="?", default=100)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], action="append")
    given = parser.parse_args()
    for kind in given.store or ["sqlite", "postgresql"]:
        table = Table(f"{given.kills} kills of a server under load, {kind}")
        with tempfile.TemporaryDirectory() as folder:
            if kind == "sqlite":
                crash(table, given.kills, [f"{folder}/{name}.db" for name in "ab"])
            elif (home := postgres.programs()) is None:
                table.add("PostgreSQL", "not installed")
            else:
                with postgres.server(home) as server:
                    crash(table, given.kills, [postgres.new_database(server) for _ in "ab"])
        table.show()


def crash(table: Table, kills: int, urls: list[str]) -> None:
    from fullmenu.store import Store

    killed, whole = Client(urls[0]), Client(urls[1])
    rng = random.Random(7)
    killed.begin()
    late, lost, starting = 0, 0, 0
    sender = threading.Thread(target=killed.send, daemon=True)
    sender.start()
    while killed.kills < kills:
        if rng.random() < 0.3:  # while it starts
            time.sleep(rng.uniform(0, 1.5))
            starting += not killed.answers
        else:
            killed.wait_for_an_answer()
            time.sleep(rng.uniform(0, 2))
        killed.kill()
        with Store.open(urls[0]) as store:
            calls = {s.record.call_id for s in store.samples(newest=True, limit=3 * BATCH)}
        lost += not set(killed.last_answered) <= calls
        killed.start()
    killed.ending.set()
    sender.join()
    killed.wait_until_counted()
    killed.stop()

    whole.begin()
    whole.send(killed.sent)
    whole.wait_until_counted()
    whole.stop()
    stands = []
    for url in urls:
        with Store.open(url) as store:
            stands.append(stand(store))
            wanted = [call for n in range(killed.sent) for call in calls_of(n)]
            late += everything(store) != wanted
    a, b = stands
    table.add("kills, of which before its first answer", f"{kills}, {starting}")
    table.add("samples", f"{BATCH * killed.sent:,}")
    table.add("kills after which something answered was missing", lost, "0", lost == 0)
    table.add("stores whose samples are not each once, in order", late, "0", late == 0)
    table.add("alarms", len(a["alarms"]), "≥ 1", len(a["alarms"]) >= 1)
    table.add("visits of the watch, and of one that was never interrupted",
              f"{a['visits']:,}, {b['visits']:,}", "equal", a["visits"] == b["visits"])  # fmt: skip
    same = alike(a["alarms"], b["alarms"])
    table.add("alarms are the same, strengths to 1e-12", same, "True", same)


def calls_of(n: int) -> list[str]:
    return [f"{n}-{i}" for i in range(BATCH)]


def batch(n: int) -> bytes:
    """Return a batch: its outputs vary less from the 100th on."""
    rng = random.Random(n)
    rows = []
    for i, call in enumerate(calls_of(n)):
        prompt = random.Random(f"{n} {i // EACH}").randrange(PROMPTS)
        menu = random.Random(prompt).sample(WORDS, 20)
        dish = menu[rng.randrange(20 if n < 100 else 2)]
        rows.append({"call_id": call, "prompt": f"Question {prompt}?", "output": f"{dish} stew",
                     "model": "m1", "time": 1_790_000_000 + BATCH * n + i})  # fmt: skip
    return json.dumps(rows).encode()


WORDS = [f"{a}{b}{c}" for a in "bdfgklmprs" for b in "aeiou" for c in ("nt", "sk", "lm", "rp")]


@dataclass
class Client:
    """A server at a store, and what is sent to it."""

    store: str
    sent: int = 0
    kills: int = 0
    answers: int = 0
    last_answered: list[str] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def start(self) -> None:
        """Start a server, and what belongs to it, in a group of its own."""
        self.port, self.answers = 0, 0
        command = [sys.executable, "-m", "fullmenu", "serve", "--port", "0", "--store", self.store]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if process is self.process and "127.0.0.1:" in line and not self.port:
                self.port = int(line.partition("127.0.0.1:")[2].partition(";")[0])

    def kill(self) -> None:
        """Kill the server and all that belongs to it."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    def stop(self) -> None:
        """Let it end in order."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def begin(self) -> None:
        """Send what the baseline is of, and set it."""
        from fullmenu.store import Store, WatchSettings

        self.start()
        self.send(BEFORE)
        with Store.open(self.store) as store:
            store.set_baseline("m1", (0, BEFORE * BATCH), WatchSettings(views=["phrasing"]))

    def wait_for_an_answer(self) -> None:
        """Wait until the server that runs now has answered."""
        while not self.answers:
            time.sleep(0.01)

    def send(self, until: int | None = None) -> None:
        """Send batch after batch, each until it is answered: so many, or until it is to end."""
        while self.sent < (until or self.sent + 1) and not (until is None and self.ending.is_set()):
            began = time.monotonic()
            if self._answered(batch(self.sent)):
                self.last_answered = calls_of(self.sent)
                self.sent += 1
                self.answers += 1
            time.sleep(max(0.0, began + EVERY - time.monotonic()))

    def _answered(self, body: bytes) -> bool:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            connection.request("POST", "/api/samples", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        if answer.status not in (200, 429, 503):
            raise SystemExit(f"{answer.status}: {said[:300]!r}")
        return answer.status == 200

    def wait_until_counted(self) -> None:
        """Wait until the watch has counted all, and its document says so."""
        from fullmenu.store import Store

        end = time.monotonic() + 600
        with Store.open(self.store) as store:
            while store.watches()[0].lag and time.monotonic() < end:
                time.sleep(0.5)
            time.sleep(2)


def everything(store) -> list[str]:
    return [s.record.call_id for page in store.pages() for s in page]


def stand(store) -> dict:
    (watch,) = store.watches()
    document = json.loads(store.document(watch.id) or b"{}")
    alarms = [a.alarm.to_dict() for a in store.alarms()]
    return {"visits": document.get("visits", 0), "alarms": alarms}


def alike(a: list[dict], b: list[dict]) -> bool:
    """Tell whether alarms are the same but for the last digits of numbers."""
    if len(a) != len(b):
        return False
    for x, y in zip(a, b, strict=True):
        if abs(x["strength"] / y["strength"] - 1) > 1e-12:
            return False
        for name in ("visit", "since", "stream", "again", "last", "sure", "model", "examples"):
            if x[name] != y[name]:
                return False
    return True


if __name__ == "__main__":
    main()
