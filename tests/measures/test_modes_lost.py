"""Modes lost: every subsample counted, nothing lost where nothing changed, edges."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures import modes_lost


def servings(counts: list[int]) -> list[int]:
    return np.repeat(np.arange(len(counts)), counts).tolist()


@pytest.mark.parametrize("m", [1, 2, 3])
def test_is_the_mean_over_all_subsamples(m: int) -> None:
    before, after = [3, 2, 1, 0], [4, 0, 1, 2]
    b, a = servings(before), servings(after)
    lost = [len(set(x) - set(y)) for x in combinations(b, m) for y in combinations(a, m)]
    chance = [
        len({b[i] for i in x} - {b[i] for i in y})
        for x in combinations(range(len(b)), m)
        for y in combinations([i for i in range(len(b)) if i not in x], m)
    ]
    expected = np.mean(lost) - np.mean(chance)
    assert modes_lost(after, before, size=m).value == pytest.approx(expected, rel=1e-12)


def test_nothing_is_lost_on_average_where_nothing_changed() -> None:
    rng = np.random.default_rng(0)
    p = 1 / np.arange(1, 201)
    p /= p.sum()
    draws = [
        modes_lost(rng.multinomial(60, p), rng.multinomial(80, p), bootstrap=20) for _ in range(150)
    ]
    values = np.array([e.value for e in draws])
    assert abs(values.mean()) < 4 * values.std() / np.sqrt(len(values))
    held = [e.low <= 0 <= e.high for e in draws if e.low is not None and e.high is not None]
    assert np.mean(held) > 0.85
    naive = np.mean([(rng.multinomial(60, p)[rng.multinomial(80, p) > 0] == 0).sum()
                     for _ in range(20)])  # fmt: skip
    assert naive > 10  # what a plain count would call lost


def test_finds_the_modes_that_were_dropped() -> None:
    rng = np.random.default_rng(1)
    p = np.full(20, 0.05)
    q = p.copy()
    q[:7] = 0
    e = modes_lost(rng.multinomial(300, q / q.sum()), rng.multinomial(300, p))
    assert e.low is not None and e.high is not None
    assert e.low <= 7 <= e.high and e.high - e.low < 3


def test_order_and_absent_dishes_do_not_matter() -> None:
    before, after = [9, 4, 3, 1, 0, 0], [12, 0, 5, 0, 1, 0]
    order = np.random.default_rng(0).permutation(6)
    a = modes_lost(after, before)
    b = modes_lost(np.array(after)[order], np.array(before)[order])
    assert (a.value, a.low, a.high) == pytest.approx((b.value, b.low, b.high))
    assert modes_lost([*after, 0], [*before, 0]) == a


def test_one_dish_on_both_sides_leaves_room_for_one_unseen() -> None:
    e = modes_lost([9], [12])
    assert e.value == 0
    assert e.low is not None and e.high is not None and -1 < e.low < 0 < e.high < 1


def test_without_repeats_there_is_still_a_number() -> None:
    e = modes_lost([1] * 5 + [0] * 5, [0] * 5 + [1] * 5, size=2)
    assert e.value == pytest.approx(2 - 2)  # a reference without repeats misses its own as well


def test_what_cannot_be() -> None:
    with pytest.raises(BadInput, match="same order"):
        modes_lost([5, 3], [5, 3, 1])
    with pytest.raises(BadInput, match="size=0"):
        modes_lost([5, 3], [5, 3], size=0)
    with pytest.raises(BadInput, match="bootstrap=1"):
        modes_lost([5, 3], [5, 3], bootstrap=1)
    with pytest.raises(NotEnoughData, match="size=4"):
        modes_lost([5, 3], [5, 3], size=5)
    with pytest.raises(NotEnoughData):
        modes_lost([5, 3], [1, 1])
