"""The distinct and utility that NoveltyBench stored, recomputed from its partitions.

No package to install: ``noveltybench/generations.jsonl.xz`` holds the classes of 100 prompts by
each model, and for all models but one scores and utilities too. Its field ``distinct`` is the
largest class number, one less than the number of classes. A prompt by itself has no interval, so
each is given to Fullmenu twice.
"""

from __future__ import annotations

import json
import lzma
from collections import defaultdict
from typing import Any

import numpy as np

from fullmenu.measures import distinct_k, utility_k
from real import folder
from table import Table

REQUIREMENTS: list[str] = []
ERROR = 1e-12


def main() -> int:
    models: dict[str, list[dict[str, Any]]] = defaultdict(list)
    path = folder() / "noveltybench" / "generations.jsonl.xz"
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            models[record["model"]].append(record)
    table = Table("NoveltyBench, curated prompts: stored values, and ours with 95 % intervals")
    wrong, off, scored = 0, 0.0, 0
    for model, records in sorted(models.items()):
        classes = [r["partition"] for r in records]
        wrong += sum(_one(r) != r["distinct"] + 1 for r in records)
        said = f"distinct {distinct_k(classes)}"
        held = [r for r in records if "utility" in r]
        scored += len(held)
        for r in held:
            off = max(off, abs(_worth(r) - r["utility"]))
        if len(held) == len(records):
            e = utility_k(classes, [r["generation_scores"] for r in records])
            off = max(off, abs(e.value - float(np.mean([r["utility"] for r in records]))))
            said += f", utility {e}"
        table.add(model, said)
    prompts = sum(map(len, models.values()))
    table.add(f"distinct, {prompts} prompts of {len(models)} models: not stored + 1", wrong, "0",
              wrong == 0)  # fmt: skip
    table.add(f"utility, {scored} prompts, largest difference", f"{off:.1e}", f"{ERROR:g}",
              off <= ERROR)  # fmt: skip
    table.show()
    return int(wrong > 0) + int(off > ERROR)


def _one(r: dict[str, Any]) -> float:
    return distinct_k([r["partition"]] * 2).value


def _worth(r: dict[str, Any]) -> float:
    return utility_k([r["partition"]] * 2, [r["generation_scores"]] * 2).value
