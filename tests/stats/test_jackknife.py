"""The jackknife: on means it is the textbook's standard error."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.stats.jackknife import Replicates, log_of, log_ratio


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
