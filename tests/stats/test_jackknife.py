"""The jackknife: on means it is the textbook's standard error."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t

from fullmenu.errors import NotEnoughData
from fullmenu.stats.jackknife import LogQuantity, Replicates, log_of, log_ratio, ratio_interval


def _mean(x: np.ndarray, units: str = "prompts") -> Replicates:
    n = len(x)
    return Replicates(
        float(x.mean()), (x.sum() - x) / (n - 1), units, share=float(x.max() / x.sum())
    )


X = np.random.default_rng(0).gamma(20, 0.05, 200)
Y = X * np.random.default_rng(1).gamma(400, 0.002, 200)


def test_log_of_a_mean_is_the_delta_method() -> None:
    q = log_of(_mean(X))
    assert q.log == pytest.approx(np.log(X.mean()))
    assert q.se == pytest.approx(X.std(ddof=1) / np.sqrt(200) / X.mean(), rel=1e-3)
    assert q.df == 199


def test_interval_is_students() -> None:
    from scipy.stats import t

    q = log_of(_mean(X))
    low, high = q.interval(0.9)
    assert np.log(high / low) / 2 == pytest.approx(t.ppf(0.95, 199) * q.se)
    assert np.sqrt(low * high) == pytest.approx(X.mean())


def test_paired_ratio_uses_the_pairing() -> None:
    paired = log_ratio(_mean(Y), _mean(X), paired=True)
    apart = log_ratio(_mean(Y), _mean(X), paired=False)
    assert paired.log == apart.log == pytest.approx(np.log(Y.mean() / X.mean()))
    assert paired.se < 0.4 * apart.se
    assert apart.se == pytest.approx(np.hypot(log_of(_mean(X)).se, log_of(_mean(Y)).se))
    assert 199 < apart.df <= 398


def test_strata_count_within_only() -> None:
    strata = np.repeat([0, 1], 100)
    x = X.copy()
    x[100:] += 5
    means = [x[:100].mean(), x[100:].mean()]
    value = (means[0] + means[1]) / 2
    without = np.concatenate(
        [value - (x[:100] - means[0]) / 198, value - (x[100:] - means[1]) / 198]
    )
    q = log_of(Replicates(value, without, "outputs", strata))
    se = np.sqrt((x[:100].var(ddof=1) + x[100:].var(ddof=1)) / 400) / value
    assert q.se == pytest.approx(se, rel=1e-2)
    assert q.df == 198


def test_no_honest_interval() -> None:
    assert _mean(X).fragile() is None
    one = np.array([10.0, 1, 1, 1, 1])
    assert "71%" in str(_mean(one).fragile())
    assert "no repeats" in str(_mean(np.array([1.0, 0, 0])).fragile())
    with pytest.raises(NotEnoughData, match="more outputs per prompt"):
        log_of(_mean(np.array([1.0, 0, 0])))
    with pytest.raises(NotEnoughData, match="at least 2"):
        log_of(Replicates(1.0, np.array([1.0]), "prompts"))


def _logs(*logs: float, strata: list[int] | None = None) -> Replicates:
    return Replicates(
        1.0, np.exp(logs), "outputs", None if strata is None else np.array(strata, np.int64)
    )


def test_welchs_degrees_of_freedom_by_hand() -> None:
    # Σd² = 2·0.3² = 0.18, variance 2/3·0.18 = 0.12 on 2 df; Σd² = 4·0.1², 4/5·0.04 = 0.032 on 4 df
    # (0.12 + 0.032)² / (0.12²/2 + 0.032²/4) = 0.023104 / 0.007456
    top, bottom = _logs(-0.3, 0, 0.3), _logs(-0.1, -0.1, 0, 0.1, 0.1)
    q = log_ratio(top, bottom, paired=False)
    assert (q.se**2, q.df) == pytest.approx((0.152, 0.023104 / 0.007456))
    turned = log_ratio(bottom, top, paired=False)
    assert (turned.se, turned.df, turned.log) == pytest.approx((q.se, q.df, -q.log))


def test_without_any_spread_the_degrees_of_freedom_are_the_tops() -> None:
    q = log_ratio(_logs(0, 0, 0), _logs(0, 0), paired=False)
    assert (q.log, q.se, q.df) == (0, 0, 2)


def test_what_is_hidden_widens_in_quadrature() -> None:
    # at 90 % an exponential distribution of mean .1 reaches .1 · log 20
    half = math.hypot(t.ppf(0.95, 9) * 0.2, 0.1 * math.log(20))
    low, high = LogQuantity(0.5, 0.2, 9, 0.1).interval(0.9)
    assert (math.log(low), math.log(high)) == pytest.approx((0.5 - half, 0.5 + half))
    top, bottom = (replace(_logs(-0.1, 0, 0.1), hidden=x) for x in (0.3, 0.4))
    for paired in (True, False):
        assert log_ratio(top, bottom, paired).hidden == pytest.approx(0.5)


def _rates(*rates: float, hidden: float = 0.0) -> Replicates:
    x = np.array(rates)
    n = len(x)
    return Replicates(float(x.mean()), (x.sum() - x) / (n - 1), "prompts", hidden=hidden)


def test_fiellers_interval_is_where_a_paired_t_test_rejects() -> None:
    top, bottom = np.array([0.1, 0.4, 0.2, 0.3]), np.array([0.5, 0.6, 0.9, 0.8])
    low, high = ratio_interval(_rates(*top), _rates(*bottom), True, 0.9)
    assert high is not None
    for r in (low, high):
        d = top - r * bottom
        assert abs(d.mean()) / (d.std(ddof=1) / 2) == pytest.approx(t.ppf(0.95, 3))
    assert low < top.mean() / bottom.mean() < high
    # apart: the variances of the means add, with the fewer degrees of freedom
    three = bottom[:3]
    low, high = ratio_interval(_rates(*top), _rates(*three), False, 0.9)
    assert high is not None
    for r in (low, high):
        se = math.sqrt(top.var(ddof=1) / 4 + r**2 * three.var(ddof=1) / 3)
        assert abs(top.mean() - r * three.mean()) / se == pytest.approx(t.ppf(0.95, 2))


def test_fiellers_interval_where_a_side_is_near_nothing() -> None:
    sure, none = _rates(0.5, 0.6, 0.4, 0.5), _rates(0.0, 0.0, 0.0, 0.0)
    one = _rates(0.0, 0.0, 0.0, 1.0)
    # 0, and of 6 pairs one may be alike: 1/6 · log 20 beside the mean ½, whose t interval is .1 ± …
    low, high = ratio_interval(none, sure, True, 0.9)
    sd = np.std([0.5, 0.6, 0.4, 0.5], ddof=1) / 2
    bound = math.log(20) / 6 / math.sqrt(0.5**2 - (t.ppf(0.95, 3) * sd) ** 2)
    assert (low, high) == (0, pytest.approx(bound))
    ten = replace(none, compared=(10.0, 4))
    assert ratio_interval(ten, sure, True, 0.9)[1] == pytest.approx(bound * 6 / 180)
    low, high = ratio_interval(sure, none, True, 0.9)
    assert (low, high) == (pytest.approx(1 / bound), None)
    assert ratio_interval(one, sure, True, 0.9)[0] == 0
    low, high = ratio_interval(sure, one, True, 0.9)
    assert high is None
    r = (np.array([0.5, 0.6, 0.4, 0.5]) - low * np.array([0.0, 0, 0, 1])).copy()
    assert r.mean() / (r.std(ddof=1) / 2) == pytest.approx(t.ppf(0.95, 3))
    assert ratio_interval(one, one, False, 0.9) == (0, None)
    # what is hidden: .1 · log 20 of a side's value, where nothing varies
    flat = _rates(0.5, 0.5, 0.5, hidden=0.1)
    low, high = ratio_interval(flat, _rates(1.0, 1.0, 1.0), True, 0.9)
    assert (low, high) == pytest.approx((0.5 - 0.05 * math.log(20), 0.5 + 0.05 * math.log(20)))


def test_strata_by_hand() -> None:
    # two outputs: 1/2 · (0.1² + 0.1²) = 0.01; three: 2/3 · (0.3² + 0 + 0.3²) = 0.12; one alone: 0
    q = log_of(_logs(-0.1, 0.7, 0.1, 1.0, 1.3, 5.0, strata=[0, 1, 0, 1, 1, 3]))
    assert (q.se**2, q.df) == pytest.approx((0.13, 6 - 3))


def test_two_units_are_enough_and_a_fifth_is_allowed() -> None:
    # logs ±0.1 about 0: variance 1/2 · 2 · 0.01
    q = log_of(_logs(-0.1, 0.1))
    assert (q.se**2, q.df) == pytest.approx((0.01, 1))
    rest = np.full(5, 1.0)
    assert Replicates(1.0, rest, "prompts").share == 0
    assert Replicates(1.0, rest, "prompts", share=0.2).fragile() is None
    assert "21%" in str(Replicates(1.0, rest, "prompts", share=0.21).fragile())
    assert "no repeats" in str(Replicates(0.0, rest, "prompts").fragile())
    with pytest.raises(NotEnoughData, match="no repeats"):
        log_of(Replicates(0.0, rest, "prompts"))
