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
