"""Rates in 1,000 words: their intervals hold the truth, and none seen is not none at all."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.stats.linkage import average_linkage
from fullmenu.stats.poisson import largest_mean, upper_tail
from fullmenu.stats.ratio_of_sums import grouped_rate, per_thousand


@pytest.mark.parametrize(("prompts", "many", "clump"), [(40, 8, 1), (150, 20, 3), (300, 150, 3)])
def test_the_interval_holds_the_truth(prompts: int, many: int, clump: int) -> None:
    rng = np.random.default_rng(5)
    share, hits = many / prompts, 0
    for _ in range(300):
        words = np.maximum(rng.gamma(6, 1000 / 6, prompts), 50)
        said = rng.random(prompts) < np.minimum(share * words / 1000, 1)
        rate = per_thousand(said * rng.geometric(1 / clump, prompts).astype(float), words)
        assert rate.low is not None and rate.high is not None
        hits += rate.low <= share * clump <= rate.high
    assert hits >= 0.91 * 300


def test_few_prompts_leave_room_above() -> None:
    words = np.full(100, 1000.0)
    none, one, five = (per_thousand(np.arange(100.0) < k, words) for k in (0, 1, 5))
    assert none.low == one.low == 0 < none.high < one.high < five.high
    assert none.high == pytest.approx(largest_mean(0) / 100)
    with pytest.raises(NotEnoughData, match="2 prompts"):
        per_thousand(np.ones(1), np.ones(1))


def test_a_rate_of_parts_is_none_only_where_nothing_is_found() -> None:
    assert grouped_rate(0.0, np.zeros(10), 300.0).high == pytest.approx(largest_mean(0) / 300)
    rate = grouped_rate(2.0, np.linspace(1.8, 2.2, 10), 300.0)
    assert 0 < rate.low < 2 < rate.high


def test_the_tail_of_a_poisson_number() -> None:
    drawn = np.random.default_rng(0).poisson(2.0, 100_000)
    for k in (0, 1, 4):
        tail = upper_tail(np.array([float(k)]), np.array([2.0]))[0]
        assert tail == pytest.approx((drawn >= k).mean(), abs=0.01)


def test_groups_join_what_is_alike_on_average() -> None:
    alike = np.eye(5)
    for a, b, same in (
        (0, 3, 0.9),
        (1, 4, 0.85),
        (0, 1, 0.5),
        (3, 4, 0.5),
        (0, 4, 0.5),
        (1, 3, 0.5),
    ):
        alike[a, b] = alike[b, a] = same
    order, groups = average_linkage(alike, 0.8)
    assert groups[0] == groups[3] != groups[1] == groups[4]
    assert abs(int(np.flatnonzero(order == 0)[0]) - int(np.flatnonzero(order == 3)[0])) == 1
    assert len(set(average_linkage(alike, 0.4)[1].tolist())) == 2  # all but one
