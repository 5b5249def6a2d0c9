"""Intervals over items, from random halves of them."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from fullmenu.diagnose.units.effects import FEWEST, Floats


def half_spread(
    statistic: Callable[[Floats, Floats], Floats], x: Floats, y: Floats, draws: int, seed: int
) -> Floats:
    """Return the standard errors of several numbers on all items, from random halves of them.

    Notes
    -----
    What half of the items, drawn without replacement, differ from all by has the variance of what
    all differ from the truth by (Politis & Romano 1994; Shao & Wu 1989): no factor is needed.
    Halves in which a concept would be too rare are drawn so that it is not: items are halved
    within the groups of equal labels of the rarest concept.
    """
    rng = np.random.default_rng(seed)
    rare = y[:, int(np.minimum(y.sum(0), len(y) - y.sum(0)).argmin())]
    found = []
    for _ in range(draws):
        parts = [rng.permutation(np.flatnonzero(rare == v)) for v in (0, 1)]
        half = np.concatenate([p[: len(p) // 2] for p in parts])
        if np.minimum(y[half].sum(0), len(half) - y[half].sum(0)).min() < FEWEST // 2:
            continue
        found.append(statistic(x[half], y[half]))
    return np.asarray(np.std(found, axis=0, ddof=1))


def normal(value: float, se: float, level: float) -> tuple[float, float]:
    """Return the normal interval."""
    half = NormalDist().inv_cdf(0.5 + level / 2) * se
    return value - half, value + half
