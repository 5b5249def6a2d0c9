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
        "variant": "gzip",
        "vocabulary": 500,
        "window": 20,
        "draws": 20,
        "threshold": 0.6,
        "across_documents": True,
        "reference_size": 10,
        "function_words": ("word1", "word2", "word3"),
        "tokenize": list,
        ("self_bleu", "variant"): "corpus",
        ("self_bleu", "size"): 12,
        "pairs": 100,
    },
    unbiased={
        "repeated_phrases": lambda v: v,
        "ngram_cosine": lambda v: v,
        "templates": lambda v: v,
        "openings": lambda v: 1 / v,
        "homogenization_bleu": lambda v: v,
        "homogenization_rouge_l": lambda v: v,
    },
    slack={"compression_ratio": 0.03},
    alone={
        ("self_bleu", "seed"): {"size": 12},
        ("homogenization_bleu", "seed"): {"pairs": 100},
        ("homogenization_rouge_l", "seed"): {"pairs": 100},
    },
)
