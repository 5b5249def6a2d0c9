"""Bets against prompts' own means: exact where prompts are drawn, and calm where the mix moves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullmenu.monitor.detector import BETS, SPENT, growth_of_prompts, prompt_means
from fullmenu.samples import Record, Samples
from fullmenu.views.registry import View
from fullmenu.watch import Baseline, Monitor, Visit


@given(st.integers(0, 10**6))
def test_the_means_add_up_to_the_bound_and_no_bet_can_lose_all(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 40))
    expected, weights = rng.beta(0.5, 4, (n, 2)), rng.dirichlet(np.ones(n))
    m0 = np.minimum(weights @ expected * 1.2 + 0.01, 1.0)
    means = prompt_means(m0, expected, weights)
    assert np.tensordot(weights, means, axes=1) == pytest.approx(np.tile(m0[:, None], 8))
    assert (means >= -1e-12).all() and (BETS * means / m0[:, None] <= SPENT + 1e-9).all()
    # a mean is its prompt's own, unless the bet is as large as it may be
    own = m0[:, None] + (expected - weights @ expected)[:, :, None]
    spent = (BETS * means / m0[:, None]).max(axis=0)
    assert ((np.abs(means - own).max(axis=0) < 1e-9) | (spent > SPENT - 1e-6)).all()


def test_growth_has_mean_one_at_the_bound_whatever_is_expected():
    weights, m0 = np.array([0.2, 0.3, 0.5]), np.array([0.3])
    means = prompt_means(m0, np.array([[0.9], [0.0], [0.1]]), weights)
    truth = np.array([0.7, 0.2, 0.2])  # Σ w truth = .3
    up, down = (growth_of_prompts(np.full((3, 1), x), m0, means) for x in (1.0, 0.0))
    mean = weights @ (truth[:, None] * np.exp(up[:, 0]) + (1 - truth[:, None]) * np.exp(down[:, 0]))
    assert mean == pytest.approx(np.ones(8))


EXACT = View(
    "exact",
    lambda outputs, prompts: np.eye(4096)[[int(text) % 4096 for text in outputs]],
    "equal numbers",
    "all else",
)


def outputs(prompt, n, rng):
    """Half of twenty prompts repeat one answer in 55 % of outputs, the others in 14 %."""
    share = 0.55 if prompt < 10 else 0.14
    fresh = rng.integers(100, 4096, n)
    return [str(prompt if rng.random() < share else x) for x in fresh.tolist()]


def test_a_mix_of_repetitive_prompts_is_no_loss_and_is_noticed():
    rng = np.random.default_rng(5)
    before = Samples.from_records(
        Record(o, prompt_id=f"q{p}") for p in range(20) for o in outputs(p, 30, rng)
    )
    monitor = Monitor(Baseline.fit(before, views=[EXACT], signals=[]))
    mixed = np.where(rng.random(200) < 0.75, rng.integers(0, 10, 200), rng.integers(10, 20, 200))
    alarms = monitor.update([Visit(f"q{p}", tuple(outputs(p, 5, rng))) for p in mixed.tolist()])
    assert not alarms
    assert "do not come at random" in monitor.notices[0]


def test_a_guarantee_is_taken_back():
    rng = np.random.default_rng(6)
    before = Samples.from_records(
        Record(o, prompt_id=f"q{p}") for p in range(20) for o in outputs(p, 30, rng)
    )
    monitor = Monitor(Baseline.fit(before, views=[EXACT], signals=[]))
    [alarm] = monitor.update([Visit(f"q{p}", ("7",) * 5) for p in rng.integers(0, 20, 8)])
    assert alarm.guaranteed and "once in" in alarm.sure and monitor.corrected == 0
    monitor.update([Visit("q3", tuple(outputs(3, 5, rng))) for _ in range(30)])
    [standing] = monitor.alarms
    assert not standing.guaranteed and standing.corrected == 38 and monitor.corrected == 1
    assert standing.sure.startswith("seen at visit 38, after the alarm: Prompts do not come")
    again = Monitor.from_bytes(monitor.to_bytes(), views=[EXACT])
    assert again.alarms == monitor.alarms and again.corrected == 1
    monitor.update([Visit("q3", tuple(outputs(3, 5, rng))) for _ in range(5)])
    assert monitor.corrected == 1  # once is enough
