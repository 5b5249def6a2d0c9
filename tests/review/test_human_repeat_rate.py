"""The human repeat rate: right on average, as sure as it says, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.review.human_change import judge_change
from fullmenu.review.human_repeat_rate import Answers, human_rate
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


def test_agrees_with_prediction_powered_inference_where_they_meet():
    """Plain means: independent pairs at equal chances, one rater."""
    ppi_py = pytest.importorskip("ppi_py")
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
    theirs = ppi_py.ppi_mean_ci(
        said[ask.pairs], pairs.likely[ask.pairs], pairs.likely[rest], alpha=0.05
    )
    low, high = (float(np.ravel(bound)[0]) for bound in theirs)
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
    with pytest.raises(NotEnoughData, match=r"2 rater\(s\).*3 or more.*these raters"):
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
    assert rate.effective_number(e).value == pytest.approx(1)


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
