"""Texts."""

from __future__ import annotations

from typing import Any

import numpy as np

from .kind import Kind, N, one_dish

STARTS = ("once upon a time", "once upon the hill", "sure here is one", "", "dear reader you")
ENDS = ("i hope this helps you", "the end of it all", "", "")


def sample(seed: int, n: int) -> Any:
    """Openings, 40 to 80 words by Zipf's law, endings."""
    rng = np.random.default_rng(seed)
    p = 1 / np.arange(1, 601)
    return [
        " ".join(
            [
                STARTS[rng.integers(5)],
                *(f"word{i}" for i in rng.choice(600, rng.integers(40, 80), p=p / p.sum())),
                ENDS[rng.integers(4)],
            ]
        )
        for _ in range(n)
    ]


KIND = Kind(
    sample,
    extremes=([f"one{i} two{i} three{i} four{i} five{i}" for i in range(N)], [""] * N),
    few=lambda n: ["one two three"][:n],
    collapsed=one_dish,
    other={
        "n": 3,
        "words": 2,
        "block": 2_048,
        "level": 0.8,
        "seed": 5,
        "groups": np.arange(N) // 4,
    },
    unbiased={"repeated_phrases": lambda v: v, "openings": lambda v: 1 / v},
    slack={"compression_ratio": 0.03},
)
