"""How often does the forgetting diagnosis cry where nothing was forgotten, and miss where it was?

Two checkpoints with the same skill: every item has its own chance of being right, and both draw
from it. Losses are false there. At a true loss of exactly the margin, the worst case of both, "more
than the margin" and "ok" are each to be said 5 % of the time at most; a share counts as more where
it is by two standard errors of this simulation. Inputs are simulated, no model is trained.

Run ``python benchmarks/nulls_forgetting.py [cases]``: about two minutes for 500.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from fullmenu.diagnose import Results, forgetting, transfer
from fullmenu.diagnose.checkpoints.results import ItemScore
from table import Table

Both = tuple[Any, Any]
MARGIN = 0.02


def edge(cases: int) -> float:
    """5 % and two standard errors of a share of so many cases."""
    return 0.05 + 2 * float(np.sqrt(0.05 * 0.95 / cases))


def binary(rng: Any, suites: int, n: int, loss: float = 0.0, hard: float = 0.6) -> Both:
    """Right and wrong; ``hard`` says how much items differ."""
    before, after = {}, {}
    for k in range(suites):
        p = rng.beta(3 * (1 - hard) + 0.3, 1.5 * (1 - hard) + 0.3, n)
        q = p * (1 - loss / p.mean())
        before[f"suite {k}"] = (rng.random(n) < p) * 1.0
        after[f"suite {k}"] = (rng.random(n) < q) * 1.0
    return before, after


def still(rng: Any, suites: int, n: int) -> Both:
    """Greedy decoding: one item in a hundred flips, either way."""
    before = {f"suite {k}": (rng.random(n) < 0.7) * 1.0 for k in range(suites)}
    after = {s: np.where(rng.random(n) < 0.01, 1 - x, x) for s, x in before.items()}
    balanced = {s: np.where(rng.random(n) < 0.01, 1 - x, x) for s, x in before.items()}
    return after, balanced


def graded(rng: Any, suites: int, n: int, loss: float = 0.0) -> Both:
    """Scores between 0 and 1, skewed."""
    before, after = {}, {}
    for k in range(suites):
        skill = rng.beta(2, 2, n)
        before[f"suite {k}"] = np.clip(rng.beta(8 * skill, 8 * (1 - skill)), 0, 1)
        q = skill * (1 - loss / skill.mean())
        after[f"suite {k}"] = np.clip(rng.beta(8 * q, 8 * (1 - q)), 0, 1)
    return before, after


def grouped(rng: Any, suites: int, n: int) -> Both:
    """Ten questions to a text; what changes, changes for a text."""
    sides: list[list[ItemScore]] = [[], []]
    for k in range(suites):
        for g in range(n // 10):
            p = rng.beta(2, 1)
            for side in sides:
                shift = np.clip(p + rng.normal(0, 0.2), 0, 1)
                for i in range(10):
                    hit = float(rng.random() < shift)
                    side.append(ItemScore(f"suite {k}", f"{g}-{i}", hit, group=str(g)))
    return Results(tuple(sides[0])), Results(tuple(sides[1]))


def seeded(rng: Any, suites: int, n: int, runs: int, sd: float, loss: float = 0.0) -> Both:
    """Several training runs: each shifts every suite by its own luck."""
    p = rng.beta(1.5, 0.9, (suites, n))
    before = {f"suite {k}": (rng.random(n) < p[k]) * 1.0 for k in range(suites)}
    after = []
    for _ in range(runs):
        found = {}
        for k in range(suites):
            q = np.clip(p[k] * (1 - (loss + rng.normal(0, sd)) / p[k].mean()), 0, 1)
            found[f"suite {k}"] = (rng.random(n) < q) * 1.0
        after.append(found)
    return before, after


def sequence(rng: Any, runs: int, loss: float = 0.0) -> Any:
    """Matrices of five stages in which nothing is forgotten, but each score has its noise."""
    r = 0.9 + rng.normal(0, 0.02, (runs, 5, 5)) + rng.normal(0, 0.02, (runs, 1, 1))
    r[:, -1, :-1] -= loss
    return r


NOTHING: dict[str, Callable[[Any], Both]] = {
    "1 suite of 100, right or wrong": lambda g: binary(g, 1, 100),
    "5 suites of 200, right or wrong": lambda g: binary(g, 5, 200),
    "20 suites of 50, right or wrong": lambda g: binary(g, 20, 50),
    "3 suites of 2000, right or wrong": lambda g: binary(g, 3, 2000),
    "5 suites of 300, 1 % flips": lambda g: still(g, 5, 300),
    "5 suites of 100, graded": lambda g: graded(g, 5, 100),
    "5 suites of 20, graded": lambda g: graded(g, 5, 20),
    "3 suites of 200 in groups of 10": lambda g: grouped(g, 3, 200),
    "3 suites of 60 in groups of 10": lambda g: grouped(g, 3, 60),
    "3 suites of 200, 5 runs": lambda g: seeded(g, 3, 200, 5, 0.03),
    "3 suites of 200, 2 runs": lambda g: seeded(g, 3, 200, 2, 0.03),
}
AT_MARGIN: dict[str, Callable[[Any], Both]] = {
    "1 suite of 1000, right or wrong": lambda g: binary(g, 1, 1000, MARGIN),
    "1 suite of 1000, easy items": lambda g: binary(g, 1, 1000, MARGIN, hard=0.95),
    "1 suite of 300, graded": lambda g: graded(g, 1, 300, MARGIN),
    "1 suite of 5000, 5 runs": lambda g: seeded(g, 1, 5000, 5, 0.005, MARGIN),
}


def main(cases: int = 500) -> int:
    missed = 0
    table = Table("A loss is said (failure or warning) where both checkpoints have one skill")
    for name, draw in NOTHING.items():
        said = _said(draw, cases)
        share = said.count("failure") / cases + said.count("warning") / cases
        missed += share > 0.05
        table.add(name, f"{share:.1%} (ok {said.count('ok') / cases:.0%})", "≤ 5 %", share <= 0.05)
    table.show()
    table = Table(f"The true loss is the margin, {MARGIN}: said to be less, or more")
    for name, draw in AT_MARGIN.items():
        rng = np.random.default_rng(2)
        found = [forgetting(*draw(rng), margin=MARGIN) for _ in range(cases)]
        less = sum(f.verdict == "ok" for f in found) / cases
        more = sum("more than the margin" in f.why for f in found) / cases
        good = max(less, more) <= edge(cases)
        missed += not good
        table.add(name, f"less {less:.1%}, more {more:.1%}", "5 %, within 2 s.e.", good)
    table.show()
    table = Table("From the matrix alone, 5 stages")
    for runs in (3, 5, 10):
        for loss, wrong in ((0.0, ("failure", "warning")), (MARGIN, ("ok",))):
            rng = np.random.default_rng(3)
            said = [transfer(sequence(rng, runs, loss)).verdict for _ in range(cases)]
            share = sum(v in wrong for v in said) / cases
            good = share <= (edge(cases) if loss else 0.05)
            missed += not good
            what = f"{runs} runs, true loss {loss:g}: said {' or '.join(wrong)}"
            table.add(what, f"{share:.1%}", "5 %, within 2 s.e." if loss else "≤ 5 %", good)
    table.show()
    table = Table("Power: a true loss of 0.1")
    losses: dict[str, Callable[[Any], Both]] = {
        "1 suite of 100, one run": lambda g: binary(g, 1, 100, 0.1),
        "1 suite of 1000, one run": lambda g: binary(g, 1, 1000, 0.1),
        "1 suite of 1000, 5 runs": lambda g: seeded(g, 1, 1000, 5, 0.03, 0.1),
    }
    for name, draw in losses.items():
        said = _said(draw, cases)
        told = ", ".join(f"{v} {said.count(v) / cases:.0%}" for v in dict.fromkeys(said))
        table.add(name, told)
    table.show()
    return missed


def _said(draw: Callable[[Any], Both], cases: int) -> list[str]:
    rng = np.random.default_rng(1)
    return [forgetting(*draw(rng), margin=MARGIN).verdict for _ in range(cases)]


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:])), 1))
