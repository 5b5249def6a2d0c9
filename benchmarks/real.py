"""The real logs that benchmarks read: they stay where they are, outside the repository."""

from __future__ import annotations

import json
import lzma
import os
import sys
from pathlib import Path
from typing import Any

from fullmenu.samples import Record, Samples

OLMO = ("base", "sft", "dpo", "instruct")
"""OLMo-2-7B, before and after each stage of alignment."""


def folder() -> Path:
    """Return the folder of real data, or stop, saying that there is none."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    found = Path(os.environ.get("FULLMENU_DATA", default))
    if not found.is_dir():
        print("data not found, skipped: set FULLMENU_DATA to the folder of real outputs")
        sys.exit(0)
    return found


def _open(*parts: str) -> Any:
    return lzma.open(folder().joinpath(*parts), "rt", encoding="utf-8")


def olmo(stage: str) -> Samples:
    """200 AlpacaEval prompts × 10 samples of one stage of OLMo-2-7B."""
    with _open("olmo2_7b_stages", f"{stage}_alpacaeval.jsonl.xz") as file:
        rows = [json.loads(line) for line in file]
    return Samples.from_records(
        Record(r["response"], r["prompt"], r["prompt_id"], stage) for r in rows
    )


def noveltybench() -> dict[str, Samples]:
    """13 models × 100 prompts × 10 samples, by model."""
    models: dict[str, list[Record]] = {}
    with _open("noveltybench", "generations.jsonl.xz") as file:
        for line in file:
            r = json.loads(line)
            models.setdefault(r["model"], []).extend(
                Record(g, r["prompt"], r["id"], r["model"]) for g in r["generations"]
            )
    return {name: Samples.from_records(records) for name, records in models.items()}


def alpaca_eval(model: str) -> Samples:
    """805 prompts × 1 output of one model."""
    with _open("alpaca_eval", "instructions.jsonl.xz") as file:
        prompts = [json.loads(line)["instruction"] for line in file]
    with _open("alpaca_eval", f"{model}.json.xz") as file:
        outputs = json.load(file)
    return Samples.from_records(
        Record(o, p, str(i), model)
        for i, (p, o) in enumerate(zip(prompts, outputs, strict=True))
        if o is not None
    )


def random_numbers() -> dict[float, list[str]]:
    """GPT-3.5 Turbo asked for a number from 1 to 100: 200 answers at each temperature."""
    with _open("llm_random_numbers", "llmrandom.json.xz") as file:
        answers = json.load(file)
    by_heat: dict[float, list[str]] = {}
    for key, number in sorted(answers.items()):
        model, heat, _ = key.split(",")
        if model == "O":
            by_heat.setdefault(float(heat), []).append(str(number))
    return dict(sorted(by_heat.items()))
