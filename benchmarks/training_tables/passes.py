"""pass@k against the exact value, its intervals, and mass that is planted."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import NamedTuple

import numpy as np

from fullmenu.stats.passes import Rights, mass_change, pass_at, passes
from table import Table

RUNS = 4_000
DIFFICULTIES = {
    "half hard": (0.5, 0.5),
    "mostly hard": (0.3, 1.2),
    "mostly easy": (2.0, 0.5),
    "nearly all easy": (5.0, 0.5),
    "nearly all hard": (0.1, 1.0),
    "alike": (8.0, 8.0),
}


def exactness() -> float:
    """Return the largest difference from counting all draws of k of n."""
    worst = 0.0
    for n in range(2, 9):
        for right in range(n + 1):
            marks = [1] * right + [0] * (n - right)
            for k in range(1, n + 1):
                exact = np.mean([max(drawn) for drawn in combinations(marks, k)])
                worst = max(worst, abs(float(pass_at([n], [right], k)[0]) - float(exact)))
    return worst


class Cover(NamedTuple):
    """The mean over all prompts of 1 − (1 − p)^k, and in which share of runs the interval holds it.

    ``most`` is the share of runs that give the commonest value: coverage moves in such steps.
    """

    truth: float
    share: float
    most: float

    @property
    def good(self) -> bool:
        """Whether it is 93 to 97 %, but for the error of the simulation, or can be no nearer."""
        error = 2 * np.sqrt(0.05 * 0.95 / RUNS)
        return 0.93 - error <= self.share and (self.share <= 0.97 + error or self.coarse)

    @property
    def coarse(self) -> bool:
        """Whether the commonest value alone is a larger part than what an interval may miss."""
        return self.most > 0.07


def covered(a: float, b: float, prompts: int, n: int, k: int, seed: int) -> Cover:
    """Return how often the interval holds the truth."""
    rng = np.random.default_rng(seed)
    p = rng.beta(a, b, 2_000_000)
    truth = float((1 - (1 - p) ** k).mean())
    values, hits = [], 0
    for _ in range(RUNS):
        right = rng.binomial(n, rng.beta(a, b, prompts))
        found = passes(Rights(np.full(prompts, n), right), k)
        hits += found.low <= truth <= found.high
        values.append(round(found.value, 9))
    return Cover(truth, hits / RUNS, max(Counter(values).values()) / RUNS)


def table() -> bool:
    """Print exactness and coverage."""
    shown = Table("pass@k: 1 − C(n − c, k)/C(n, k), mean over prompts")
    worst = exactness()
    shown.add("largest difference from all draws, n ≤ 8", f"{worst:.1e}", "0", worst < 1e-12)
    good = worst < 1e-12
    for name, (a, b) in DIFFICULTIES.items():
        for prompts, n in ((20, 8), (50, 16), (200, 16)):
            held = {k: covered(a, b, prompts, n, k, 11) for k in (1, 4, n)}
            told = ", ".join(
                f"pass@{k} ({c.truth:.3f}) {c.share:.1%}"
                + (f" (one value in {c.most:.0%} of runs)" if c.coarse else "")
                for k, c in held.items()
            )
            reached = all(c.good for c in held.values())
            good &= reached
            shown.add(f"{name}: {prompts} prompts of {n}, truth held", told, "93–97 %", reached)
    error = np.sqrt(0.05 * 0.95 / RUNS)
    shown.add("standard error of these shares", f"{error:.2%}, {RUNS:,} runs")
    shown.show()
    return good


def run(rng, kind: str, prompts: int, n: int):
    """Return what is right before and after, by prompt."""
    p = rng.beta(0.8, 2.0, prompts)
    if kind == "planted":  # what was right half the time is always right, what was rare is gone
        q = np.where(p > 0.2, 0.97, 0.0)
    elif kind == "better":
        q = p + (1 - p) * rng.uniform(0.1, 0.5, prompts)
    elif kind == "more at once":  # pass@1 rises and pass@k stays: only what was sure is surer
        q = np.where(1 - (1 - p) ** n > 0.9, 1 - (1 - p) ** 2, p)
    else:
        q = p
    full = np.full(prompts, n)
    return Rights(full, rng.binomial(n, p)), Rights(full, rng.binomial(n, q))


def mass_table() -> bool:
    """Print how often mass that concentrates is found, and how often sound runs are accused."""
    shown = Table("pass@1 up, pass@k down: 40 runs each")
    good = True
    for prompts, n in ((60, 8), (100, 16), (200, 8)):
        for kind, target in (("planted", "≥ 38"), ("better", "≤ 2"), ("more at once", "≤ 2"),
                             ("the same", "≤ 2")):  # fmt: skip
            rng = np.random.default_rng(prompts + n)
            words = [mass_change(*run(rng, kind, prompts, n)).word for _ in range(40)]
            said = words.count("concentrated mass")
            reached = said >= 38 if kind == "planted" else said <= 2
            good &= reached
            new = f"; new capability {words.count('new capability')}"
            shown.add(f"{kind}, {prompts} prompts of {n}", f"{said}{new}", target, reached)
    shown.show()
    return good
