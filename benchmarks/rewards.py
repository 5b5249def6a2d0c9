"""What do the variety rewards cost, and does the fast view see what the ``answer`` view sees?

1,024 completions of 200 words of made-up prose, 128 prompts of 8; CPU milliseconds of one thread,
the best of nine. The floor is finding the words alone: ``str.split``, and Arrow's split and
dictionary of the same bytes.

Agreement: likeness of NoveltyBench's outputs within prompts by both views, and by the benchmark's
classes (FULLMENU_DATA names the folder of the data; skipped where there is none).

Run: OPENBLAS_NUM_THREADS=1 python benchmarks/rewards.py
"""

from __future__ import annotations

import json
import lzma
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import fullmenu as fm
from fullmenu.cure.rewards import fast_words
from fullmenu.cure.rewards.cluster_frequency import clusters
from fullmenu.views import answer
from real import folder
from speed import write
from table import Table

COUNT, EACH = 1024, 8


def main() -> int:
    table = Table(f"Variety rewards of {COUNT:,} completions of 200 words, CPU ms of one core")
    texts = completions()
    prompts = [f"prompt {i // EACH}" for i in range(COUNT)]
    one = ["prompt"] * COUNT
    table.add("floor: str.split of every text", ms(lambda: [t.split() for t in texts]))
    table.add("floor: Arrow's split and dictionary ids", ms(lambda: arrow(texts)))
    table.add(
        "words to unit rows, in all rewards below", ms(lambda: fast_words.rows(texts, prompts))
    )
    built = {
        "own_share": fm.cure.own_share(num_generations=EACH),
        "cluster_frequency": fm.cure.cluster_frequency(num_generations=EACH),
        "mix": fm.cure.mix(length, at=0.0, task="learned", num_generations=EACH),  # all are paid
        "multiply by own_share": fm.cure.multiply(length, fm.cure.own_share()),
        "probe": fm.cure.probe(log=lambda name, value: None),
        "novelty": fm.cure.novelty(),
    }
    ok = True
    for name, reward in built.items():
        taken = best(lambda reward=reward: reward(prompts=prompts, completions=texts))
        ok &= taken <= 50
        table.add(f"{name}, 128 prompts of {EACH}", f"{taken:.0f} ms", "≤ 50 ms", taken <= 50)
    taken = best(lambda: built["own_share"](prompts=one, completions=texts))
    ok &= taken <= 50
    table.add(f"own_share, one group of {COUNT:,}", f"{taken:.0f} ms", "≤ 50 ms", taken <= 50)
    reward = built["cluster_frequency"]
    table.add(f"cluster_frequency, one group of {COUNT:,}",
              ms(lambda: reward(prompts=one, completions=texts)))  # fmt: skip
    slow = fm.cure.own_share("answer")
    table.add(
        "own_share by the answer view", ms(lambda: slow(prompts=prompts, completions=texts), 2)
    )
    try:
        agreement(table, folder() / "noveltybench" / "generations.jsonl.xz")
    except (FileNotFoundError, SystemExit) as missing:
        table.add("agreement with the answer view", f"skipped: {missing}")
    table.show()
    return 0 if ok else 1


def completions() -> list[str]:
    with tempfile.TemporaryDirectory() as place:
        path = Path(write(Path(place) / "log.jsonl", 0))
        rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    kept = [row["output"] for row in rows if row["sample_index"] < EACH]
    return kept[:COUNT]


def length(completions: list[str], **_: object) -> list[float]:
    return [min(len(c) / 2000, 1.0) for c in completions]


def arrow(texts: list[str]) -> pa.Array:
    split = pc.utf8_split_whitespace(pc.utf8_lower(pa.array(texts)))
    return split.flatten().dictionary_encode().indices


def best(run: Callable[[], object], times: int = 9) -> float:
    run()
    taken = []
    for _ in range(times):
        began = time.process_time()
        run()
        taken.append(time.process_time() - began)
    return 1000 * min(taken)


def ms(run: Callable[[], object], times: int = 9) -> str:
    return f"{best(run, times):.0f} ms"


def agreement(table: Table, path: Path, sets: int = 400, size: int = 10) -> None:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    some = np.random.default_rng(0).permutation(len(records))[:sets]
    records = [records[i] for i in some]
    texts = [text for record in records for text in record["generations"]]
    prompts = [record["prompt"] for record in records for _ in range(size)]
    classes = np.array([record["partition"] for record in records])
    above = np.triu_indices(size, 1)
    views = {
        "fast words": fast_words.rows(texts, prompts),
        "answer": answer.lexical_rows(texts, prompts),
    }
    squares = {}
    same = np.array([np.equal.outer(c, c)[above] for c in classes])
    groups = np.repeat(np.arange(len(records)), size)
    for name, x in views.items():
        parts = (x[i : i + size] for i in range(0, len(texts), size))
        squares[name] = np.array([(p @ p.T).toarray()[above] ** 2 for p in parts])
        for bar in (0.4, 0.5, 0.6):
            found = clusters(x, groups, bar).reshape(-1, size)
            called = np.array([np.equal.outer(c, c)[above] for c in found])
            f1 = 2 * (called & same).sum() / (called.sum() + same.sum())
            table.add(f"NoveltyBench: clusters of {name} at k ≥ {bar}, pairs, F1", f"{f1:.3f}")
    r = np.corrcoef(squares["fast words"].ravel(), squares["answer"].ravel())[0, 1]
    table.add("NoveltyBench: k² of fast words with the answer view's, correlation", f"{r:.3f}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
