"""Log-odds with an informative Dirichlet prior: by hand, and under the null."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.stats.log_odds import log_odds


def test_by_hand() -> None:
    z, delta = log_odds([10, 90], [30, 70], [2, 8])
    after, before = np.log(32 / 78), np.log(12 / 98)
    assert delta[0] == pytest.approx(after - before)
    assert z[0] == pytest.approx(delta[0] / np.sqrt(1 / 32 + 1 / 78 + 1 / 12 + 1 / 98))


def test_rare_words_have_the_variance_of_the_paper() -> None:
    before, after = np.array([5.0, 1e7]), np.array([20.0, 1e7])
    prior = np.array([1.0, 1e6])
    z, delta = log_odds(before, after, prior)
    assert z[0] == pytest.approx(delta[0] / np.sqrt(1 / 6 + 1 / 21), rel=1e-5)


def test_swapping_sides_swaps_signs() -> None:
    a, b = np.array([3.0, 40, 7]), np.array([9.0, 20, 7])
    prior = 0.1 * (a + b)
    assert log_odds(a, b, prior)[0] == pytest.approx(-log_odds(b, a, prior)[0])
    assert log_odds(a, a, prior)[0] == pytest.approx(0)


def test_never_seen_is_finite() -> None:
    z, delta = log_odds([0, 50], [30, 20], [1, 9])
    assert np.isfinite(z).all() and np.isfinite(delta).all()
    assert z[0] > 2


def test_z_is_cautious_where_nothing_changed() -> None:
    rng = np.random.default_rng(0)
    p = np.full(200, 0.005)
    z = np.concatenate(
        [
            log_odds(a, b, 0.1 * (a + b) + 1e-9)[0]
            for a, b in (rng.multinomial(4_000, p, 2).astype(float) for _ in range(50))
        ]
    )
    assert abs(z.mean()) < 0.05
    assert 0.8 < z.std() < 1.02


def test_totals_of_outputs() -> None:
    z, _ = log_odds([10, 60], [60, 60], [7, 12], before_total=101, after_total=101, prior_total=20)
    assert z[0] > 5
    assert z[1] == pytest.approx(0)


@pytest.mark.parametrize(
    "bad",
    [
        ([1, 2], [1], [1, 1]),
        ([1, 2], [1, 2], [0, 1]),
        ([-1, 2], [1, 2], [1, 1]),
        ([5], [5], [1]),
        ([[1]], [[1]], [[1]]),
    ],
)
def test_counts_that_are_none(bad: tuple[object, object, object]) -> None:
    with pytest.raises(BadInput):
        log_odds(*bad)


def test_no_words() -> None:
    with pytest.raises(NotEnoughData):
        log_odds([], [], [])
