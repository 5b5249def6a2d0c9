"""Prompts in random order pass; blocks and cycles do not."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.monitor.prompt_draws import PromptDraws, began


def seen(prompts, n=30):
    order = PromptDraws(np.full(n, 1 / n))
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
    order = PromptDraws(w / w.sum())
    for p in np.random.default_rng(2).integers(0, 12, 300).tolist():
        order.add(p)
    assert abs(order.among - sum(order.weights[p] for p in set(order.lately))) < 1e-9


def test_the_wealth_by_hand():
    # Of four prompts the last two are "lately". 0 comes blindly; 1 is new at q = 1/4, then 2 and 0
    # are new at q = 1/2. A bet b on a repeat keeps 1 − b each time; one on none gets 4/3 or 2.
    draws = PromptDraws(np.full(4, 1 / 4))
    for prompt in (0, 1, 2, 0):
        draws.add(prompt)
    g = [began(visit) for visit in (1, 2, 3, 4)]
    by_hand = [
        (((g[0] + g[1]) * f1 + g[2]) * f2 + g[3]) * f2
        for f1, f2 in ((0.7, 0.7), (0.1, 0.1), (1 + 0.3 / 3, 1.3), (1 + 0.9 / 3, 1.9))
    ]
    assert np.exp(draws.log_wealth) == pytest.approx(by_hand)
    assert np.exp(draws.highest) == pytest.approx(np.mean(by_hand))
    assert list(draws.lately) == [2, 0]


def test_bets_that_begin_later_add_up_to_one():
    assert 0.8 < sum(began(visit) for visit in range(1, 10**6)) <= 1


def test_a_mix_that_leans_towards_repetitive_prompts_by_hand():
    # Values 0.1 and 0.3 with mean 0.15: scores −1/3 and 1; a bet of 0.9 on a rise gains 1.9 at the
    # second prompt and 0.7 at the first.
    draws = PromptDraws(np.array([0.75, 0.25]), np.array([[0.1], [0.3]]))
    assert draws.scores[:, 0] == pytest.approx([-1 / 3, 1])
    draws.add(1)
    draws.add(0)
    g = [began(1), began(2)]
    rises, falls = np.exp(draws.log_wealth[4:6]), np.exp(draws.log_wealth[6:])
    assert rises == pytest.approx([(g[0] * 1.3 + g[1]) * 0.9, (g[0] * 1.9 + g[1]) * 0.7])
    assert falls == pytest.approx([(g[0] * 0.7 + g[1]) * 1.1, (g[0] * 0.1 + g[1]) * 1.3])


def test_other_weights_than_those_given():
    rng = np.random.default_rng(3)
    values = np.repeat([0.02, 0.3], 20)[:, None]
    even = np.full(40, 1 / 40)

    def right(weights):
        draws = PromptDraws(even, values)
        for p in rng.choice(40, 600, p=weights):
            draws.add(int(p))
        return draws.random

    assert sum(right(even) for _ in range(20)) >= 19
    assert sum(right(np.repeat([0.5, 1.5], 20) / 40) for _ in range(20)) == 0


def test_a_mix_that_changes_late_is_seen():
    rng = np.random.default_rng(4)
    draws = PromptDraws(np.full(40, 1 / 40), np.repeat([0.02, 0.3], 20)[:, None])
    for p in [*rng.integers(0, 40, 2000), *rng.integers(20, 40, 100)]:
        draws.add(int(p))
    assert not draws.random
