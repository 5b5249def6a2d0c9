"""How long the server takes for each of its pages, over a million samples.

Run: python benchmarks/serve_pages.py [--samples 1000000] [--store URL]
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
from starlette.testclient import TestClient

from fullmenu.live.watcher import Watcher
from fullmenu.samples import Record
from fullmenu.server.access import RequestRate
from fullmenu.server.app import create_app
from fullmenu.server.pages.drawing import link
from fullmenu.store import Store
from table import Table

WORDS, TEXTS = 60, 2_000
PROMPTS = 50_000
EACH = 4
BEFORE, WATCHED = 20_000, 20_000
"""Samples of the baseline, and those that are watched: the last ones of the largest model."""
TIMES = 10
MOST = 500
"""Milliseconds."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument(
        "--store", help="filled first, unless it holds samples; by default a temporary file"
    )
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(given.store or str(Path(folder) / "store.db")) as store,
    ):
        if not store.models():
            prepare(store, given.samples)
        last = next(m.last_id for m in store.models() if m.model == "bot 0")
        n = sum(m.samples for m in store.models())
        table = Table(f"Time on the server, {n:,} samples in {store}")
        measure(table, store, last)
        table.show()


def prepare(store: Store, n: int) -> None:
    """Fill a store, set a baseline, and watch what came after it."""
    began = time.perf_counter()
    fill(store, n)
    last = next(m.last_id for m in store.models() if m.model == "bot 0")
    store.set_baseline("bot 0", (last - 2 * (BEFORE + WATCHED), last - 2 * WATCHED))
    watcher = Watcher(store)
    while watcher.turn():
        pass
    watcher.stop()
    print(f"{n:,} samples were stored, and watched in part, in {time.perf_counter() - began:.0f} s")


def fill(store: Store, n: int) -> None:
    """Store visits of four outputs: every other of one model, the rest of eight others."""
    draws = np.random.default_rng(0)
    words = np.array([a + b + c for a in "bdfgk" for b in ("ara", "elo", "imu") for c in "lmnrst"])
    texts = [" ".join(draws.choice(words, WORDS)) for _ in range(TEXTS)]
    at = datetime.now(timezone.utc) - timedelta(days=30)
    step = timedelta(days=30) / n
    batch: list[Record] = []
    for i in range(n):
        visit = i // EACH
        model = "bot 0" if visit % 2 else f"bot {1 + visit // 2 % 8}"
        if i % EACH == 0:
            prompt = f"Question {int(draws.integers(PROMPTS)):,}: what would you do about it?"
        text = texts[int(draws.integers(TEXTS))]
        call = f"{visit}"
        batch.append(Record(text, prompt, model=model, time=at + i * step, call_id=call,
                            sample_index=i % EACH))  # fmt: skip
        if len(batch) == 2_000 or i == n - 1:
            store.add(batch)
            batch.clear()


def measure(table: Table, store: Store, last: int) -> None:
    first, until = next(w.baseline for w in store.watches())
    pages = {
        "overview": "/",
        "a model": link("/model", name="bot 0"),
        "a part of its course": link("/model", name="bot 0", **{"from": 500, "to": 2_000}),
        "a model without a baseline": link("/model", name="bot 3"),
        "comparison": link("/comparison", a_model="bot 0", a_from=first, a_to=until,
                           b_model="bot 0", b_from=until + 1, b_to=last),
        "comparison by times": link("/comparison", a_model="bot 1", a_to="2020-01-01",
                                    b_model="bot 1", b_from=""),
        "a stretch": link("/model/stretch", name="bot 0", **{"from": 500, "to": 900}),
        "prompts": link("/prompts", model="bot 0"),
        "prompts, far on": link("/prompts", model="bot 0", after=PROMPTS // 2),
        "prompts, found": link("/prompts", model="bot 0", q="Question 77"),
        "prompts, not found": link("/prompts", model="bot 0", q="nowhere"),
        "latest": "/latest",
        "latest of a model": link("/latest", model="bot 5"),
        "latest, far back": link("/latest", until=1_000),
        "latest of a prompt": link("/latest", prompt="nowhere"),
        "latest rows": link("/latest/rows", after=last - 20),
        "settings": "/settings",
    }  # fmt: skip
    for alarm in store.alarms(limit=1):
        pages["an alarm"] = f"/alarms/{alarm.id}"
    app = create_app(store, rate=RequestRate(1e6, 1e6))
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        for thread in threading.enumerate():
            if thread.name == "warm":  # it does at its start what a first page would wait for
                thread.join()
        for name, path in pages.items():
            times, sizes = [], set()
            for k in range(1 + TIMES):
                began = time.perf_counter()
                answer = client.get(path)
                times.append(1000 * (time.perf_counter() - began))
                sizes.add(len(answer.content))
                assert answer.status_code in (200, 303, 400), (path, answer.status_code)
                if k == 0:
                    app.state.services.summaries.settle(600)
            first_of, *others = times
            size = max(sizes) / 1000
            told = f"{first_of:.0f} first, then {np.median(others):.0f}, at most {max(others):.0f}"
            reached = max(times) <= MOST
            table.add(f"{name} ({size:,.0f} kB)", f"{told} ms", f"≤ {MOST} ms", reached)


if __name__ == "__main__":
    main()
