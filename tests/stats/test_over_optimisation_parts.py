"""A run cut into parts: by hand, and against numpy's polynomials and scipy's distributions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chi2, f, t

from fullmenu.estimate import Estimate
from fullmenu.stats.over_optimisation import Checkpoints, _size, noise


def run(y, d=None, w=None, runs=None, variance=None) -> Checkpoints:
    y = np.asarray(y, float)
    d = np.arange(len(y), dtype=float) if d is None else np.asarray(d, float)
    w = np.ones_like(y) if w is None else np.asarray(w, float)
    return Checkpoints(
        d, y, w, np.zeros(len(y), int) if runs is None else np.asarray(runs), variance
    )


def test_five_parts_in_the_order_of_distance() -> None:
    of = run(np.arange(12), d=np.arange(12)[::-1])
    assert [[*p] for p in of.rows[0]] == [[11, 10, 9], [8, 7, 6], [5, 4], [3, 2], [1, 0]]
    assert of.count == 5


def test_a_part_holds_two_checkpoints_at_least() -> None:
    assert [len(p) for p in run(np.arange(7)).rows[0]] == [3, 2, 2]
    assert run(np.arange(9)).count == 4


def test_runs_are_cut_alike() -> None:
    # ten checkpoints are five parts, six are three: the first two and the last of each
    of = run(np.arange(16), runs=[0] * 10 + [1] * 6)
    assert [[*p] for p in of.rows[0]] == [[0, 1], [2, 3], [8, 9]]
    assert [[*p] for p in of.rows[1]] == [[10, 11], [12, 13], [14, 15]]


def test_a_change_where_the_variance_is_known() -> None:
    # weighted means (1·0 + 3·4)/4 = 3 and (2·10 + 2·14)/4 = 12; s.e. √(9 (1/4 + 1/4))
    y = [0, 4, 1, 2, 3, 4, 5, 6, 10, 14]
    of = run(y, w=[1, 3, 1, 1, 1, 1, 1, 1, 2, 2], variance=9.0)
    e = of.change(0, 4, 0.95)
    assert (e.value, e.n) == (9, 10)
    assert e.high - e.value == pytest.approx(1.959964 * math.sqrt(4.5), rel=1e-6)
    assert e.value - e.low == pytest.approx(e.high - e.value)
    assert e.level == 0.95


def test_a_change_where_a_polynomial_leaves_the_noise() -> None:
    rng = np.random.default_rng(0)
    y, w = rng.normal(size=40).cumsum(), rng.uniform(0.5, 2, 40)
    e = run(y, w=w).change(1, 3, 0.9)
    place = np.linspace(-1, 1, 40)
    fitted = np.polynomial.Polynomial.fit(place, y, 5, w=np.sqrt(w))
    variance, inflation, df = noise((y - fitted(place)) * np.sqrt(w), 6, float(w @ y**2))
    assert inflation > 1
    se = math.sqrt(variance * inflation * (1 / w[8:16].sum() + 1 / w[24:32].sum()))
    assert e.high - e.low == pytest.approx(2 * t.ppf(0.95, df) * se)


def test_a_short_run_is_smoothed_less() -> None:
    y = np.array([0.0, 1, 0, 2, 1, 3, 2, 5])  # eight: a cubic, four coefficients
    residuals, k = run(y)._smoothed(np.arange(8))
    place = np.linspace(-1, 1, 8)
    assert residuals == pytest.approx(y - np.polynomial.Polynomial.fit(place, y, 3)(place))
    assert k == 4


def test_runs_show_their_own_spread() -> None:
    # changes 3, 4, 8 of three runs of two parts: mean 5, s.d. √7, s.e. √(7/3), two df
    y = [0, 0, 3, 3, 1, 1, 5, 5, 0, 2, 9, 9]
    e = run(y, d=[0, 1, 2, 3] * 3, runs=np.repeat([0, 1, 2], 4)).change(0, 1, 0.95)
    half = t.ppf(0.975, 2) * math.sqrt(7 / 3)
    assert (e.value, e.low, e.high, e.n) == pytest.approx((5, 5 - half, 5 + half, 3))
    of_two = run(y[:8], d=[0, 1, 2, 3] * 2, runs=np.repeat([0, 1], 4)).change(0, 1, 0.95)
    assert of_two.high == pytest.approx(3.5 + t.ppf(0.975, 1) / 2)


def test_the_surest_fall_is_judged_as_one_of_several() -> None:
    # means 1, 6, 4, 4, 2: of four changes to the last, −1 to +4, the surest fall is from 6
    of = run([1, 1, 6, 6, 4, 4, 4, 4, 2, 2], variance=1.0)
    fall, k = of.fall(0.95)
    assert (fall.value, k, fall.level) == (-4, 1, 0.95)
    strict = of.change(1, 4, 1 - 0.05 / 4)
    assert (fall.low, fall.high) == (strict.low, strict.high)


def test_the_best_part_and_those_not_surely_below_it() -> None:
    # s.e. of a difference 1: 6 − 1.96 > 4 > 1 … part 1 alone; with s.e. 2 parts 1 to 3
    y = [1, 1, 6, 6, 4, 4, 3.9, 3.9, 0, 0]
    assert run(y, variance=1.0).best(0.95) == (2, 3)
    assert run(y, variance=1.2).best(0.95) == (2, 7)
    assert run(y, variance=1.2, d=np.arange(10) ** 2).best(0.95) == (4, 49)


def test_misfit_where_the_variance_is_known() -> None:
    of = run(np.arange(12), variance=2.0)
    assert of.misfit(30.0, 3) == pytest.approx(chi2.sf(15, 9))


def test_misfit_is_an_f_test_against_the_polynomial() -> None:
    rng = np.random.default_rng(1)
    y = np.sin(np.arange(40) / 6) + rng.normal(0, 0.3, 40)
    of = run(y, variance=None)
    place = np.linspace(-1, 1, 40)
    left = y - np.polynomial.Polynomial.fit(place, y, 5)(place)
    smooth, inflation = left @ left, noise(left, 6, float(y @ y))[1]
    due = f.sf((20 - smooth) / 3 / inflation / (smooth / 34), 3, 34)
    assert of.misfit(20.0, 3) == pytest.approx(due, rel=1e-9)
    assert of.misfit(smooth / 2, 3) == 1
    assert of.misfit(99.0, 6) == 1  # a polynomial of as many coefficients explains no more


def test_misfit_of_runs_adds_them_up() -> None:
    rng = np.random.default_rng(2)
    y = rng.normal(size=50)
    of = run(y, d=np.r_[np.arange(20), np.arange(30)], runs=[0] * 20 + [1] * 30, variance=1.0)
    smooth, inflation = 0.0, 0.0
    for one in (y[:20], y[20:]):
        place = np.linspace(-1, 1, len(one))
        left = one - np.polynomial.Polynomial.fit(place, one, 5)(place)
        smooth += left @ left
        inflation += noise(left, 6, float(y @ y))[1] * len(one) / 50
    excess = (90 - smooth) / 8 / inflation
    assert of.misfit(90.0, 2) == pytest.approx(f.sf(excess / (smooth / 38), 8, 38), rel=1e-9)


def test_nothing_left_over_is_no_misfit() -> None:
    assert run(np.zeros(20)).misfit(1.0, 2) == 1


def test_a_change_in_half_widths() -> None:
    def estimate(value, low, high):
        return Estimate(value, low, high, 5, "score", "by hand")

    assert _size(estimate(-4, -6, -2)) == -2
    assert _size(estimate(3, 0, 6)) == 1
    assert _size(estimate(-0.25, -0.75, 0.25)) == -0.5
    for open_ in (estimate(-4, None, -2), estimate(-4, -6, None), estimate(-4, -4, -4)):
        assert _size(open_) == -math.inf


def test_rounding_of_large_scores_is_not_likeness() -> None:
    # a wave of 1e-7 about −1e6: its square is below 1e-20 of the scores'
    y = -1e6 + 1e-7 * np.sin(np.arange(60))
    assert run(y)._noise[1] == 1
    assert run(y + 1e6)._noise[1] > 1
