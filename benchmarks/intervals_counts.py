"""Do the intervals of the measures of counts hold what they promise?

Samples are drawn from kitchens whose menu is known; the figure is the share of 95 % intervals that
hold the truth: the lowest and the highest over the kitchens. The truth is exact: the expectation of
what a sample of that size (or coverage) shows, for ``rarefaction`` and ``evenness``; the expected
number of modes that vanish beyond chance, for ``modes_lost`` and ``modes_gained``; the kitchen's
own number for the rest. Draws without a number (``NotEnoughData``) are left out, and counted. In
incidence data a dish occurs in a sampling unit with a chance of its own.

Run ``python benchmarks/intervals_counts.py [draws]``: about a minute and a half for 60.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from fullmenu import measures
from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from table import Table


def _of(weights: Any) -> Any:
    p = np.asarray(weights, float)
    return p / p.sum()


KITCHENS = {
    "ten alike": _of(np.ones(10)),
    "a leader": _of(np.r_[60, np.ones(40)]),
    "geometric": _of(0.85 ** np.arange(40)),
    "Zipf, 200": _of(1 / np.arange(1, 201)),
    "hundred alike": _of(np.ones(100)),
}
UNITS = {k: np.minimum(4 * p, 0.95) for k, p in KITCHENS.items()}
"""About four incidences a unit."""

SIZES = (50, 200)
BOOTSTRAP = 40


def main(draws: int = 60) -> int:
    table = Table("Coverage of 95 % intervals, lowest–highest over kitchens")
    missed = 0
    for name, (measure, truth, of_units, least) in CASES.items():
        for n in SIZES:
            covered, without = [], 0
            for p in (UNITS if of_units else KITCHENS).values():
                share, none = _covered(measure, truth, p, n, draws, of_units)
                covered += [share] if share is not None else []
                without += none
            low, high = min(covered), max(covered)
            note = f"{low:.0%}–{high:.0%}" + (f"; no number in {without}" if without else "")
            reached = None if least is None else low >= least
            missed += reached is False
            table.add(f"{name}, n={n}", note, "" if least is None else f"≥ {least:.0%}", reached)
    table.show()
    return missed


def _covered(
    measure: Callable[..., Estimate], truth: Any, p: Any, n: int, draws: int, of_units: bool
) -> tuple[float | None, int]:
    rng = np.random.default_rng(1)
    held = none = 0
    for _ in range(draws):
        x = rng.binomial(n, p) if of_units else rng.multinomial(n, p)
        try:
            e = measure(x, n, rng, p)
        except NotEnoughData:
            none += 1
            continue
        t = truth(p, n, x)
        held += (e.low is None or e.low <= t + 1e-9) and (e.high is None or t <= e.high + 1e-9)
    return (held / (draws - none) if none < draws else None), none


def _shown(p: Any, m: float) -> float:
    return float((1 - (1 - p) ** m).sum())


def _expected(p: Any, q: float, m: int) -> float:
    """Hill number of the expected spectrum of m servings or units."""
    from scipy.stats import binom

    if q == 0:
        return _shown(p, m)
    k = np.arange(1, m + 1)
    f = binom.pmf(k[:, None], m, p[None, :]).sum(1)
    share = k / (m * p.sum())
    if q == 1:
        return float(np.exp(-(share * np.log(share) * f).sum()))
    return float((share**q * f).sum() ** (1 / (1 - q)))


def _at_coverage(p: Any, q: float, coverage: float) -> float:
    from scipy.optimize import brentq

    def gap(m: float) -> float:
        return float(1 - (p / p.sum() * (1 - p) ** m).sum()) - coverage

    m = brentq(gap, 0.0, 1e6)
    low = int(m)
    a, b = (_expected(p, q, max(i, 1)) for i in (low, low + 1))
    return a + (m - low) * (b - a)


def _rarefied(order: float, times: float, of_units: bool = False) -> Any:
    def measure(x: Any, n: int, rng: Any, p: Any) -> Estimate:
        return measures.rarefaction(
            x, order, size=int(times * n), units=n if of_units else None, bootstrap=BOOTSTRAP
        )

    return measure, lambda p, n, x: _expected(p, order, int(times * n))


def _covering(order: float, coverage: float) -> Any:
    def measure(x: Any, n: int, rng: Any, p: Any) -> Estimate:
        return measures.rarefaction(x, order, coverage=coverage, bootstrap=BOOTSTRAP)

    return measure, lambda p, n, x: _at_coverage(p, order, coverage)


def _even(x: Any, n: int, rng: Any, p: Any) -> Estimate:
    return measures.evenness(x, bootstrap=BOOTSTRAP)


def _even_truth(p: Any, n: int, x: Any) -> float:
    return (_expected(p, 1, n) - 1) / (_expected(p, 0, n) - 1)


def _changed(p: Any, kept: float) -> Any:
    """Drop the dishes that come first in a fixed random order."""
    order = np.random.default_rng(7).permutation(len(p))
    q = p.copy()
    q[order[: int((1 - kept) * len(p))]] = 0
    return q / q.sum()


def _lost(kept: float, gained: bool = False) -> Any:
    def measure(x: Any, n: int, rng: Any, p: Any) -> Estimate:
        other = rng.multinomial(n, _changed(p, kept))
        if gained:
            return measures.modes_gained(x, other, bootstrap=BOOTSTRAP)
        return measures.modes_lost(other, x, bootstrap=BOOTSTRAP)

    def truth(p: Any, n: int, x: Any) -> float:
        m, q = n // 2, _changed(p, kept)
        return float(((1 - (1 - p) ** m) * ((1 - q) ** m - (1 - p) ** m)).sum())

    return measure, truth


def _number(order: float, of_units: bool = True) -> Any:
    def truth(p: Any, n: int, x: Any) -> float:
        q = p / p.sum()
        q = q[q > 0]
        if order == 1:
            return float(np.exp(-(q * np.log(q)).sum()))
        return float((q**order).sum() ** (1 / (1 - order)))

    def measure(x: Any, n: int, rng: Any, p: Any) -> Estimate:
        return measures.hill(x, order, units=n if of_units else None)

    return measure, truth


def _richness(estimator: Any) -> Any:
    return lambda x, n, rng, p: measures.richness(x, estimator), lambda p, n, x: float(len(p))


CASES: dict[str, Any] = {
    "rarefaction q=0, n/2": (*_rarefied(0, 0.5), False, 0.85),
    "rarefaction q=1, n/2": (*_rarefied(1, 0.5), False, 0.85),
    "rarefaction q=2, n/2": (*_rarefied(2, 0.5), False, None),
    "rarefaction q=0, n": (*_rarefied(0, 1), False, None),
    "rarefaction q=0, 2n": (*_rarefied(0, 2), False, None),
    "rarefaction q=0, coverage 0.6": (*_covering(0, 0.6), False, None),
    "rarefaction q=1, coverage 0.6": (*_covering(1, 0.6), False, None),
    "rarefaction q=0, units n/2": (*_rarefied(0, 0.5, True), True, None),
    "evenness": (_even, _even_truth, False, None),
    "modes_lost, nothing lost": (*_lost(1.0), False, 0.9),
    "modes_lost, a third lost": (*_lost(2 / 3), False, 0.85),
    "modes_gained, half as many more": (*_lost(2 / 3, True), False, 0.85),
    "hill 0.5": (*_number(0.5, False), False, None),
    "hill 1.5": (*_number(1.5, False), False, None),
    "hill 1, units": (*_number(1), True, None),
    "hill 2, units": (*_number(2), True, None),
    "sample_coverage, units": (
        lambda x, n, rng, p: measures.sample_coverage(x, units=n),
        lambda p, n, x: float(p[x > 0].sum() / p.sum()),
        True,
        None,
    ),
    **{
        f"richness, {e}": (*_richness(e), False, None)
        for e in ("chao1", "chao1_bias_corrected", "ichao1", "ace", "jackknife1", "jackknife2")
    },
}


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:])), 1))
