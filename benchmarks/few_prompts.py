"""Fewer than six prompts: do intervals over outputs cover, and how often does a verdict cry wolf?

Dishes drawn from a known menu (Zipf weights over 50 dishes, the same before and after), so the true
ratio is 1; one-hot rows, every prompt a menu of its own.

Run: python benchmarks/few_prompts.py [runs]
"""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.judge.verdict import decide
from fullmenu.kernel.rates import within
from fullmenu.stats.jackknife import log_ratio
from table import Table

MENU = 1 / np.arange(1, 51)


def main(runs: int = 1000) -> None:
    table = Table(
        f"Few prompts, nothing changed, {runs} runs: 95 % interval of the ratio, verdicts"
    )
    for prompts in (1, 3, 5):
        for outputs in (5, 10, 20, 50, 200):
            rng = np.random.default_rng(prompts * 1000 + outputs)
            held, judged, verdicts = 0, 0, Counter()
            for _ in range(runs):
                before, after = (draw(rng, prompts, outputs) for _ in range(2))
                verdicts[decide(before, after, tests=3).name] += 1
                try:
                    low, high = log_ratio(before, after, paired=False).interval(0.95)
                except NotEnoughData:
                    continue
                judged += 1
                held += low <= 1 <= high
            wolf = sum(verdicts[v] for v in ("collapsed", "narrowed", "widened")) / runs
            table.add(
                f"{prompts} prompt(s) × {outputs} outputs",
                f"covers {held / max(judged, 1):.1%} of {judged}, "
                f"held {verdicts['held'] / runs:.0%}, changed {wolf:.1%}",
                "changed ≤ 5 %",
                wolf <= 0.05,
            )
    table.show()


def draw(rng: np.random.Generator, prompts: int, outputs: int):
    """Return replicates of the repeat rate of outputs drawn from the menu."""
    dishes = rng.choice(50, (prompts, outputs), p=MENU / MENU.sum())
    groups = np.repeat(np.arange(prompts), outputs)
    return within(np.eye(50)[dishes.ravel()], groups, prompts).replicates()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
