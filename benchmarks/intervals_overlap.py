"""Do the intervals of the overlap measures hold what they promise?

Samples are drawn from three kitchens: Zipf's words alone, templates with random words after them,
and templates that a third of the outputs repeat word for word. By prompt, two of three outputs of a
prompt follow its own template. The truth is the mean over all samples drawn; ``wide`` is the mean
width of the intervals over that of an ideal one (2 × 1.96 standard deviations of the value).
The samples of "copies" hold a few texts that are served over and over: the hardest for a mean over
pairs.

Run ``python benchmarks/intervals_overlap.py [draws]``: about a minute and a half for 200.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from fullmenu import measures
from fullmenu.estimate import Estimate
from table import Table

KITCHENS = {"words alone": (0.0, 0.0), "templates": (1.0, 0.0), "copies": (1.0, 0.33)}
"""Share of outputs that follow a template; share of outputs without words of their own."""

TEMPLATES = 0.7 ** np.arange(12) / (0.7 ** np.arange(12)).sum()

MEASURES: dict[str, Callable[..., Estimate]] = {
    "self_bleu": measures.self_bleu,
    "self_bleu, corpus": partial(measures.self_bleu, variant="corpus"),
    "self_bleu, size 10": partial(measures.self_bleu, size=10),
    "homogenization_bleu": measures.homogenization_bleu,
    "homogenization_bleu, pairs = 3n": measures.homogenization_bleu,
    "homogenization_rouge_l": measures.homogenization_rouge_l,
    "homogenization_rouge_l, pairs = 3n": measures.homogenization_rouge_l,
}


def main(draws: int = 200) -> int:
    """Print the table; return how many intervals cover less than 90 %."""
    table = Table(f"coverage of 95 % intervals, {draws} samples each")
    missed = 0
    for kitchen, n, by_prompt in _designs():
        where = f"{kitchen}, {n} {'in prompts of 4' if by_prompt else 'alone'}"
        groups = np.repeat(np.arange(n // 4), 4) if by_prompt else None
        rng = np.random.default_rng(1)
        samples = [_texts(rng, n, groups, *KITCHENS[kitchen]) for _ in range(draws)]
        for name, f in MEASURES.items():
            more = {"pairs": 3 * n} if "3n" in name else {}
            found = [f(texts, groups=groups, **more) for texts in samples]
            held, wide = _judged(found)
            table.add(f"{name}: {where}", f"{held:.1%}, {wide:.2f} wide", ">= 90 %", held >= 0.9)
            missed += held < 0.9
    table.show()
    return missed


def _designs() -> Iterator[tuple[str, int, bool]]:
    for kitchen in KITCHENS:
        yield kitchen, 40, False
    yield "copies", 120, False
    yield "templates", 120, True


def _judged(found: list[Estimate]) -> tuple[float, float]:
    values = np.array([e.value for e in found])
    truth = values.mean()
    held = [(e.low or 0.0) <= truth and (e.high is None or truth <= e.high) for e in found]
    width = np.mean([(1.0 if e.high is None else e.high) - (e.low or 0.0) for e in found])
    return float(np.mean(held)), float(width / (2 * 1.96 * values.std()))


def _texts(rng: Any, n: int, groups: Any, templated: float, copied: float) -> list[str]:
    p = 1 / np.arange(1, 301)
    kinds = rng.choice(12, n, p=TEMPLATES)
    longer = rng.integers(0, 8, n)
    if groups is not None:
        own = rng.choice(12, groups.max() + 1, p=TEMPLATES)[groups]
        kinds = np.where(rng.random(n) < 2 / 3, own, kinds)
        longer = rng.integers(0, 8, groups.max() + 1)[groups]
    follows, bare = rng.random(n) < templated, rng.random(n) < copied
    words = [rng.choice(300, 25 + extra, p=p / p.sum()) for extra in longer]
    return [
        " ".join(
            [
                *([f"here {k} begins story number {k} of {k + 7}"] if follow else []),
                *([] if alone else [f"w{i}" for i in some]),
            ]
        )
        for k, follow, alone, some in zip(kinds, follows, bare, words, strict=True)
    ]


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:])), 1))
