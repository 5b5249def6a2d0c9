"""Files and names that the examples of README and docs take for granted."""

from __future__ import annotations

import csv
import gzip
import json
import lzma
import math
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

FIXTURES = Path(__file__).parents[1] / "diagnose" / "fixtures"
DISHES = [
    f"{way} {what} with {side}"
    for way in ("Roast", "Grilled", "Poached", "Braised")
    for what in ("salmon", "lentils", "aubergine", "chicken", "trout")
    for side in ("lemon", "tahini", "cream", "sesame")
]
PROMPTS = [f"What do you serve on day {day}?" for day in range(40)]
Row = dict[str, Any]


def rows(dishes: int, each: int, seed: int, prompts: Iterable[str] = PROMPTS) -> Iterator[Row]:
    """Yield outputs of every prompt, of so many dishes of its own."""
    rng = np.random.default_rng(seed)
    for at, prompt in enumerate(prompts):
        for k in range(each):
            dish = DISHES[(7 * at + int(rng.integers(dishes))) % len(DISHES)]
            text = f"{dish}, number {rng.integers(900)}."
            yield {"prompt": prompt, "response": text, "model": f"v{dishes}", "sample_index": k}


def timed(found: Iterable[Row]) -> Iterator[Row]:
    """Yield rows with a time, an hour apart."""
    for hour, row in enumerate(found):
        yield {**row, "time": 1_790_000_000 + 3600 * hour}


def lines(path: Path, found: Iterable[Row]) -> Path:
    """Write rows as JSON lines."""
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in found), encoding="utf-8")
    return path


def table(path: Path, found: Iterable[Row]) -> Path:
    """Write rows as CSV."""
    every = [*found]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, every[0])
        writer.writeheader()
        writer.writerows(every)
    return path


def store(path: Path) -> None:
    """Make a store with a watch that has raised an alarm, where a store can be opened."""
    if find_spec("sqlalchemy") is None:
        return
    from fullmenu.live import Watcher
    from fullmenu.samples import Record
    from fullmenu.store import Store, WatchSettings

    before, after = (timed(rows(dishes, 8, seed)) for dishes, seed in ((16, 40), (2, 41)))
    with Store.open(str(path)) as kept:
        for found in (before, after):
            kept.add([
                Record(row["response"], row["prompt"], model="v16",
                       time=datetime.fromtimestamp(row["time"], timezone.utc))
                for row in found
            ])  # fmt: skip
        kept.set_baseline("v16", (0, 8 * len(PROMPTS)), WatchSettings(views=["phrasing"]))
        watcher = Watcher(kept)
        while watcher.turn():
            pass
        watcher.stop()


def make(place: Path) -> None:
    """Write all files that the pages name."""
    store(place / "fullmenu.db")
    for name, dishes, each, seed in (
        ("before", 16, 20, 0),
        ("after", 2, 10, 1),
        ("outputs", 12, 10, 2),
        ("v1", 16, 8, 3),
        ("v2", 8, 8, 4),
        ("v3", 2, 8, 5),
        ("sft", 12, 5, 6),
        ("samples", 12, 5, 31),
        ("a", 12, 2, 7),
    ):
        lines(place / f"{name}.jsonl", rows(dishes, each, seed))
    for name, seed in (("baseline", 8), ("first", 9), ("sft", 6)):
        packed = "".join(json.dumps(row) + "\n" for row in rows(12, 10, seed))
        (place / f"{name}.jsonl.xz").write_bytes(lzma.compress(packed.encode()))
    rng = np.random.default_rng(10)
    asked = [str(prompt) for prompt in rng.choice(PROMPTS, 60)]
    lines(place / "live.jsonl", timed(rows(16, 5, 11, asked)))
    lines(place / "log.jsonl", timed(rows(12, 20, 12)))
    lines(place / "train.jsonl", rows(20, 20, 13))
    for step in range(1, 7):
        lines(place / "rollouts" / f"step_{step}" / "0.jsonl", rows(12, 4, 50 + step))
    renamed = [{"question": r["prompt"], "answer": r["response"]} for r in rows(9, 5, 14)]
    table(place / "log.csv", renamed)
    table(place / "export.csv", renamed)
    (place / "logs").mkdir()
    weeks = timed(row for seed in (15, 60, 61, 62) for row in rows(9, 5, seed))
    pq.write_table(pa.Table.from_pylist([*weeks]), place / "logs" / "p.parquet")
    for name, dishes, seed in (("v1", 16, 3), ("v2", 8, 4), ("v3", 2, 5)):
        lines(place / name / "1.jsonl", rows(dishes, 8, seed))
    for name, dishes, seed in (("before", 16, 0), ("after", 2, 1)):
        pq.write_table(pa.Table.from_pylist([*rows(dishes, 10, seed)]), place / f"{name}.parquet")
    lines(place / "more" / "m.jsonl", rows(9, 3, 16))
    (place / "traces").mkdir()
    packed = "".join(json.dumps(row) + "\n" for row in rows(9, 3, 17)).encode()
    (place / "traces" / "t.jsonl.gz").write_bytes(gzip.compress(packed))
    models = [{**row, "model": f"m{k % 3}"} for k in range(6) for row in rows(4 + 3 * k, 4, 24 + k)]
    lines(place / "models.jsonl", models)
    lines(place / "essays.jsonl", essays())
    lines(place / "canary.jsonl", timed(rows(16, 5, 30, asked)))
    lines(place / "prompts.jsonl", ({"prompt": prompt} for prompt in PROMPTS[:8]))
    (place / "prompts.txt").write_text("\n".join(PROMPTS[:8]) + "\n", "utf-8")
    (place / "answer.json").write_text('{"type": "object", "required": ["dish"]}', "utf-8")
    (place / "checks.py").write_text("def quality(output):\n    return len(output)\n", "utf-8")
    batch(place)
    pictures(place)
    runs(place)
    stressed(place)


def essays() -> Iterator[Row]:
    """Yield short English texts that all go on alike."""
    rng = np.random.default_rng(40)
    for prompt in PROMPTS:
        for k in range(4):
            dishes = [DISHES[i].lower() for i in rng.integers(len(DISHES), size=12)]
            said = " ".join(
                f"There is nothing quite like {dish} on a day like this." for dish in dishes
            )
            yield {"prompt": prompt, "response": said, "sample_index": k}


def batch(place: Path) -> None:
    """Write a batch of an OpenAI-compatible server, with its requests, and spans."""
    asked, given = [], []
    for k, row in enumerate(rows(9, 2, 18)):
        messages = [{"role": "user", "content": row["prompt"]}]
        asked.append({"custom_id": f"r{k}", "body": {"model": "m", "messages": messages}})
        said = {"message": {"role": "assistant", "content": row["response"]}, "index": 0}
        body = {"object": "chat.completion", "model": "m", "choices": [said]}
        given.append({"custom_id": f"r{k}", "response": {"status_code": 200, "body": body}})
    spans = []
    for k, row in enumerate(rows(9, 2, 19)):
        attributes = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
        for side, role, text in (("input", "user", "prompt"), ("output", "assistant", "response")):
            parts = [{"type": "text", "content": row[text]}]
            told = json.dumps([{"role": role, "parts": parts}])
            attributes[f"gen_ai.{side}.messages"] = told
        ids = {"trace_id": f"{k:032x}", "span_id": f"{k:016x}"}
        spans.append({"name": "chat m", "context": ids, "attributes": attributes})
    lines(place / "spans.jsonl", spans)
    lines(place / "in.jsonl", asked)
    lines(place / "out.jsonl", given)


def stressed(place: Path) -> None:
    """Write samples of shifted prompts, runs of an agent, and answers for a grader."""
    shifts = ("inside", "typos", "json_object")
    every = [(shift, row) for k, shift in enumerate(shifts) for row in rows(12, 6, 40 + k)]
    lines(
        place / "stressed.jsonl",
        (
            {**row, "shift": shift, "origin": row["prompt"][-6:],
             "prompt": f"{row['prompt']} ({shift})"}
            for shift, row in every
        ),
    )  # fmt: skip
    lines(place / "prompts.jsonl", ({"id": str(k), "prompt": p} for k, p in enumerate(PROMPTS)))
    lines(
        place / "pairs.jsonl",
        ({"prompt": p, "chosen": f"It is {k}.", "rejected": "It is not."}
         for k, p in enumerate(PROMPTS)),
    )  # fmt: skip
    call = {"id": "c", "function": {"name": "look_up", "arguments": "{}"}}
    turns = [{"role": "assistant", "tool_calls": [call]},
             {"role": "tool", "tool_call_id": "c", "content": "nothing"}]  # fmt: skip
    lines(
        place / "runs.jsonl",
        ({"task_id": f"t{k % 5}", "messages": turns * (1 + k % 6), "score": k % 2}
         for k in range(30)),
    )  # fmt: skip


def images(kinds: int, seed: int, n: int = 60) -> np.ndarray:
    """Return noisy copies of some random drawings, (n, 16, 16) bytes."""
    rng = np.random.default_rng(99)
    drawings = rng.integers(0, 255, (12, 4, 4)).repeat(4, 1).repeat(4, 2)
    rng = np.random.default_rng(seed)
    noisy = drawings[rng.integers(kinds, size=n)] + rng.normal(0, 8, (n, 16, 16))
    return noisy.clip(0, 255).astype(np.uint8)


def pictures(place: Path) -> None:
    """Write pictures as folders and as arrays."""
    for folder, kinds in (("pictures", 8), ("before", 12), ("after", 2)):
        for k, picture in enumerate(images(kinds, 20)):
            path = place / folder / f"cat {k % 6}" / f"{k:03}.png"
            path.parent.mkdir(exist_ok=True, parents=True)
            Image.fromarray(picture).save(path)
    np.save(place / "before.npy", images(12, 21))
    np.savez(place / "after.npz", images=images(3, 22))
    rng = np.random.default_rng(24)
    for name, kinds in (("real", 8), ("generated", 6)):
        np.save(place / f"{name}.npy", np.eye(8)[rng.integers(kinds, size=200)])


def runs(place: Path) -> None:
    """Write what the diagnoses read."""
    for name, fixture in (("base", "lm_eval_before"), ("tuned", "lm_eval_after")):
        shutil.copytree(FIXTURES / fixture, place / name)
    rng = np.random.default_rng(23)
    sweep = []
    for seed in range(6):
        for size in (8, 16, 32, 64, 128, 256, 512, 1024):
            peak = 0.5 * math.exp(-(math.log2(size / 64) ** 2) / 2)
            sweep.append(
                {
                    "size": size,
                    "seed": seed,
                    "train_loss": max(1e-7, 0.5 - size / 128) + 1e-6 * rng.random(),
                    "test_error": 0.2 + peak + 0.1 / math.log2(size) + 0.01 * rng.normal(),
                }
            )
    table(place / "sweep.csv", sweep)
    kls = np.linspace(0, 30, 12)
    found = [
        {
            "run": run,
            "kl": float(kl),
            "proxy": float(math.sqrt(kl) * 0.5 + 0.01 * rng.normal()),
            "gold": float(math.sqrt(kl) * (1 - 0.2 * math.sqrt(kl)) + 0.02 * rng.normal()),
        }
        for run in range(4)
        for kl in kls
    ]
    table(place / "run.csv", found)
