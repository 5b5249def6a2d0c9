"""Does the ``answer`` view count the dishes that NoveltyBench counts?

NoveltyBench (arXiv 2504.05228): 10 outputs to each of 100 prompts by each model, sorted into
classes by a classifier trained on human judgements. For each prompt of each model the repeat rate
of the 10 outputs is set against the number of classes, by rank. Where they are known to disagree:
the classifier cannot tell one emoji from another, the view can.

Run ``python benchmarks/noveltybench.py [--lexical | --semantic]``; FULLMENU_DATA names the
folder of the data.
"""

from __future__ import annotations

import json
import lzma
import sys

import numpy as np
from scipy.stats import spearmanr

from answers import add, arguments, repeat_rates, ruler
from real import folder
from table import Table


def main() -> int:
    options = arguments("The answer view against the classes of NoveltyBench.")
    path = folder() / "noveltybench" / "generations.jsonl.xz"
    with lzma.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    size = len(records[0]["generations"])
    texts = [text for record in records for text in record["generations"]]
    prompts = [record["prompt"] for record in records for _ in range(size)]
    name, rows = ruler(options)
    x = rows(texts, prompts)

    rates = repeat_rates(x, size)
    classes = np.array([len(set(record["partition"])) for record in records])
    model = np.array([record["model"] for record in records])
    models = sorted(set(model))
    variety = [1 / rates[model == m].mean() for m in models]
    counted = [classes[model == m].mean() for m in models]
    some = np.random.default_rng(0).permutation(len(texts))[:1000]
    asked = np.array(prompts)[some]
    squares = (x[some] @ x[some].T).toarray() ** 2
    chance = squares[asked[:, None] != asked[None, :]].mean()

    table = Table(f"NoveltyBench, answer view, {name}")
    goals = (0.96, 0.70) if options.semantic else (0.98, 0.725)
    ok = add(table, f"Spearman, {len(models)} models", spearmanr(variety, counted)[0], goals[0])
    sets = f"Spearman, {len(records)} sets of {size} outputs"
    ok &= add(table, sets, spearmanr(-rates, classes)[0], goals[1])
    add(table, "repeat rate, one prompt, one model", rates.mean())
    add(table, "repeat rate, two prompts (chance level)", chance)
    agreement(table, x, size, [record["partition"] for record in records])
    table.show()
    return 0 if ok else 1


def agreement(table: Table, x: object, size: int, partitions: list[list[int]]) -> None:
    """Where do "same dish" by the view and "same class" agree best?"""
    likeness, same = [], []
    above = np.triu_indices(size, 1)
    for i, classes in enumerate(partitions):
        rows = x[i * size : (i + 1) * size]
        likeness.append((rows @ rows.T).toarray()[above])
        same.append(np.equal.outer(classes, classes)[above])
    k, alike = np.concatenate(likeness), np.concatenate(same)
    for bar in (0.3, 0.4, 0.5, 0.55, 0.6, 0.7):
        called = k >= bar
        both = (called & alike).sum()
        f1 = 2 * both / (called.sum() + alike.sum())
        table.add(f"pairs called one dish at k ≥ {bar}: agree, F1",
                  f"{(called == alike).mean():.3f}, {f1:.3f}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
