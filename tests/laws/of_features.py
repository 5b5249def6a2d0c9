"""Unit feature rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from .kind import Kind, N, one_dish


def sample(seed: int, n: int) -> Any:
    """Twelve clouds on the sphere in 16 dimensions, of as many as there are rows."""
    rng = np.random.default_rng(seed)
    centres = np.eye(16)[rng.integers(0, 12, n)]
    x = centres + 0.2 * rng.normal(size=(n, 16))
    return np.pad(x / np.linalg.norm(x, axis=1, keepdims=True), ((0, 0), (0, N - 16)))


KIND = Kind(
    sample,
    columns=frozenset({"frechet_distance", "kernel_distance", "kernel_novelty", "mauve"}),
    extremes=(np.eye(N),),
    few=lambda n: np.eye(N)[:n],
    collapsed=one_dish,
    other={
        "route": "pairs",
        "level": 0.8,
        "seed": 5,
        "order": 2.0,
        "size": 24,
        "rank": 5,
        "similarity": "squared",
        "metric": "euclidean",
        "sigma": 1.0,
        "frequencies": 64,
        "neighbours": 3,
        ("precision", "neighbours"): 1,
        ("recall", "neighbours"): 1,
        "limit": False,
        "degree": 2,
        "gamma": 1.0,
        "coef0": 0.5,
        "buckets": 8,
        "scaling": 2.0,
        "smoothing": 0.0,
        "bandwidth": 0.7,
        "ratio": 2.0,
        "most": 24,
    },
    unbiased={
        "repeat_rate": lambda v: v,
        "homogenization_embedding": lambda v: v,
        "mean_pairwise_distance": lambda v: 1 - v,
    },
    alone={("repeat_rate", "seed"): {"route": "pairs"}, ("vendi", "seed"): {"size": 24}},
    slack={"mauve": 0.2, "frechet_distance": 0.05},
    large={("repeat_rate", "route"), ("repeat_rate", "seed")},
)
