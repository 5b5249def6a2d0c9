"""Neighbours that go together, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.stats.over_optimisation import noise


def test_by_hand() -> None:
    # 100 residuals + + − − …: 50 products of 1 and 49 of −1, seen 1/100. With two coefficients
    # ρ = (1 + 2)/(100 − 4) = 1/32; inflation (33/32)/(31/32); df 100·31/33 − 2
    r = np.tile([1.0, 1, -1, -1], 25)
    variance, inflation, df = noise(r, 2)
    assert inflation == pytest.approx(33 / 31)
    assert df == pytest.approx(3100 / 33 - 2)
    assert variance == pytest.approx(100 / (33 / 31 * df))


def test_caution_adds_standard_errors() -> None:
    # ρ = 1/32 + ½/√100
    rho = 1 / 32 + 0.05
    assert noise(np.tile([1.0, 1, -1, -1], 25), 2, caution=0.5)[1] == pytest.approx(
        (1 + rho) / (1 - rho)
    )


def test_never_below_0_never_above_95_hundredths() -> None:
    assert noise(np.tile([1.0, -1], 50), 1)[1] == 1
    # all alike: inflation 1.95/0.05 = 39, df 100/39 − 1 = 61/39, variance 100/61
    assert noise(np.ones(100), 1) == pytest.approx((100 / 61, 39, 61 / 39))


def test_three_residuals_a_coefficient_are_needed_to_tell() -> None:
    assert noise(np.ones(5), 2) == (5 / 3, 1, 3)
    # six: ρ is .95; 6/39 − 2 degrees of freedom are none, so 6/(6 − 2) and one
    assert noise(np.ones(6), 2) == pytest.approx((6 / 4, 39, 1))
    assert noise(np.ones(2), 2) == (2, 1, 1)


def test_rounding_is_not_likeness() -> None:
    r = np.full(100, 1e-9)  # Σr² = 1e-16: rounding of 1.1e4, not of 0.9e4
    assert noise(r, 1, scale=1.1e4)[1] == 1
    assert noise(r, 1, scale=0.9e4)[1] == pytest.approx(39)
    assert noise(r / 1e6, 1)[1] == pytest.approx(39)
