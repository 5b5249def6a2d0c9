"""The human repeat rate: right on average, as sure as it says, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Margins
from fullmenu.kernel.rates import effective_number
from fullmenu.review.human_change import judge_change
from fullmenu.review.human_repeat_rate import Answers, HumanRepeatRate, human_rate
from fullmenu.review.pairs import pairs_of, squared_likeness
from fullmenu.review.questions import drawn, random_chances, unsure_chances


def world(prompts: int = 60, outputs: int = 6, seed: int = 0):
    """Pairs of a log with a kernel that knows something, and what one would say to each."""
    rng = np.random.default_rng(seed)
    pairs = pairs_of(np.repeat(np.arange(prompts), outputs))
    ease = rng.beta(1, 1, prompts)[pairs.prompts]
    likely = np.clip(ease + rng.normal(0, 0.25, len(ease)), 0, 1)
    return pairs.with_likely(likely), rng.random(len(ease)) < 0.15 + 0.7 * ease


def campaign(pairs, said, n, seed, rule=unsure_chances, raters=1, **more):
    ask = drawn(pairs, n, rule(pairs), seed)
    who = np.random.default_rng(seed).permutation(np.arange(n) % raters)
    column = said[:, None] if said.ndim == 1 else said
    return human_rate(pairs, Answers(*ask, who, column[ask.pairs, who] * 1.0), **more)


@pytest.mark.parametrize("rule", [unsure_chances, random_chances])
@pytest.mark.parametrize("n", [90, 256])
def test_right_on_average_and_as_often_as_it_says(rule, n):
    off, inside = [], []
    for seed in range(400):
        pairs, said = world(seed=seed % 8)
        truth = float(pairs.weights @ said)
        rate = campaign(pairs, said, n, seed, rule)
        e = rate.for_these_raters()
        off.append(rate.value - truth)
        inside.append(e.low <= truth <= e.high)
    assert abs(np.mean(off)) < 4 * np.std(off) / 20
    assert 0.92 <= np.mean(inside) <= 0.98


def test_questions_hit_each_pair_with_its_chance():
    pairs, _ = world(8, 4)
    chances = unsure_chances(pairs)
    hits = sum(
        np.bincount(drawn(pairs, 5, chances, seed).pairs, minlength=len(chances))
        for seed in range(6000)
    )
    expected = 30_000 * chances
    assert chances.sum() == pytest.approx(1)
    assert ((hits - expected) ** 2 / expected).sum() < 2 * len(chances)


def test_a_kernel_that_knows_narrows_and_one_that_does_not_costs_little():
    pairs, said = world()
    said = np.random.default_rng(4).random(len(said)) < pairs.likely  # it knows more than prompts
    blind = pairs.with_likely(np.random.default_rng(3).random(len(said)))

    def width(of, **more):
        es = [
            campaign(of, said, 200, s, random_chances, **more).for_these_raters() for s in range(40)
        ]
        return np.mean([e.high - e.low for e in es])

    assert width(pairs) < 0.95 * width(pairs, kernel=False)
    assert width(blind) < 1.03 * width(blind, kernel=False)


def prediction_powered(said, known, rest):
    """The mean's interval at 95 % by PPI++ (Angelopoulos, Duchi & Zrnic 2023), plain."""
    n, many = len(said), len(rest)
    of_kernel = np.concatenate([known, rest]).var()
    slope = np.clip(np.cov(said, known)[0, 1] / ((1 + n / many) * of_kernel), 0, 1)
    value = slope * rest.mean() + (said - slope * known).mean()
    half = 1.959964 * np.sqrt((slope * rest).var() / many + (said - slope * known).var() / n)
    return value - half, value + half


def test_the_published_interval_is_the_package_s():
    """As ppi_python 0.2.3 has it. It installs a top-level ``tests``, so it is no requirement."""
    kernel = np.arange(400) * 0.618034 % 1
    said = (kernel[:50] ** 1.5 > np.arange(50) * 0.414214 % 1) * 1.0
    theirs = (0.2829943636, 0.4791770650)
    assert prediction_powered(said, kernel[:50], kernel[50:]) == pytest.approx(theirs, abs=1e-7)


def test_agrees_with_prediction_powered_inference_where_they_meet():
    """Plain means: independent pairs at equal chances, one rater."""
    rng = np.random.default_rng(5)
    n, many = 600, 40_000
    pairs = pairs_of(np.repeat(np.arange(many), 2), rng.random(many))
    order = pairs.__class__(
        rng.permutation(many), pairs.first, pairs.second, np.full(many, 0.5), pairs.weights
    )
    said = (rng.random(many) < pairs.likely) * 1.0
    ask = drawn(order, n, random_chances(order))
    ours = human_rate(pairs, Answers(*ask, np.zeros(n, int), said[ask.pairs]))
    e = ours.for_these_raters()
    rest = np.setdiff1d(np.arange(many), ask.pairs)
    low, high = prediction_powered(said[ask.pairs], pairs.likely[ask.pairs], pairs.likely[rest])
    assert abs(e.value - (low + high) / 2) < 0.2 * (high - low) / 2
    assert e.high - e.low == pytest.approx(high - low, rel=0.1)


def test_raters_that_differ_widen_the_interval_for_people():
    pairs, said = world()
    rng = np.random.default_rng(1)
    strict = rng.random((len(said), 8)) < np.linspace(0.3, 1, 8)
    rate = campaign(pairs, said[:, None] & strict, 400, 0, raters=8)
    these, people = rate.for_these_raters(), rate.for_people()
    assert people.high - people.low > 2 * (these.high - these.low)
    assert these.value == people.value
    assert "these raters" in these.method and "for people" in people.method
    assert np.corrcoef(rate.by_rater, np.arange(8))[0, 1] > 0.8


def test_two_raters_are_not_people():
    pairs, said = world()
    rate = campaign(pairs, np.stack([said, said], 1), 200, 0, raters=2)
    with pytest.raises(NotEnoughData, match=r"2 raters.*3 or more.*these raters"):
        rate.for_people()


def test_prompts_like_these_are_less_sure():
    pairs, said = world()
    rate = campaign(pairs, said, 300, 0)
    now, future = (rate.for_these_raters(future=f) for f in (False, True))
    assert future.high - future.low > now.high - now.low
    rate = campaign(pairs, np.stack([said] * 3, 1), 300, 0, raters=3)
    now, future = (rate.for_people(future=f) for f in (False, True))
    assert future.high - future.low > now.high - now.low
    few, said = world(5, 12)
    with pytest.raises(NotEnoughData, match="6 or more, not 5"):
        campaign(few, said, 100, 0).for_these_raters(future=True)


def test_order_and_names_do_not_matter():
    pairs, said = world()
    ask = drawn(pairs, 120)
    raters = np.arange(120) % 4
    answers = Answers(*ask, raters, said[ask.pairs] * 1.0)
    mixed = np.random.default_rng(0).permutation(120)
    other = Answers(*ask, 9 - 3 * raters, said[ask.pairs] * 1.0).at(mixed)
    a, b = (human_rate(pairs, one).for_people() for one in (answers, other))
    assert (a.value, a.low, a.high) == pytest.approx((b.value, b.low, b.high), abs=1e-9)


def test_all_the_same_is_one_dish():
    pairs, said = world()
    rate = campaign(pairs, np.ones_like(said), 100, 0)
    e = rate.for_these_raters()
    assert e.value == pytest.approx(1) and e.low > 0.9
    assert effective_number(e).value == pytest.approx(1)


def test_refusals():
    pairs, said = world()
    with pytest.raises(NotEnoughData, match=r"19 answers.*needs 20"):
        campaign(pairs, said, 19, 0)
    with pytest.raises(BadInput, match="between 0"):
        Answers(*drawn(pairs, 2), np.zeros(2, int), np.array([1.0, 2.0]))
    with pytest.raises(NotEnoughData, match="no prompt has two"):
        pairs_of(["a", "b"])
    with pytest.raises(BadInput, match="audit=0"):
        unsure_chances(pairs, 0)
    with pytest.raises(BadInput, match="0 questions"):
        drawn(pairs, 0)
    with pytest.raises(BadInput, match="one in"):
        pairs.with_likely([0.5])


def test_a_rater_of_few_answers_is_left_out():
    pairs, said = world()
    ask = drawn(pairs, 100)
    raters = np.zeros(100, int)
    raters[:4] = 1
    rate = human_rate(pairs, Answers(*ask, raters, said[ask.pairs] * 1.0))
    assert rate.raters == 1 and rate.answers == 96


def test_a_change_is_judged_by_the_rule_of_compare():
    pairs, said = world(80)
    rng = np.random.default_rng(2)
    after = said | (rng.random(len(said)) < 0.8)
    raters = {"raters": 4}
    tables = [np.stack([one] * 4, 1) for one in (said, after)]
    before_rate, after_rate = (campaign(pairs, t, 400, 1, **raters) for t in tables)
    change = judge_change(before_rate, after_rate)
    assert change.verdict.name in ("collapsed", "narrowed")
    assert change.for_people is not None and change.whom == "people"
    alone = judge_change(*(campaign(pairs, one, 400, 1) for one in (said, after)))
    assert alone.for_people is None and alone.whom == "these raters"


@pytest.mark.parametrize(("low", "whom"), [(0.8, "these raters"), (0.5, "people")])
def test_whom_a_verdict_of_held_speaks_for_goes_by_the_margins_given(low, whom):
    raters, of_prompts = np.linspace(-1, 1, 6) / 10, np.linspace(-1, 1, 30) / 3e3
    before, after = (
        HumanRepeatRate(0.3, 0.3, 0.3 + by, np.arange(6), of_prompts, 1e-5, 99.0, 120)
        for by in (raters, -raters)
    )
    change = judge_change(before, after, margins=Margins(held_low=low, held_high=1 / low))
    assert change.for_people is not None and 1.25 < change.for_people.high < 2
    assert (change.verdict.name, change.whom) == ("held", whom)


@pytest.mark.parametrize(("collapsed", "whom"), [(0.5, "people"), (0.3, "these raters")])
def test_whom_a_verdict_of_collapsed_speaks_for_goes_by_the_margins_given(collapsed, whom):
    raters, of_prompts = np.linspace(-1, 1, 6) / 25, np.linspace(-1, 1, 30) / 3e3
    before, after = (
        HumanRepeatRate(u, u, u + by, np.arange(6), of_prompts, 1e-5, 99.0, 120)
        for u, by in ((0.16, raters), (0.6, -raters))
    )
    change = judge_change(before, after, margins=Margins(collapsed=collapsed))
    assert 0.3 < change.for_people.high < 0.5
    assert (change.verdict.name, change.whom) == ("collapsed", whom)


def test_prompts_that_cannot_be_paired_are_refused():
    rates = [campaign(*world(n), 200, 0) for n in (40, 30)]
    with pytest.raises(BadInput, match=r"40 prompts before and 30 after.*paired=False"):
        judge_change(*rates)
    assert judge_change(*rates, paired=False).verdict.name == "unclear"
    alone = campaign(*world(1, 12), 60, 0)
    with pytest.raises(NotEnoughData, match="from two or more"):
        judge_change(alone, alone)


def test_an_overlap_tells_how_raters_differ_and_counts_as_one_question():
    pairs, said = world()
    ask = drawn(pairs, 100)
    twice = [np.repeat(part, 2) for part in ask]
    raters = np.tile([0, 1], 100)
    rate = human_rate(pairs, Answers(*twice, raters, said[twice[0]] * 1.0))
    once = human_rate(pairs, Answers(*ask, np.zeros(100, int), said[ask.pairs] * 1.0))
    assert rate.value == pytest.approx(once.value, abs=0.02)
    assert rate.variance > 0.7 * once.variance  # the second of two equal answers tells nothing new


def test_squared_likeness_stands_in_the_order_of_pairs():
    groups = ["b", "a", "b", "a", "b"]
    x = np.eye(3)[[0, 1, 0, 2, 1]]
    pairs = pairs_of(groups, squared_likeness(x, groups))
    seen = {(i, j): k for i, j, k in zip(pairs.first, pairs.second, pairs.likely, strict=True)}
    assert seen == {(1, 3): 0.0, (0, 2): 1.0, (0, 4): 0.0, (2, 4): 0.0}
