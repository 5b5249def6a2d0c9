"""Do the intervals of the text measures, and of those of classes, hold what they promise?

Outputs are drawn from twelve templates with words by Zipf's law, each output by itself or four to a
prompt that has a template of its own; the figure is the share of 95 % intervals that hold the mean
over all samples. That judges the interval, not the measure: where a measure drifts with the size of
the sample, the interval is for samples of this size. For measures of classes the prompts' menus are
drawn, and the truth is the mean over menus.

Run ``python benchmarks/intervals_texts.py [draws]``: about two minutes for 200.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from fullmenu import measures
from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from table import Table

LEAST = 0.90
ASKED: dict[str, list[dict[str, Any]]] = {
    "distinct_n": [{"words": 500}, {"words": "all"}, {"words": "all", "n": (1, 2, 3, 4, 5)}],
    "expectation_adjusted_distinct": [{}],
    "ngram_diversity": [{"words": 500}, {"words": "all"}],
    "self_repetition": [{}],
    "ngram_cosine": [{}],
    "templates": [{}],
    "mtld": [{}],
    "mattr": [{"window": 20}],
    "hdd": [{"draws": 20}],
    "novelty": [{}, {"reference_size": 10}],
    "compression_ratio": [{"variant": "gzip"}],
}
FRAMES = (
    "here is a {0} that you may like {0}",
    "once upon a time there was a {0} in the {0}",
    "it is one of the best {0} of all",
    "in the {0} of the {0} we can see how",
    "sure I can tell you about the {0}",
    "the {0} is what makes it so {0}",
)


def main(draws: int = 200) -> int:
    table = Table(f"Coverage of 95 % intervals, {draws} samples")
    missed = 0
    for clustered in (False, True):
        for n in (40, 100):
            for what, held in _of_texts(n, clustered, draws).items():
                reached = held >= LEAST
                missed += not reached
                where = f"n={n}, {'four to a prompt' if clustered else 'alone'}"
                table.add(f"{what}, {where}", f"{held:.1%}", f">= {LEAST:.0%}", reached)
    for prompts in (20, 100):
        for what, held in _of_classes(prompts, 5 * draws).items():
            missed += held < LEAST
            table.add(f"{what}, {prompts} prompts", f"{held:.1%}", f">= {LEAST:.0%}", held >= LEAST)
    table.show()
    return missed


def _of_texts(n: int, clustered: bool, draws: int) -> dict[str, float]:
    rng = np.random.default_rng([n, clustered])
    groups = np.repeat(np.arange(n // 4), 4) if clustered else None
    reference = _texts(np.random.default_rng(0), 60, None)
    found: dict[str, list[Estimate]] = {}
    for _ in range(draws):
        texts = _texts(rng, n, groups)
        for name, ways in ASKED.items():
            for options in ways:
                more = {"reference": reference, **options} if name == "novelty" else options
                said = "".join(f" {key}={value}" for key, value in options.items())
                try:
                    e = getattr(measures, name)(texts, groups=groups, **more)
                except NotEnoughData:
                    continue
                found.setdefault(name + said, []).append(e)
    return {name: _held(es, float(np.mean([e.value for e in es]))) for name, es in found.items()}


def _of_classes(prompts: int, draws: int) -> dict[str, float]:
    rng = np.random.default_rng(prompts)
    found: dict[str, list[Estimate]] = {
        "distinct_k k=10": [],
        "distinct_k k=5": [],
        "utility_k": [],
    }
    for _ in range(draws):
        lists = [_classes(rng) for _ in range(prompts)]
        scores = [np.clip(rng.normal(5, 2, len(row)), 1, 10).tolist() for row in lists]
        found["distinct_k k=10"].append(measures.distinct_k(lists))
        found["distinct_k k=5"].append(measures.distinct_k(lists, 5))
        found["utility_k"].append(measures.utility_k(lists, scores))
    return {name: _held(es, float(np.mean([e.value for e in es]))) for name, es in found.items()}


def _held(estimates: list[Estimate], truth: float) -> float:
    return float(
        np.mean(
            [
                (e.low is None or e.low <= truth) and (e.high is None or truth <= e.high)
                for e in estimates
            ]
        )
    )


def _classes(rng: Any) -> list[int]:
    """Ten answers to one prompt, whose menu is short or long."""
    dishes = int(rng.integers(1, 15))
    found: list[int] = rng.choice(dishes, 10, p=rng.dirichlet(np.ones(dishes))).tolist()
    return found


MENU = 0.7 ** np.arange(12) / (0.7 ** np.arange(12)).sum()


def _texts(rng: Any, n: int, groups: Any) -> list[str]:
    p = 1 / np.arange(1, 301)
    p /= p.sum()
    if groups is None:
        kinds, longer = rng.choice(12, n, p=MENU), rng.integers(0, 8, n)
    else:  # two of three outputs of a prompt follow its own template
        own = rng.choice(12, groups.max() + 1, p=MENU)[groups]
        kinds = np.where(rng.random(n) < 2 / 3, own, rng.choice(12, n, p=MENU))
        longer = rng.integers(0, 8, groups.max() + 1)[groups]
    return [
        FRAMES[k % 6].format(f"thing{k}")
        + " "
        + " ".join(f"w{i}" for i in rng.choice(300, 25 + extra, p=p))
        for k, extra in zip(kinds, longer, strict=True)
    ]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
