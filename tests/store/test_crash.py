"""A process that stores and watches is killed under load: nothing is lost, nothing counts twice.

``benchmarks/serve_crash.py`` does the same to a whole server, a hundred times.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

from tests.live.conftest import visits

from fullmenu.samples import Record

from .conftest import URLs

KILLS, BATCH = 3, 5
SERVE = """
import json, sys
from pathlib import Path
from fullmenu.live import Watcher
from fullmenu.samples import Record
from fullmenu.store import Store

store = Store.open(sys.argv[1])
watcher = Watcher(store, poll=0.01)
watcher.start()
rows = [Record(r["response"], r["prompt"], call_id=str(i))
        for i, r in enumerate(map(json.loads, Path(sys.argv[2]).read_text().splitlines()))]
for first in range(int(sys.argv[3]), len(rows), int(sys.argv[4])):
    store.add(rows[first : first + int(sys.argv[4])])
    print(first, flush=True)
while any(w.lag for w in store.watches()):
    print("counting", flush=True)
watcher.stop()
"""


def test_a_killed_process_loses_nothing_that_it_acknowledged(urls: URLs, tmp_path: Path) -> None:
    from fullmenu.live import Watcher
    from fullmenu.store import Store, WatchSettings

    before = visits(0, order=range(25), each=12, seed=9)
    log = tmp_path / "live.jsonl"
    log.write_text(before + visits(200, seed=1) + visits(60, dishes=2, seed=2))
    rows = log.read_text().splitlines()
    rng = random.Random(len(urls("killed")))
    with Store.open(urls("killed")) as store:
        store.add(records(rows[:300]))
        watch = store.set_baseline(None, (0, 300), WatchSettings(views=["exact"]))
        reached = 300
        for kill in range(KILLS + 1):
            process = subprocess.Popen(
                [sys.executable, "-c", SERVE, urls("killed"), log, str(reached), str(BATCH)],
                stdout=subprocess.PIPE,
                text=True,
            )
            assert process.stdout is not None
            acknowledged = reached
            for line in process.stdout:
                if line.strip().isdigit():
                    acknowledged = int(line) + BATCH
                if kill < KILLS and acknowledged > reached + rng.randrange(20, 250):
                    process.kill()
                    break
            process.wait(60)
            process.stdout.close()
            there = {s.record.call_id for s in store.samples(limit=5_000)}
            assert {str(i) for i in range(acknowledged)} <= there
            reached = acknowledged
        assert process.returncode == 0
        killed = [s.record for s in store.samples(limit=5_000)]
        assert [r.call_id for r in killed] == [str(i) for i in range(len(rows))]

        end = time.monotonic() + 30
        watcher = Watcher(store)
        while (watcher.turn() or store.watches()[0].lag) and time.monotonic() < end:
            pass
        watcher.stop()
        with Store.open(urls("whole")) as other:
            other.add(records(rows))
            whole = other.set_baseline(None, (0, 300), WatchSettings(views=["exact"]))
            watcher = Watcher(other)
            while watcher.turn():
                pass
            watcher.stop()
            alarms, wanted = ([x.alarm for x in s.alarms()] for s in (store, other))
            assert wanted and alarms == wanted
            documents = [s.document(w.id) for s, w in ((store, watch), (other, whole))]
            visits_of = [json.loads(d or b"")["visits"] for d in documents]
            assert visits_of[0] == visits_of[1]


def records(rows: list[str]) -> list[Record]:
    return [
        Record(r["response"], r["prompt"], call_id=str(i))
        for i, r in enumerate(map(json.loads, rows))
    ]
