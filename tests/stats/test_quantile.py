"""Student's quantiles, from tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from fullmenu.errors import BadInput
from fullmenu.stats.quantile import t_quantile


@pytest.mark.parametrize(
    ("level", "df", "t"),
    [(0.95, 1, 12.7062), (0.9, 5, 2.0150), (0.99, 30, 2.7500), (0.95, float("inf"), 1.9600)],
)
def test_tables(level: float, df: float, t: float) -> None:
    assert t_quantile(level, df) == pytest.approx(t, abs=5e-5)


def test_less_than_one_degree_of_freedom_counts_as_one() -> None:
    assert t_quantile(0.95, 0.3) == t_quantile(0.95, 1)


@pytest.mark.parametrize("level", [0, 1, 1.5, -0.2])
def test_no_coverage(level: float) -> None:
    with pytest.raises(BadInput, match=f"level={level} is no coverage"):
        t_quantile(level, 5)


@given(st.floats(1.0, 1e6), st.floats(0.01, 0.9999))
def test_the_same_as_scipy(df: float, level: float) -> None:
    assert t_quantile(level, df) == pytest.approx(stdtrit(df, 0.5 + level / 2), rel=1e-10)


@pytest.mark.parametrize("df", [1, 1.2, 19.9, 20, 199, 200, 200.5, 300, 1e5])
@pytest.mark.parametrize(("level", "close"), [(0.5, 1e-12), (0.9, 1e-12), (0.99, 1e-10)])
def test_to_the_last_digits(df: float, level: float, close: float) -> None:
    assert t_quantile(level, df) == pytest.approx(stdtrit(df, 0.5 + level / 2), rel=close)
