"""Unit feature rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from .kind import Kind, N, one_dish


def sample(seed: int, n: int) -> Any:
    """Twelve clouds on the sphere in 16 dimensions."""
    rng = np.random.default_rng(seed)
    centres = np.eye(16)[rng.integers(0, 12, n)]
    x = centres + 0.2 * rng.normal(size=(n, 16))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


KIND = Kind(
    sample,
    extremes=(np.eye(N),),
    few=lambda n: np.eye(3)[:n],
    collapsed=one_dish,
    other={"route": "pairs", "level": 0.8, "seed": 5},
    unbiased={"repeat_rate": lambda v: v},
    alone={("repeat_rate", "seed"): {"route": "pairs"}},
    large={("repeat_rate", "route"), ("repeat_rate", "seed")},
)
