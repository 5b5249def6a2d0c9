"""Do the intervals of the kernel measures hold what they promise?

Samples are drawn from kitchens: dishes as unit vectors at right angles, or as clouds around them,
tight or wide, so that no two outputs are alike. Most of these measures grow or fall with n, and
their intervals are for the expected value at this n: the truth is the mean over all samples drawn.
The figure is the share of 95 % intervals that hold it.

Run ``python benchmarks/intervals_kernels.py [draws]``: a minute or two for 200.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from fullmenu import measures
from table import Table

INF = float("inf")
MEASURES: dict[str, Callable[[Any, int], Any]] = {
    "vendi, order 0": lambda x, seed: measures.vendi(x, 0),
    "vendi, order 0.5": lambda x, seed: measures.vendi(x, 0.5),
    "vendi, order 1": lambda x, seed: measures.vendi(x),
    "vendi, order 2": lambda x, seed: measures.vendi(x, 2),
    "vendi, order inf": lambda x, seed: measures.vendi(x, INF),
    "vendi, size=15": lambda x, seed: measures.vendi(x, size=15, seed=seed),
    "truncated_vendi, rank=5": lambda x, seed: measures.truncated_vendi(x, rank=5),
    "vendi_fourier, r=64": lambda x, seed: measures.vendi_fourier(x, frequencies=64, seed=seed),
    "effective_rank": lambda x, seed: measures.effective_rank(x),
    "leinster_cobbold, order 0": lambda x, seed: measures.leinster_cobbold(x, 0),
    "leinster_cobbold, order 1": lambda x, seed: measures.leinster_cobbold(x),
    "leinster_cobbold, order 2": lambda x, seed: measures.leinster_cobbold(x, 2),
    "leinster_cobbold, order inf": lambda x, seed: measures.leinster_cobbold(x, INF),
    "leinster_cobbold, squared": lambda x, seed: measures.leinster_cobbold(x, similarity="squared"),
    "mean_pairwise_distance": lambda x, seed: measures.mean_pairwise_distance(x),
    "mean_pairwise, euclidean": lambda x, seed: measures.mean_pairwise_distance(x, "euclidean"),
    "homogenization_embedding": lambda x, seed: measures.homogenization_embedding(x),
    "chamfer": lambda x, seed: measures.chamfer(x),
    "chamfer, size=15": lambda x, seed: measures.chamfer(x, size=15),
}
SIZES = (20, 60, 200)


def kitchens() -> dict[str, Callable[[Any, int], Any]]:
    """Return how to draw n unit rows from each kitchen."""
    geometric = 0.7 ** np.arange(30) / (0.7 ** np.arange(30)).sum()
    zipf = 1 / np.arange(1, 201) / (1 / np.arange(1, 201)).sum()
    return {
        "geometric": _dishes(geometric),
        "ten alike": _dishes(np.ones(10) / 10),
        "Zipf, 200": _dishes(zipf),
        "tight clouds": _clouds(geometric, 24, 0.3),
        "wide clouds": _clouds(np.ones(5) / 5, 200, 2.0),
    }


def _dishes(p: Any) -> Callable[[Any, int], Any]:
    return lambda rng, n: np.eye(len(p))[rng.choice(len(p), n, p=p)]


def _clouds(p: Any, d: int, noise: float) -> Callable[[Any, int], Any]:
    centres = np.random.default_rng(7).normal(size=(len(p), d))

    def draw(rng: Any, n: int) -> Any:
        x = centres[rng.choice(len(p), n, p=p)] + noise * rng.normal(size=(n, d))
        return x / np.linalg.norm(x, axis=1, keepdims=True)

    return draw


def main(draws: int = 200) -> None:
    for kitchen, draw in kitchens().items():
        t = Table(f"{kitchen}: coverage of 95 % intervals at n = {SIZES}, {draws} samples")
        for name, f in MEASURES.items():
            t.add(name, "  ".join(f"{_covered(f, draw, n, draws):6.1%}" for n in SIZES))
        t.show()


def _covered(f: Any, draw: Any, n: int, draws: int) -> float:
    rng = np.random.default_rng(1)
    found = [f(draw(rng, n), seed) for seed in range(draws)]
    truth = float(np.mean([e.value for e in found]))
    held = [
        (e.low is None or e.low <= truth + 1e-9) and (e.high is None or truth <= e.high + 1e-9)
        for e in found
    ]
    return float(np.mean(held))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
