"""Logs for the watch: each prompt has twenty dishes of its own, or only a few of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fullmenu.samples import Samples
from fullmenu.watch import Baseline, Visit

NAMES = [f"{a}{b}{c}" for a in "bdfgklmprs" for b in "aeiou" for c in ("nt", "sk", "lm", "rp")]


@pytest.fixture(scope="session")
def cook() -> Callable[..., list[Visit]]:
    """Visits of prompts drawn at random: ``cook(n, dishes=…, each=…, seed=…)``."""

    def cook(n, *, dishes=20, each=4, seed=0, prompts=25, model=None, order=None):
        rng = np.random.default_rng(seed)
        asked = rng.integers(0, prompts, n) if order is None else np.asarray(order)
        menus = [np.random.default_rng(p).permutation(len(NAMES))[:20] for p in range(prompts)]
        return [
            Visit(
                f"q{p}",
                tuple(f"{NAMES[menus[p][d]]} stew" for d in rng.integers(0, dishes, each)),
                f"Question {p}",
                model,
            )
            for p in asked.tolist()
        ]

    return cook


@pytest.fixture(scope="session")
def log(cook) -> Samples:
    """Ten outputs of each of 25 prompts."""
    visits = cook(0, order=np.arange(25), each=10, seed=99)
    return Samples.of({v.prompt_id: v.outputs for v in visits})


@pytest.fixture(scope="session")
def baseline(log) -> Baseline:
    return Baseline.fit(log, views=["phrasing"])
