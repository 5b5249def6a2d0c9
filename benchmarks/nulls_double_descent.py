"""How often does the double-descent diagnosis see a peak that is not there, and clear one that is?

Curves without a peak get noise: independent, going on from place to place within a seed, or growing
where error is high. ``warning`` is false there. Where the true rise is exactly the margin, ``ok``
is false. What training would give is simulated; no model is trained.

Run ``python benchmarks/nulls_double_descent.py [cases]``: about half a minute for 500.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from fullmenu.diagnose import double_descent
from table import Table

SIZES = np.unique(np.geomspace(10, 4000, 20).round())
MARGIN = 0.02
PLACES = np.arange(SIZES.size)
U = PLACES / PLACES[-1]

FLAT = {
    "flat": 0.3 + 0 * U,
    "falls": 0.1 + 0.6 * np.exp(-4 * U),
    "falls, with a shoulder": 0.1 + 0.4 * np.exp(-6 * U) + 0.2 / (1 + np.exp(20 * (U - 0.6))),
    "overfits: falls, then rises": 0.2 + 0.6 * (U - 0.5) ** 2,
    "rises": 0.1 + 0.3 * U,
    "rises, then level": 0.2 + 0.3 * np.clip(3 * U, 0, 1),
    "level, then falls": 0.5 - 0.3 * np.clip(3 * U - 2, 0, 1),
}
PEAKED = {
    "a bump of 0.02 on a flat curve": np.interp(PLACES, [8, 10, 12], [0.3, 0.3 + MARGIN, 0.3]),
    "a rise of 0.02, a fall of 0.2": np.interp(
        PLACES, [0, 8, 10, PLACES[-1]], [0.4, 0.3, 0.3 + MARGIN, 0.1]
    ),
}


def log(
    rng: Any, curve: Any, seeds: int, noise: float, rho: float = 0.0, own: float = 0.02
) -> dict[str, Any]:
    """Draw a log: each seed has a level of its own, and noise."""
    e = rng.normal(0, noise, (seeds, SIZES.size))
    for k in range(1, SIZES.size):
        e[:, k] = rho * e[:, k - 1] + np.sqrt(1 - rho**2) * e[:, k]
    error = curve + rng.normal(0, own, (seeds, 1)) + e
    loss = np.maximum(0.09 * (1 - SIZES / 300), 0) + 0 * e
    return {
        "size": np.tile(SIZES, seeds),
        "seed": np.repeat(np.arange(seeds), SIZES.size),
        "train_loss": loss.ravel(),
        "test_error": error.ravel(),
    }


def main(cases: int = 500) -> int:
    missed = 0
    table = Table("A peak is said (warning) where there is none")
    for name, curve in FLAT.items():
        for seeds, noise, rho in ((5, 0.02, 0), (5, 0.02, 0.8), (3, 0.05, 0), (10, 0.01, 0)):
            said = _said(curve, seeds, noise, rho, cases)
            share = said.count("warning") / cases
            missed += share > 0.05
            what = f"{name}; {seeds} seeds, noise {noise}" + (f", ρ={rho}" if rho else "")
            table.add(
                what, f"{share:.1%} (ok {said.count('ok') / cases:.0%})", "≤ 5 %", share <= 0.05
            )
    for name, curve in FLAT.items():
        share = _said(curve, 1, 0.02, 0, cases).count("inconclusive") / cases
        missed += share < 1
        table.add(f"{name}; 1 seed: inconclusive", f"{share:.0%}", "100 %", share == 1)
    table.show()
    table = Table(f'A rise of the margin, {MARGIN}, is cleared ("ok")')
    for name, curve in PEAKED.items():
        for seeds, noise in ((5, 0.01), (5, 0.03), (10, 0.02)):
            share = _said(curve, seeds, noise, 0, cases).count("ok") / cases
            missed += share > 0.05
            what = f"{name}; {seeds} seeds, noise {noise}"
            table.add(what, f"{share:.1%}", "≤ 5 %", share <= 0.05)
    table.show()
    table = Table("Power: said where there is a peak")
    for height in (0.05, 0.1, 0.3):
        curve = 0.3 - 0.2 * U + height * np.exp(-(((U - 0.5) / 0.06) ** 2))
        for seeds in (3, 5, 10):
            said = _said(curve, seeds, 0.03, 0, cases)
            table.add(
                f"height {height}, {seeds} seeds, noise 0.03",
                f"{said.count('warning') / cases:.0%}",
            )
    table.show()
    return missed


def _said(curve: Any, seeds: int, noise: float, rho: float, cases: int) -> list[str]:
    rng = np.random.default_rng(1)
    return [double_descent(log(rng, curve, seeds, noise, rho)).verdict for _ in range(cases)]


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:])), 1))
