"""Dishes: one answer, whatever the order of the log and whoever asks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

import fullmenu as fm
from fullmenu.kernel.dishes import Dishes, group, lost_by_chance
from fullmenu.monitor.ruler import Ruler
from fullmenu.monitor.visits import Visit
from fullmenu.samples import Samples
from fullmenu.train import Watch
from fullmenu.views import registry
from fullmenu.views.registry import get

MAINS = ("Roast salmon", "Lentil soup", "Fig tart", "Plum cake", "Bean stew", "Leek pie")
WAYS = ("under lemon", "with cream", "in broth", "on toast", "with herbs", "over coals")
MORE = ("", "!", " tonight", " please", " and bread", " for two with wine")


def served(n=300, seed=1):
    """Outputs that shade into one another, many of them alike word for word."""
    rng = np.random.default_rng(seed)
    return [
        f"{MAINS[min(rng.geometric(0.3) - 1, 5)]} {rng.choice(WAYS)}{rng.choice(MORE)}"
        for _ in range(n)
    ]


def logs():
    texts = served()
    return {
        "thirty prompts": {f"What is for dinner on day {i}?": texts[i::30] for i in range(30)},
        "prompts that are echoed": {
            f"May I have {m.lower()}?": [t for t in texts if t.startswith(m)] for m in MAINS
        },
        "one prompt": {"Dinner?": texts},
    }


@pytest.mark.parametrize("name", logs())
@pytest.mark.filterwarnings("ignore:No alarm can be raised")
def test_the_same_outputs_are_the_same_dishes_for_all_who_ask(name):
    log = Samples.of(logs()[name])
    assert len(log) == 300
    checked = fm.check(log).document["dishes"]
    compared = fm.compare(log, log).document["dishes"]
    watch = Watch(every=1, baseline=log)
    look = watch.completions(1, log.prompts, log.outputs)
    cured = fm.cure.rebalance(log)
    counts = {
        "check": checked["seen"],
        "compare, before": compared["before"]["seen"],
        "compare, after": compared["after"]["seen"],
        "cure": len(np.unique(cured.dishes)),
        "cure, by prompt": len(np.unique(fm.cure.rebalance(log, by_prompt=True).dishes)),
        "cure, what is told": fm.cure.deduplicate(log).before.dishes,
        "train": look.dishes["served"],
    }
    assert set(counts.values()) == {checked["seen"]}, counts
    assert 5 < checked["seen"] < 100
    assert (compared["lost"], look.dishes["lost"]) == (0, 0)
    assert cured.before.leading_share == pytest.approx(checked["cumulative"][0], abs=1e-6)


def test_a_watch_has_the_top_dish_of_check():
    texts = served()
    ruler = Ruler(tuple(registry.chosen(None, "text")), ("phrasing", "top_dish"), size=300)
    reading = ruler.read([Visit("p", tuple(texts), "Dinner?")])[0]
    due = fm.check(Samples.of({"Dinner?": texts})).document["dishes"]["cumulative"][0]
    assert reading.values[1] == pytest.approx(due, abs=1e-6)


def told_apart(texts, rows, asked=None):
    dishes = Dishes(rows, texts, 0.5, asked=asked)
    return sorted(sorted(t for t, d in zip(texts, dishes.of, strict=True) if d == k)
                  for k in range(len(dishes)))  # fmt: skip


@given(st.integers(0, 200))
def test_the_order_of_the_log_is_nothing(seed):
    texts = served(80)
    order = np.random.default_rng(seed).permutation(80)
    rows = get("answer").rows(texts, ["Dinner?"] * 80)
    assert told_apart([texts[i] for i in order], rows[order]) == told_apart(texts, rows)


def test_which_of_identical_outputs_comes_first_is_their_prompts_to_say():
    texts = ["a fig", "a fig", "a fig and a plum", "plum"] * 3
    asked = ["A fig?", "A plum?", "Fruit?", "A fig?", "A plum?", "Fruit?"] * 2
    rows = get("answer").rows(texts, asked)
    straight = told_apart(texts, rows, asked)
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(12)
        again = told_apart([texts[i] for i in order], rows[order], [asked[i] for i in order])
        assert again == straight


def test_identical_outputs_are_one_dish_whatever_their_rows():
    dishes = Dishes(np.eye(4), ["fig", "kiwi", "fig", "plum"], 0.5)
    assert dishes.of.tolist() == [0, 1, 0, 2]
    assert len(dishes) == 3


def test_more_of_the_same_is_no_new_dish():
    texts = served(600)
    rows = get("answer").rows(texts, ["Dinner?"] * 600)
    once = Dishes(rows, texts, 0.5)
    both = np.r_[np.arange(600), np.arange(600)]
    twice = Dishes(rows[both], texts * 2, 0.5)
    assert twice.of.tolist() == once.of.tolist() * 2


def test_others_are_held_against_the_leaders():
    dishes = Dishes(np.eye(4)[[2, 0]], ["fig", "kiwi"], 0.5)
    rows = np.eye(4)[[2, 3, 1, 3]]
    rows[0] = [0, 0.6, 0.8, 0]
    assert dishes.assign(rows, ["a fig", "oak", "elm", "the oak"]).tolist() == [0, 2, 3, 2]
    assert dishes.assign(np.eye(4)[[3]], ["fig"]).tolist() == [0], "it was there before"
    assert dishes.assign(np.eye(4)[[3]], ["oak"]).tolist() == [2], "new ones are not remembered"
    assert len(dishes) == 2


def test_rows_join_the_leader_that_is_most_alike():
    x = np.array([[1, 0, 0], [0, 1, 0], [0.6, 0.8, 0], [0, 0.6, 0.8]])
    assert group(x, 0.5).tolist() == [0, 1, 1, 1]
    assert group(x, 0.61).tolist() == [0, 1, 1, 3]
    assert group(x, 0.5, np.array([2, 3]), leaders=1).tolist()[2:] == [0, 3]


def test_the_chance_of_a_loss_is_hypergeometric():
    # prompt 0: 3 plates before, 2 now; prompt 1: 2 and 4. Dish 7 twice in 0, once in 1
    prompts = np.array([0] * 5 + [1] * 6)
    before = np.array([True] * 3 + [False] * 2 + [True] * 2 + [False] * 4)
    dishes = np.array([7, 7, 1, 2, 3, 7, 4, 5, 6, 8, 9])
    due = hypergeom.pmf(2, 5, 2, 3) * hypergeom.pmf(1, 6, 1, 2)
    assert lost_by_chance(dishes, prompts, before) == pytest.approx(due)
    assert due == pytest.approx(3 / 10 * 1 / 3)
    # every dish of one plate, however likely to fall before, counts for nothing
    assert lost_by_chance(np.arange(11), prompts, before) == 0
    # more plates than there are before cannot all be before
    assert lost_by_chance(np.zeros(11, np.int64), prompts, before) == 0
