"""The same model against itself: how often does a verdict cry wolf?

500 random half-splits (5 outputs of each prompt against the other 5) of every OLMo-2 stage and
every NoveltyBench model, judged as ``compare`` judges: three views, within and across prompts, the
worst verdict overall. Lengths of halves are alike, so matching does not enter.

Run: python benchmarks/halves.py [splits]
"""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np

from fullmenu.estimate import Margins, Verdict, worst
from fullmenu.judge.verdict import decide
from fullmenu.kernel.gram import gram
from fullmenu.kernel.rates import mean_rate, rate_across
from fullmenu.samples import Samples
from fullmenu.stats.jackknife import Replicates, log_ratio
from fullmenu.views import registry
from real import OLMO, noveltybench, olmo
from table import Table

CHANGED = ("collapsed", "narrowed", "widened")
SURE = 0.07
"""Where the standard error of log r is at most this, ``held`` must be the rule.

Above it ``held`` gives way to ``unclear``, by degrees; a change is never the rule.
"""


class Split:
    """Repeat rates of random halves of one log in one view, from its k² once computed."""

    def __init__(self, samples: Samples, view: registry.View) -> None:
        x = view.rows(samples.outputs, samples.prompts)
        self.groups = samples.groups
        squares = (gram(x) ** 2).astype(np.float32)
        same = self.groups[:, None] == self.groups[None, :]
        self.inside, self.apart = np.where(same, squares, 0), np.where(same, 0, squares)
        np.fill_diagonal(self.inside, 0)

    def halves(self, first: np.ndarray) -> tuple[list[Replicates], list[Replicates]]:
        """Return the within and the across replicates of a half and of the other half."""
        chosen = np.stack([first, ~first], axis=1).astype(np.float32)
        sizes = np.stack([np.bincount(self.groups, side) for side in chosen.T], axis=1)
        weight = (chosen / sizes[self.groups]).astype(np.float32)
        own = self.inside @ chosen * chosen
        apart = self.apart @ weight * weight
        within, across = [], []
        for side in (0, 1):
            n = sizes[:, side].astype(int)
            within.append(mean_rate(np.bincount(self.groups, own[:, side]) / (n * (n - 1)), n))
            same = np.bincount(self.groups, apart[:, side])
            across.append(rate_across(same, np.full(len(n), len(n) - 1.0), n))
        return within, across


def judge(splits: list[Split], first: np.ndarray) -> tuple[list[Verdict], float]:
    """Return the verdict of each view within, then across; and the s.e. of log r in phrasing."""
    verdicts: list[Verdict] = []
    errors = []
    halves = [split.halves(first) for split in splits]
    for question in (0, 1):
        for half in halves:
            before, after = half[question]
            verdicts.append(decide(before, after, margins=Margins(), tests=2 * len(splits)))
            errors.append(log_ratio(before, after, True).se)
    return verdicts, errors[0]


def main(n: int = 500) -> None:
    logs = {f"olmo {s}": olmo(s) for s in OLMO} | noveltybench()
    table = Table(f"One model against itself, {n} random half-splits: how often each verdict falls")
    wolf: dict[str, list[float]] = {"phrasing": [], "overall": []}
    for name, samples in logs.items():
        rng = np.random.default_rng(0)
        splits = [Split(samples, registry.get(v)) for v in registry.defaults("text")]
        counts = {"phrasing": Counter[str](), "overall": Counter[str]()}
        errors = []
        for _ in range(n):
            verdicts, se = judge(splits, halve(samples.groups, rng))
            counts["phrasing"][verdicts[0].name] += 1
            counts["overall"][worst(verdicts).name] += 1
            errors.append(se)
        for what, count in counts.items():
            changed = sum(count[c] for c in CHANGED) / n
            wolf[what].append(changed)
            se = float(np.median(errors))
            held = count["held"] / n
            target, reached = "changed ≤ 5 %", changed <= 0.05
            if what == "phrasing":
                sure = se <= SURE
                target = "held ≥ 80 %" if sure else "held or unclear ≥ 95 %"
                reached = held >= 0.8 if sure else changed <= 0.05
            table.add(
                f"{name} {what}",
                f"changed {changed:.1%}, held {held:.1%}, unclear {count['unclear'] / n:.1%}"
                + (f", s.e. {se:.3f}" if what == "phrasing" else ""),
                target,
                reached,
            )
        print(".", end="", flush=True)
    for what, rates in wolf.items():
        mean = float(np.mean(rates))
        table.add(f"changed, mean over models, {what}", f"{mean:.2%}", "≤ 3 %", mean <= 0.03)
    table.show()


def halve(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Put half of every prompt's outputs, at random, on one side."""
    order = np.lexsort((rng.random(len(groups)), groups))
    starts = np.searchsorted(groups[order], groups[order])
    rank = np.arange(len(groups)) - starts
    first = np.empty(len(groups), bool)
    first[order] = rank < np.bincount(groups)[groups[order]] // 2
    return first


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
