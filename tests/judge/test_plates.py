"""Plates grouped into dishes."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.judge import case
from fullmenu.judge import plates as p
from fullmenu.judge.look import look
from fullmenu.measures.counts.sample_coverage import sample_coverage
from fullmenu.samples import Samples
from fullmenu.views.phrasing import rows

SAME = 0.5


def one_log(texts, groups=None, prompts=None):
    groups = np.zeros(len(texts), np.int64) if groups is None else np.asarray(groups)
    return texts, prompts or [f"p{g}" for g in groups], groups, rows(texts)


@pytest.fixture
def texts(menu):
    return [menu[0]] * 5 + [menu[1]] * 3 + [f"{menu[1]}!", menu[2]]


def test_alike_is_one_dish(texts):
    found = p.group_plates([one_log(texts)], SAME)
    assert len(set(found.dish[:5])) == 1
    assert len(set(found.dish[5:9])) == 1, "a mark more is no other dish"
    assert sorted(found.counts[0].tolist()) == [1, 4, 5]


def test_the_order_of_the_log_is_nothing(menu):
    rng = np.random.default_rng(0)
    texts = [f"{rng.choice(menu)} {rng.choice(menu)}" for _ in range(300)]

    def partition(order):
        found = p.group_plates([one_log([texts[i] for i in order])], SAME)
        dishes = [
            sorted(np.array(found.texts)[found.dish == d]) for d in range(len(found.counts[0]))
        ]
        return sorted(dishes)

    straight = partition(range(300))
    assert 20 < len(straight) < 200
    assert partition(rng.permutation(300)) == straight


def test_two_logs_share_one_numbering(texts, menu):
    found = p.group_plates([one_log(texts), one_log([menu[2], menu[3], menu[3]])], SAME)
    assert found.counts.shape == (2, 4)
    assert found.counts.sum(1).tolist() == [10, 3]
    both = (found.counts > 0).all(0)
    assert both.sum() == 1
    dish = p.served_dish(found, int(np.flatnonzero(both)[0]), 1)
    assert dish.example == menu[2]


def test_the_threshold_decides(menu):
    near = [f"{menu[0]} today", f"{menu[0]} tonight"]
    loose, strict = (
        p.group_plates([one_log(near)], threshold=t).counts.shape[1] for t in (0.1, 0.99)
    )
    assert (loose, strict) == (1, 2)


def test_the_summary_counts(texts):
    found = p.counts(p.group_plates([one_log(texts, groups=[0, 1] * 5)], SAME), 0)
    assert (found.plates, found.seen) == (10, 3)
    assert found.cumulative == [0.5, 0.9, 1.0]
    assert found.half_of_plates == 1
    assert found.top_3_share.value == 1
    assert found.coverage.value == sample_coverage([5, 4, 1]).value


def test_half_of_the_plates(menu):
    even = p.counts(p.group_plates([one_log(list(menu))], SAME), 0)
    assert even.half_of_plates == 6
    assert np.diff([0, *even.cumulative]) == pytest.approx(np.full(12, 1 / 12), abs=1e-5)


def test_most_served_leaves_out_single_plates(texts, menu):
    cards = p.most_served(p.group_plates([one_log(texts, groups=[0] * 4 + [1] * 6)], SAME), 0)
    assert [c.plates for c in cards] == [5, 4]
    assert (cards[0].example, cards[0].prompts, cards[0].share) == (menu[0], 2, 0.5)


def test_larger_logs_are_thinned_evenly(monkeypatch, menu):
    monkeypatch.setattr(case, "MOST_PLATES", 60)
    long = Samples.of({"Dinner?": [menu[k % 3] for k in range(1_000)]})
    short = Samples.of({"Dinner?": [menu[k % 3] for k in range(20)]})
    found = p.served(look(case.pair(long, short)))
    assert found.counts.sum(1).tolist() == [30, 20]
    assert found.counts.shape[1] == 3
    assert found.counts[0].min() >= 5


def test_long_examples_are_cut():
    assert p.shortened("x" * 400) == "x" * 400
    assert p.shortened("x" * 401) == "x" * 399 + "…"


def test_lost_is_served_twice_before_and_never_after(menu):
    before = [menu[0]] * 3 + [menu[1]] * 2 + [menu[2]] + [menu[3]] * 4
    after = [menu[3]] * 4 + [menu[4]] * 2 + [menu[5]]
    plates = p.group_plates([one_log(before), one_log(after)], SAME)
    lost = p.lost_dishes(plates)
    assert [(x.example, x.before.plates, x.after.plates) for x in lost] == [
        (menu[0], 3, 0), (menu[1], 2, 0),
    ]  # fmt: skip
    assert p.dish_change(plates).lost == 2
    risen = p.risen_dishes(plates)
    assert [(x.example, x.before.plates, x.after.plates) for x in risen] == [
        (menu[3], 4, 4), (menu[4], 0, 2),
    ]  # fmt: skip
    assert risen[0].before.share == 0.4
    assert risen[0].after.share == pytest.approx(4 / 7)
    assert (plates.half(p.BEFORE), plates.half(p.AFTER)) == (2, 1)
