"""Does the caution signal find what a reader calls cautious?

`caution_labels.csv` holds what a reader decided of real outputs, by the definition in
`fullmenu.views.caution`, before the detector was asked: file, record, sample, label, kind. The
texts stay with the data. By split:

dev     the patterns were first written on it
test    read by the same person before the patterns were written, then left alone
widen   three later draws; what was missed there widened the patterns
last    drawn and labelled when the patterns were frozen, never used since: the one to believe

Each draw is part random, part from a net of candidate words that is wider than the patterns, so
precision and recall are those of such a mix and not of any one model's outputs; one reader, so
borderline cases carry one person's judgement. Prompts of NoveltyBench come back between draws
(there are 100), those of the others do not.

At first sight, before they widened the patterns, the three draws of `widen` gave recall
31/38, 18/22 and 22/31 and precision 31/34, 18/19 and 22/22: expect less than `last` on
outputs that hedge in ways not seen yet.

Run ``python benchmarks/caution.py``; FULLMENU_DATA names the folder of the data.
"""

from __future__ import annotations

import csv
import json
import lzma
import os
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np

from fullmenu.views.caution import cautious

DATA = Path(os.environ.get("FULLMENU_DATA") or Path(__file__).parents[2] / "shared" / "data")
LABELS = Path(__file__).with_name("caution_labels.csv")
SPLITS = ("dev", "test", "widen", "last")
TARGET = 0.9


@cache
def outputs(source: str) -> dict[tuple[str, int], str]:
    """All outputs of one source, by record and sample."""
    folder, name = source.split("/", 1)
    if folder == "alpaca_eval":
        with lzma.open(DATA / source, "rt") as file:
            return {(str(i), 0): text for i, text in enumerate(json.load(file)) if text}
    if folder == "noveltybench":
        with lzma.open(DATA / folder / "generations.jsonl.xz", "rt") as file:
            records = [record for record in map(json.loads, file) if record["model"] == name]
        return {(r["id"], j): text for r in records for j, text in enumerate(r["generations"])}
    with lzma.open(DATA / source, "rt") as file:
        records = [json.loads(line) for line in file]
    return {(r["prompt_id"], r["sample_idx"]): r["response"] for r in records}


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float, float]:
    """A share and its Wilson interval."""
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return share, float(middle - half), float(middle + half)


def main() -> int:
    if not (DATA / "alpaca_eval").is_dir():
        print(f"data not found at {DATA}, skipped (set FULLMENU_DATA)")
        return 0
    with LABELS.open(newline="") as file:
        labels = list(csv.DictReader(file))
    texts = [outputs(row["source"])[row["record"], int(row["sample"])] for row in labels]
    start = time.process_time()
    said = cautious(texts)
    seconds = (time.process_time() - start) / len(texts) * 20_000
    truth = np.array([row["cautious"] == "1" for row in labels])
    split = np.array([row["split"] for row in labels])
    print(f"{'split':<6} {'n':>4} {'cautious':>8}  {'figure':<10} {'value [95 %]':<20} target")
    ok = True
    for name in SPLITS:
        here = split == name
        hits = int((truth & said & here).sum())
        for figure, n in (("precision", (said & here).sum()), ("recall", (truth & here).sum())):
            share, low, high = wilson(hits, int(n))
            verdict = ""
            if name in ("test", "last"):
                ok &= share >= TARGET
                verdict = f"≥ {TARGET}  {'pass' if share >= TARGET else 'FAIL'}"
            value = f"{share:.2f} [{low:.2f}, {high:.2f}]"
            print(
                f"{name:<6} {here.sum():>4} {(truth & here).sum():>8}  "
                f"{figure:<10} {value:<20} {verdict}"
            )
    print(f"20,000 such outputs: {seconds:.0f} s of CPU")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
