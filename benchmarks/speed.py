"""How long do ``check`` and ``compare`` take, and how much memory, beside reading the files alone?

The floor is reading both files and splitting words in one process (json and str.split, imports not
counted), timed next to every run; ratios are of CPU seconds, so that a shared machine says the
same, and medians. Large logs go through compiled loops; "arrays" is the code that they replace, and
that runs where a machine has no runtime for them.

Run: python benchmarks/speed.py [runs] [--growth]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from real import folder, olmo
from table import Table

PROMPTS, EACH, WORDS = 1_000, 10, 200
GROWING = (10_000, 100_000, 1_000_000)
GROWING_WORDS = 20
HEAVY = (
    "scipy.stats", "scipy.optimize", "pandas", "matplotlib", "wasmtime", "torch", "sklearn",
    "pyarrow.dataset", "rich.progress",
)  # fmt: skip

FLOOR = """
import json, sys, time
wall, cpu = time.perf_counter(), time.process_time()
n = 0
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        for line in file:
            n += len(json.loads(line)["output"].split())
print(time.perf_counter() - wall, time.process_time() - cpu)
"""
ARRAYS = """
from fullmenu.compiled import choice
choice.LARGE = 1 << 62
from fullmenu.cli import main
main()
"""
LOOPS = """
import os, time
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the command line has it
from fullmenu.compiled.loops import _Machine
took, of_one = [0.0], _Machine.run
def run(self, *given):
    began = time.thread_time()
    found = of_one(self, *given)
    took[0] += time.thread_time() - began
    return found
_Machine.run = run
from fullmenu.cli import main
try:
    main()
finally:
    print(took[0])
"""
ANSWER = """
import sys, time
from fullmenu.compiled import choice
from fullmenu.views.registry import get
import fullmenu as fm
if sys.argv[2] == "arrays":
    choice.LARGE = 1 << 62
log = fm.read(sys.argv[1])
view, texts, prompts = get("answer"), log.outputs, log.prompts
view.rows(["one"], [None])  # the vectors of words are read once
began = time.process_time()
view.rows(texts, prompts)
print(len(texts) / (time.process_time() - began))
"""


def main() -> None:
    counts = [int(word) for word in sys.argv[1:] if word.isdigit()]
    runs = counts[0] if counts else 5
    with tempfile.TemporaryDirectory() as place:
        large(Path(place), runs)
        small(Path(place), runs)
        answer(Path(place), runs)
        light = imports(Path(place))
        if "--growth" in sys.argv:
            growth(Path(place))
    if not light:
        sys.exit("a module that takes long to import is loaded again: see the table")


def large(place: Path, runs: int) -> None:
    table = Table(f"compare of 2 × {PROMPTS * EACH:,} outputs of {WORDS} words; median of {runs}")
    logs = [write(place / f"{name}.jsonl", seed) for seed, name in enumerate("ab")]
    ways = {"by default": ["-m", "fullmenu"], "arrays": ["-c", ARRAYS]}
    for way, code in ways.items():
        ratios, walls, peaks, floors = [], [], [], []
        for _ in range(runs):
            wall, cpu = map(float, run(["-c", FLOOR, *logs]).printed.split())
            one = run([*code, "compare", *logs, "--json", "--quiet"])
            floors.append(cpu)
            ratios.append(one.cpu / cpu)
            walls.append(one.wall / wall)
            peaks.append(one.peak)
        ratio, peak = float(np.median(ratios)), float(np.median(peaks))
        # the marks were set for arrays (30) and for loops from an extra (12); since 29 November
        # 2026 every installation has the loops
        if way == "by default":
            inside = [
                float(run(["-c", LOOPS, "compare", *logs, "--json", "--quiet"]).printed.split()[-1])
                for _ in range(runs)
            ]
            table.add(f"{way}: CPU ÷ floor", f"{ratio:.1f}", "≤ 30, ≤ 12", ratio <= 12)
            alone = float(np.median(inside) / np.median(floors))
            table.add(f"{way}: of it in compiled loops ÷ floor", f"{alone:.1f}")
        else:
            table.add(f"{way}: CPU ÷ floor", f"{ratio:.1f}")
        table.add(f"{way}: wall ÷ floor's wall", f"{np.median(walls):.1f}")
        table.add(f"{way}: peak memory", f"{peak:.0f} MiB", "≤ 700 MiB", peak <= 700)
        table.add(f"{way}: floor, CPU", f"{np.median(floors):.2f} s")
    table.show()


def small(place: Path, runs: int) -> None:
    table = Table(f"CPU seconds of a process; median of {runs}")
    log = write(place / "small.jsonl", 0, prompts=20, words=100)
    cases = [
        ("fullmenu --help", ["-m", "fullmenu", "--help"], 0.25),
        ("import fullmenu", ["-c", "import fullmenu"], 0.05),
        ("check of 200 outputs × 100 words", ["-m", "fullmenu", "check", log, "--quiet"], 0.9),
    ]
    if (folder() / "olmo2_7b_stages").is_dir():
        logs = [str(place / f"{stage}.parquet") for stage in ("base", "instruct")]
        for path in logs:
            write_olmo(path)
        asked = ["-m", "fullmenu", "compare", *logs, "--json", "--quiet"]
        cases.append(("compare of 2 × 2,000 outputs of OLMo", asked, 3.0))
    for what, code, most in cases:
        cpu = float(np.median([run(code).cpu for _ in range(runs)]))
        table.add(what, f"{cpu:.3f} s", f"≤ {most} s", cpu <= most)
    table.show()


def answer(place: Path, runs: int) -> None:
    table = Table(f"outputs a second through `answer`, one core; median of {runs}")
    for what, words, least in (("short: 12 words", 12, 2_000), ("long: 200 words", 200, 800)):
        log = write(place / f"{words}.jsonl", 0, words=words, prompts=400)
        for way in ("by default", "arrays"):
            rates = [float(run(["-c", ANSWER, log, way]).printed) for _ in range(runs)]
            rate = float(np.median(rates))
            table.add(f"{what}, {way}", f"{rate:,.0f}", f"≥ {least:,}", rate >= least)
    table.show()


def imports(place: Path) -> bool:
    """Whether a small log is checked and compared without a module that takes long to import."""
    table = Table("modules that a small log does without")
    log = write(place / "few.jsonl", 0, prompts=20, words=100)
    light = True
    for command, *logs in (["check", log], ["compare", log, log]):
        code = ["-X", "importtime", "-m", "fullmenu", command, *logs, "--quiet"]
        timed = subprocess.run([sys.executable, *code], capture_output=True, text=True, check=False)
        names = [line.split("|")[-1].strip() for line in timed.stderr.splitlines() if "|" in line]
        assert "fullmenu.report.brief" in names, timed.stderr[-1_000:]  # it came to a report
        # a package that is looked for in vain has a line too, but none of its modules
        loaded = [
            heavy
            for heavy in HEAVY
            if any(
                name.startswith(f"{heavy}.") or ("." in heavy and name == heavy) for name in names
            )
        ]
        said = ", ".join(loaded) or "none"
        table.add(f"{command} of 200: heavy ones of {len(names)}", said, "none", not loaded)
        light = light and not loaded
    table.show()
    return light


def growth(place: Path) -> None:
    """Whether time grows as the log does, and memory no more than twice the text."""
    table = Table(f"check, ten outputs of {GROWING_WORDS} words a prompt, more and more prompts")
    seconds, peaks, texts = [], [], []
    for n in GROWING:
        log = write(place / "growing.jsonl", 0, prompts=n // EACH, words=GROWING_WORDS)
        one = run(["-m", "fullmenu", "check", log, "--json", "--quiet"])
        seconds.append(one.cpu)
        peaks.append(one.peak)
        texts.append(Path(log).stat().st_size / 2**20)
        table.add(f"{n:,} outputs", f"{one.cpu:.1f} s, {one.peak:.0f} MiB")
    exponent = np.polyfit(np.log(GROWING), np.log(seconds), 1)[0]
    table.add("exponent of time", f"{exponent:.2f}", "≤ 1.05", exponent <= 1.05)
    most = peaks[1] + 2 * (texts[2] - texts[1])
    table.add("peak of the last", f"{peaks[2]:.0f} MiB", f"≤ {most:.0f} MiB", peaks[2] <= most)
    table.show()


def write(path: Path, seed: int, *, prompts: int = PROMPTS, words: int = WORDS) -> str:
    """Write a log of made-up prose: a Zipf vocabulary, sentences, paragraphs, some lists."""
    rng = np.random.default_rng(seed)
    letters = np.array(list("etaoinshrdlcumwfgypbvk"))
    vocabulary = np.array(
        [
            "".join(rng.choice(letters, 1 + min(i // 40, 3) + rng.integers(1, 6)))
            for i in range(30_000)
        ]
    )
    weights = 1 / np.arange(1, 30_001) ** 1.05
    weights /= weights.sum()
    with path.open("w", encoding="utf-8") as file:
        for p in range(prompts):
            topic = rng.choice(30_000, 300, p=weights)
            for i in range(EACH):
                said = vocabulary[
                    np.where(rng.random(words) < 0.4, rng.choice(topic, words),
                             rng.choice(30_000, words, p=weights))
                ]  # fmt: skip
                text = ""
                for a in range(0, words, 14):
                    text += "\n\n" if a % 70 == 0 and a else "\n- " if rng.random() < 0.1 else " "
                    text += " ".join(said[a : a + 14]).capitalize() + "."
                row = {"prompt": f"prompt {p}", "output": text.strip(), "sample_index": i}
                file.write(json.dumps(row) + "\n")
    return str(path)


def write_olmo(path: str) -> None:
    import pyarrow.parquet as pq

    pq.write_table(olmo(Path(path).stem).table, path)


class Run(NamedTuple):
    """A process that ended: seconds, what it printed, and its peak memory in MiB."""

    wall: float
    cpu: float
    printed: str
    peak: float


def run(code: Sequence[str]) -> Run:
    """Run Python so."""
    # as it is installed: what Python compiled once is kept
    kept = {name: x for name, x in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, *code], stdout=subprocess.PIPE, text=True, env=kept)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, _, usage = os.wait4(process.pid, 0)
    cpu = usage.ru_utime + usage.ru_stime
    return Run(time.perf_counter() - began, cpu, printed, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
