"""What a measure may take, and what the laws must know of it: samples, and arguments to try."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np

from fullmenu.measures.arguments import shown

N = 48
"""Rows of a sample: enough for every measure's defaults."""

DISHES = 40
"""Dishes of a sample of counts: a reference counts the same dishes."""

ITEMS = 60
STARTS = ("once upon a time", "once upon the hill", "sure here is one", "", "dear reader you")
ENDS = ("i hope this helps you", "the end of it all", "", "")

Name = str | tuple[str, str]
"""A parameter, or one measure's parameter: ``("repeat_rate", "seed")``."""


def _rows(x: Any, order: Any) -> Any:
    return [x[int(i)] for i in order] if isinstance(x, list) else x[order]


def _twice(x: Any) -> Any:
    return x + x if isinstance(x, list) else np.concatenate([x, x])


def _one_dish(x: Any, rng: np.random.Generator) -> Any:
    """Replace 70 % of the rows by one of them."""
    fallen = rng.permutation(len(x)) < 0.7 * len(x)
    return _rows(x, np.where(fallen, rng.integers(len(x)), np.arange(len(x))))


@dataclass(frozen=True)
class Kind:
    """How the laws make and change input of one kind.

    Parameters
    ----------
    sample, few
        ``(seed, n)`` to a varied sample with some repeats; ``n`` (0 or 1) to a sample of so many.
    take, twice
        ``(sample, order)`` to its rows in that order; the sample, twice over.
    collapsed
        ``(sample, rng)`` to the sample with 70 % of its rows replaced by one of its own dishes.
    servings
        How many draws a sample holds.
    other
        Another value than the default for every parameter: by name, or by (measure, name).
    unbiased
        Means over pairs of different rows, and how to read the mean off the value.
    slack
        By which share a measure's value may rise when the sample is duplicated (because it looks at
        a random part, say).
    columns
        Measures that draw at random by what rows hold, or divide by how many columns there are:
        the same rows in other columns give another number.
    extremes
        More samples at the edge of what can be: all rows different, say.
    alone, large
        What else must be given for a (measure, parameter) to have a say; and those that have one in
        large samples only.
    needs
        Arguments without which a measure cannot be called: ``(seed, n)`` to keywords.
    """

    sample: Callable[[int, int], Any]
    few: Callable[[int], Any]
    collapsed: Callable[[Any, np.random.Generator], Any] = _one_dish
    take: Callable[[Any, Any], Any] = _rows
    twice: Callable[[Any], Any] = _twice
    servings: Callable[[Any], int] = len
    other: dict[Name, Any] = field(default_factory=dict)
    unbiased: dict[str, Callable[[float], float]] = field(default_factory=dict)
    slack: dict[str, float] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()
    extremes: tuple[Any, ...] = ()
    alone: dict[tuple[str, str], Mapping[str, object]] = field(default_factory=dict)
    large: frozenset[tuple[str, str]] = frozenset()
    needs: dict[str, Callable[[int, int], Mapping[str, object]]] = field(default_factory=dict)


def _texts(seed: int, n: int) -> list[str]:
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


TEXTS = Kind(
    _texts,
    extremes=([f"one{i} two{i} three{i} four{i} five{i}" for i in range(N)], [""] * N),
    few=lambda n: ["one two three"][:n],
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


def _features(seed: int, n: int) -> Any:
    """Unit rows: twelve clouds on the sphere in 16 dimensions, of as many as there are rows."""
    rng = np.random.default_rng(seed)
    centres = np.eye(16)[rng.integers(0, 12, n)]
    x = centres + 0.2 * rng.normal(size=(n, 16))
    return np.pad(x / np.linalg.norm(x, axis=1, keepdims=True), ((0, 0), (0, N - 16)))


FEATURES = Kind(
    _features,
    columns=frozenset({"frechet_distance", "kernel_distance", "kernel_novelty", "mauve"}),
    extremes=(np.eye(N),),
    few=lambda n: np.eye(N)[:n],
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
    large=frozenset({("repeat_rate", "route"), ("repeat_rate", "seed")}),
)


def _counts(seed: int, n: int) -> Any:
    """About 3n servings of 40 dishes, some of which are common."""
    rng = np.random.default_rng(seed)
    p = 0.9 ** np.arange(DISHES)
    return np.maximum(rng.multinomial(3 * n, p / p.sum()), np.repeat([2, 0], [3, DISHES - 3]))


def _commonest(x: Any, rng: np.random.Generator) -> Any:
    """Serve the commonest dish in place of 70 % of the others."""
    top, y = int(np.argmax(x)), x.copy()
    gone = rng.permutation(len(x)) < 0.7 * len(x)
    gone[top] = False
    y[gone] = 0
    y[top] += x[gone].sum()
    return y


def _dishes(x: Any, order: Any) -> Any:
    """Take dishes in that order; as many as there were, the others not served."""
    kept = np.asarray(x)[np.asarray(order, int)][: len(x)]
    return np.concatenate([kept, np.zeros(len(x) - len(kept), kept.dtype)])


COUNTS = Kind(
    _counts,
    extremes=(np.ones(DISHES, int), np.array([7, *[0] * (DISHES - 1)]), np.full(DISHES, 9)),
    few=lambda n: [1][:n],
    collapsed=_commonest,
    take=_dishes,
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


def _lists(seed: int, n: int) -> list[list[int]]:
    """Lists of 10 to 12 items by popularity, drawn with replacement: some come twice in a list."""
    rng = np.random.default_rng(seed)
    p = 1 / np.arange(3, ITEMS + 3)
    return [rng.choice(ITEMS, rng.integers(10, 13), p=p / p.sum()).tolist() for _ in range(n)]


def _bestseller(x: Any, rng: np.random.Generator) -> Any:
    """Show 70 % of the users one bestseller, over and over."""
    fallen = rng.permutation(len(x)) < 0.7 * len(x)
    best = x[int(rng.integers(len(x)))][0]
    return [[best] * len(row) if fell else row for row, fell in zip(x, fallen, strict=True)]


class _Vectors(dict[Any, Any]):
    """A vector for every item there may be."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed = seed

    def __missing__(self, item: Any) -> Any:
        return np.random.default_rng([self.seed, crc32(shown(item).encode())]).normal(size=5)


LISTS = Kind(
    _lists,
    extremes=(
        [[12 * u + j for j in range(12)] for u in range(N)],
        [[0]] * N,
        [[]] * N,
        [[], ["a"], ["a", "a", ("b", 1)], ["b"] * 12] * (N // 4),
    ),
    few=lambda n: [[1, 2, 3] * 4][:n],
    collapsed=_bestseller,
    other={
        "k": 3,
        "catalogue": 500,
        "users": 10,
        "weights": "dcg",
        "level": 0.8,
        "features": _Vectors(1),
        "seed": 5,
        "patience": 0.5,
        ("utility_k", "scores"): [[float(c % 5) for c in row] for row in _lists(3, N)],
        "groups": np.arange(N) // 4,
    },
    unbiased={"user_overlap": lambda v: v},
    needs={
        "catalogue_coverage": lambda seed, n: {"catalogue": 12 * N},
        "exposure_gini": lambda seed, n: {"catalogue": 12 * N},
        "intra_list_variety": lambda seed, n: {"features": _Vectors(0)},
    },
)


def _logprobs(seed: int, n: int) -> list[list[float]]:
    """Outputs of 1 to 12 tokens, each output more or less surprising."""
    rng = np.random.default_rng(seed)
    return [
        (-rng.exponential(rng.uniform(0.2, 1.2), rng.integers(1, 13))).tolist() for _ in range(n)
    ]


def _certain(x: Any, rng: np.random.Generator) -> Any:
    """Make 70 % of the outputs nearly certain."""
    fallen = rng.permutation(len(x)) < 0.7 * len(x)
    return [[0.1 * v for v in row] if fell else row for row, fell in zip(x, fallen, strict=True)]


LOGPROBS = Kind(
    _logprobs,
    extremes=([[0.0] * 5] * N, [[-1.0]] * N, [[-500.0, -800.0]] * N, [[]] * N, [None] * N),
    few=lambda n: [[-0.5, -1.0]][:n],
    collapsed=_certain,
    other={
        "per": "output",
        "alternatives": [[[-0.5, -1.5, -3.0] for _ in row] for row in _logprobs(3, N)],
        "groups": np.arange(N) // 4,
        "level": 0.8,
    },
)

KINDS = {
    "counts": COUNTS,
    "features": FEATURES,
    "lists": LISTS,
    "logprobs": LOGPROBS,
    "texts": TEXTS,
}
"""By what a measure takes."""
