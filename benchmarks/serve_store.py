"""A store alone: how fast samples go in, whether memory stays flat, how long a page's queries take.

Batches of 100 samples of 200 words, to 500 prompts of four models; then what pages ask for, of all
of them. ``--store postgresql`` runs a server of its own.

Run: python benchmarks/serve_store.py [samples] [--store sqlite|postgresql]
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from pathlib import Path

from table import Table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.store import postgres  # noqa: E402

BATCH, WORDS, MODELS, PROMPTS = 100, 200, 4, 500
BEGAN = datetime(2026, 5, 4, tzinfo=timezone.utc)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("samples", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    table = Table(f"A store of {given.samples:,} samples of {WORDS} words, {given.store}")
    with ExitStack() as stack:
        url = str(Path(stack.enter_context(tempfile.TemporaryDirectory())) / "store.db")
        if given.store == "postgresql":
            home = postgres.programs()
            if home is None:
                raise SystemExit("PostgreSQL is not installed")
            url = postgres.new_database(stack.enter_context(postgres.server(home)))
        measure(table, url, given.samples)
    table.show()


def measure(table: Table, url: str, n: int) -> None:
    from fullmenu.store import Store

    with Store.open(url) as store:
        times, cpu, early = [], 0.0, 0
        for i, batch in enumerate(batches(n // BATCH)):
            began, spent = time.perf_counter(), time.process_time()
            store.add(batch)
            times.append(time.perf_counter() - began)
            cpu += time.process_time() - spent
            if i == n // BATCH // 10:
                early = memory()
        times.sort()
        table.add("stored a second, by one writer", f"{n / sum(times):,.0f}", "≥ 3,000",
                  n / sum(times) >= 3_000)  # fmt: skip
        table.add("of one core's time", f"{1e6 * cpu / n:,.0f} µs a sample")
        p50, p99 = (1e3 * times[len(times) * share // 100] for share in (50, 99))
        table.add("a batch, p50 and p99", f"{p50:.1f} and {p99:.1f} ms")
        late = memory()
        table.add("memory after a tenth, and at the end", f"{early} and {late} MB",
                  "flat", late <= 1.1 * early)  # fmt: skip
        size = store.size()
        table.add("on disk", f"{size.bytes >> 20:,} MB, of which log {size.wal >> 20} MB")
        last = store.models()[0].last_id
        pages: dict[str, Callable[[], object]] = {
            "models": store.models,
            "newest 50 of a model": lambda: store.samples(model="m1", newest=True, limit=50),
            "50 in the middle": lambda: store.samples(last // 2, limit=50),
            "newest 50 of a prompt": lambda: store.samples(
                model="m2", prompt_id="Question 7?", newest=True, limit=50
            ),
            "prompts of a model": lambda: store.search_prompts("m1", ""),
            "prompts that hold a word": lambda: store.search_prompts("m1", "zzz"),
            "days": store.days,
            "baseline, set": lambda: store.set_baseline("m1", (0, last // 2)),
            "watches, with their lag": store.watches,
            "alarms": store.alarms,
        }
        for name, ask in pages.items():
            taken = min(clocked(ask) for _ in range(3))
            table.add(f"{name}", f"{taken:.1f} ms", "≤ 500 ms", taken <= 500)
        began = time.perf_counter()
        gone = store.prune(keep=n - n // 20)
        taken = time.perf_counter() - began
        table.add("pruned a second", f"{gone.samples / taken:,.0f} ({gone.needed:,} still needed)")


def batches(n: int) -> Iterator[list]:
    from fullmenu.samples import Record

    rng = random.Random(0)
    words = ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(2, 9))) for _ in range(5_000)]
    texts = [" ".join(rng.choices(words, k=WORDS)) for _ in range(2_000)]
    for i in range(n):
        yield [
            Record(
                f"{rng.choice(texts)} {i}",
                f"Question {rng.randrange(PROMPTS)}?",
                model=f"m{rng.randrange(MODELS)}",
                time=BEGAN + timedelta(seconds=i),
                finish_reason="stop",
                parameters={"temperature": 1.0},
                call_id=f"{i}/{k}",
            )
            for k in range(BATCH)
        ]


def clocked(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return 1e3 * (time.perf_counter() - began)


def memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


if __name__ == "__main__":
    main()
