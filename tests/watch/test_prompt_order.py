"""Prompts in random order pass; blocks and cycles do not."""

from __future__ import annotations

import numpy as np

from fullmenu.watch.prompt_order import PromptOrder


def seen(prompts, n=30):
    order = PromptOrder(np.full(n, 1 / n))
    for p in prompts:
        order.add(int(p))
    return order.random


def test_random_blocks_and_cycles():
    rng = np.random.default_rng(0)
    assert all(seen(rng.integers(0, 30, 600)) for _ in range(20))
    assert not seen(np.repeat(np.arange(30), 4))
    assert not seen(np.tile(np.arange(30), 3))


def test_the_sum_of_weights_stays_right():
    w = np.random.default_rng(1).random(12)
    order = PromptOrder(w / w.sum())
    for p in np.random.default_rng(2).integers(0, 12, 300).tolist():
        order.add(p)
    assert abs(order.among - sum(order.weights[p] for p in set(order.lately))) < 1e-9
