"""Counts of dishes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .kind import Kind

MENU = 40
"""Dishes of every sample: a measure that has a reference takes counts of the same dishes."""


def sample(seed: int, n: int) -> Any:
    """About 3n servings of 40 dishes, some of which are common."""
    rng = np.random.default_rng(seed)
    p = 0.9 ** np.arange(MENU)
    return np.maximum(rng.multinomial(3 * n, p / p.sum()), np.repeat([2, 0], [3, MENU - 3]))


def collapsed(x: Any, rng: np.random.Generator) -> Any:
    """Serve the commonest dish in place of 70 % of the others."""
    top, y = int(np.argmax(x)), x.copy()
    gone = rng.permutation(len(x)) < 0.7 * len(x)
    gone[top] = False
    y[gone] = 0
    y[top] += x[gone].sum()
    return y


def take(x: Any, order: Any) -> Any:
    """Take dishes in that order; as many as there were, the others not served."""
    kept = np.asarray(x)[np.asarray(order, int)][: len(x)]
    return np.concatenate([kept, np.zeros(len(x) - len(kept), kept.dtype)])


KIND = Kind(
    sample,
    extremes=(np.ones(MENU, int), np.array([7, *[0] * (MENU - 1)]), np.full(MENU, 9)),
    few=lambda n: [1][:n],
    collapsed=collapsed,
    take=take,
    twice=lambda x: 2 * x,
    servings=lambda x: int(x.sum()),
    other={
        "order": 1.0,
        "asymptotic": False,
        "k": 1,
        "level": 0.8,
        "units": 200,
        "size": 50,
        "coverage": 0.8,
        "bootstrap": 50,
        "seed": 5,
        "estimator": "jackknife2",
        "form": "pielou",
        ("evenness", "order"): 2.0,
    },
    unbiased={"hill": lambda v: 1 / v, "tsallis": lambda v: 1 - v},
)
