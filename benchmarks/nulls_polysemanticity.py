"""Units of one concept each, and of none: how often does the diagnosis say "present"?

python benchmarks/nulls_polysemanticity.py [CASES]

And where units do answer to several: how often does the interval over items hold the truth?
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from fullmenu.diagnose.units.diagnosis import answers, polysemanticity
from fullmenu.diagnose.units.effects import checked, effects_of
from fullmenu.diagnose.units.numbers import concepts_per_unit
from fullmenu.diagnose.units.similarity import co_occurrence
from table import Table

Draw = Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]
FEW = {"permutations": 60, "draws": 20}
"""Fewer than by default, for the many cases; the test of one case is no sharper for it."""

UNITS, CONCEPTS = 30, 8


def _labels(rng: np.random.Generator, n: int, related: bool) -> np.ndarray:
    """Draw concepts: unrelated, or in pairs that correlate by about a half."""
    share = np.linspace(0.08, 0.4, CONCEPTS)
    y = rng.random((n, CONCEPTS)) < share
    if related:
        copied = rng.random((n, CONCEPTS // 2)) < 0.5
        y[:, 1::2] = np.where(copied, y[:, ::2], y[:, 1::2])
    return y


def single(rng: np.random.Generator, n: int, related: bool, relu: bool) -> tuple:
    y = _labels(rng, n, related)
    own = rng.integers(0, CONCEPTS, UNITS)
    x = y[:, own] * rng.uniform(0.5, 4, UNITS) + rng.normal(size=(n, UNITS))
    return (np.maximum(x - 0.5, 0) if relu else x), y


def none(rng: np.random.Generator, n: int, related: bool, relu: bool) -> tuple:
    mixed = rng.normal(size=(n, 5)) @ rng.normal(size=(5, UNITS)) + rng.normal(size=(n, UNITS))
    return (np.maximum(mixed - 0.5, 0) if relu else mixed), _labels(rng, n, related)


def several(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    y = _labels(rng, n, related=False)
    weights = np.random.default_rng(3).normal(size=(CONCEPTS, UNITS))
    return 1.5 * y @ weights + rng.normal(size=(n, UNITS)), y


def main(cases: int = 500) -> int:
    print(__doc__)
    shown = Table(f"verdicts over {cases} cases each: {UNITS} units, {CONCEPTS} concepts")
    missed = 0
    for name, draw in (("one concept each", single), ("no concept", none)):
        for n, related, relu in ((400, False, False), (400, True, True), (1500, True, False)):
            rng = np.random.default_rng([n, related, relu])
            said = [
                polysemanticity(*draw(rng, n, related, relu), seed=k, **FEW).verdict
                for k in range(cases)
            ]
            wrong = said.count("present") / cases
            missed += wrong > 0.05
            shown.add(
                f"{name}, {n} items{', related concepts' if related else ''}"
                f"{', ReLU' if relu else ''}",
                f"present {wrong:.1%}, absent {said.count('absent') / cases:.1%}",
                "present in 5 % or fewer",
                wrong <= 0.05,
            )
    shown.show()
    covered = Table(f"the interval of concepts per unit, {cases // 2} cases each")
    rng = np.random.default_rng(5)
    x, y = checked(*several(rng, 100_000))
    whole, related = effects_of(x, y), co_occurrence(y)
    for n in (400, 1500):
        off, held = [], []
        for k in range(cases // 2):
            found = answers(*several(rng, n), seed=k, **FEW)
            numbers = concepts_per_unit(whole, related, found.threshold)
            truth, e = float(numbers[numbers > 0].mean()), found.estimates[0]
            held.append((e.low or 0) <= truth <= (e.high or 0))
            off.append(e.value - truth)
        covered.add(
            f"{n} items",
            f"held in {np.mean(held):.1%}, off by {np.mean(off):+.2f} on average, of {truth:.2f}",
            "held in 90 % or more",
            float(np.mean(held)) >= 0.9,
        )
        missed += float(np.mean(held)) < 0.9
    covered.show()
    return missed


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:])), 1))
