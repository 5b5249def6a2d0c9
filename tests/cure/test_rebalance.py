"""Weights that even out dishes: exact totals, bounds, and what they cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullmenu.cure import balancing_weights, effective_sample_size, rebalance
from fullmenu.cure.variety import Variety
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.judge.plates import group_plates
from fullmenu.measures import repeat_rate
from fullmenu.samples import Samples
from fullmenu.views.registry import get

labels = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=60)


@given(labels, st.floats(0, 1), st.floats(1, 20))
def test_weights_are_bounded_have_mean_one_and_favour_the_rare(given, power, most):
    w = balancing_weights(given, power=power, max_weight=most)
    assert w.mean() == pytest.approx(1)
    assert (w > 0).all()
    assert w.max() <= most * (1 + 1e-12)
    counts = np.array([given.count(x) for x in given])
    assert (np.diff(w[np.argsort(counts)]) <= 1e-9).all()


@given(labels)
def test_power_one_makes_all_labels_alike_and_power_zero_changes_nothing(given):
    w = balancing_weights(given, max_weight=100)
    totals = [w[[x == y for x in given]].sum() for y in set(given)]
    assert totals == pytest.approx([len(given) / len(totals)] * len(totals))
    assert balancing_weights(given, power=0) == pytest.approx(np.ones(len(given)))


def test_uncapped_weights_follow_the_power():
    w = balancing_weights(["a"] * 9 + ["b"], power=0.5)
    assert w[9] / w[0] == pytest.approx(3)


def test_what_is_cut_off_goes_to_the_others_in_proportion():
    given = ["a"] * 16 + ["b"] * 4 + ["c"]
    free, capped = balancing_weights(given), balancing_weights(given, max_weight=3)
    assert free[-1] > 3 == capped[-1]
    assert capped[16] / capped[0] == pytest.approx(free[16] / free[0])


def test_the_dishes_are_those_of_check(serve):
    log = serve(prompts=8)
    view = get("answer")
    rows = view.rows(log.outputs, log.prompts)
    plates = group_plates([(log.outputs, log.prompts, log.groups, rows)], view.same_dish)
    assert rebalance(log, by_prompt=True).dishes.tolist() == plates.dish.tolist()


def test_by_prompt_leaves_every_prompt_its_share(serve):
    log = serve(prompts=7, outputs=9)
    w = rebalance(log, by_prompt=True).weights
    assert np.bincount(log.groups, w) == pytest.approx(np.full(7, 9))


def test_rebalanced_dishes_count_alike_and_the_cost_is_told(menu):
    log = Samples.of({"Dinner?": [menu[0]] * 8 + [menu[1]] * 2 + [menu[2]] * 2})
    r = rebalance(log, view="lexical")  # by sense two suppers are a little alike
    assert (r.before.dishes, r.before.leading_share) == (3, pytest.approx(2 / 3))
    assert r.after.leading_share == pytest.approx(1 / 3)
    assert r.after.effective_number.value == pytest.approx(3, rel=0.03)
    assert r.after.effective_sample_size == pytest.approx(effective_sample_size(r.weights))
    assert r.after.effective_sample_size < r.before.effective_sample_size == 12


def test_given_labels_count_instead_of_dishes():
    log = Samples.of({"?": ["fig", "fig", "fig", "kiwi"]})
    assert rebalance(log, labels=["x", "x", "y", "y"]).weights.tolist() == [1] * 4


def test_weighted_variety_is_that_of_the_repeated_sample():
    """Integer weights and repeated rows give the same collection, drawn with replacement."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(20, 5))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    w = rng.integers(1, 4, 20)
    one = np.zeros(20, np.int64)
    a = Variety.of(x, one, one, w.astype(float))
    k2 = (x @ x.T) ** 2
    assert 1 / a.effective_number.value == pytest.approx(w @ k2 @ w / w.sum() ** 2)
    plain = Variety.of(x, one, one)
    assert plain.repeat_rate.value == pytest.approx(repeat_rate(x).value)
    assert 1 / plain.effective_number.value == pytest.approx(k2.mean())
    assert (plain.repeat_rate.low, plain.repeat_rate.high) == pytest.approx(
        (repeat_rate(x).low, repeat_rate(x).high), rel=1e-6
    )


def test_the_interval_of_a_reweighted_rate_covers():
    """Draw from (.7, .2, .1), weigh by known 1/√p: the target is ∝ √p."""
    rng = np.random.default_rng(1)
    p = np.array([0.7, 0.2, 0.1])
    target = np.sqrt(p) / np.sqrt(p).sum()
    truth, rates = (target**2).sum(), []
    for _ in range(300):
        drawn = rng.choice(3, 120, p=p)
        w = 1 / np.sqrt(p)[drawn]
        rates.append(Variety.of(np.eye(3)[drawn], np.zeros(120, np.int64), drawn, w).repeat_rate)
    values = np.array([r.value for r in rates])
    assert abs(values.mean() - truth) < 4 * values.std() / np.sqrt(300)
    assert np.mean([r.low <= truth <= r.high for r in rates]) >= 0.91


@pytest.mark.parametrize("wrong", [{"power": 2}, {"power": -1}, {"max_weight": 0.5}])
def test_wrong_settings_are_named(wrong):
    with pytest.raises(BadInput, match=next(iter(wrong))):
        balancing_weights(["a", "b"], **wrong)


def test_nothing_to_weigh():
    with pytest.raises(BadInput, match="no labels"):
        balancing_weights([])
    with pytest.raises(NotEnoughData, match="no outputs"):
        rebalance(Samples.from_records([]))
    with pytest.raises(BadInput, match="3 labels for 2"):
        rebalance(Samples.of(["a", "b"]), labels=[1, 2, 3])
