"""Rows in an order of their own, so that what looks at some of them depends on content only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.kernel.rows import Features

STEP = 1 << 21
"""About so many numbers are held in float64 at a time."""


def steps(n: int, width: int) -> list[slice]:
    """Cut n rows of some width into slices that fit in memory."""
    step = max(256, STEP // max(width, 1))
    return [slice(a, min(a + step, n)) for a in range(0, n, step)]


def canonical(x: Features) -> NDArray[np.int64]:
    """Return an order of the rows that depends on what they hold, not on where they stand."""
    key = np.random.default_rng(0).standard_normal(x.shape[1])
    return np.argsort(np.asarray(x @ key).ravel(), kind="stable")


def spread(x: Features, m: int) -> NDArray[np.int64]:
    """Choose up to m rows evenly along the canonical order; equal rows come in proportion."""
    order = canonical(x)
    n = len(order)
    return order if n <= m else order[(np.arange(m) * n + n // 2) // m]


def at_least(n: int, needed: int, measure: str, why: str) -> None:
    """Refuse a sample of too few rows."""
    if n < needed:
        raise NotEnoughData(f"{measure} {why}: it needs {needed} outputs, not {n}")


def subsets(x: Features, size: int, count: int, seed: int) -> list[Any]:
    """Draw subsets of rows without replacement; the order of the rows has no say in them."""
    order = canonical(x)
    rng = np.random.default_rng(seed)
    return [order[np.sort(rng.choice(len(order), size, replace=False))] for _ in range(count)]
