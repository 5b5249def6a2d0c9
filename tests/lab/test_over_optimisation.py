"""The proxy's world: exact means, exact KL, and a run that is judged by its log alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fullmenu.lab.experiments.over_optimisation import EXPERIMENT, GOLD, PROXY, Gold, cell
from fullmenu.lab.runs import run


def test_the_mean_of_gold_is_exact() -> None:
    gold = Gold(3, 16, 2.0, np.random.default_rng(0))
    mu = np.array([0.5, -1.0, 0.2])
    x = np.random.default_rng(1).standard_normal((400_000, 3)) + mu
    assert gold.mean(mu[None])[0] == pytest.approx(gold.of(x).mean(), abs=0.01)
    base = np.random.default_rng(2).standard_normal((200_000, 3))
    assert gold.of(base).std() == pytest.approx(1, abs=0.02)


def test_the_same_seed_gives_the_same_run(require: Callable[..., Any]) -> None:
    require("torch")
    small = {**EXPERIMENT.settings, "steps": 60, "fitting": 20, "checkpoints": 12}
    assert cell(PROXY, 3, small) == cell(PROXY, 3, small)


def test_claims_can_fail(require: Callable[..., Any]) -> None:
    """Of a run too short to fall, the instrument does not say that it fell."""
    require("torch")
    settings = {**EXPERIMENT.settings, "steps": 20, "fitting": 20, "checkpoints": 12}
    short = replace(EXPERIMENT, settings=settings, seeds=2)
    result = run(short, workers=0)
    held = {c.says: c.holds for c in short.claims(result)}
    assert not held["the gold score peaks inside the run in at least 9 of 10 seeds"]
    assert "past the peak" not in result.verdicts(GOLD, "over-optimisation")
