"""Which models could replace one another: do three chosen on half of the prompts do well elsewhere?

Run: python benchmarks/replaceable.py

NoveltyBench, 13 models × 100 prompts × 10 outputs, of the view `answer`. On random halves of the
prompts `fm.compare(by="model")` chooses the three models that give the most different answers;
what they give on the other half is held against the best three of all 286 there: in different
answers among ten outputs drawn from all of theirs, as the view tells answers apart; and in the mean
of their own distinct_10 by NoveltyBench's classes, which the choice never sees. And is a model told
from itself? Each is cut into two halves of five outputs.
"""

from __future__ import annotations

import json
import lzma
import sys
from itertools import combinations

import numpy as np

from fullmenu.judge.case import Settings
from fullmenu.judge.models import alike_models
from fullmenu.kernel.dishes import Dishes
from fullmenu.report.models.document import AlikeModels
from fullmenu.report.plain import interval
from fullmenu.samples import Samples
from fullmenu.stats.draws import shown
from fullmenu.views.registry import get
from real import folder, noveltybench
from table import Table

SPLITS = 20
GOAL = 0.95


def main() -> int:
    logs = noveltybench()
    names = list(logs)
    table = Table("Which models could replace one another")
    whole = found(logs)
    table.add("likeness within a model", interval(whole.within))
    table.add("between models", interval(whole.between))
    table.add("between models, different prompts", interval(whole.chance))
    beyond = whole.beyond_chance
    table.add("between less chance", interval(beyond), "above 0", beyond.above(0))
    table.add("effective number of models", f"{interval(whole.effective)} of {len(names)}")
    table.add("groups", "; ".join(" = ".join(group) for group in whole.groups))
    table.add("most alike", "; ".join(f"{p.one} = {p.other}" for p in whole.pairs[:4]))
    shares = halves(logs, names)
    for what, row in zip(("different answers", "own distinct_10 by class"), shares, strict=True):
        told = f"{row.mean():.1%}, least {row.min():.1%}"
        table.add(f"three chosen on half, {what}", told, f"≥ {GOAL:.0%}", row.mean() >= GOAL)
    hits, pairs = itself(logs)
    table.add("a model's two halves: interval of sameness holds 1", f"{hits} of {pairs}", "≥ 90 %",
              hits >= 0.9 * pairs)  # fmt: skip
    table.show()
    return 0 if beyond.above(0) and (shares.mean(axis=1) >= GOAL).all() else 1


def found(logs: dict[str, Samples]) -> AlikeModels:
    """Look at logs of models."""
    models = alike_models([*logs.values()], [*logs], Settings())
    assert isinstance(models, AlikeModels), models
    return models


def halves(logs: dict[str, Samples], names: list[str]) -> np.ndarray:
    """Return what three chosen on half reach of the best on the other half: (2, halves)."""
    first = logs[names[0]]
    ids = first.prompt_ids
    by_dish, own = answers(logs, ids), classes(names, ids)
    teams = np.array(list(combinations(range(len(names)), 3)))
    place = {frozenset(team): k for k, team in enumerate(teams.tolist())}
    shares = np.zeros((2, SPLITS))
    for seed in range(SPLITS):
        order = np.random.default_rng(500 + seed).permutation(len(ids))
        half, other = order[: len(ids) // 2], order[len(ids) // 2 :]
        here = {ids[i] for i in half}
        rows = {
            name: log.take(np.array([x in here for x in log.column("prompt_id")]))
            for name, log in logs.items()
        }
        team = found(rows).teams[2].models
        k = place[frozenset(names.index(name) for name in team)]
        for way, values in enumerate((by_dish, own[:, teams].mean(axis=2))):
            there = values[other].mean(axis=0)
            shares[way, seed] = there[k] / there.max()
    return shares


def answers(logs: dict[str, Samples], ids: list[str]) -> np.ndarray:
    """Return the different answers of every three models to each prompt, in ten outputs."""
    view = get("answer")
    result = []
    for prompt in ids:
        texts, asked = [], []
        for log in logs.values():
            rows = [i for i, x in enumerate(log.column("prompt_id")) if x == prompt][:10]
            texts += [log.outputs[i] for i in rows]
            asked += [log.prompts[i] for i in rows]
        of = Dishes(view.rows(texts, asked), texts, view.same_dish).of.reshape(len(logs), -1)
        counts = np.stack([np.bincount(row, minlength=of.max() + 1) for row in of])
        result.append(
            [
                shown(counts[list(t)].sum(axis=0), 30, 10).sum()
                for t in combinations(range(len(logs)), 3)
            ]
        )
    return np.array(result)


def classes(names: list[str], ids: list[str]) -> np.ndarray:
    """Return the classes of each model's ten outputs by NoveltyBench, (prompts, models)."""
    counted = np.zeros((len(ids), len(names)))
    path = folder() / "noveltybench" / "generations.jsonl.xz"
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            r = json.loads(line)
            counted[ids.index(r["id"]), names.index(r["model"])] = len(set(r["partition"]))
    return counted


def itself(logs: dict[str, Samples]) -> tuple[int, int]:
    """Return how often the interval of a model's sameness with itself holds 1."""
    hits = pairs = 0
    for name, log in logs.items():
        rng = np.random.default_rng(7)
        rank = np.concatenate([rng.permutation(10) for _ in range(log.n_prompts)])
        order = np.argsort(log.groups, kind="stable")
        log = log.take(order)
        other = next(x for k, x in logs.items() if k != name)
        parts = {"one": log.take(rank < 5), "two": log.take(rank >= 5), "other": other}
        for pair in found(parts).pairs:
            if {pair.one, pair.other} == {"one", "two"}:
                pairs += 1
                hits += pair.sameness.high is not None and pair.sameness.high >= 0.999
    return hits, pairs


if __name__ == "__main__":
    sys.exit(main())
