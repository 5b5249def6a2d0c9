"""The forms of over-optimisation, their fit, and the peak."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.stats.over_optimisation import FORMS, MISFIT, Checkpoints, fit, judge, noise

D = np.linspace(0.1, 5, 40)


def curve(form, alpha, beta, d=D):
    return d * (alpha - beta * (d if form == "best-of-n" else np.log(d)))


@pytest.mark.parametrize(("form", "peak"), [("best-of-n", 2.5), ("rl", math.exp(1.0))])
def test_without_noise_the_coefficients_and_the_peak_are_exact(form, peak):
    found = fit(D, 0.7 + curve(form, 2.0, 0.4 if form == "best-of-n" else 1.0), form)
    assert found.alpha.value == pytest.approx(2.0)
    assert found.coefficients[2] == pytest.approx(0.7)
    assert found.peak.value == pytest.approx(peak)
    assert found.peak.low == pytest.approx(peak) == found.peak.high


def test_a_peak_outside_the_run_is_not_told():
    for form in FORMS:
        assert fit(D[:10], curve(form, 2.0, 0.2, D[:10]), form).peak is None
    assert fit(D, 1 - D**2, "best-of-n").peak is None


def test_a_bound_outside_the_run_is_open():
    rng = np.random.default_rng(3)
    found = fit(D, curve("best-of-n", 2.0, 0.21) + rng.normal(0, 0.8, len(D)), "best-of-n")
    assert found.peak.low is not None
    assert found.peak.high is None


def test_fieller_s_interval_solves_its_own_equation():
    rng = np.random.default_rng(0)
    f = fit(D, curve("best-of-n", 2.0, 0.4) + rng.normal(0, 0.2, len(D)), "best-of-n")
    from fullmenu.stats.quantile import t_quantile

    t = t_quantile(0.95, f.df)
    for end in (f.peak.low, f.peak.high):
        contrast = np.array([1.0, -2 * end, 0.0])
        gap = contrast @ f.coefficients
        assert abs(gap) == pytest.approx(t * np.sqrt(contrast @ f.covariance @ contrast))


def test_weights_count_like_repeated_checkpoints():
    gold = curve("rl", 2.0, 1.0) + np.sin(9 * D)
    twice = np.r_[D, D[:10]], np.r_[gold, gold[:10]]
    weights = np.where(np.arange(len(D)) < 10, 2.0, 1.0)
    a = fit(*twice, "rl").coefficients
    assert fit(D, gold, "rl", weights=weights).coefficients == pytest.approx(a)


def test_without_intercept_the_curve_starts_at_nought():
    found = fit(D, curve("rl", 2.0, 1.0), "rl", intercept=False)
    assert found.value(np.array([0.0]))[0] == 0
    assert len(found.coefficients) == 2


def test_runs_are_the_units():
    rng = np.random.default_rng(0)
    runs = np.repeat(np.arange(5), len(D))
    gold = np.concatenate(
        [curve("rl", 2 + a, 1.0) + a for a in rng.normal(0, 0.1, 5)]
    ) + rng.normal(0, 0.01, 5 * len(D))
    together = fit(np.tile(D, 5), gold, "rl", runs=runs)
    assert (together.units, together.per, together.df) == (5, "runs", 4)
    each = [fit(D, gold[runs == r], "rl").alpha.value for r in range(5)]
    se = np.std(each, ddof=1) / np.sqrt(5)
    assert together.alpha.value == pytest.approx(np.mean(each))
    assert together.alpha.high == pytest.approx(np.mean(each) + 2.776 * se, rel=1e-3)


def test_neighbours_that_go_together_widen_the_interval():
    rng = np.random.default_rng(1)
    e = rng.normal(0, 0.2, 400)
    slow = np.convolve(e, np.ones(8) / np.sqrt(8), "same")
    d = np.linspace(0.1, 5, 400)
    free, bound = (fit(d, curve("rl", 2.0, 1.0, d) + x, "rl") for x in (e, slow))
    assert bound.peak.high - bound.peak.low > 2 * (free.peak.high - free.peak.low)
    assert bound.worth < free.worth / 4


def test_rounding_is_no_correlation():
    assert noise(np.full(20, 1e-17), 3, scale=20.0)[1] == 1


def test_too_few_checkpoints_say_how_many_are_needed():
    with pytest.raises(NotEnoughData, match=r"3 checkpoints at 3 different distances.*needs 4"):
        fit(np.array([1.0, 2, 3]), np.array([1.0, 2, 3]), "rl")
    with pytest.raises(NotEnoughData, match="at 2 different"):
        fit(np.tile([1.0, 2], 6), np.arange(12.0), "rl")


def parts(y, d=D, runs=None):
    names = np.zeros(len(d), np.int64) if runs is None else runs
    return Checkpoints(d, y, np.ones(len(d)), names)


def test_parts_follow_distance_not_order():
    rng = np.random.default_rng(0)
    y = curve("best-of-n", 2.0, 0.4) + rng.normal(0, 0.1, len(D))
    shuffled = rng.permutation(len(D))
    a, b = parts(y).fall(0.95), parts(y[shuffled], D[shuffled]).fall(0.95)
    assert a[0].value == pytest.approx(b[0].value)
    assert a[0].high < 0


def test_the_best_part_holds_the_peak_and_what_cannot_be_told_from_it():
    rng = np.random.default_rng(0)
    y = curve("best-of-n", 2.0, 0.4)
    low, high = parts(y + rng.normal(0, 0.05, len(D))).best(0.95)
    assert low < 2.5 < high < 4
    low, high = parts(y + rng.normal(0, 9.0, len(D))).best(0.95)
    assert high - low > 4


def test_a_form_that_misses_the_shape_is_seen():
    rng = np.random.default_rng(0)
    e = rng.normal(0, 0.05, len(D))
    for y, good in ((curve("rl", 2.0, 1.0), True), (np.sin(2 * D), False)):
        f = fit(D, y + e, "rl")
        assert (parts(y + e).misfit(f.rss, 3) > MISFIT) is good


def test_known_errors_are_the_noise_of_a_single_run() -> None:
    """With standard errors a fall of a few of them is seen; without, the run's wander decides."""
    rng = np.random.default_rng(3)
    d = np.linspace(0.2, 4, 24)
    truth = d * (2 - 0.45 * d)
    errors = np.full(24, 0.05)
    zeros = np.zeros(24)
    false = covered = seen = 0
    for _ in range(200):
        gold = truth + rng.normal(0, errors)
        found = judge(d, d, gold, errors=errors)
        seen += found.past
        if found.past and found.peak and found.peak.low is not None and found.peak.high is not None:
            covered += found.peak.low <= 2 / 0.9 <= found.peak.high
        false += judge(d, d, zeros + rng.normal(0, errors), errors=errors).past
    assert seen >= 190
    assert covered >= 0.9 * seen
    assert false <= 16  # 5 % of 200, and three standard errors
