"""Do the intervals of measures against a reference hold what they promise?

Both samples are drawn anew each time. The truth is the distance of the two sources for the kernel
distance and the limit of the Fréchet distance, and otherwise the mean over the draws, at the same
sizes: that judges the interval and not the measure. The figure is the share of 95 % intervals that
hold it.

Run ``python benchmarks/intervals_reference.py [draws]``: about two minutes for 100.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the matrices are small

import numpy as np

from fullmenu import measures
from fullmenu.estimate import Estimate
from table import Table

LEAST = 0.9
"""Below this an interval is said to miss: 95 % less the chance of some dozen draws."""

CENTRES = np.random.default_rng(9).normal(size=(10, 32))

Pair = tuple[Any, Any]


def _modes(rng: Any, n: int, served: int) -> Any:
    return CENTRES[rng.integers(0, served, n)] + 0.5 * rng.normal(size=(n, 32))


SOURCES: dict[str, Callable[[Any, int], Pair]] = {
    "normal, 2 columns, shifted": lambda r, n: (
        r.normal(size=(n, 2)) + np.eye(2)[0],
        r.normal(size=(n, 2)),
    ),
    "normal, 64 columns": lambda r, n: (r.normal(size=(n, 64)), r.normal(size=(n, 64))),
    "0.7 as wide, 16 columns": lambda r, n: (0.7 * r.normal(size=(n, 16)), r.normal(size=(n, 16))),
    "6 of 10 modes": lambda r, n: (_modes(r, n, 6), _modes(r, n, 10)),
    "6 of 10 dishes, copies": lambda r, n: (
        np.eye(10)[r.integers(0, 6, n)],
        np.eye(10)[r.integers(0, 10, n)],
    ),
}

SHARES = ("precision", "recall", "density", "coverage", "mauve", "kernel_novelty")


def _held(found: list[Estimate], truth: float) -> float:
    inside = [
        (e.low is None or e.low <= truth + 1e-9) and (e.high is None or truth <= e.high + 1e-9)
        for e in found
    ]
    return float(np.mean(inside))


def _shares(table: Table, draws: int) -> int:
    missed = 0
    for source, draw in SOURCES.items():
        for n in (40, 200):
            rng = np.random.default_rng(1)
            found: dict[str, list[Estimate]] = {name: [] for name in SHARES}
            for i in range(draws):
                x, y = draw(rng, n)
                for name in SHARES:
                    if name != "kernel_novelty" or n < 100 or i < draws // 4:
                        found[name].append(getattr(measures, name)(x, y))
            for name, estimates in found.items():
                mean = float(np.mean([e.value for e in estimates]))
                held = _held(estimates, mean)
                missed += held < LEAST
                what = f"{name}, n = {n}, {source}: mean {mean:.3f}"
                table.add(what, f"{held:.0%}", f">= {LEAST:.0%}", held >= LEAST)
    return missed


def _distances(table: Table, draws: int) -> int:
    missed = 0
    for d, ratio in ((8, 1.25), (8, 5), (8, 20), (32, 1.25), (32, 5)):
        n = int(ratio * d)
        for same in (True, False):
            rng = np.random.default_rng(2)
            wide, shift = (1.0, 0.0) if same else (np.linspace(0.3, 1.5, d), np.eye(d)[0])
            found: dict[str, list[Estimate]] = {"plain": [], "limit": [], "kernel": []}
            for _ in range(draws):
                x, y = rng.normal(size=(n, d)) * wide + shift, rng.normal(size=(n, d))
                found["plain"].append(measures.frechet_distance(x, y, limit=False))
                found["limit"].append(measures.frechet_distance(x, y))
                found["kernel"].append(measures.kernel_distance(x, y))
            true = 0.0 if same else 1.0 + float(((wide - 1) ** 2).sum())
            for name, estimates in found.items():
                mean = float(np.mean([e.value for e in estimates]))
                truth = true if name == "limit" else 0.0 if same and name == "kernel" else mean
                held = _held(estimates, truth)
                missed += held < LEAST
                label = "kernel_distance" if name == "kernel" else f"frechet_distance, {name}"
                what = f"{label}, {n} × {d}, {'one source' if same else 'two sources'}"
                what += f": mean {mean:.3f}, truth {truth:.3f}"
                table.add(what, f"{held:.0%}", f">= {LEAST:.0%}", held >= LEAST)
    return missed


def main(draws: int = 100) -> int:
    shares = Table(f"95 % intervals that hold the mean value at these sizes, {draws} draws")
    missed = _shares(shares, draws)
    shares.show()
    distances = Table(f"95 % intervals that hold the truth, {draws} draws")
    missed += _distances(distances, draws)
    distances.show()
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
