"""A watch that is killed at random moments, while its log grows and is rotated: is anything lost?

A writer appends lines and renames the log now and then; the watch follows it in a process of its
own that is killed (SIGKILL) after a random time, its first second included, and started again. The
log is first renamed when the state exists: before that, no watch knows of it. At the end every
output must have been counted once, model by model.

Run: python benchmarks/watch_kills.py [kills]
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from table import Table

EACH, MODELS = 100, 50
LINES = EACH * MODELS
STATE = ".fullmenu-state.json"

WATCH = """
import sys, fullmenu as fm
for _ in fm.watch.follow(sys.argv[1], sys.argv[2], views=["phrasing"], poll=0.02, run_length=1e9):
    pass
"""
COUNT = """
import json, sys, fullmenu as fm
from pathlib import Path
list(fm.watch.follow(sys.argv[1], sys.argv[2], views=["phrasing"], poll=None, run_length=1e9))
from fullmenu.live.state import SessionState
state = SessionState.from_bytes(Path(sys.argv[1] + ".fullmenu-state.json").read_bytes())
print(json.dumps([[v.model, v.outputs] for v in state.versions] + [["", len(state.held)]]))
"""


def main(kills: int = 200) -> None:
    table = Table(f"{kills} kills of a watch that follows a log of {LINES:,} lines")
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        log, baseline = Path(folder) / "live.jsonl", Path(folder) / "before.jsonl"
        baseline.write_text("".join(line("base", i) for i in range(400)))
        log.touch()
        done = threading.Event()
        seconds = kills * 1.6
        writer = threading.Thread(target=write, args=(log, rng.random(), seconds, done))
        writer.start()
        made = 0
        while made < kills:
            watch = subprocess.Popen([sys.executable, "-c", WATCH, str(log), str(baseline)])
            time.sleep(rng.uniform(0, 1.2) if rng.random() < 0.4 else rng.uniform(0.8, 3.5))
            watch.kill()
            watch.wait()
            made += 1
        done.set()
        writer.join()
        said = subprocess.run([sys.executable, "-c", COUNT, str(log), str(baseline)],
                              capture_output=True, text=True, check=True).stdout  # fmt: skip
    counted = dict(json.loads(said))
    held = counted.pop("")
    lost = sum(max(EACH - counted.get(f"m{m}", 0), 0) for m in range(MODELS)) - held
    twice = sum(max(n - EACH, 0) for n in counted.values())
    table.add("outputs lost", lost, "0", lost == 0)
    table.add("outputs counted twice", twice, "0", twice == 0)
    table.show()


def line(model: str, i: int) -> str:
    words = " ".join(random.Random(f"{model} {i}").choices("abcdefghijklmnop", k=6))
    return json.dumps({"prompt": f"q{i // 2 % 40}", "response": words, "model": model}) + "\n"


def write(log: Path, seed: float, seconds: float, done: threading.Event) -> None:
    """Append in bursts over so many seconds, and rotate about twenty times."""
    rng = random.Random(seed)
    rotations = 0
    for i in range(LINES):
        with log.open("a") as file:
            file.write(line(f"m{i // EACH}", i))
        if rng.random() < 20 / LINES and log.with_name(log.name + STATE).exists():
            rotations += 1
            log.rename(log.with_name(f"live.jsonl.{rotations}"))
            log.touch()
        if not done.is_set() and rng.random() < 0.1:
            time.sleep(rng.uniform(0, 20 * seconds / LINES))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
