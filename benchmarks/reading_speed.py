"""How long reading a log takes, beside what parsing it takes, and how much memory.

Each shape is one log of 10,000 outputs of about 1.4 kB. ``fullmenu.read`` is divided by
``json.loads`` of every line, and by the floor: splitting the lines, one parse of each, and the two
Arrow columns of the outputs and prompts. All are timed in turn within one run; printed are medians,
and the ratio's quartiles over the rounds. A CSV or Parquet file is divided by ``json.loads`` of the
same rows as JSON lines.

The peak is that of a process of its own that reads 1,000,000 lines of 0.4 kB, beyond what it had
before and what Arrow keeps.

Run ``python benchmarks/reading_speed.py [ROUNDS] [--no-peak]``.
"""

from __future__ import annotations

import csv
import gc
import json
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

import fullmenu as fm
from table import Table

LINES, SIZE, PROMPTS = 10_000, 1_400, 100
MANY, SHORT = 1_000_000, 400
SENTENCES = (
    "The harbour opens at dawn and the old library waits for the night train.\n"
    "A winter market hums by lamplight while the kettle boils, as it did last year. "
    "Strangers feel welcome since the frost came early and the door stays shut. "
)
WORDS = SENTENCES.split(" ")
Row = dict[str, Any]


def text(rng: random.Random, size: int) -> str:
    return " ".join(rng.choices(WORDS, k=size // 5))[:size]


def plain(rng: random.Random, i: int, size: int = SIZE) -> Row:
    asked = f"Write about number {i % PROMPTS}."
    return {"prompt": asked, "output": text(rng, size - 90), "model": "m-1"}


def quoted(rng: random.Random, i: int) -> Row:
    row = plain(rng, i)
    return {**row, "output": f"“{row['output'][: SIZE - 100]}”"}


def timed(rng: random.Random, i: int) -> Row:
    when = f"2026-{1 + i % 12:02}-{1 + i % 28:02}T10:{i % 60:02}:00Z"
    return {**plain(rng, i, SIZE - 100), "time": when, "score": i % 7 / 7, "prompt_id": i % PROMPTS}


def wide(rng: random.Random, i: int) -> Row:
    further = {f"column_{k}": (i * k % 97, rng.random(), f"v{i % 13}")[k % 3] for k in range(20)}
    return {**plain(rng, i, SIZE - 420), **further}


def chat(rng: random.Random, i: int) -> Row:
    row = plain(rng, i, SIZE - 480)
    asked = {"role": "user", "content": row["prompt"]}
    said = {"role": "assistant", "content": row["output"], "refusal": None}
    return {
        "request": {"model": "m-1", "messages": [asked], "temperature": 1.0},
        "response": {
            "id": f"chatcmpl-{rng.randrange(16**24):024x}",
            "object": "chat.completion",
            "created": 1_760_000_000 + i,
            "model": "m-1",
            "choices": [{"index": 0, "message": said, "finish_reason": "stop", "logprobs": None}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 220, "total_tokens": 229},
            "system_fingerprint": "fp_1",
        },
    }


def nested(rng: random.Random, i: int) -> Row:
    row = plain(rng, i, SIZE - 200)
    turns = [
        {"role": "user", "content": row["prompt"]},
        {"role": "assistant", "content": row["output"]},
    ]
    return {"conversation_id": f"c{i}", "model": "m-1", "messages": turns, "tags": {"lang": "en"}}


def several(rng: random.Random, i: int) -> Row:
    return {"prompt": f"Write about number {i}.", "responses": [text(rng, 330) for _ in range(4)]}


SHAPES: dict[str, tuple[Callable[[random.Random, int], Row], str]] = {
    "few columns": (plain, "jsonl"),
    "few columns, “quotes”": (quoted, "jsonl"),
    "times, scores, ids": (timed, "jsonl"),
    "20 further columns": (wide, "jsonl"),
    "OpenAI chat": (chat, "jsonl"),
    "conversations": (nested, "jsonl"),
    "four outputs a line": (several, "jsonl"),
    "CSV": (timed, "csv"),
    "Parquet": (timed, "parquet"),
}


def written(rows: list[Row], ending: str, folder: Path) -> Path:
    path = folder / f"log.{ending}"
    if ending == "csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(rows)
    elif ending == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def parsed(path: Path) -> None:
    with path.open("rb") as file:
        for line in file:
            json.loads(line)


def floor(path: Path) -> None:
    """The least that a reader with a parser in C does."""
    decode = msgspec.json.Decoder().decode
    first, second = [], []
    with path.open("rb") as file:
        for line in file:
            row = decode(line)
            first.append(str(next(iter(row.values()))))
            second.append(row.get("output", ""))
    pa.array(first, pa.large_string())
    pa.array(second, pa.large_string())


def seconds(run: Callable[[], object]) -> float:
    gc.collect()
    begin = perf_counter()
    run()
    return perf_counter() - begin


def timings(rounds: int) -> Iterator[tuple[str, list[float], list[float], list[float]]]:
    for name, (make, ending) in SHAPES.items():
        rng = random.Random(0)
        rows = [make(rng, i) for i in range(LINES)]
        with tempfile.TemporaryDirectory() as folder:
            lines = written(rows, "jsonl", Path(folder))
            log = written(rows, ending, Path(folder)) if ending != "jsonl" else lines
            del rows
            fm.read(log)
            runs = [
                (
                    seconds(lambda log=log: fm.read(log)),
                    seconds(lambda lines=lines: parsed(lines)),
                    seconds(lambda lines=lines: floor(lines)),
                )
                for _ in range(rounds)
            ]
        yield (name, *map(list, zip(*runs, strict=True)))


def kilobytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def child(path: str) -> None:
    """Print the peak beyond the start and what is kept, and what is kept, in MiB."""
    fm.read({"A fruit?": ["fig"]})
    before = kilobytes()
    samples = fm.read(path)
    kept = samples.table.nbytes / 2**20
    print((kilobytes() - before) / 2**10 - kept, kept)


def peak() -> tuple[float, float]:
    rng = random.Random(0)
    pool = [plain(rng, i, SHORT)["output"] for i in range(1_000)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "long.jsonl")
        with path.open("w", encoding="utf-8") as file:
            for i in range(MANY):
                asked = f"Write about number {i % 10_000}."
                said = f"{i} {pool[i % 1_000]}"
                file.write(json.dumps({"prompt": asked, "output": said, "model": "m"}) + "\n")
        command = [sys.executable, __file__, "--child", str(path)]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    beyond, kept = map(float, out.split())
    return beyond, kept


def measured(table: Table, rounds: int, with_peak: bool = True) -> None:
    """Add how long each shape takes beside ``json.loads``, and the peak."""
    for name, read, loads, least in timings(rounds):
        ratios = [a / b for a, b in zip(read, loads, strict=True)]
        low, _, high = quantiles(ratios, n=4)
        said = (
            f"{median(ratios):.2f} ({low:.2f} to {high:.2f}); {median(read) * 1e3:.0f} ms, "
            f"json.loads {median(loads) * 1e3:.0f} ms; "
            f"{median(a / b for a, b in zip(read, least, strict=True)):.2f} × the floor"
        )
        table.add(f"{name} ÷ json.loads", said, "≤ 1.5", median(ratios) <= 1.5)
    if with_peak:
        beyond, kept = peak()
        table.add(
            f"peak for {MANY:,} lines of {SHORT / 1000} kB, beyond what is kept",
            f"{beyond:.0f} MiB (kept: {kept:.0f} MiB)", "≤ 500 MiB", beyond <= 500,
        )  # fmt: skip


def main(rounds: int, with_peak: bool) -> None:
    table = Table(f"Reading {LINES:,} lines of {SIZE / 1000} kB ({rounds} rounds)")
    measured(table, rounds, with_peak)
    table.show()


if __name__ == "__main__":
    if "--child" in sys.argv:
        child(sys.argv[-1])
    else:
        numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
        main(numbers[0] if numbers else 9, "--no-peak" not in sys.argv)
