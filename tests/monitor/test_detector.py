"""The detector by its definition, its supermartingale, and when it says it began."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.monitor.detector import BETS, bets, growth, log_total, start, step
from fullmenu.monitor.onset import date_onset


def test_by_definition():
    x = np.random.default_rng(0).random(30)
    wealth = start(1)
    plain = np.zeros(len(BETS))
    for value in x:
        wealth = step(wealth, growth(np.array([value]), np.array([0.4])))
        plain = (1 + BETS / 0.4 * (value - 0.4)) * (1 + plain)
    np.testing.assert_allclose(np.exp(wealth[0]), plain, rtol=1e-12)
    np.testing.assert_allclose(
        np.exp(log_total(wealth, np.full((1, 8), np.log(1 / 8)))), plain.mean()
    )


def test_statistic_less_time_has_no_drift():
    rng = np.random.default_rng(1)
    wealth = start(4000)
    for _ in range(25):
        wealth = step(wealth, growth(rng.random(4000) < 0.2, np.full(4000, 0.2)))
    mean = np.exp(wealth).mean()
    assert 20 < mean < 30


def test_unseen_steps_change_nothing():
    wealth = step(start(2), growth(np.array([0.5, np.nan]), np.array([0.2, 0.2])))
    assert np.isfinite(wealth[0]).all()
    assert (wealth[1] == -np.inf).all()


def test_since_finds_a_jump():
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.random(80) * 0.2, rng.random(15) * 0.8])
    found = date_onset(x, 0.1, 0.01)
    assert abs(found.step - 80) <= 6
    assert found.low <= 80 <= found.high


def test_since_passes_over_what_was_not_seen():
    x = np.array([0.1, 0.12, np.nan, 0.08, np.nan, 0.5, 0.52, 0.49])
    assert date_onset(x, 0.1, 0.01).step == 5
    assert date_onset(np.array([np.nan, 0.3]), 0.1, 0.01) == (1, 1, 1)


def test_a_small_rise_is_dated_with_a_wide_range():
    rng = np.random.default_rng(3)
    held, wide = 0, []
    for _ in range(60):
        x = np.concatenate([rng.normal(0.1, 0.1, 100), rng.normal(0.14, 0.1, 80)])
        found = date_onset(x, rng.normal(0.1, 0.003), 0.003)
        held += found.low <= 100 <= found.high
        wide.append(found.high - found.low)
    assert held >= 51
    assert np.median(wide) < 150


def test_bets_suit_the_run_length():
    for a in (2, 100, 1000, 1e5, 1e9):
        each = bets(a)
        assert len(each) == 8
        assert BETS[0] <= each[0] < each[-1] == 0.9


def test_where_nothing_can_be_detected_the_statistic_stays_at_nothing():
    wealth = step(start(2), np.zeros((2, 8)))
    assert log_total(wealth, np.full((2, 8), -np.inf)) == -np.inf


def test_the_bets_by_hand():
    # √(log 1000/1000) = .0831; from there to .9 in seven equal ratios. From A = 2.6e4 on it is .02.
    low = np.sqrt(np.log(1000) / 1000)
    np.testing.assert_allclose(bets(1000), low * (0.9 / low) ** (np.arange(8) / 7))
    np.testing.assert_allclose(BETS, 0.02 * 45 ** (np.arange(8) / 7))
    assert bets(25_000)[0] > bets(27_000)[0] == BETS[0]


def test_growth_by_hand():
    # X = .3 against m₀ = .1 doubles a bet, X = 0 loses it: log(1 + 2b), log(1 − b)
    found = growth(np.array([0.3, 0.0]), np.array([0.1, 0.1]))
    np.testing.assert_allclose(np.exp(found), [1 + 2 * BETS, 1 - BETS])
    one = growth(np.array([0.3]), np.array([0.1]), np.array([0.5]))
    np.testing.assert_allclose(np.exp(one), [[2.0]])


def test_the_total_by_hand():
    # wealth 1 … 16 in two channels; half the weight on the fourth, a quarter on the last: 2 + 4
    wealth = np.log(np.arange(1.0, 17).reshape(2, 8))
    weights = np.full((2, 8), -np.inf)
    weights[0, 3], weights[1, 7] = np.log([0.5, 0.25])
    assert np.exp(log_total(wealth, weights)) == pytest.approx(6)
    assert log_total(wealth + 800, weights) == pytest.approx(800 + np.log(6))


def test_nothing_seen_is_nothing():
    assert start(3).shape == (3, 8)
    assert log_total(start(2), np.full((2, 8), np.log(1 / 16))) == -np.inf
