"""How far a policy is from its reference, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.stats.kl import kl_divergence, kl_of_best_of

P, Q = [-1.0, -2.0, -4.0, -3.0], [-1.5, -2.25, -4.5, -3.25]


def test_k1_by_hand() -> None:
    # log p − log q is .5, .25, .5, .25: mean .375, s.e. of four such .125·√(4/3)/2
    e = kl_divergence(P, Q, estimator="k1")
    half = t.ppf(0.975, 3) * 0.125 * math.sqrt(4 / 3) / 2
    assert (e.value, e.low, e.high) == pytest.approx((0.375, 0.375 - half, 0.375 + half))
    assert (e.n, e.unit, e.method[:3]) == (4, "nats", "k1,")


def test_k3_by_hand() -> None:
    # q/p − 1 − log(q/p) at log(q/p) = −½ and −¼
    each = [math.exp(-0.5) - 1 + 0.5, math.exp(-0.25) - 1 + 0.25]
    e = kl_divergence(P, Q)
    half = t.ppf(0.975, 3) * (each[0] - each[1]) / 2 * math.sqrt(4 / 3) / 2
    assert (e.value, e.high) == pytest.approx((sum(each) / 2, sum(each) / 2 + half))
    assert e.low == pytest.approx(max(sum(each) / 2 - half, 0))


def test_k3_is_never_below_0_and_keeps_a_bound_above() -> None:
    assert kl_divergence([-1, -1, -9], [-1, -1, -12]).low == 0
    same = kl_divergence([-1.0, -2], [-1.0, -2])
    assert (same.low, same.value, same.high) == (0, 0, 0)
    alike = kl_divergence([-1, -2, -3], [-1.5, -2.5, -3.501])
    assert alike.low == pytest.approx(0.1065, abs=2e-3)


def test_prompts_are_the_units() -> None:
    # by prompt .5 and .25: without one the other is left, s.e. .125 with one degree of freedom
    e = kl_divergence(
        [-1, -2, -3, -4], [-1.5, -2.5, -3.25, -4.25], groups=[0, 0, 1, 1], estimator="k1"
    )
    assert e.n == 2
    assert e.high == pytest.approx(0.375 + t.ppf(0.975, 1) * 0.125)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ([[-1.0, -2]], [[-1.0, -2]]),
        ([-1.0, -2], [-1.0]),
        ([-1.0, -np.inf], [-1.0, -2]),
        ([-1.0, -1], [-1.0, np.nan]),
        ([-1.0, 0.1], [-1.0, -2]),
        ([-1.0, -2], [-1.0, 1.2e-6]),
    ],
)
def test_no_log_probabilities(p: list[float], q: list[float]) -> None:
    with pytest.raises(BadInput, match=r"log-probabilities (of shapes|are finite)"):
        kl_divergence(p, q)


def test_limits() -> None:
    assert kl_divergence([1e-6, -1], [0, -1]).value < 1e-5  # rounding above 0 is let through
    with pytest.raises(BadInput, match="overflows"):
        kl_divergence([-1000, -1], [-1, -1])
    assert kl_divergence([-1000, -1], [-1, -1], estimator="k1").value == -499.5
    with pytest.raises(BadInput, match="'k2'"):
        kl_divergence([-1, -1], [-1, -1], estimator="k2")
    with pytest.raises(NotEnoughData):
        kl_divergence([-1], [-1])


def test_best_of() -> None:
    assert [kl_of_best_of(n) for n in (1, 2)] == pytest.approx([0, math.log(2) - 1 / 2])
    with pytest.raises(BadInput, match="n=0"):
        kl_of_best_of(0)
