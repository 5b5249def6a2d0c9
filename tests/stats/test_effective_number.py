"""Effective numbers of shares, and of dishes that are partly alike."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.stats.effective_number import log_number

SHARES = np.array([0.5, 0.3, 0.2])


@pytest.mark.parametrize("order", [0.0, 0.5, 2.0, 3.5])
def test_hill_s_formula(order: float) -> None:
    number = (SHARES**order).sum() ** (1 / (1 - order))
    assert np.exp(log_number(SHARES, order)) == pytest.approx(number, rel=1e-12)


def test_limits() -> None:
    entropy = -(SHARES * np.log(SHARES)).sum()
    assert log_number(SHARES, 1.0) == pytest.approx(entropy, rel=1e-12)
    assert log_number(SHARES, 1 + 1e-7) == pytest.approx(entropy, rel=1e-6)
    assert log_number(SHARES, np.inf) == pytest.approx(np.log(2), rel=1e-12)


def test_leinster_and_cobbold_s_formula() -> None:
    z = np.array([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]])
    commonness = z @ SHARES
    number = (SHARES * commonness**1.5).sum() ** (1 / -1.5)
    assert np.exp(log_number(commonness, 2.5, SHARES)) == pytest.approx(number, rel=1e-12)


def test_high_orders_do_not_run_into_nothing() -> None:
    assert log_number(np.full(1000, 1e-3), 500.0) == pytest.approx(np.log(1000), rel=1e-9)
