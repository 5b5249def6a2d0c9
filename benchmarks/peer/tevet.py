"""The values that Tevet & Berant (2021) stored beside their sets of responses.

No package to install: the columns ``metric_AveragedDistinctNgrams`` and
``metric_AveragedCosineSimilarity`` of every prompt_gen set in the folder of real data hold what
their code said, rounded to three decimals. It counts an order of which a set has no n-gram as 0,
and Fullmenu refuses; those orders are put in as 0 here.
"""

from __future__ import annotations

import csv
import lzma
import time
from pathlib import Path

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.measures import distinct_n, ngram_cosine
from real import folder
from table import Table

REQUIREMENTS: list[str] = []
ORDERS = (1, 2, 3, 4, 5)
ERROR = 5e-4


def main() -> int:
    table = Table("Tevet & Berant 2021, stored values, largest difference over the sets")
    missed = 0
    for path in sorted((folder() / "tevet_mcdiv").glob("*prompt_gen.csv.xz")):
        sets = _read(path)
        start = time.perf_counter()
        found = np.array([(_distinct(texts), _cosine(texts)) for texts, _ in sets])
        seconds = time.perf_counter() - start
        off = np.abs(found - np.array([stored for _, stored in sets])).max(0)
        for name, error in zip(("distinct-n", "cosine"), off, strict=True):
            reached = bool(error <= ERROR + 1e-9)
            missed += not reached
            what = f"{path.name.removesuffix('.csv.xz')}, {len(sets)} sets, {name}"
            table.add(what, f"{error:.6f}", f"{ERROR:g}", reached)
        table.add("  both, seconds", f"{seconds:.2f}")
    table.show()
    return missed


def words(text: str) -> list[str]:
    """Find the words of a text as they did: full stops and line ends out, split at blanks."""
    return [word for word in text.replace(".", "").replace("\n", "").split(" ") if word]


def _cosine(texts: list[str]) -> float:
    return -ngram_cosine(texts, ORDERS, tokenize=words).value


def _distinct(texts: list[str]) -> float:
    try:
        return distinct_n(texts, ORDERS, words="all", tokenize=words).value
    except NotEnoughData:
        return sum(_one(texts, n) for n in ORDERS) / len(ORDERS)


def _one(texts: list[str], n: int) -> float:
    try:
        return distinct_n(texts, n, words="all", tokenize=words).value
    except NotEnoughData:
        return 0.0


def _read(path: Path) -> list[tuple[list[str], tuple[float, float]]]:
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        return [
            (
                [row[key] for key in row if key.startswith("resp_")],
                (
                    float(row["metric_AveragedDistinctNgrams"]),
                    float(row["metric_AveragedCosineSimilarity"]),
                ),
            )
            for row in csv.DictReader(file)
        ]
