"""Several tests at once: p-values adjusted for how many there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def adjusted(p: Sequence[float]) -> list[float]:
    """Return p-values adjusted for how many there are, by Holm's step-down rule (1979).

    >>> [round(x, 10) for x in adjusted([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    x = np.asarray(p, np.float64)
    order = np.argsort(x, kind="stable")
    stepped = np.maximum.accumulate((x.size - np.arange(x.size)) * x[order])
    found = np.empty_like(x)
    found[order] = np.minimum(stepped, 1.0)
    return [float(p) for p in found]


def levels(p: Sequence[float], alpha: float = 0.05) -> list[float]:
    """Return the level of each test's interval that goes with Holm's rule at ``alpha``.

    The k-th of m tests that are rejected, by size of p, has the level 1 − alpha / (m − k + 1); the
    others have that of the first that is not. An interval then excludes 0 where the test rejects.

    >>> [round(x, 4) for x in levels([0.001, 0.5, 0.02], 0.05)]
    [0.9833, 0.95, 0.975]
    """
    x = np.asarray(p, np.float64)
    order = np.argsort(x, kind="stable")
    left = x.size - np.arange(x.size)
    kept = np.flatnonzero(left * x[order] >= alpha)
    stop = int(kept[0]) if kept.size else x.size - 1
    found = np.empty_like(x)
    found[order] = 1 - alpha / left[np.minimum(np.arange(x.size), stop)]
    return [float(level) for level in found]
