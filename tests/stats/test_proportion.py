"""Shares: Wilson's interval, prompts, differences, winners."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from scipy.stats import beta

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.stats.proportion import (
    difference,
    jackknife_se,
    leader_interval,
    share,
    share_interval,
    share_of_two,
    t_quantile,
    wilson,
)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [  # Newcombe 1998, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_wilson_intervals(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=6e-5)


def test_wilson_is_symmetric_and_wider_with_t() -> None:
    low, high = wilson(3, 20)
    assert wilson(17, 20) == pytest.approx((1 - high, 1 - low))
    wide = wilson(3, 20, df=4)
    assert wide[0] < low and wide[1] > high
    assert t_quantile(0.95, 1e9) == pytest.approx(1.959964, abs=1e-5)


@pytest.mark.parametrize("bad", [(5, 4), (-1, 4)])
def test_no_share(bad: tuple[float, float]) -> None:
    with pytest.raises(BadInput):
        wilson(*bad)
    with pytest.raises(NotEnoughData):
        wilson(0, 0)
    with pytest.raises(BadInput, match="level"):
        wilson(1, 4, 1.0)


def test_share_of_outputs_is_wilson() -> None:
    e = share([True] * 3 + [False] * 7)
    assert (e.low, e.high) == pytest.approx(wilson(3, 10))
    assert (e.value, e.n) == (0.3, 10)


def test_prompts_that_answer_as_one_count_as_one() -> None:
    hits = np.repeat([1, 0, 0, 1, 0, 0, 0, 0, 1, 0], 10)
    groups = np.repeat(np.arange(10), 10)
    by_prompt = share(hits, groups=groups)
    alone = wilson(3, 10)
    assert by_prompt.low is not None and by_prompt.high is not None
    assert by_prompt.low < alone[0] and by_prompt.high > alone[1]
    assert by_prompt.n == 10


def test_prompts_that_do_not_matter_cost_little() -> None:
    rng = np.random.default_rng(0)
    hits, groups = rng.random(600) < 0.3, np.repeat(np.arange(60), 10)
    plain, by_prompt = share(hits), share(hits, groups=groups)
    assert (by_prompt.low, by_prompt.high) == pytest.approx((plain.low, plain.high), abs=0.02)


def test_share_by_prompt_covers() -> None:
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(30), 8)
    covered = 0
    for _ in range(300):
        p = rng.beta(0.4, 1.6, 30)
        e = share(rng.random(240) < p[groups], groups=groups)
        assert e.low is not None and e.high is not None
        covered += e.low <= 0.2 <= e.high
    assert covered >= 276


def test_totals() -> None:
    e = share([1, 3, 0], [10, 10, 20])
    assert e.value == pytest.approx(0.1)
    with pytest.raises(NotEnoughData, match="holds everything"):
        share([1, 0], [10, 0])
    with pytest.raises(NotEnoughData, match="at least 2"):
        share([1])
    with pytest.raises(BadInput):
        share([2, 0], [1, 1])
    with pytest.raises(BadInput):
        share([1, 0], groups=[1])


def test_blind_jackknife_falls_back_on_the_units() -> None:
    assert share_interval(0.0, np.zeros(20)) == pytest.approx(wilson(0, 20, df=19))
    assert share_interval(0.5, np.full(20, 0.5)) == pytest.approx(wilson(10, 20, df=19))
    with pytest.raises(NotEnoughData):
        share_interval(0.5, [0.5])


def test_difference_is_paired() -> None:
    rng = np.random.default_rng(2)
    level = rng.random(40)
    before, after = rng.binomial(50, level * 0.7), rng.binomial(50, level * 0.8)
    e = difference(before, np.full(40, 50), after, np.full(40, 50))
    d = (after - before) / 50
    half = t_quantile(0.95, 39) * d.std(ddof=1) / np.sqrt(40)
    assert (e.value, e.low, e.high) == pytest.approx((d.mean(), d.mean() - half, d.mean() + half))


def test_difference_of_nothing_still_has_an_interval() -> None:
    e = difference([0] * 10, [5] * 10, [0] * 10, [5] * 10)
    assert e.value == 0
    assert e.low is not None and e.high is not None
    assert -0.5 < e.low < 0 < e.high < 0.5


def test_difference_needs_prompts() -> None:
    with pytest.raises(NotEnoughData, match="2 prompts"):
        difference([1], [2], [1], [2])
    with pytest.raises(NotEnoughData, match="holds all"):
        difference([1, 0], [2, 0], [1, 1], [2, 2])
    with pytest.raises(BadInput):
        difference([1, 0], [2, 2], [1], [2])


def test_winners_lower_bound_allows_for_luck() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(300):
        ranked = np.sort(rng.multinomial(60, np.full(10, 0.1)))[::-1]
        low, high = leader_interval(ranked)
        covered += low <= 0.1 <= high
    assert covered >= 279


def test_design_effect_widens() -> None:
    plain, wide = leader_interval([30, 10, 10]), leader_interval([30, 10, 10], effect=5)
    assert wide[0] < plain[0] < 0.6 < plain[1] < wide[1]


def test_wilson_at_the_ends() -> None:
    z2 = NormalDist().inv_cdf(0.975) ** 2
    assert wilson(10, 10) == (pytest.approx(10 / (10 + z2)), 1.0)
    assert wilson(0, 10) == (0.0, pytest.approx(z2 / (10 + z2)))
    assert {wilson(n, n)[1] for n in range(1, 60)} == {1.0}
    assert wilson(0, 0.5) == (0.0, pytest.approx(z2 / (0.5 + z2)))  # an effective number below 1
    assert wilson(10 * (1 + 5e-10), 10) == wilson(10, 10)  # rounding
    with pytest.raises(BadInput, match="no share"):
        wilson(10 * (1 + 1.2e-9), 10)
    for level in (0.0, 1.0):
        with pytest.raises(BadInput, match=f"level={level}"):
            wilson(1, 4, level)


def test_wilson_with_t_by_hand() -> None:
    # t(4) = 2.7764: p = .2, n = 10: middle (.2 + t²/20)/(1 + t²/10), half
    # √(t² (.16/10 + t²/400))/(1 + t²/10)
    t2 = t_quantile(0.95, 4) ** 2
    half = np.sqrt(t2 * (0.016 + t2 / 400))
    low, high = wilson(2, 10, df=4)
    assert low == pytest.approx((0.2 + t2 / 20 - half) / (1 + t2 / 10))
    assert high == pytest.approx((0.2 + t2 / 20 + half) / (1 + t2 / 10))


def test_the_effective_number_by_hand() -> None:
    # left out: .4, .2, .3: s.e. √(2/3 · .02), n = .3 · .7/s.e.² = 15.75, at most `most`
    without = [0.4, 0.2, 0.3]
    assert share_interval(0.3, without) == pytest.approx(wilson(0.3 * 15.75, 15.75, df=2))
    assert share_interval(0.3, without, most=4) == pytest.approx(wilson(1.2, 4, df=2))
    assert jackknife_se(np.array(without)) == pytest.approx(np.sqrt(2 / 3 * 0.02))


def test_a_share_of_all_or_none_counts_the_units() -> None:
    assert share_interval(1.0, [1.0, 0.9]) == pytest.approx(wilson(2, 2, df=1))
    assert share_interval(0.0, [0.0, 0.1]) == pytest.approx(wilson(0, 2, df=1))


def test_totals_may_be_fractions() -> None:
    e = share([0.1, 0.2], [0.25, 0.5])  # .3 of .75; without one .4 or .4: as many draws as units
    assert e.value == pytest.approx(0.4)
    assert (e.low, e.high) == pytest.approx(wilson(0.8, 2, df=1))
    with pytest.raises(NotEnoughData, match="holds everything"):
        share([0, 0], [0, 0])
    for bad in ([[1, 0], [0, 1]], [np.nan, 1], [-1, 1]):
        with pytest.raises(BadInput):
            share(bad)
    with pytest.raises(BadInput):
        share([0, 0], [np.inf, 1])


def test_a_change_by_hand() -> None:
    # 1/4 to 4/6. Without each prompt in turn 0/2, 1/3, 1/3 before, and 1/2, 4/5, 3/5 after
    e = difference([1, 0, 0], [2, 1, 1], [3, 0, 1], [4, 1, 1], level=0.8)
    left = np.array([1 / 2 - 0 / 2, 4 / 5 - 1 / 3, 3 / 5 - 1 / 3])
    half = t_quantile(0.8, 2) * np.sqrt(2 / 3 * ((left - left.mean()) ** 2).sum())
    assert (e.value, e.low, e.high) == pytest.approx((5 / 12, 5 / 12 - half, 5 / 12 + half))
    assert (e.n, e.level) == (3, 0.8)


def test_a_change_stays_within_one() -> None:
    e = difference([0, 1], [1, 1], [1, 0], [1, 1])  # left 1 and −1, with t(1) = 12.7
    assert (e.value, e.low, e.high) == (0, -1, 1)


def test_a_change_that_all_prompts_share_counts_prompts() -> None:
    high = wilson(0, 10, df=9)[1]
    e = difference([1] * 10, [5] * 10, [2] * 10, [5] * 10)
    assert (e.low, e.high) == pytest.approx((0.2 - high, 0.2 + high))


@pytest.mark.parametrize(
    ("ranked", "k", "ways", "hits", "n"),
    [
        ([8, 6, 1], 1, 2, 8, 15),  # |6 − 8| ≤ 2√14, |1 − 8| > 2√9: either of two won
        ([8, 6, 1], 2, 3, 14, 15),  # |1 − 6| ≤ 2√7: any two of three
        ([8, 6, 1], 9, 1, 15, 15),  # all of them
        ([4, 0], 1, 2, 4, 4),  # |0 − 4| = 2√4 is near
        ([50, 1], 1, 1, 50, 51),
    ],
)
def test_winners_by_hand(ranked: list[int], k: int, ways: int, hits: int, n: int) -> None:
    low, high = leader_interval(ranked, k, 0.9)
    assert low == pytest.approx(beta.ppf(0.05 / ways, hits, n - hits + 1))
    assert high == pytest.approx(wilson(hits, n, 0.9)[1])


def test_dishes_unseen_might_have_won_where_the_winner_is_rare() -> None:
    assert leader_interval([4, 1], unseen=5)[0] == pytest.approx(beta.ppf(0.025 / 7, 4, 2))
    assert leader_interval([5, 1], unseen=5)[0] == pytest.approx(beta.ppf(0.025 / 2, 5, 2))


def test_a_design_effect_divides_the_counts() -> None:
    assert leader_interval([16, 12, 2], effect=2) == pytest.approx(leader_interval([8, 6, 1]))


@pytest.mark.parametrize(
    ("value", "variance", "sizes", "n", "df"),
    [
        (0.4, 0.03, (20, 30), 8, 19),  # .24/.03 draws of 20 · 30/50 = 12 at most
        (0.4, 0.01, (20, 30), 12, 19),
        (0.4, 0.0, (30, 20), 12, 19),
        (1.0, 0.5, (20, 30), 12, 19),
        (0.0, 0.5, (20, 30), 12, 19),
        (0.4, 1.5, (3, 2), 0.16, 1),
        (0.4, 0.0, (1, 1), 0.5, 1),
        (0.4, 0.0, (5, 1), 5 / 6, 1),
    ],
)
def test_a_share_of_two_samples(
    value: float, variance: float, sizes: tuple[int, int], n: float, df: int
) -> None:
    found = share_of_two(value, variance, sizes, 0.9)
    assert found == pytest.approx(wilson(value * n, n, 0.9, df=df))


def test_one_part_in_a_million_millions_is_rounding() -> None:
    for spread, blind in ((8e-13, True), (1.1e-12, False)):  # s.e. spread · √(4/3)
        rest = 0.5 + spread * np.array([-1, 0, 1])
        found = share_interval(0.5, rest, most=9)
        assert found == pytest.approx(wilson(1.5, 3, df=2) if blind else wilson(4.5, 9, df=2))
