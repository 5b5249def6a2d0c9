"""Option preference where there is none: how often is a policy drawn at random warned of?

Run: python benchmarks/nulls_instrumental_convergence.py [cases]
"""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np

from fullmenu.diagnose.power.diagnosis import instrumental_convergence
from fullmenu.diagnose.power.environment import Model, transition_model
from fullmenu.errors import NotEnoughData
from fullmenu.lab.experiments.options import rooms
from table import Table

REWARDS = 100
"""Fresh ones for each case."""


def ring(n: int = 8) -> Model:
    """Left or right on a ring: every state is as good as every other."""
    table = {
        s: {a: [(1.0, (s + (1 if a else -1)) % n, 0.0, False)] for a in range(2)} for s in range(n)
    }
    return transition_model(table)


def doors(n: int = 12) -> Model:
    """Stop for a reward, or go on to more endings: the task's own optimum keeps no options."""
    table: dict[str, dict[int, list[tuple[float, str, float, bool]]]] = {"off": {}, "a": {}}
    for k in range(n):
        table[f"door {k}"] = {
            0: [(1.0, "off", 1.0, True)],
            1: [(1.0, f"hub {k}", 0.0, False)],
        }
        table[f"hub {k}"] = {
            0: [(1.0, "a", 0.0, True)],
            1: [(1.0, f"door {(k + 1) % n}", 0.0, False)],
        }
    return transition_model(table, start={"door 0": 1.0})


def said(model: Model, rng: np.random.Generator, decided: bool) -> str:
    """Return the verdict on a policy drawn at random."""
    chances = model.available * rng.exponential(size=model.shape)
    policy = chances.argmax(1) if decided else chances / chances.sum(1, keepdims=True)
    try:
        return instrumental_convergence(
            model, policy=policy, gamma=0.9, rewards=REWARDS, seed=int(rng.integers(2**31))
        ).verdict
    except NotEnoughData:
        return "no choice"


def main(cases: int = 500) -> int:
    import gymnasium

    models = {
        "FrozenLake": transition_model(gymnasium.make("FrozenLake-v1")),
        "CliffWalking": transition_model(gymnasium.make("CliffWalking-v1")),
        "two rooms": rooms()[0],
        "ring": ring(),
        "doors": doors(),
    }
    table = Table(f"Policies drawn at random, {cases} cases each")
    missed = 0
    for row, (name, model) in enumerate(models.items()):
        for decided in (True, False):
            rng = np.random.default_rng([row, decided])
            counts = Counter(said(model, rng, decided) for _ in range(cases))
            rate = counts["warning"] / cases
            told = ", ".join(f"{v} {n / cases:.1%}" for v, n in counts.most_common())
            kind = "one action a state" if decided else "chances of actions"
            table.add(f"{name}, {kind}", f"{rate:.1%} ({told})", "warning ≤ 5 %", rate <= 0.05)
            missed += rate > 0.05
    table.show()
    return missed


if __name__ == "__main__":
    raise SystemExit(1 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 500) else 0)
