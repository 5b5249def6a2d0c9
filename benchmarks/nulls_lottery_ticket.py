"""Lottery tickets that are none: how often does the diagnosis say "present"?

python benchmarks/nulls_lottery_ticket.py [CASES]

Nothing is trained here: tables of accuracies are drawn instead, as training would give them (a
level of each seed that all its networks share, noise of each training, and of the test items).
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from fullmenu.diagnose.tickets.accuracies import Trained
from fullmenu.diagnose.tickets.diagnosis import judge_tickets
from table import Table

DENSITIES = (0.5, 0.25, 0.125, 0.0625, 0.03125)
Noise = Callable[[np.random.Generator], float]

NOISES: dict[str, Noise] = {
    "normal noise": lambda rng: float(rng.normal(0, 0.005)),
    "heavy tails": lambda rng: 0.003 * float(rng.standard_t(3)),
    "now and then a training fails": lambda rng: -0.1 if rng.random() < 0.03 else 0.0,
}


def table(
    rng: np.random.Generator,
    seeds: int,
    densities: tuple[float, ...],
    noise: Noise,
    gain: float = 0.0,
    below: float = 0.01,
    items: int = 600,
) -> list[Trained]:
    """Draw a table: tickets ``gain`` above their controls, and ``below`` the dense network."""
    runs = []
    for seed in range(seeds):
        level = 0.96 + rng.normal(0, 0.005)

        def accuracy(lower: float, level: float = level) -> float:
            p = min(max(level - lower + noise(rng), 0.0), 1.0)
            return rng.binomial(items, p) / items

        runs.append(Trained(1.0, "dense", seed, accuracy(0.0)))
        for density in densities:
            runs.append(Trained(density, "ticket", seed, accuracy(below)))
            runs.append(Trained(density, "reinitialised", seed, accuracy(below + gain)))
    return runs


def main(cases: int = 500) -> int:
    print(__doc__)
    shown = Table(f"no ticket: verdicts over {cases} tables each")
    missed = 0
    for name, noise in NOISES.items():
        for seeds in (3, 5, 10):
            for densities in (DENSITIES[:1], DENSITIES):
                rng = np.random.default_rng([seeds, len(densities)])
                said = [
                    judge_tickets(table(rng, seeds, densities, noise)).verdict for _ in range(cases)
                ]
                wrong = said.count("present") / cases
                missed += wrong > 0.05
                shown.add(
                    f"{name}, {seeds} seeds, densities: {len(densities)}",
                    f"present {wrong:.1%}, absent {said.count('absent') / cases:.1%}",
                    "present in 5 % or fewer",
                    wrong <= 0.05,
                )
    rng = np.random.default_rng(11)
    said = [
        judge_tickets(table(rng, 10, DENSITIES, NOISES["normal noise"], items=10_000)).verdict
        for _ in range(cases)
    ]
    shown.add(
        "normal noise, 10 seeds, densities: 5, 10,000 test items",
        f"present {said.count('present') / cases:.1%}, absent {said.count('absent') / cases:.1%}",
        "present in 5 % or fewer",
        said.count("present") <= 0.05 * cases,
    )
    missed += said.count("present") > 0.05 * cases
    for seeds in (5, 20):
        rng = np.random.default_rng([seeds, 7])
        wrong = 0
        for _ in range(cases):
            runs = table(rng, seeds, DENSITIES, NOISES["normal noise"], below=0.002)
            wrong += "sparsest matching density" in judge_tickets(runs).evidence
        missed += wrong / cases > 0.075  # 5 % and two standard errors of 500 cases
        shown.add(
            f"tickets below dense by just the tolerance, {seeds} seeds",
            f"called matching in {wrong / cases:.1%}",
            "about 5 %",
            wrong / cases <= 0.075,
        )
    shown.show()
    power = Table(f"a ticket 0.017 above its control: verdicts over {cases} tables each")
    for seeds in (3, 5, 10):
        rng = np.random.default_rng([seeds, 9])
        said = [
            judge_tickets(table(rng, seeds, DENSITIES, NOISES["normal noise"], 0.017)).verdict
            for _ in range(cases)
        ]
        power.add(f"{seeds} seeds", f"present {said.count('present') / cases:.1%}")
    power.show()
    return missed


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:])), 1))
