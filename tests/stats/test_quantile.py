"""Student's quantiles, from tables."""

from __future__ import annotations

import math

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
    """Scipy before 1.15 is right to eight digits or so."""
    assert t_quantile(level, df) == pytest.approx(stdtrit(df, 0.5 + level / 2), rel=1e-7)


REFERENCE = [  # of scipy 1.17: degrees of freedom, and quantiles at .5, .9, .99
    (1.2, 0.9335861477221333, 4.79580134680627, 33.239028298318225),
    (19.9, 0.6870181294266293, 1.725138790921033, 2.8468221560998344),
    (20, 0.6869544964488036, 1.7247182429207866, 2.8453397097861077),
    (199, 0.6757245956106454, 1.6525467461665633, 2.600760216058516),
    (200, 0.6757184114042201, 1.6525081009108769, 2.600634436191558),
    (200.5, 0.6757153424711722, 1.652488923514028, 2.600572020984024),
    (300, 0.6753084163073654, 1.649948673937634, 2.5923164108477925),
    (100000.0, 0.674492203553292, 1.6448688647849696, 2.575878469908375),
]


@pytest.mark.parametrize("row", REFERENCE)
def test_to_the_last_digits(row: tuple[float, float, float, float]) -> None:
    df, *expected = row
    for level, t, close in zip((0.5, 0.9, 0.99), expected, (1e-12, 1e-12, 1e-10), strict=True):
        assert t_quantile(level, df) == pytest.approx(t, rel=close)


@given(st.floats(0.01, 0.9999))
def test_closed_forms(level: float) -> None:
    assert t_quantile(level, 1) == pytest.approx(math.tan(math.pi * level / 2), rel=1e-11)
    assert t_quantile(level, 2) == pytest.approx(level * math.sqrt(2 / (1 - level**2)), rel=1e-11)
