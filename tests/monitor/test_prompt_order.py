"""Prompts in random order pass; blocks and cycles do not."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.monitor.prompt_order import PromptOrder


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


def test_the_wealth_by_hand():
    # Of four prompts the last two are "lately". 0 comes blindly; 1 is new at q = 1/4, then 2 and 0
    # are new at q = 1/2. A bet b on a repeat keeps 1 − b each time; one on none gets 4/3 or 2.
    order = PromptOrder(np.full(4, 1 / 4))
    for prompt in (0, 1, 2, 0):
        order.add(prompt)
    rise = [0.8**3, 0.2**3]
    fall = [(1 + 0.2 / 3) * 1.2**2, (1 + 0.8 / 3) * 1.8**2]
    assert np.exp(order.log_wealth) == pytest.approx([*rise, *fall])
    assert order.highest == pytest.approx(np.log(np.mean([*rise, *fall])))
    assert list(order.lately) == [2, 0]
    # 0 again is a repeat at q = 1/2: a bet on it wins 2 for 1, the others keep 1 − b
    order.add(0)
    assert np.exp(order.log_wealth) == pytest.approx(
        [rise[0] * 1.2, rise[1] * 1.8, fall[0] * 0.8, fall[1] * 0.2]
    )
