"""Bounds against known values and populations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, chi2

from fullmenu.watch.bounds import gamma_bound, hoeffding_bound, pair_jump, pair_variance


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
