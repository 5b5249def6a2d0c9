"""Counts of dishes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .kind import Kind, N


def sample(seed: int, n: int) -> Any:
    """About 3n servings of 40 dishes, some of which are common."""
    rng = np.random.default_rng(seed)
    p = 0.9 ** np.arange(40)
    return np.maximum(rng.multinomial(3 * n, p / p.sum()), np.repeat([2, 0], [3, 37]))


def collapsed(x: Any, rng: np.random.Generator) -> Any:
    """Move 70 % of the servings to the commonest dish."""
    moved = np.floor(0.7 * x).astype(x.dtype)
    y = x - moved
    y[int(np.argmax(x))] += moved.sum()
    return y


KIND = Kind(
    sample,
    extremes=(np.ones(N, int), np.array([7, *[0] * (N - 1)]), np.full(N, 9)),
    few=lambda n: [1][:n],
    collapsed=collapsed,
    twice=lambda x: 2 * x,
    servings=lambda x: int(x.sum()),
    other={"order": 1.0, "asymptotic": False, "k": 1, "level": 0.8},
    unbiased={"hill": lambda v: 1 / v},
)
