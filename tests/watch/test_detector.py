"""The detector by its definition, its supermartingale, and when it says it began."""

from __future__ import annotations

import numpy as np

from fullmenu.watch.detector import BETS, growth, log_mean, log_total, start, step
from fullmenu.watch.since import since


def test_by_definition():
    x = np.random.default_rng(0).random(30)
    wealth = start(1)
    plain = np.zeros(len(BETS))
    for value in x:
        wealth = step(wealth, growth(np.array([value]), np.array([0.4])))
        plain = (1 + BETS / 0.4 * (value - 0.4)) * (1 + plain)
    np.testing.assert_allclose(np.exp(wealth[0]), plain, rtol=1e-12)
    np.testing.assert_allclose(np.exp(log_mean(wealth)[0]), plain.mean())
    np.testing.assert_allclose(np.exp(log_total(wealth, np.full((1, 8), 1 / 8))), plain.mean())


def test_statistic_less_time_has_no_drift():
    rng = np.random.default_rng(1)
    wealth = start(4000)
    for _ in range(25):
        wealth = step(wealth, growth(rng.random(4000) < 0.2, np.full(4000, 0.2)))
    mean = np.exp(log_mean(wealth)).mean()
    assert 20 < mean < 30


def test_unseen_steps_change_nothing():
    wealth = step(start(2), growth(np.array([0.5, np.nan]), np.array([0.2, 0.2])))
    assert np.isfinite(wealth[0]).all()
    assert (wealth[1] == -np.inf).all()


def test_since_finds_a_jump():
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.random(80) * 0.2, rng.random(15) * 0.8])
    found = since(growth(x[:, None], np.array([0.12])), np.full((1, 8), 1 / 8))
    assert abs(found.step - 80) <= 12
    assert found.low <= 80 <= found.high
