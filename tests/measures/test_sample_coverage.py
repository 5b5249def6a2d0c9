"""Sample coverage: published values and edges."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.measures import sample_coverage

GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
LOGGED = [88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4] + [3] * 4 + [2] * 4 + [1] * 14


@pytest.mark.parametrize(("counts", "published"), [(GIRDLED, 0.9289), (LOGGED, 0.9446)])
def test_published_values(counts: list[int], published: float) -> None:
    assert sample_coverage(counts).value == pytest.approx(published, abs=5e-5)


def test_everything_seen_twice_is_full_coverage() -> None:
    e = sample_coverage([10, 20, 5])
    assert e.value == e.high == 1.0
    assert e.low is not None and 0.8 < e.low < 1


def test_nothing_seen_twice_is_next_to_none() -> None:
    e = sample_coverage([1] * 100)
    assert 0 <= e.value < 1e-3
    assert e.high is not None and e.high < 0.05


def test_says_how_much_of_the_menu_was_seen() -> None:
    rng = np.random.default_rng(3)
    p = 0.9 ** np.arange(60)
    p /= p.sum()
    errors = []
    for _ in range(300):
        x = rng.multinomial(60, p)
        errors.append(sample_coverage(x).value - p[x > 0].sum())
    assert abs(np.mean(errors)) < 0.01


def test_published_value_of_units() -> None:
    ants = [1, 2, 2, 3, 4, 8, 8, 13, 15, 19, 23, 34, 59, 80]
    assert sample_coverage(ants, units=200).value == pytest.approx(1 - 1 / 271 * 199 / 203)


def test_units_say_what_the_next_incidence_is() -> None:
    rng = np.random.default_rng(3)
    chances = 0.8 * 0.9 ** np.arange(60)
    errors = []
    for _ in range(300):
        x = rng.binomial(20, chances)
        errors.append(sample_coverage(x, units=20).value - chances[x > 0].sum() / chances.sum())
    assert abs(np.mean(errors)) < 0.01
