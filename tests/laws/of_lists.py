"""Ranked lists of items: one a user; or, of classes, one a prompt."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np

from .kind import Kind, N

ITEMS = 60


def sample(seed: int, n: int) -> Any:
    """Lists of 10 to 12 items by popularity, drawn with replacement: some come twice in a list."""
    rng = np.random.default_rng(seed)
    p = 1 / np.arange(3, ITEMS + 3)
    return [rng.choice(ITEMS, rng.integers(10, 13), p=p / p.sum()).tolist() for _ in range(n)]


def collapsed(x: Any, rng: np.random.Generator) -> Any:
    """Show 70 % of the users one bestseller, over and over."""
    fallen = rng.permutation(len(x)) < 0.7 * len(x)
    best = x[int(rng.integers(len(x)))][0]
    return [[best] * len(row) if fell else row for row, fell in zip(x, fallen, strict=True)]


class Vectors(dict[Any, Any]):
    """A vector for every item there may be."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed = seed

    def __missing__(self, item: Any) -> Any:
        return np.random.default_rng([self.seed, crc32(repr(item).encode())]).normal(size=5)


KIND = Kind(
    sample,
    extremes=(
        [[12 * u + j for j in range(12)] for u in range(N)],
        [[0]] * N,
        [[]] * N,
        [[], ["a"], ["a", "a", ("b", 1)], ["b"] * 12] * (N // 4),
    ),
    few=lambda n: [[1, 2, 3] * 4][:n],
    collapsed=collapsed,
    other={
        "k": 3,
        "catalogue": 500,
        "users": 10,
        "weights": "dcg",
        "level": 0.8,
        "features": Vectors(1),
        "seed": 5,
        "patience": 0.5,
        ("utility_k", "scores"): [[float(c % 5) for c in row] for row in sample(3, N)],
        "groups": np.arange(N) // 4,
    },
    unbiased={"user_overlap": lambda v: v},
    needs={
        "catalogue_coverage": lambda seed, n: {"catalogue": 12 * N},
        "exposure_gini": lambda seed, n: {"catalogue": 12 * N},
        "intra_list_variety": lambda seed, n: {"features": Vectors(0)},
    },
)
