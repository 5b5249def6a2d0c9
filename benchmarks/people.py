"""Does a ruler see what people see, when they call two outputs the same or different?

566 pairs of outputs to 566 prompts, each labelled by one of eight people (NoveltyBench, arXiv
2504.05228). AUC: how often a pair that was called the same has a higher score than one that was
called different. The labels differ between people (8 to 49 % "same"), and the standard error of an
AUC is about .02.

The views are set against a ridge logistic regression of what both share, cross-validated
over prompts. No pair has two labels, so what a second labeler would reach against the first is not
known; the most that one could is: where all see one order of pairs and differ in how much is the
same to them. It would be the rule for "the same answer" only if it also won on NoveltyBench's
classes and on McDiv, with nothing fitted there. It does not.

Run ``python benchmarks/people.py``; FULLMENU_DATA names the folder of the data.
"""

from __future__ import annotations

import csv
import json
import lzma
import sys
from collections.abc import Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from answers import add
from fullmenu.views.resemblance import TRAITS, traits
from mcdiv import SETS, oca
from real import folder
from table import Table

Floats = NDArray[np.float64]
RIDGE = 30


def auc(score: Floats, same: NDArray[np.bool_]) -> float:
    """How often a pair that is the same scores higher than one that is not.

    >>> auc(np.array([1.0, 2, 3]), np.array([False, True, True]))
    1.0
    """
    m = same.sum()
    return float((rankdata(score)[same].sum() - m * (m + 1) / 2) / (m * (~same).sum()))


def features(texts: Sequence[str], prompts: Sequence[str], size: int) -> Floats:
    """Of each pair inside each run of ``size`` outputs."""
    return traits(texts, prompts, np.arange(len(texts)) // size)


def fitted(x: Floats, same: NDArray[np.bool_], penalty: float = RIDGE) -> Floats:
    """Intercept and slopes of a ridge logistic regression, by Newton's steps."""
    rows = np.column_stack([np.ones(len(x)), x])
    slopes, ridge = np.zeros(rows.shape[1]), np.diag([1e-6] + [penalty] * x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-rows @ slopes))
        gradient = rows.T @ (p - same) + ridge @ slopes
        slopes -= np.linalg.solve((rows * (p * (1 - p))[:, None]).T @ rows + ridge, gradient)
    return slopes


def held_out(x: Floats, same: NDArray[np.bool_], parts: int = 10, times: int = 10) -> float:
    """AUC of pairs scored by a regression of the others, the mean over ten ways to cut."""
    found = []
    for seed in range(times):
        part = np.random.default_rng(seed).permutation(len(x)) % parts
        score = np.zeros(len(x))
        for k in range(parts):
            slopes = fitted(x[part != k], same[part != k])
            score[part == k] = x[part == k] @ slopes[1:]
        found.append(auc(score, same))
    return float(np.mean(found))


def ceiling(labeler: NDArray[np.str_], same: NDArray[np.bool_]) -> float:
    """AUC of one labeler against another, on average, if all shared one order of pairs.

    >>> ceiling(np.array(["a", "a", "b", "b"]), np.array([True, False, True, False]))
    1.0
    """
    shares = [float(same[labeler == name].mean()) for name in np.unique(labeler)]
    found = []
    for a, b in permutations(shares, 2):
        # of what a calls the same (different), b calls this share the same
        right, wrong = min(b / a, 1), max(b - a, 0) / (1 - a)
        found.append(0.5 + (right - wrong) / 2)
    return float(np.mean(found))


def lines(*parts: str) -> list[dict]:
    with lzma.open(folder().joinpath(*parts), "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def main() -> int:
    pairs = lines("novelty_human_pairs", "pairs.jsonl.xz")
    texts = [pair[f"generation_{i}"] for pair in pairs for i in (0, 1)]
    x = features(texts, [pair["prompt"] for pair in pairs for _ in (0, 1)], 2)
    same = np.array([pair["similar"] == 1 for pair in pairs])
    middle, spread = x.mean(0), x.std(0)
    z = (x - middle) / spread
    slopes = fitted(z, same)

    table = Table(f"People's labels, {len(pairs)} pairs")
    for k, name in enumerate(TRAITS):
        table.add(f"AUC, {name} (slope)", f"{auc(x[:, k], same):.3f} ({slopes[k + 1]:+.2f})")
    labeler = np.array([pair["labeler"] for pair in pairs])
    add(table, "AUC, a labeler by another, at the most", ceiling(labeler, same))
    ok = add(table, "AUC, all, cross-validated by prompt", held_out(z, same), 0.77)

    sets = lines("noveltybench", "generations.jsonl.xz")
    texts = [text for record in sets for text in record["generations"]]
    x = features(texts, [record["prompt"] for record in sets for _ in range(10)], 10)
    above = np.triu_indices(10, 1)
    same = np.concatenate([np.equal.outer(*[record["partition"]] * 2)[above] for record in sets])
    rule = ((x - middle) / spread) @ slopes[1:]
    add(table, "NoveltyBench, pairs of one class, AUC, answer", auc(x[:, 2], same))
    add(table, "NoveltyBench, pairs of one class, AUC, all", auc(rule, same))

    for part, file in SETS.items():
        path = folder() / "tevet_mcdiv" / f"{file}.csv.xz"
        with lzma.open(path, "rt", encoding="utf-8", newline="") as opened:
            records = list(csv.DictReader(opened))
        names = [name for name in records[0] if name.startswith("resp_")]
        texts = [record[name] for record in records for name in names]
        x = features(texts, [r["context"] for r in records for _ in names], len(names))
        p = 1 / (1 + np.exp(-((x - middle) / spread) @ slopes[1:] - slopes[0]))
        label = np.array([float(record["label_value"]) for record in records])
        by_set = (len(records), -1)
        add(table, f"McDiv, {part}, OCA, answer",
            oca(-(x[:, 2].reshape(by_set) ** 2).mean(1), label))  # fmt: skip
        add(table, f"McDiv, {part}, OCA, all", oca(-p.reshape(by_set).mean(1), label))
    table.show()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
