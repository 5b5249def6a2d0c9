"""Bounds against known values and populations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, chi2

from fullmenu.watch.bounds import (
    gamma_bound,
    hoeffding_bound,
    pair_doubt,
    pair_jump,
    pair_variance,
    strata_spread,
)


def test_a_poisson_count_gets_garwoods_limit():
    for count in (0, 3, 40):
        exact = chi2.ppf(0.99, 2 * (count + 1)) / 2
        assert gamma_bound(count / 1000, count / 1e6, 1 / 1000) == pytest.approx(exact / 1000)


def test_never_below_the_estimate_never_above_one():
    assert gamma_bound(0.9, 0.2, 0.5) == 1
    assert gamma_bound(0.3, 0.0, 1e-9) >= 0.3


def test_hoeffding_covers_a_share():
    bounds = np.array([hoeffding_bound(k / 50, 50, 0.95) for k in range(51)])
    for p in (0.05, 0.3, 0.8):
        missed = binom.pmf(np.arange(51), 50, p)[bounds < p].sum()
        assert missed <= 0.05


def test_jackknife_by_hand():
    table = np.array([[0, 1, 0], [1, 0, 0.5], [0, 0.5, 0]])
    without = np.array([0.5, 0.0, 1.0])  # the pair that is left
    expected = 2 / 3 * ((without - without.mean()) ** 2).sum()
    assert pair_variance(table.sum(axis=1)) == pytest.approx(expected)
    assert pair_jump(table.sum(axis=1)) == pytest.approx(2 * 2 / 6)


def test_prompts_alike_share_the_doubt_and_one_alone_bears_it():
    n = 50
    even = [np.full(n, x) for x in (1e-3, 0.02, 0.8, 0.01)]
    alone = [np.where(np.arange(n) == 0, 1e-3, 0.0), *even[1:]]
    weights = np.full(n, 1 / n)
    variance, jump = strata_spread(*even, weights)
    assert variance == pytest.approx(1e-3 / n * (1 + 0.8 / n))
    assert jump == pytest.approx((0.02 + 0.01 / np.sqrt(n)) / n)
    variance, jump = strata_spread(*alone, weights)
    assert variance == pytest.approx(1e-3 / n**2 * 1.8)
    assert jump == pytest.approx(0.03 / n)
    variance, jump = strata_spread(np.zeros(n), *even[1:], weights)
    assert (variance, jump) == (0, pytest.approx(0.03 / n))


def test_the_bound_covers_where_one_prompt_carries_the_rate():
    rng, each, share, covered = np.random.default_rng(0), 40, 0.2, 0
    for _ in range(300):
        served = rng.random((1, each)) < share
        same = np.zeros((10, each))
        same[0] = np.where(served, served.sum() - 1, 0)
        spread = strata_spread(
            pair_variance(same), pair_jump(same), *pair_doubt(same), np.full(10, 0.1)
        )
        rate = same.sum() / (10 * each * (each - 1))
        covered += gamma_bound(rate, *spread) >= share**2 / 10
    assert covered >= 292
