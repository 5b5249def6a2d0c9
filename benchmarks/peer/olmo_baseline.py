"""The distinct-n and EAD that were published beside OLMo-2-7B's outputs, prompt by prompt.

No package to install: ``olmo2_7b_stages/baseline_metrics.jsonl.xz`` holds them for four stages of
one model, each order by itself and their mean. Words are what ``str.split`` finds; V is 50,257.
"""

from __future__ import annotations

import json
import lzma
from collections import defaultdict
from typing import Any

from fullmenu.measures import distinct_n, expectation_adjusted_distinct
from real import folder
from table import Table

REQUIREMENTS: list[str] = []
ORDERS = (1, 2, 3, 4, 5)
ERROR = 1e-6


def main() -> int:
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for stage in ("base", "sft", "dpo", "instruct"):
        for record in _read(f"{stage}_alpacaeval.jsonl.xz"):
            texts[stage, record["prompt_id"]].append(record["response"])
    off: dict[str, list[float]] = defaultdict(list)
    for stored in _read("baseline_metrics.jsonl.xz"):
        given = texts[stored["stage"], stored["prompt_id"]]
        for name, values in _ours(given).items():
            kept = "distinct" if name == "distinct_n" else "ead"
            means = (values[0], stored["distinct_n" if kept == "distinct" else "ead"])
            by_order = zip(values[1:], stored[f"{kept}_per_n"].values(), strict=True)
            off[name].append(max(abs(a - b) for a, b in (means, *by_order)))
    table = Table("OLMo-2-7B baseline metrics, largest difference over stages, prompts and orders")
    missed = 0
    for name, errors in off.items():
        reached = max(errors) <= ERROR
        missed += not reached
        table.add(f"{name}, {len(errors)} prompts", f"{max(errors):.1e}", f"{ERROR:g}", reached)
    table.show()
    return missed


def _ours(texts: list[str]) -> dict[str, list[float]]:
    """Mean over orders first, then each order."""
    asked = (ORDERS, *ORDERS)
    return {
        "distinct_n": [distinct_n(texts, n, words="all", tokenize=str.split).value for n in asked],
        "expectation_adjusted_distinct": [
            expectation_adjusted_distinct(texts, n, tokenize=str.split).value for n in asked
        ],
    }


def _read(name: str) -> list[dict[str, Any]]:
    path = folder() / "olmo2_7b_stages" / name
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]
