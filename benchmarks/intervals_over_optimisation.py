"""Do the peak's intervals hold it, and how often is "past the peak" cried where nothing fell?

Runs are drawn from curves whose peak is known: the two forms of Gao et al. 2022, and curves of no
form. Checkpoints carry independent noise, or noise that goes on from one to the next (ρ = 0.7);
runs of several seeds have curves of their own around a common one. Coverage is of the mean curve's
peak, among draws that gave a peak; where fewer than a tenth did, it is printed and not judged.
"Form known" is the fit alone; "form chosen" is what ``over_optimisation`` says. Nulls rise to the
end, level off, or never move: the verdict ``past the peak`` is false there.

Run ``python benchmarks/intervals_over_optimisation.py [draws]``: about a minute for 500.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from fullmenu.stats.over_optimisation import fit
from fullmenu.train import over_optimisation
from table import Table

D = np.linspace(0.2, 5.0, 30)

PEAKED: dict[str, tuple[str, Callable[[Any, Any], Any], tuple[float, float], float]] = {
    "best-of-n": ("best-of-n", lambda d, c: d * (c[0] - c[1] * d), (2.0, 0.4), 2.5),
    "rl": (
        "rl",
        lambda d, c: d * (c[0] - c[1] * np.log(d)),
        (2.0, 1.1),
        float(np.exp(2 / 1.1 - 1)),
    ),
    "best-of-n, late peak": (
        "best-of-n",
        lambda d, c: d * (c[0] - c[1] * d),
        (2.0, 0.25),
        4.0,
    ),
    "rl, early peak": (
        "rl",
        lambda d, c: d * (c[0] - c[1] * np.log(d)),
        (1.0, 0.8),
        float(np.exp(0.25)),
    ),
}
OTHER = {
    "no form: d·exp(−d/2)": (lambda d: 3 * d * np.exp(-d / 2), 2.0),
    "no form: up, then a plateau below": (
        lambda d: 2 * d * np.exp(-(d**2) / 4) + 0.5 * np.tanh(d),
        None,
    ),
}
NULLS = {
    "rises": lambda d: d,
    "levels off": lambda d: 3 * (1 - np.exp(-d)),
    "levels off early": lambda d: np.tanh(2 * d),
    "bends, rl form": lambda d: d * (2 - 0.7 * np.log(d)),
    "flat": lambda d: 0 * d,
}


PEAKS_OF = ((1, 0.0, 0.1), (1, 0.0, 0.3), (1, 0.7, 0.2), (5, 0.0, 0.1), (5, 0.7, 0.2))
NULLS_OF = ((1, 0.0, 0.1), (1, 0.0, 0.5), (1, 0.7, 0.2), (3, 0.0, 0.2), (5, 0.7, 0.2))
"""Runs, likeness of neighbouring checkpoints, and standard deviation of the noise."""


def main(draws: int = 500) -> int:
    missed = 0
    table = Table("Coverage of the peak's 95 % interval (no peak: draws without one)")
    for name, (form, curve, c, peak) in PEAKED.items():
        for runs, rho, sd in PEAKS_OF:
            known, free, none, given = _coverage(form, curve, c, peak, runs, rho, sd, draws)
            ok = known >= 0.9
            missed += not ok
            what = f"{name}, {_design(runs, rho, sd)}"
            table.add(f"{what}, form known", f"{known:.1%} (no peak {none:.0%})", "≥ 90 %", ok)
            judged = given >= 0.1
            missed += judged and free < 0.9
            table.add(
                f"{what}, form chosen",
                f"{free:.1%} (no peak {1 - given:.0%})" if given else "no peak given",
                "≥ 90 %" if judged else "",
                free >= 0.9 if judged else None,
            )
    table.show()
    table = Table('Verdicts "past the peak" where gold never falls')
    for name, shape in NULLS.items():
        for runs, rho, sd in NULLS_OF:
            share = _said("past the peak", shape, runs, rho, sd, draws)
            missed += share > 0.05
            table.add(f"{name}, {_design(runs, rho, sd)}", f"{share:.1%}", "≤ 5 %", share <= 0.05)
    table.show()
    missed += _with_errors(draws)
    table = Table('Verdicts "past the peak" where gold does fall, and where it says it peaked')
    for name, (_, curve, c, _peak) in PEAKED.items():
        share = _said("past the peak", lambda d, f=curve, c=c: f(d, c), 1, 0.0, 0.2, draws)
        table.add(f"{name}, {_design(1, 0.0, 0.2)}", f"{share:.1%}")
    for name, (shape, peak) in OTHER.items():
        share = _said("past the peak", shape, 1, 0.0, 0.1, draws)
        held = _held(shape, peak, draws) if peak else ""
        table.add(f"{name}, {_design(1, 0.0, 0.1)}", f"{share:.1%}{held}")
    table.show()
    return missed


def _with_errors(draws: int) -> int:
    """One run whose gold scores come with their standard errors."""
    missed = 0
    table = Table("One run with gold_error given: coverage, power, false verdicts")
    for sd in (0.1, 0.5):
        error = np.full(len(D), sd)
        for name, (_, curve, c, peak) in PEAKED.items():
            rng = np.random.default_rng(2)
            held = []
            for _ in range(draws):
                gold = 1 + curve(D, c) + rng.normal(0, error)
                e = over_optimisation(D**2, D, gold, gold_error=error).peak
                if e is not None:
                    held.append((e.low or 0) <= peak and (e.high is None or peak <= e.high))
            share, seen = float(np.mean(held or [1])), len(held) / draws
            judged = seen >= 0.1
            missed += judged and share < 0.9
            told = f"{share:.1%} of {seen:.0%} that were seen"
            mark = ("≥ 90 %", share >= 0.9) if judged else ("", None)
            table.add(f"{name}, noise {sd}: peak held", told, *mark)
        for name, shape in NULLS.items():
            rng = np.random.default_rng(2)
            false = np.mean([
                over_optimisation(D**2, D, shape(D) + rng.normal(0, error), gold_error=error).past
                for _ in range(draws)
            ])  # fmt: skip
            missed += bool(false > 0.05)
            table.add(f"{name}, noise {sd}: false", f"{false:.1%}", "≤ 5 %", bool(false <= 0.05))
    table.show()
    return missed


def _design(runs: int, rho: float, sd: float) -> str:
    noise = f"noise {sd}" + (f", ρ={rho}" if rho else "")
    return f"{runs} run{'s' if runs > 1 else ''} of {len(D)}, {noise}"


def _noise(rng: Any, runs: int, rho: float, sd: float) -> Any:
    e = rng.normal(0, sd, (runs, len(D)))
    for k in range(1, len(D)):
        e[:, k] = rho * e[:, k - 1] + np.sqrt(1 - rho**2) * e[:, k]
    return e.ravel()


def _several(rng: Any, curve: Any, c: Any, runs: int) -> Any:
    """Curves of seeds that differ by a tenth."""
    if runs == 1:
        return curve(D, c)
    each = [np.array(c) * (1 + 0.1 * rng.normal(size=2)) for _ in range(runs)]
    return np.concatenate([curve(D, x) for x in each])


def _coverage(
    form: str, curve: Any, c: Any, peak: float, runs: int, rho: float, sd: float, draws: int
) -> tuple[float, float, float, float]:
    rng = np.random.default_rng(1)
    d, names = np.tile(D, runs), np.repeat(np.arange(runs), len(D))
    held: list[list[bool]] = [[], []]
    for _ in range(draws):
        gold = 1 + _several(rng, curve, c, runs) + _noise(rng, runs, rho, sd)
        several = names if runs > 1 else None
        found = over_optimisation(d**2, d, gold, runs=several)
        for k, e in enumerate((fit(d, gold, form, runs=several).peak, found.peak)):
            if e is not None:
                held[k].append((e.low or 0) <= peak and (e.high is None or peak <= e.high))
    shares = [float(np.mean(h or [1])) for h in held]
    return shares[0], shares[1], 1 - len(held[0]) / draws, len(held[1]) / draws


def _said(verdict: str, shape: Any, runs: int, rho: float, sd: float, draws: int) -> float:
    rng = np.random.default_rng(2)
    d, names = np.tile(D, runs), np.repeat(np.arange(runs), len(D))
    said = 0
    for _ in range(draws):
        gold = shape(d) + _noise(rng, runs, rho, sd)
        found = over_optimisation(d**2, d, gold, runs=names if runs > 1 else None)
        said += found.verdict == verdict
    return said / draws


def _held(shape: Any, peak: float, draws: int) -> str:
    rng = np.random.default_rng(3)
    held = []
    for _ in range(draws):
        e = over_optimisation(D**2, D, shape(D) + _noise(rng, 1, 0.0, 0.1)).peak
        if e is not None:
            held.append((e.low or 0) <= peak and (e.high is None or peak <= e.high))
    if not held:
        return "; no peak is given: the form does not fit"
    return f"; a peak is given in {len(held) / draws:.0%}, and holds it in {np.mean(held):.1%}"


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:])), 1))
