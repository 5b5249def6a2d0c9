"""A fitted form and the verdict on it, from coefficients that are given."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.stats.over_optimisation import (
    Checkpoints,
    Fit,
    _above,
    _akaike,
    _below,
    _of_parts,
    _peak,
    _reason,
    _verdict,
    _wider,
    design,
    fit,
    judge,
    known,
    noise,
    over_optimisation,
    relative,
)

T = t.ppf(0.975, 10)
NONE = np.zeros((3, 3))
SOME = np.array([[0.04, 0.002, 0], [0.002, 0.0009, 0], [0, 0, 0.01]])
D = np.linspace(0.1, 5, 40)


def made(form="best-of-n", a=2.0, b=0.4, covariance=SOME, rss=1.0, worth=40.0, low=0.1, high=5.0):
    return Fit(
        form, np.array([a, b, 0.7]), covariance, 10.0, low, high, rss, 40, "checkpoints", worth,
        0.95,
    )  # fmt: skip


def estimate(low, high):
    value = next((x for x in (low, high) if x is not None), 1.0)
    return Estimate(value, low, high, 5, "score", "by hand")


def test_slopes_by_hand():
    f = made()
    assert (f.alpha.value, f.alpha.high) == pytest.approx((2, 2 + T * 0.2))
    assert (f.beta.low, f.beta.high) == pytest.approx((0.4 - T * 0.03, 0.4 + T * 0.03))
    assert (f.alpha.unit, f.beta.unit, made("rl").beta.unit) == ("per √nat", "per nat", "per √nat")
    # best-of-n: α − 2·5β, variance .04 − 2·10·.002 + 100·.0009; rl: α − (ln 5 + 1) β
    end, bend = f.end_slope, math.log(5) + 1
    assert (end.value, end.high - end.value) == pytest.approx((-2, T * math.sqrt(0.09)))
    assert end.value - end.low == pytest.approx(end.high - end.value)
    assert made("rl").end_slope.value == pytest.approx(2 - 0.4 * bend)
    assert made("rl").end_slope.high == pytest.approx(
        2 - 0.4 * bend + T * math.sqrt(0.04 - 2 * bend * 0.002 + bend**2 * 0.0009)
    )


def test_the_peak_by_hand():
    assert made(covariance=NONE).peak.value == 2.5  # 2/(2 · .4)
    assert made("rl", 2, 1, NONE).peak.value == pytest.approx(math.e)
    for outside in (
        made(b=0.2), made(b=-0.4), made(b=0.0), made(low=2.5), made(high=2.5), made(b=40),
    ):  # fmt: skip
        assert outside.peak is None
    assert made("rl").peak is None  # exp(4) = 54.6
    assert made("rl", 2e9, 1.0, NONE).peak is None
    wide = made(covariance=np.diag([0, 0.2, 0]))  # β might be 0
    assert (wide.peak.low, wide.peak.high) == (None, None)


def test_a_bound_at_the_end_of_the_run_is_inside():
    f = made()
    assert [f._inside(x) for x in (0.2, 10, 0.19, 10.1)] == [0.1, 5, None, None]


def test_the_curve_by_hand():
    d = np.array([0.0, 1, 2])
    assert made().value(d) == pytest.approx([0.7, 2.3, 3.1])
    assert replace(made("rl"), coefficients=np.array([2.0, 0.4])).value(d) == pytest.approx(
        [0, 2, 4 - 0.8 * math.log(2)]
    )
    assert design(d, "rl", intercept=True).tolist() == [
        [0, 0, 1],
        [1, 0, 1],
        [2, pytest.approx(-2 * math.log(2)), 1],
    ]


def test_weights_go_by_the_errors_unless_given():
    d = np.zeros(2)
    assert relative(d, None, None).tolist() == [1, 1]
    assert relative(d, None, np.array([1.0, 2])) == pytest.approx([1.6, 0.4])
    assert relative(d, np.array([3.0, 1]), np.array([1.0, 2])) == pytest.approx([1.5, 0.5])
    assert known(np.array([1.0, 2])) == pytest.approx(1.6)


def test_weighted_least_squares():
    rng = np.random.default_rng(0)
    gold, w = rng.normal(size=40), rng.uniform(0.5, 2, 40)
    f = fit(D, gold, "best-of-n", weights=w)
    w = w / w.mean()
    x = np.stack([D, -(D**2), np.ones(40)], 1)
    assert f.coefficients == pytest.approx(
        np.polyfit(D, gold, 2, w=np.sqrt(w))[[1, 0, 2]] * [1, -1, 1]
    )
    left = gold - x @ f.coefficients
    assert f.rss == pytest.approx(w @ left**2)
    variance, inflation, df = noise(left * np.sqrt(w), 3, float(w @ gold**2), 0.5)
    assert f.covariance == pytest.approx(np.linalg.inv(x.T * w @ x) * variance * inflation)
    assert (f.df, f.worth, f.low, f.high) == pytest.approx((df, 40 / inflation, 0.1, 5))


def test_known_errors_are_the_variance_unless_the_residuals_show_more():
    rng = np.random.default_rng(1)
    gold, x = rng.normal(0, 0.1, 40), np.stack([D, -(D**2), np.ones(40)], 1)
    inverse = np.linalg.inv(x.T @ x)
    sure = fit(D, gold, "best-of-n", errors=np.full(40, 0.5))
    assert sure.covariance == pytest.approx(inverse * 0.25)
    assert (sure.df, sure.worth) == (37, 40)
    more = fit(D, gold, "best-of-n", errors=np.full(40, 0.01))
    assert more.covariance == pytest.approx(inverse * more.rss / 37)


def test_rounding_of_a_large_score_is_no_likeness():
    wave = 1e-7 * np.sin(3 * D)
    assert fit(D, -1e6 + wave, "rl").worth == 40
    assert fit(D, wave, "rl").worth < 40


def test_how_few_checkpoints_and_distances_will_do():
    gold = np.array([0.0, 1, 3, 2])
    assert fit(np.array([0.0, 1, 2, 3]), gold, "rl").units == 4
    assert fit(np.array([0.0, 1, 2, 2]), gold, "best-of-n").units == 4
    assert fit(np.array([0.0, 0.5, 0.8]), gold[:3], "best-of-n", intercept=False).units == 3
    for d, with_it in (([1.0, 2, 3], True), ([0.0, 1, 1, 1], False), ([0.0, 1, 1, 1], True)):
        with pytest.raises(NotEnoughData, match="coefficients and needs"):
            fit(np.array(d), gold[: len(d)], "rl", intercept=with_it)


def test_akaike_weights_by_hand():
    # worth 10: 10 ln 1 = 0 and 10 ln e = 10: e^(−5) to one
    fits = {"best-of-n": made(worth=4), "rl": made("rl", rss=math.e, worth=10)}
    assert _akaike(fits) == pytest.approx(
        {"best-of-n": 1 / (1 + math.exp(-5)), "rl": 1 / (1 + math.exp(5))}
    )
    exact = {"best-of-n": made(rss=0.0, worth=1), "rl": made(rss=2e-300, worth=1)}
    assert _akaike(exact)["best-of-n"] / _akaike(exact)["rl"] == pytest.approx(math.sqrt(2))


def test_the_verdict_by_hand():
    unsure = estimate(-1.0, 0.0)
    assert _verdict(estimate(-2.0, -0.01), []) == "past the peak"
    rising = made(a=9.0)  # slope at the end 9 − 4 ± 2.228 · .3, β .4 ± .07
    straight = made(a=9.0, b=0.05)
    assert rising.end_slope.low > 0 < rising.beta.low
    assert straight.beta.low < 0
    assert _verdict(unsure, [rising, rising]) == "before the peak"
    assert _verdict(unsure, [rising, straight]) == "no peak"
    assert _verdict(unsure, [rising, made()]) == "unclear"
    assert _verdict(estimate(None, None), [rising]) == "before the peak"
    slight = made(a=4.9)  # .9 ± .67: sure, and below 1
    assert 0 < slight.end_slope.low < 1
    assert _verdict(unsure, [slight]) == "before the peak"


def test_surely_above_and_below():
    assert _above(estimate(0.5, 1.0), 0)
    assert _below(estimate(-1.0, -0.5), 0)
    for x in (0.5, 0.6):
        assert not _above(estimate(0.5, 1.0), x)
        assert not _below(estimate(-1.0, -0.5), -x)
    assert not _above(estimate(None, 1.0), 0)
    assert not _below(estimate(-1.0, None), 0)


def test_the_peak_of_both_forms():
    narrow, wide = made(covariance=NONE), made(a=2.4, covariance=NONE)  # at 2.5, at 3
    assert _peak(narrow, [narrow]) == narrow.peak
    both = _peak(narrow, [narrow, wide])
    assert (both.value, both.low, both.high) == pytest.approx((2.5, 2.5, 3))
    assert "both forms" in both.method
    for other in (made(b=0.1), made(covariance=np.diag([0, 0.2, 0]))):  # outside; open
        found = _peak(narrow, [narrow, other])
        assert (found.value, found.low, found.high) == (2.5, None, None)
    assert _peak(made(b=0.1), [narrow, wide]) is None


def test_a_peak_is_widened_to_where_gold_was_best():
    peak = replace(estimate(2.0, 3.0), value=2.5)
    assert [_wider(peak, (1.0, 4.0)).low, _wider(peak, (1.0, 4.0)).high] == [1, 4]
    assert [_wider(peak, (2.2, 2.8)).low, _wider(peak, (2.2, 2.8)).high] == [2, 3]
    open_ = replace(peak, low=None, high=None)
    assert [_wider(open_, (2.2, 2.8)).low, _wider(open_, (2.2, 2.8)).high] == [2.2, 2.8]
    scored = Checkpoints(D, D, np.ones(40), np.zeros(40, int))
    middle = _of_parts(scored, (2.0, 3.0), 0.9)
    assert (middle.value, middle.low, middle.high, middle.n, middle.level) == (2.5, 2, 3, 40, 0.9)


@pytest.mark.parametrize(
    ("rise", "says"),
    [
        ((0.5, 1.0), "it still rose"),
        ((-1.0, -0.5), "it fell too"),
        ((0.0, 1.0), "; the form"),
        ((-1.0, 0.0), "; the form"),
        ((None, None), "; the form"),
        ((-0.5, 0.5), "; the form"),
        ((-1.0, None), "; the form"),
    ],
)
def test_past_the_peak_says_what_the_proxy_did(rise, says):
    said = _reason("past the peak", estimate(-2, -1), estimate(*rise), None, (1.0, 2.0), made())
    assert (says if says != "; the form" else "the proxy changed by") in said
    assert ("rose" in said, "fell too" in said) == ("rose" in says, "fell too" in says)
    assert "it was best at a KL of 1 to 4 nats" in said


def test_every_verdict_has_its_reason():
    fall, rise = estimate(-1.0, 1.0), estimate(0.5, 1.0)
    f = made()
    peak = f.peak
    said = {
        v: _reason(v, fall, rise, peak, (1.0, 2.0), f)
        for v in ("past the peak", "before the peak", "no peak", "unclear")
    }
    assert "the best-of-n form puts the peak at a KL of 6.2" in said["past the peak"]
    assert "more slowly; a peak was not reached" in said["before the peak"]
    assert "nothing in this run points to a peak" in said["no peak"]
    assert "neither a fall nor a rise is sure" in said["unclear"]


def test_a_run_past_its_peak():
    rng = np.random.default_rng(0)
    gold = D * (2 - 0.4 * D) + rng.normal(0, 0.05, 40)
    found = judge(D, D, gold, form="best-of-n")
    assert (found.verdict, found.form) == ("past the peak", "best-of-n")
    assert found.peak == fit(D, gold, "best-of-n").peak
    scored = Checkpoints(D, gold, np.ones(40), np.zeros(40, int))
    fall, part = scored.fall(0.95)
    assert found.gold == fall
    assert found.proxy.value == pytest.approx(np.mean(D[32:]) - np.mean(D[8 * part : 8 * part + 8]))
    assert found.best == scored.best(0.95)


def test_a_run_whose_shape_the_form_misses_is_widened():
    rng = np.random.default_rng(0)
    cliff = np.minimum(D, 1.0) - 3 * np.maximum(D - 4.2, 0) + rng.normal(0, 0.02, 40)
    found = judge(D, D, cliff, errors=np.full(40, 0.02))
    alone = found.fits["best-of-n"].peak
    assert (found.verdict, found.form, found.peak.value) == (
        "past the peak", "best-of-n", alone.value,
    )  # fmt: skip
    assert (found.peak.low, found.peak.high) == found.best
    assert found.best[0] < alone.low < alone.high < found.best[1]


def test_a_fall_that_no_form_follows_is_placed_by_parts():
    rng = np.random.default_rng(0)
    falling = -np.sqrt(D) + rng.normal(0, 0.02, 40)
    found = judge(D, D, falling, errors=np.full(40, 0.02))
    assert found.verdict == "past the peak"
    assert [f.peak for f in found.fits.values()] == [None, None]
    assert (found.best, found.peak.value) == ((D[0], D[7]), pytest.approx((D[0] + D[7]) / 2))
    assert "by parts of the run" in found.peak.method


def test_a_run_that_still_rises():
    rng = np.random.default_rng(0)
    rising = judge(D, D, D + rng.normal(0, 0.01, 40))
    assert (rising.verdict, rising.peak) == ("no peak", None)
    slower = judge(D, D, D * (4 - 0.3 * D) + rng.normal(0, 0.01, 40))
    assert (slower.verdict, slower.peak) == ("before the peak", None)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"kl": np.ones((2, 8))}, "give one a checkpoint"),
        ({"gold": np.ones(7)}, "give one a checkpoint"),
        ({"gold": np.r_[np.ones(7), np.nan]}, "must be finite"),
        ({"kl": np.r_[np.ones(7), -0.1]}, "a KL of -0.1 nats"),
        ({"weights": np.r_[np.ones(7), 0]}, "weights must be above 0"),
        ({"weights": np.r_[np.ones(7), np.inf]}, "weights must be above 0"),
        ({"weights": np.ones(7)}, "weights must be above 0"),
        ({"gold_error": np.r_[np.ones(7), -1]}, "gold_error must be above 0"),
        ({"runs": [0] * 7}, "runs of shape"),
    ],
)
def test_what_is_no_course_of_a_run(options, says):
    given = {"kl": np.arange(8.0), "proxy": np.arange(8.0), "gold": np.arange(8.0)} | options
    if given["kl"].ndim == 2:
        given = dict.fromkeys(given, given["kl"])
    with pytest.raises(BadInput, match=says):
        over_optimisation(**given)


def test_six_checkpoints_of_each_run_are_enough():
    kl = np.tile(np.arange(6.0), 2)
    found = over_optimisation(kl, kl, kl + np.sin(kl * 9), runs=[0] * 6 + [1] * 6)
    assert found.fits["rl"].per == "runs"
    assert (
        over_optimisation(kl[:6], kl[:6], np.sqrt(kl[:6]), weights=np.ones(6)).fits["rl"].units == 6
    )
    for few, runs in ((5, None), (11, [0] * 6 + [1] * 5)):
        with pytest.raises(NotEnoughData, match="a run of 5 checkpoints"):
            over_optimisation(kl[:few], kl[:few], kl[:few], runs=runs)
