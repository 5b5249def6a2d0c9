"""Do the intervals of the measures of lists and of log-probabilities hold what they promise?

Users are drawn from recommenders, and outputs from models, that are known; the figure is the share
of 95 % intervals that hold the truth, and how many samples got no number (``NotEnoughData``). For
``catalogue_coverage`` and ``exposure_gini``, which grow or fall with users, the truth is the mean
over all draws, which judges the interval and not the measure.

Run ``python benchmarks/intervals_lists.py [draws]``: a minute for 300.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from fullmenu import measures
from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from table import Table

ITEMS, K, SIZES = 400, 10, (10, 30, 100, 300)
VECTORS = dict(enumerate(np.random.default_rng(9).normal(size=(ITEMS, 4)) ** 3))
Drawn = Callable[[np.random.Generator, int], Any]


def main(draws: int = 300) -> None:
    table = Table(f"lists of {K} of {ITEMS} items: 95 % intervals that hold the truth, in the")
    table.title += " worst and the best of five recommenders"
    far = {name: draw(np.random.default_rng(0), 20_000) for name, draw in RECOMMENDERS.items()}
    for n in SIZES:
        drawn = {
            name: [draw(np.random.default_rng([1, n, i]), n) for i in range(draws)]
            for name, draw in RECOMMENDERS.items()
        }
        for kind, (f, drifts) in OF_LISTS.items():
            held = {
                name: covered(f, drawn[name], None if drifts else f(far[name]).value)
                for name in RECOMMENDERS
            }
            table.add(f"{kind}, {n} users", extremes(held))
    table.show()
    table = Table("log-probabilities: the same, in the worst and the best of four models")
    for n in SIZES[:3]:
        drawn = {
            name: [sample(np.random.default_rng([2, n, i]), n) for i in range(draws)]
            for name, (sample, _) in MODELS.items()
        }
        for kind, f in OF_LOGPROBS.items():
            held = {name: covered(f, drawn[name], MODELS[name][1][kind]) for name in MODELS}
            table.add(f"{kind}, {n} outputs", extremes(held))
    table.show()


def extremes(held: dict[str, tuple[float, int]]) -> str:
    worst = min(held, key=lambda name: held[name][0])
    best, none = max(x for x, _ in held.values()), sum(n for _, n in held.values())
    return f"{held[worst][0]:.1%} ({worst}) to {best:.1%}" + (f"; no number: {none}" * (none > 0))


def covered(
    f: Callable[[Any], Estimate], samples: list[Any], truth: float | None
) -> tuple[float, int]:
    """Share of intervals that hold the truth; and how many samples got no number."""
    found = []
    for x in samples:
        try:
            found.append(f(x))
        except NotEnoughData:
            continue
    if truth is None:
        truth = float(np.mean([e.value for e in found]))
    low, high = truth * (1 + 1e-9) + 1e-12, truth * (1 - 1e-9) - 1e-12
    held = [(e.low is None or e.low <= low) and (e.high is None or high <= e.high) for e in found]
    return float(np.mean(held)) if held else 1.0, len(samples) - len(found)


def _top(scores: Any) -> list[list[int]]:
    best = np.argpartition(-scores, K, axis=1)[:, :K]
    order = np.argsort(-np.take_along_axis(scores, best, 1), axis=1)
    return list(np.take_along_axis(best, order, 1).tolist())


def popular(rng: np.random.Generator, n: int, noise: float, leaders: float = 0.0) -> Any:
    """Zipf's law under noise; a share of users gets one and the same list."""
    scores = -np.log(np.arange(1, ITEMS + 1)) + noise * rng.gumbel(size=(n, ITEMS))
    scores[rng.random(n) < leaders] = -np.arange(ITEMS)
    return _top(scores)


def tastes(rng: np.random.Generator, n: int) -> Any:
    """Eight kinds of users, who hardly share an item."""
    p = 0.7 ** np.arange(8)
    own = rng.choice(8, n, p=p / p.sum())
    scores = rng.gumbel(size=(n, ITEMS)) + 4.0 * (np.arange(ITEMS) % 8 == own[:, None])
    return _top(scores)


RECOMMENDERS: dict[str, Drawn] = {
    "bestsellers": partial(popular, noise=0.5),
    "Zipf": partial(popular, noise=1.0),
    "nearly even": partial(popular, noise=8.0),
    "half get one list": partial(popular, noise=2.0, leaders=0.5),
    "kinds of users": tastes,
}
OF_LISTS: dict[str, tuple[Callable[[Any], Estimate], bool]] = {
    "user_overlap": (measures.user_overlap, False),
    "effective_items": (measures.effective_items, False),
    "effective_items, dcg": (partial(measures.effective_items, weights="dcg"), False),
    "intra_list_variety": (partial(measures.intra_list_variety, features=VECTORS), False),
    "catalogue_coverage": (partial(measures.catalogue_coverage, catalogue=ITEMS), True),
    "aggregate_diversity of 5": (partial(measures.aggregate_diversity, users=5), False),
    "exposure_gini": (partial(measures.exposure_gini, catalogue=ITEMS), True),
    "exposure_gini, dcg": (partial(measures.exposure_gini, catalogue=ITEMS, weights="dcg"), True),
}

VOCABULARY, TOP = 40, 5


def tables(spread: float, states: int) -> Any:
    """Next-token distributions, one a state, peaked more or less."""
    rng = np.random.default_rng(7)
    logits = (
        rng.normal(size=(states, VOCABULARY)) * np.linspace(spread, 3 * spread, states)[:, None]
    )
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))


def outputs(rng: np.random.Generator, n: int, table: Any, prompts: bool, mean: float) -> Any:
    """Outputs whose tokens come from their state's table; its state is its prompt's, or its own."""
    states = len(table)
    groups = np.arange(n) // 5 if prompts else None
    own = rng.integers(states, size=n if groups is None else int(groups.max()) + 1)
    own = own if groups is None else own[groups]
    rows, tops = [], []
    for state in own.tolist():
        size = 1 + rng.poisson(mean)
        chosen = rng.choice(VOCABULARY, size, p=np.exp(table[state]))
        rows.append(table[state][chosen])
        tops.append([np.sort(table[state])[::-1][:TOP]] * size)
    return rows, tops, groups


def _truths(table: Any, mean: float) -> dict[str, float]:
    p = np.exp(table)
    entropy = float(-(p * table).sum(1).mean())
    repeats = (p**2).sum(1)  # a length of s tokens has probability Poisson(s − 1); p ignores it
    return {
        "surprisal, token": entropy,
        "surprisal, output": entropy * (1 + mean),
        "perplexity": float(np.exp(entropy)),
        "token_entropy": entropy,
        "collision_probability": float((repeats * np.exp(mean * (repeats - 1))).mean()),
    }


def _model(spread: float, prompts: bool, mean: float) -> tuple[Drawn, dict[str, float]]:
    table = tables(spread, 30)
    return partial(outputs, table=table, prompts=prompts, mean=mean), _truths(table, mean)


MODELS = {
    "short answers": _model(2.0, False, 1.0),
    "long answers": _model(1.0, False, 30.0),
    "short, by prompt": _model(2.0, True, 1.0),
    "long, by prompt": _model(1.0, True, 30.0),
}
OF_LOGPROBS: dict[str, Callable[[Any], Estimate]] = {
    "surprisal, token": lambda x: measures.surprisal(x[0], groups=x[2]),
    "surprisal, output": lambda x: measures.surprisal(x[0], per="output", groups=x[2]),
    "perplexity": lambda x: measures.perplexity(x[0], groups=x[2]),
    "token_entropy": lambda x: measures.token_entropy(x[0], x[1], groups=x[2]),
    "collision_probability": lambda x: measures.collision_probability(x[0], groups=x[2]),
}


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
