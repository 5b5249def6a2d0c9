"""How long does ``compare`` take on 2 × 10,000 outputs of 200 words, and how much memory?

The floor is reading both files and splitting words in one process (json and str.split, imports not
counted), timed in the same run.

Run: python benchmarks/speed.py
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from table import Table

PROMPTS, EACH, WORDS = 1_000, 10, 200

FLOOR = """
import json, sys, time
began = time.perf_counter()
n = 0
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        for line in file:
            n += len(json.loads(line)["output"].split())
print(time.perf_counter() - began)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        logs = [write(Path(folder) / f"{name}.jsonl", seed) for seed, name in enumerate("ab")]
        floors = [float(run([sys.executable, "-c", FLOOR, *logs])[1]) for _ in range(3)]
        command = [sys.executable, "-m", "fullmenu", "compare", *logs, "--json", "--quiet"]
        seconds, _, peak = run(command)
    table = Table(f"compare of 2 × {PROMPTS * EACH:,} outputs of {WORDS} words, lexical")
    floor = float(np.median(floors))
    table.add("wall seconds", f"{seconds:.1f}", "≤ 30", seconds <= 30)
    table.add("peak memory", f"{peak:.0f} MiB", "≤ 1024 MiB", peak <= 1024)
    table.add("reading and splitting only", f"{floor:.2f} s")
    table.add("ratio to that", f"{seconds / floor:.1f}", "≤ 20", seconds / floor <= 20)
    for what, code, most in (
        ("fullmenu --help, CPU", ["-m", "fullmenu", "--help"], 0.3),
        ("import fullmenu, CPU", ["-c", "import fullmenu"], 0.15),
    ):
        cpu = min(cpu_of([sys.executable, *code]) for _ in range(5))
        table.add(what, f"{cpu:.3f} s", f"≤ {most} s", cpu <= most)
    table.show()


def write(path: Path, seed: int) -> str:
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
    with path.open("w", encoding="utf-8") as file:
        for p in range(PROMPTS):
            topic = rng.choice(30_000, 300, p=weights / weights.sum())
            for i in range(EACH):
                words = vocabulary[
                    np.where(rng.random(WORDS) < 0.4, rng.choice(topic, WORDS),
                             rng.choice(30_000, WORDS, p=weights / weights.sum()))
                ]  # fmt: skip
                text = ""
                for a in range(0, WORDS, 14):
                    text += "\n\n" if a % 70 == 0 and a else "\n- " if rng.random() < 0.1 else " "
                    text += " ".join(words[a : a + 14]).capitalize() + "."
                row = {"prompt": f"prompt {p}", "output": text.strip(), "sample_index": i}
                file.write(json.dumps(row) + "\n")
    return str(path)


def run(command: list[str]) -> tuple[float, str, float]:
    """Return wall seconds, what was printed and the peak memory in MiB."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, _, usage = __import__("os").wait4(process.pid, 0)
    return time.perf_counter() - began, printed, usage.ru_maxrss / 1024


def cpu_of(command: list[str]) -> float:
    """Return user and system seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


if __name__ == "__main__":
    main()
