"""Repeat rates and their intervals by hand: letters are dishes, and nothing is like another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.stats import binom, t

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.kernel.likeness import PairSums
from fullmenu.kernel.rates import (
    GroupMoments,
    across,
    all_same_bound,
    effective_number,
    interval_over_outputs,
    mean_rate,
    none_same_bound,
    rarefied,
    rate_estimate,
    replicates_of_outputs,
    with_chance,
    within,
)
from fullmenu.stats.jackknife import LogQuantity, Replicates


def rows(*menus):
    """One-hot rows of letters, and the prompt of each."""
    letters = "".join(menus)
    return np.eye(26)[[ord(c) - 97 for c in letters]], np.repeat(
        np.arange(len(menus)), [len(m) for m in menus]
    )


def test_rates_within():
    x, groups = rows("aab", "cd", "e", "ff")
    found = within(x, groups, 5)
    assert found.rates == pytest.approx([1 / 3, 0, 0, 1, 0])
    assert found.judged.tolist() == [True, True, False, True, False]
    assert within(x, groups[::-1].max() - groups, 4).rates == pytest.approx([1, 0, 0, 1 / 3])


def test_six_prompts_are_left_out_one_by_one():
    # 1, 0, 0, 0, 0, ⅓: mean 2/9; without each 1/15 or 4/15; the first holds 3/4
    found = within(*rows("aa", "bc", "de", "fg", "hi", "jjk"), 6).replicates()
    assert (found.value, found.units, found.strata) == (pytest.approx(2 / 9), "prompts", None)
    assert found.without == pytest.approx([1 / 15, *[4 / 15] * 4, 1 / 5])
    assert found.share == pytest.approx(3 / 4)
    none = within(*rows("ab", "bc", "de", "fg", "hi", "jk"), 6).replicates()
    assert (none.value, none.share) == (0, 0)
    some = within(*rows("aa", "bc", "de", "fg", "hi", "jjk", "lm"), 7).replicates(np.arange(1, 7))
    assert some.value == pytest.approx(1 / 18)


def test_of_fewer_prompts_the_outputs_are_left_out():
    # aabb: 2 of 6 pairs; without an a, 1 of 3. cde: none. Mean ⅙; one output has 1 of 12 · 2
    found = within(*rows("aabb", "cde", "z"), 3).replicates()
    assert (found.value, found.units) == (pytest.approx(1 / 6), "outputs")
    assert found.without == pytest.approx(np.full(7, 1 / 6))
    assert found.strata.tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert found.share == pytest.approx(1 / 12 / (1 / 3))
    # aab: ⅓; without an a none, without b all
    one = within(*rows("aab"), 1).replicates()
    assert one.without == pytest.approx([0, 0, 1])
    assert one.share == pytest.approx(1 / 6 / (1 / 3))
    assert within(*rows("abc"), 1).replicates().share == 0
    with pytest.raises(NotEnoughData, match="at least 3, and one has 2"):
        within(*rows("aab", "cc"), 2).replicates()
    with pytest.raises(NotEnoughData, match="no prompt has two outputs"):
        within(*rows("a", "b"), 2).replicates()


@pytest.mark.parametrize("moments", [False, True])
def test_rates_across(moments):
    # of 15 pairs of prompts aa and bb agree, and abf agrees with each of these four by a third
    x, groups = rows("a", "a", "b", "b", "c", "abf")
    found = GroupMoments.partial(x, groups).finish_across() if moments else across(x, groups, 6)
    assert (found.value, found.units) == (pytest.approx((2 + 4 / 3) / 15), "prompts")
    # an a, a b and abf take part in 4/3 each, of 10/3; c in none
    assert found.without == pytest.approx([2 / 10] * 4 + [10 / 30, 2 / 10])
    assert found.share == pytest.approx(4 / 3 / (20 / 3))
    # outputs a prompt: 1/(mean of 1/n) = 9/8
    assert found.hidden == pytest.approx((2 / 9) ** (9 / 16) * 2 / (9 / 8 * 6))
    # with 1 output a prompt's distance from the mean 10/9 stands for its spread, 6/5 times squared;
    # abf: without an a or b 1, without f 2, where it is 4/3. In U each counts 2/30
    distance = 6 / 5 * (4 * (4 / 3 - 10 / 9) ** 2 + (10 / 9) ** 2)
    spread = 6 / 5 * (2 / 9) ** 2 if moments else 2 / 3 * (2 * (1 / 3) ** 2 + (2 / 3) ** 2)
    chance = found.value * (1 - found.value) / 15 * (8 / 9) ** 2
    assert found.fixed_se**2 == pytest.approx((distance + spread) / 15**2 + chance)


@pytest.mark.parametrize("moments", [False, True])
def test_a_prompt_with_more_outputs_weighs_no_more(moments):
    few, more = rows("ab", "ac", "de", "fg", "hi", "jk"), rows("abab", "ac", "de", "fg", "hi", "jk")
    seen = [
        GroupMoments.partial(*x).finish_across() if moments else across(*x, 6) for x in (few, more)
    ]
    # one pair of prompts of 15 agrees, by a quarter
    assert [r.value for r in seen] == pytest.approx([1 / 60] * 2)
    assert seen[0].without == pytest.approx(seen[1].without)


def test_spread_over_the_outputs_of_fixed_prompts():
    # aab: ⅓, without an a 0, without b 1: variance ⅔ · (2 · (1/3)² + (2/3)²) = 4/9; cd: two only,
    # so that its distance from the mean 2/9 stands for it. Chance: U(1 − U) · Σ 2/(n(n − 1))
    x, groups = rows("aab", "ccd", "ef", "gh", "iij", "kl")
    found = within(x, groups, 6).replicates()
    value = 3 / 3 / 6
    assert found.value == pytest.approx(value)
    spread = 3 * 4 / 9 + 3 * value**2 * 6 / 5
    chance = value * (1 - value) * (3 * 2 / 6 + 3)
    assert found.fixed_se == pytest.approx(math.sqrt(spread + chance) / 6)
    # 1/(mean of 1/n) = 12/5 outputs a prompt
    assert found.compared == (pytest.approx(12 / 5), 6)
    assert found.hidden == pytest.approx(value**1.2 * 2 / (12 / 5 * 6))
    two = mean_rate(np.array([0.5, 0.1, 0.1, 0.1, 0.1, 0.1]), np.full(6, 2))
    distance = ((0.5 - 1 / 6) ** 2 + 5 * (0.1 - 1 / 6) ** 2) * 6 / 5
    assert two.fixed_se == pytest.approx(math.sqrt(distance + 6 * 1 / 6 * 5 / 6) / 6)


def test_where_a_prompt_carries_it_the_interval_is_over_outputs():
    x, groups = rows("aaaaa", "bbcde", "fghij", "klmno", "pqrst", "uvwxy")
    r = within(x, groups, 6).replicates()
    e = rate_estimate(r, 0.9)
    half = t.ppf(0.95, 24) * r.fixed_se / r.value
    assert (e.low, e.high) == pytest.approx((r.value / math.exp(half), r.value * math.exp(half)))
    assert e.method == "mean k² over pairs, jackknife over outputs (these prompts only)"
    none = rate_estimate(within(*rows(*["ab"] * 6), 6).replicates(), 0.9)
    assert (none.low, none.high) == (0, pytest.approx(1 - 0.1 ** (1 / 6)))


def test_outputs_beyond_all_pairs_are_left_out_as_they_were_compared():
    # random blocks compare each output with about 127 of 1,500
    rng = np.random.default_rng(0)
    dishes = rng.integers(0, 4, 1500)
    x = csr_matrix(np.eye(4)[dishes])
    found = within(x, np.zeros(1500, np.int64), 1).replicates()
    assert found.without.mean() == pytest.approx(found.value, rel=1e-3)


def test_one_dish_everywhere_is_exactly_one():
    x, groups = rows(*["aaa"] * 6)
    x = x * (1 + 1e-9)
    for found in (
        across(x, groups, 6),
        within(x, groups, 6).replicates(),
        GroupMoments.partial(x, groups).finish(),
        GroupMoments.partial(x, groups).finish_across(),
    ):
        assert found.value == 1
        assert (found.without == 1).all()


def test_six_prompts_for_a_rate_across():
    assert across(*rows(*"aabbcd"), 9).n == 6  # three numbers without a row
    for few in (5, 1):
        with pytest.raises(NotEnoughData, match=f"at least 6, not {few}"):
            across(*rows(*"aabbc"[:few]), 6)
        with pytest.raises(NotEnoughData, match=f"at least 6, not {few if few > 1 else 0}"):
            GroupMoments.partial(*rows(*"aabbc"[:few])).finish_across()


def test_moments_need_two_outputs_of_six_prompts():
    six = ("aa", "bc", "de", "fg", "hi", "jjk")
    assert GroupMoments.partial(*rows(*six, "z")).finish().value == pytest.approx(2 / 9)
    with pytest.raises(NotEnoughData, match="5 prompts have two outputs"):
        GroupMoments.partial(*rows(*six[:5], "z")).finish()


def replicates(value, without, strata=None):
    return Replicates(value, np.array(without), "outputs" if strata else "prompts", strata)


def test_an_estimate_is_the_t_interval_of_the_log():
    # logs ±.1 of three: s.e. √(2/3 · .02)
    e = rate_estimate(replicates(0.5, 0.5 * np.exp([-0.1, 0, 0.1])), 0.9)
    half = t.ppf(0.95, 2) * math.sqrt(0.04 / 3)
    assert (e.value, e.low, e.high) == pytest.approx(
        (0.5, 0.5 * math.exp(-half), 0.5 * math.exp(half))
    )
    assert (e.n, e.level) == (3, 0.9)
    wide = rate_estimate(replicates(0.9, 0.9 * np.exp([-0.1, 0, 0.1])))
    assert wide.high == 1


def test_units_all_alike_are_as_sure_as_that_many_pairs():
    # se of log U = √((1 − U)/(U n)) = √(.8/(.2 · 5))
    e = rate_estimate(replicates(0.2, np.full(5, 0.2)), 0.5)
    assert e.low == pytest.approx(0.2 * math.exp(-t.ppf(0.75, 4) * math.sqrt(0.8)))


def test_all_or_nothing_alike():
    all_alike = rate_estimate(replicates(1.0, np.ones(10)))
    assert (all_alike.value, all_alike.high) == (1, 1)
    assert all_alike.low == pytest.approx(0.05 ** (2 / 10))
    for none in (replicates(0.0, np.zeros(10)), replicates(0.01, [0.0, *[0.02] * 9])):
        e = rate_estimate(none)
        assert (e.low, e.high) == (0, none_same_bound(10, 0.95))
    much = rate_estimate(replicates(0.9, [0.0, *[0.9] * 9]))
    assert much.high == 0.9


def test_bounds_where_all_or_none_agree():
    # a dish of share p fills all n outputs with chance pⁿ, and its pairs agree by p²
    assert all_same_bound(8, 0.9) == pytest.approx((0.1 ** (1 / 8)) ** 2)
    for n in (1, 2, 30):
        p = math.sqrt(none_same_bound(n, 0.9))
        if n > 1:
            assert binom.cdf(1, n, p) == pytest.approx(0.1)
    assert none_same_bound(1, 0.9) == 1


def test_the_effective_number():
    e = effective_number(Estimate(0.25, 0.2, 0.5, 40, "probability", "given", 0.9))
    assert (e.value, e.low, e.high, e.n, e.level) == (4, 2, 5, 40, 0.9)
    open_ = effective_number(Estimate(0.25, 0.0, 0.5, 40, "probability", "given"))
    assert (open_.low, open_.high) == (2, None)
    for none in (
        Estimate(0.0, 0.0, 0.5, 40, "probability", "given"),
        Estimate(0.25, 0.2, None, 40, "probability", "given"),
    ):
        with pytest.raises(NotEnoughData, match="no two of the 40"):
            effective_number(none)


def test_rarefaction_by_hand():
    # at m = 4 and U = ⅕: ¼ + ¾ · ⅕ = ⅖
    assert rarefied(0.2, np.array([1.0, 4])) == pytest.approx([1, 2.5])


AABC = PairSums(np.array([1.0, 1, 0, 0]), np.full(4, 3.0))


def test_outputs_of_one_sample_are_left_out():
    # of aabc 1 of 6 pairs agrees; without an a 0 of 3, without another 1 of 3
    found = replicates_of_outputs(AABC)
    assert (found.value, found.units) == (pytest.approx(1 / 6), "outputs")
    assert found.without == pytest.approx([0, 0, 1 / 3, 1 / 3])
    three = replicates_of_outputs(PairSums(np.array([1.0, 1, 0]), np.full(3, 2.0)))
    assert three.without == pytest.approx([0, 0, 1])
    for few in (
        PairSums(np.ones(2), np.ones(2)),
        PairSums(np.array([1.0, 1, 0, 0]), np.array([2.0, 1, 1, 0])),
    ):
        with pytest.raises(NotEnoughData, match="at least 3 of them"):
            replicates_of_outputs(few)


def test_the_interval_over_outputs():
    assert interval_over_outputs(PairSums(np.ones(2), np.ones(2))) == (0, 1)
    alike = PairSums(np.full(3, 2.0), np.full(3, 2.0))
    assert interval_over_outputs(alike, 0.9) == (all_same_bound(3, 0.9), 1)
    assert interval_over_outputs(AABC, 0.9) == (0, none_same_bound(4, 0.9))
    # aabb: every output is left with 1 of 3: only chance, 2(1 − ⅓)/(⅓ · 12), three df
    aabb = PairSums(np.ones(4), np.full(4, 3.0))
    low, high = interval_over_outputs(aabb, 0.5)
    half = t.ppf(0.75, 3) * math.sqrt(2 * (2 / 3) / (1 / 3 * 12))
    assert (low, high) == pytest.approx((math.exp(-half) / 3, math.exp(half) / 3))
    assert interval_over_outputs(aabb, 0.95)[1] == 1


def test_chance_is_added_in_quadrature():
    # 2 · .75/(.25 · 5 · 4) = .3
    q = with_chance(LogQuantity(-1.0, 0.4, 7), 0.25, 5)
    assert (q.log, q.se, q.df) == (-1, pytest.approx(math.sqrt(0.16 + 0.3)), 7)


def test_moments_of_1024_columns():
    wide = GroupMoments.partial(np.eye(1_024)[[0, 0, 1]], np.array([0, 0, 0]))
    assert wide.rates == pytest.approx([1 / 3])
