"""Leader clustering, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fullmenu.kernel.dishes import (
    by_content,
    chances_of_loss,
    group,
    led,
    lost_by_chance,
    range_of_losses,
)


def test_a_row_joins_the_nearest_leader_at_the_threshold():
    k = np.array([[1, 0.4, 0.6, 0.5], [0.4, 1, 0.7, 0.1], [0.6, 0.7, 1, 0.9], [0.5, 0.1, 0.9, 1]])
    # 2 joins 1; 3 is nearest to 2, which leads nothing, and joins 0
    assert led(k, 0.5).tolist() == [0, 1, 1, 0]
    assert led(k, 0.51).tolist() == [0, 1, 1, 3]
    assert led(k, 0.71).tolist() == [0, 1, 2, 2]
    assert led(np.eye(1), 0.5).tolist() == [0]


@pytest.mark.parametrize("form", [np.asarray, csr_matrix])
def test_more_rows_than_a_block(form):
    rng = np.random.default_rng(0)
    dishes = rng.integers(0, 60, 900)
    x = form(np.eye(60)[dishes])
    first = {d: int(np.flatnonzero(dishes == d)[0]) for d in range(60)}
    assert group(x, 0.9).tolist() == [first[d] for d in dishes]
    order = np.arange(899, -1, -1)
    last = {d: int(np.flatnonzero(dishes == d)[-1]) for d in range(60)}
    assert group(x, 0.9, order).tolist() == [last[d] for d in dishes]


@pytest.mark.parametrize("n", [200, 900])
def test_a_sketch_misses_hardly_any_pair(n):
    rng = np.random.default_rng(n)
    dishes, columns = rng.integers(0, n // 8, n), 20_000
    common = rng.integers(0, columns, (n // 8, 300))
    x = np.zeros((n, columns), np.float32)
    for row, dish in zip(x, dishes, strict=True):  # 55 to 85 % of a row is its dish's
        own = rng.integers(165, 255)
        row[np.concatenate([common[dish, :own], rng.integers(0, columns, 300 - own)])] = 1
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    found = group(csr_matrix(x), 0.6)
    due = led(x.astype(np.float64) @ x.T.astype(np.float64), 0.6)
    assert 1 < n / len(np.unique(due)) < 6
    assert (found == due).mean() > 0.97


def test_the_same_rows_are_one_dish_at_any_threshold():
    x = csr_matrix(np.eye(700, dtype=np.float32)[np.repeat(np.arange(700), 2)])
    assert group(x, 1.0).tolist() == np.repeat(2 * np.arange(700), 2).tolist()


def test_leaders_that_lead_already():
    x = np.eye(4)[[0, 1, 2, 1, 3, 2]]
    assert group(x, 0.9, leaders=2).tolist() == [0, 1, 2, 1, 4, 2]
    assert group(x, 0.9, np.array([3]), leaders=2).tolist() == [0, 1, -1, 1, -1, -1]


def test_the_order_is_of_names_then_texts_then_prompts():
    assert by_content(["b", "b", "b"], asked=["z", "y", "x"]).tolist() == [2, 1, 0]
    assert by_content(["q", "p"], names=["same", "same"]).tolist() == [1, 0]
    assert (
        by_content(["x/a.png", "y/a.png"], names=["a.png", "b.png"]).tolist()
        == by_content(["a.png", "b.png"]).tolist()
    )


def test_the_chance_of_a_loss_by_counting():
    # of 5 plates of a prompt 3 are before. Served twice: C(3, 2)/C(5, 2) = 3/10, thrice: 1/10; both
    # dishes together: 2 + 3 plates
    before = np.array([True] * 3 + [False] * 2)
    one = np.zeros(5, np.int64)
    assert lost_by_chance(np.array([0, 0, 1, 1, 1]), one, before) == pytest.approx(0.4)
    # once in each of two prompts of 3 and 2 plates, two and one before: 2/3 · 1/2
    two = np.array([0, 0, 0, 1, 1])
    split = np.array([True, True, False, True, False])
    assert lost_by_chance(np.array([5, 1, 2, 5, 3]), two, split) == pytest.approx(1 / 3)


def test_as_many_dishes_look_lost_as_the_range_says_where_nothing_changed() -> None:
    rng = np.random.default_rng(4)
    above = below = 0
    for _ in range(400):
        prompts = np.repeat(np.arange(40), 10)
        dish = 12 * prompts + np.minimum(rng.geometric(0.25, 400), 12)
        before = np.tile(np.arange(10) < 5, 40)
        low, high = range_of_losses(chances_of_loss(dish, prompts, before))
        lost = np.bincount(dish, before) * (np.bincount(dish, ~before) == 0)
        above += (lost >= 2).sum() > high
        below += (lost >= 2).sum() < low
    assert above / 400 < 0.04 and below / 400 < 0.04
    assert above + below > 0
