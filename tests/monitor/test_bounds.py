"""Bounds against known values and populations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, chi2

from fullmenu.monitor.bounds import (
    apart_spread,
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


def test_the_doubt_by_hand():
    # An output that repeats 3 others: 3 · ((1 + 1/√4)² − 1) = 3.75; one that repeats none counts as
    # 2: 3 · ((1 + 1/√3)² − 1). Of 14 outputs 2 more may repeat, of 56 six, of 6 none: 2k/(n(n − 1))
    for n, more in ((14, 4 / (14 * 13)), (56, 12 / (56 * 55)), (6, 0)):
        same = np.zeros((2, n))
        same[0, 1] = 3
        doubt, jump = pair_doubt(same)
        assert doubt == pytest.approx([3.75, 3 * ((1 + 1 / np.sqrt(3)) ** 2 - 1)])
        assert jump == pytest.approx([more, more])


def test_the_jackknife_of_many_prompts_at_once():
    # n = 4, one pair alike: without one of it 0 of 3 pairs, without another 1 of 3
    same = np.array([[1.0, 1, 0, 0], [0, 0, 0, 0]])
    without = np.array([0, 0, 1, 1]) / 3
    assert pair_variance(same) == pytest.approx([3 / 4 * 4 * without.mean() ** 2, 0])
    assert pair_jump(same) == pytest.approx([2 * 2 / 12] * 2)
    assert pair_jump(3 * same) == pytest.approx([2 * 3 / 12, 2 * 2 / 12])


def test_across_prompts_by_hand():
    # Ten outputs, two alike: 1/9 each. Without one of the two no pair of 36 is left, otherwise
    # one: 9/10 · (2 (0.8/36)² + 8 (0.2/36)²), raised by (1 + 1/√2)²; a jump of 2·7/90
    rates = np.r_[1 / 9, 1 / 9, np.zeros(8)]
    variance, jump = apart_spread(rates, 10)
    by_jackknife = 0.9 * (2 * (0.8 / 36) ** 2 + 8 * (0.2 / 36) ** 2)
    assert variance == pytest.approx(by_jackknife * (1 + 1 / np.sqrt(2)) ** 2)
    assert jump == pytest.approx(14 / 90)
    assert apart_spread(np.full(4, 1 / 3), 4)[1] == pytest.approx(2 / 4)  # 2·7/12, never above 2/n


def test_hoeffding_by_hand():
    # Nothing in n: (1 − m)^n = α, so m = 1 − α^(1/n). The root of n · kl = log(1/α) otherwise.
    assert hoeffding_bound(0.0, 20, 0.95) == pytest.approx(1 - 0.05 ** (1 / 20), rel=1e-12)
    m = hoeffding_bound(0.3, 40, 0.9)
    kl = 0.3 * np.log(0.3 / m) + 0.7 * np.log(0.7 / (1 - m))
    assert 40 * kl == pytest.approx(np.log(10))
    assert m > 0.3
    assert hoeffding_bound(1.0, 3) == 1
