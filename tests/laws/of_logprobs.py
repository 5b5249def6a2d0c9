"""Log-probabilities of tokens, one sequence an output."""

from __future__ import annotations

from typing import Any

import numpy as np

from .kind import Kind, N


def sample(seed: int, n: int) -> Any:
    """Outputs of 1 to 12 tokens, each output more or less surprising."""
    rng = np.random.default_rng(seed)
    return [
        (-rng.exponential(rng.uniform(0.2, 1.2), rng.integers(1, 13))).tolist() for _ in range(n)
    ]


def collapsed(x: Any, rng: np.random.Generator) -> Any:
    """Make 70 % of the outputs nearly certain."""
    fallen = rng.permutation(len(x)) < 0.7 * len(x)
    return [[0.1 * v for v in row] if fell else row for row, fell in zip(x, fallen, strict=True)]


def alternatives(seed: int) -> Any:
    """Three alternatives for each token of ``sample(seed, N)``, the likeliest first."""
    return [[[-0.5, -1.5, -3.0] for _ in row] for row in sample(seed, N)]


KIND = Kind(
    sample,
    extremes=([[0.0] * 5] * N, [[-1.0]] * N, [[-500.0, -800.0]] * N, [[]] * N, [None] * N),
    few=lambda n: [[-0.5, -1.0]][:n],
    collapsed=collapsed,
    other={
        "per": "output",
        "alternatives": alternatives(3),
        "groups": np.arange(N) // 4,
        "level": 0.8,
    },
)
