"""Streams for the benchmarks of ``watch``: simulated text, real text reshuffled, and baselines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.samples import Record, Samples
from fullmenu.views import registry
from fullmenu.views.registry import View
from fullmenu.watch import Visit

Floats = NDArray[np.float64]

_OPENINGS = (
    "I would suggest", "How about", "You could try", "My pick is", "Consider", "Tonight:",
    "Let us have", "A good choice is", "Why not", "Perhaps", "I recommend", "Go for",
)  # fmt: skip
_WAYS = (
    "braised",
    "roasted",
    "smoked",
    "pickled",
    "grilled",
    "baked",
    "fried",
    "stewed",
    "raw",
    "poached",
)
_MAINS = (
    "lentils",
    "trout",
    "aubergine",
    "noodles",
    "beef",
    "mushrooms",
    "chickpeas",
    "duck",
    "spinach",
    "tomatoes",
    "potatoes",
    "salmon",
    "rice",
    "barley",
    "cabbage",
    "pumpkin",
    "beans",
    "lamb",
    "tofu",
    "mussels",
)
_SIDES = (
    "warm bread",
    "green salad",
    "pickled onions",
    "brown butter",
    "a soft egg",
    "lemon and dill",
    "black olives",
    "toasted seeds",
    "sour cream",
    "white wine",
    "fresh figs",
    "crisp bacon",
    "sesame oil",
    "garlic yoghurt",
    "mint tea",
    "red cabbage",
    "horseradish",
    "orange peel",
    "capers",
    "walnut sauce",
)
_CLOSINGS = (
    "and enjoy it slowly", "for two or three guests", "before the cold comes", "as my aunt did",
    "on the good plates", "with the window open", "while it is hot", "and keep some for later",
    "after a long walk", "under the apple tree", "without any hurry", "with music on",
)  # fmt: skip
DISHES = np.array([f"{w} {m}" for w in _WAYS for m in _MAINS], object)


class Kitchen:
    """A model that answers some prompts: each prompt has its own menu, unequal in variety.

    Texts have nine to twelve words: opening, dish, side, closing, each drawn anew, so that
    hardly any text comes twice.

    Parameters
    ----------
    prompts
        How many.
    spread
        Dish number i has the weight 1/(i + 1)^exponent, exponents even in this range by prompt.
    """

    def __init__(self, prompts: int, spread: tuple[float, float] = (0.4, 1.4), seed: int = 1):
        rng = np.random.default_rng(seed)
        self.prompts = prompts
        self.menus = np.stack([rng.permutation(len(DISHES))[:40] for _ in range(prompts)])
        weights = 1 / np.arange(1, 41) ** np.linspace(*spread, prompts)[:, None]
        self.shares = weights / weights.sum(axis=1, keepdims=True)
        self.edges = self.shares.cumsum(axis=1)

    def texts(
        self, prompts: Any, rng: np.random.Generator, takeover: float = 0.0, dishes: int = 1
    ) -> list[str]:
        """One output for each prompt; ``takeover`` of them are one of its first few dishes."""
        p = np.asarray(prompts)
        n = len(p)
        pick = (rng.random(n)[:, None] > self.edges[p]).sum(axis=1).clip(max=39)
        pick = np.where(rng.random(n) < takeover, rng.integers(0, dishes, n), pick)
        parts = zip(
            rng.integers(0, len(_OPENINGS), n).tolist(), DISHES[self.menus[p, pick]].tolist(),
            rng.integers(0, len(_SIDES), n).tolist(), rng.integers(0, len(_CLOSINGS), n).tolist(),
            strict=True,
        )  # fmt: skip
        return [f"{_OPENINGS[o]} {d} with {_SIDES[s]}, {_CLOSINGS[c]}." for o, d, s, c in parts]

    def log(self, each: int, rng: np.random.Generator) -> Samples:
        """A log of so many outputs of each prompt."""
        texts = self.texts(np.repeat(np.arange(self.prompts), each), rng)
        return Samples.from_records(
            Record(t, f"Guest {i // each} asks", f"p{i // each}") for i, t in enumerate(texts)
        )

    def visits(
        self,
        order: Any,
        each: int,
        rng: np.random.Generator,
        takeover: float = 0.0,
        dishes: int = 1,
    ) -> list[Visit]:
        """Visits of these prompts, in this order."""
        texts = self.texts(np.repeat(order, each), rng, takeover, dishes)
        return [
            Visit(f"p{p}", tuple(texts[i * each : (i + 1) * each]), f"Guest {p} asks")
            for i, p in enumerate(np.asarray(order).tolist())
        ]


def cached(names: Sequence[str], logs: Sequence[Samples]) -> list[View]:
    """Views that make the features of these logs once, and look them up afterwards."""
    found = []
    for view in (registry.get(name) for name in names):
        index: dict[Any, int] = {}
        for log in logs:
            for key in zip(log.outputs, log.prompts, strict=True):
                index.setdefault(key, len(index))
        texts, asked = zip(*index, strict=True)
        rows = view.rows(list(texts), list(asked))

        def look(
            t: Sequence[str], p: Sequence[str | None],
            rows: Any = rows, index: Any = index, made: View = view,
        ):  # fmt: skip
            keys = list(zip(t, p, strict=True))
            known = all(key in index for key in keys)
            return rows[[index[key] for key in keys]] if known else made.rows(t, p)

        found.append(replace(view, rows=look))
    return found


def split(log: Samples, k: int, rng: np.random.Generator) -> tuple[Samples, Samples]:
    """Return k random outputs of each prompt, and the others."""
    groups = log.groups
    order = np.lexsort((rng.random(len(groups)), groups))
    rank = np.arange(len(groups)) - np.searchsorted(groups[order], groups[order])
    return log.take(np.sort(order[rank < k])), log.take(np.sort(order[rank >= k]))


def in_visits(log: Samples, size: int, rng: np.random.Generator) -> list[Visit]:
    """Visits of this many outputs, prompts in random order."""
    by_prompt: dict[str, list[int]] = {}
    ids = log.table.column("prompt_id").to_pylist()
    for i in rng.permutation(len(log)).tolist():
        by_prompt.setdefault(ids[i], []).append(i)
    runs = [r[a : a + size] for r in by_prompt.values() for a in range(0, len(r) - size + 1, size)]
    outputs, prompts, models = log.outputs, log.prompts, log.table.column("model").to_pylist()
    return [
        Visit(ids[r[0]], tuple(outputs[i] for i in r), prompts[r[0]], models[r[0]])
        for r in (runs[k] for k in rng.permutation(len(runs)).tolist())
    ]


def values_of(readings: Sequence[Any]) -> Floats:
    """What visits showed, (visits, streams)."""
    return np.stack([r.values for r in readings])


def cusum(x: Floats, middle: float) -> Floats:
    """Page's CUSUM of x above ``middle``, along the last axis: its running value."""
    s = np.cumsum(x - middle, axis=-1)
    zero = np.zeros((*s.shape[:-1], 1))
    return s - np.minimum.accumulate(np.concatenate([zero, s], axis=-1), axis=-1)[..., :-1].clip(
        max=0
    )


def first_at(x: Floats, level: float) -> NDArray[np.int64]:
    """First step, counted from 1, at which each row reaches a level; one past the end if never."""
    hit = x >= level
    return np.where(hit.any(axis=-1), hit.argmax(axis=-1) + 1, x.shape[-1] + 1)


def e_detector(x: Floats, m0: Any, bets: Floats, means: Floats | None = None) -> Floats:
    """The detector of one stream, many rows at once: log of its statistic, (rows, steps).

    ``means``, (rows, steps, bets): what every bet holds each visit's prompt against.
    """
    wealth = np.full((len(x), len(bets)), -np.inf)
    found = np.empty(x.shape)
    for t in range(x.shape[1]):
        apart = (x[:, t] - m0)[:, None] if means is None else x[:, t, None] - means[:, t]
        wealth = np.log1p(bets * apart / np.reshape(m0, (-1, 1))) + np.logaddexp(0.0, wealth)
        top = wealth.max(axis=1)
        found[:, t] = top + np.log(np.exp(wealth - top[:, None]).mean(axis=1))
    return found
