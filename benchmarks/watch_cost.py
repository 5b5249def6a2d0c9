"""What a watch costs, how much it remembers, and whether a restart changes anything.

Run: python benchmarks/watch_cost.py [visits]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

import fullmenu as fm
from fullmenu.errors import BadInput
from fullmenu.watch import Baseline, Monitor
from speed import write
from table import Table
from watch_streams import Kitchen


def main(visits: int = 2_000_000) -> None:
    table = Table("What a watch costs, and restarts")
    with_features(table)
    with_text(table)
    restarts(table)
    memory(table, visits)
    table.show()


def with_features(table: Table) -> None:
    kitchen = Kitchen(50)
    b = Baseline.fit(kitchen.log(10, np.random.default_rng(0)), views=["phrasing"], signals=[])
    rng = np.random.default_rng(1)
    x = rng.standard_normal((20_000, 5, 64)).astype(np.float32)
    x /= np.linalg.norm(x, axis=2, keepdims=True)
    prompts = [f"p{p}" for p in rng.integers(0, 50, len(x))]
    rates = []
    for part in np.array_split(np.arange(len(x)), 4):
        monitor = Monitor(b)
        began = time.process_time()
        monitor.take([b.ruler.of_features({"phrasing": x[i]}, prompts[i]) for i in part])
        rates.append(len(part) / (time.process_time() - began))
    rate = max(rates)
    table.add("visits of 5 rows of 64 features, a second of one core", f"{rate:,.0f}",
              "≥ 5,000", rate >= 5000)  # fmt: skip


def with_text(table: Table) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = fm.read(write(Path(folder) / "log.jsonl", 0))
    log = log.take(np.arange(4_000))
    b = Baseline.fit(log.take(np.arange(1_000)))
    both = {}
    for name, run in (("check", lambda: fm.check(log)), ("watch", lambda: Monitor(b).update(log))):
        seconds = []
        for _ in range(3):
            began = time.process_time()
            run()
            seconds.append(time.process_time() - began)
        both[name] = min(seconds)
    ratio = both["watch"] / both["check"]
    table.add("400 visits of 10 outputs of 200 words, three views, CPU seconds",
              f"{both['watch']:.2f}, check {both['check']:.2f}: {ratio:.2f} ×",
              "≤ 1.5 × check", ratio <= 1.5)  # fmt: skip


def restarts(table: Table, moments: int = 200) -> None:
    kitchen = Kitchen(20)
    rng = np.random.default_rng(3)
    b = Baseline.fit(kitchen.log(20, rng), views=["phrasing", "answer"])
    live = [
        *kitchen.visits(rng.integers(0, 20, 600), 4, rng),
        *kitchen.visits(rng.integers(0, 20, 400), 4, rng, 0.8),
    ]
    whole = Monitor(b)
    whole.update(live)
    cuts = [0, *np.sort(rng.choice(np.arange(1, 1000), moments, replace=False)).tolist(), 1000]
    monitor = Monitor(b)
    refused = kept = 0
    for a, z in pairwise(cuts):
        monitor.update(live[a:z])
        state = monitor.to_bytes()
        try:
            Monitor.from_bytes(state[: int(rng.integers(0, len(state) - 1))])
        except BadInput:
            refused += 1
        monitor = Monitor.from_bytes(state)
        kept += monitor.to_bytes() == state
    same = [a.to_dict() for a in monitor.alarms] == [a.to_dict() for a in whole.alarms]
    same = same and monitor.to_bytes() == whole.to_bytes()
    table.add(f"restarted at {moments} random moments of 1,000 visits",
              f"{'the same' if same else 'OTHER'} alarms ({len(whole.alarms)}, raised again "
              f"{sum(a.again for a in whole.alarms)} times) and state, to the last digit",
              "the same", same and bool(whole.alarms))  # fmt: skip
    table.add("  states cut off at random that are refused", f"{refused} of {moments + 1}",
              "all", refused == moments + 1)  # fmt: skip


def memory(table: Table, visits: int) -> None:
    kitchen = Kitchen(50)
    b = Baseline.fit(kitchen.log(10, np.random.default_rng(0)), views=["phrasing"])
    monitor = Monitor(b)
    rng = np.random.default_rng(5)
    readings = b.ruler.read(kitchen.visits(rng.integers(0, 50, 5_000), 2, rng))
    visits -= visits % len(readings)
    points = [n for n in (10_000, 100_000, 1_000_000, visits) if n <= visits]
    sizes, peaks = [], []
    began = time.process_time()
    for _ in range(visits // len(readings)):
        monitor.take([readings[i] for i in rng.permutation(len(readings))])
        if monitor.visits in points:
            sizes.append(len(monitor.to_bytes()))
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    seconds = time.process_time() - began
    reached = " / ".join(f"{n:,}" for n in sorted(set(points)))
    table.add(f"state after {reached} visits", " / ".join(f"{s / 1024:.0f}" for s in sizes)
              + " KiB", "≤ 1.5 × the first", sizes[-1] <= 1.5 * sizes[0])  # fmt: skip
    table.add("  peak memory of the process by then", " / ".join(f"{m:.0f}" for m in peaks)
              + " MiB", "does not grow", peaks[-1] <= peaks[0] + 10)  # fmt: skip
    table.add("  visits that were read already, a second of one core",
              f"{monitor.visits / seconds:,.0f}")  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
