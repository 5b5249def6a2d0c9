"""Does the ``answer`` view tell sets of one content from sets of many, as people wrote them?

McDiv (Tevet & Berant, EACL 2021): people wrote five responses to one prompt, either of different
content or of one content in different words. OCA is the accuracy of the best single threshold on
the score. The "nuggets" are the subset chosen so that distinct n-grams know nothing.

Run ``python benchmarks/mcdiv.py [--lexical | --semantic]``; FULLMENU_DATA names the
folder of the data.
"""

from __future__ import annotations

import csv
import lzma
import sys
from pathlib import Path

import numpy as np

from answers import Rows, add, arguments, repeat_rates, ruler
from real import folder
from table import Table

SETS = {"all": "mcdiv_all_no_hds_prompt_gen", "nuggets": "mcdiv_nuggets_no_hds_prompt_gen"}
GOALS = {"all": (0.85, 0.89), "nuggets": (0.77, 0.85)}


def oca(score: np.ndarray, label: np.ndarray) -> float:
    """Best accuracy of ``score > threshold`` as a guess of ``label``.

    >>> oca(np.array([1.0, 2, 3, 4]), np.array([0, 1, 0, 1]))
    0.75
    """
    order = np.argsort(score, kind="stable")
    score, label = score[order], label[order]
    right = (label == 1).sum() + np.cumsum(np.where(label == 1, -1, 1))
    ends = np.append(np.diff(score) > 0, True)
    return float(max((label == 1).sum(), right[ends].max()) / len(label))


def accuracy(path: Path, rows: Rows) -> float:
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    fields = [name for name in records[0] if name.startswith("resp_")]
    texts = [record[name] for record in records for name in fields]
    prompts = [record["context"] for record in records for _ in fields]
    rates = repeat_rates(rows(texts, prompts), len(fields))
    return oca(-rates, np.array([float(record["label_value"]) for record in records]))


def main() -> int:
    options = arguments("The answer view against the sets of McDiv.")
    data = folder() / "tevet_mcdiv"
    name, rows = ruler(options)
    table = Table(f"McDiv, answer view, {name}")
    ok = True
    for part, file in SETS.items():
        value = accuracy(data / f"{file}.csv.xz", rows)
        ok &= add(table, f"OCA, prompt_gen, {part}", value, GOALS[part][options.semantic])
    table.show()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
