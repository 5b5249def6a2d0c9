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
