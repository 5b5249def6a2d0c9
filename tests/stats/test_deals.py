"""The chance that a dish is dealt to one side, by counting."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import hypergeom

from fullmenu.stats.deals import log_all_before


def test_by_counting() -> None:
    # of 5 plates 3 go before: C(3, 2)/C(5, 2) = 3/10, C(3, 1)/C(5, 1) = 3/5, C(3, 3)/C(5, 3) = 1/10
    log_p = log_all_before(np.array([2.0, 1, 3, 4, 0]), np.array([3.0]), np.array([5.0]))
    assert np.exp(log_p) == pytest.approx([0.3, 0.6, 0.1, 0, 1])
    assert log_p[3] == -np.inf


def test_is_hypergeometric() -> None:
    before, both = np.array([[4.0], [30.0]]), np.array([[9.0], [80.0]])
    served = np.arange(5.0)
    due = hypergeom.pmf(served, both, served, before)
    assert np.exp(log_all_before(served, before, both)) == pytest.approx(due)
