"""The lab's ``rlhf``: its world, its tuning and its claims, on a very small setting."""

from __future__ import annotations

import numpy as np
import pytest

from fullmenu.lab.experiment import Cell, Outcome, Result
from fullmenu.lab.experiments.rlhf import ARMS, CURED, EXPERIMENT, REGIMES

SMALL = {**EXPERIMENT.settings, "width": 16, "pretraining": 60, "steps": 12, "batch": 64}


@pytest.fixture(scope="module")
def worlds(require):
    torch = require("torch")
    torch.set_num_threads(1)
    from fullmenu.lab.experiments import _rlhf_world

    return _rlhf_world


def test_a_cell_gives_the_same_numbers_again(worlds):
    for arm in ("cap + −log f ½ + KL .1, hackable", "proxy × own share, honest"):
        first, again = (EXPERIMENT.cell(arm, 0, SMALL) for _ in range(2))
        assert first == again
        assert set(first.numbers) == set(EXPERIMENT.numbers)


def test_proxy_only_leaves_its_course(worlds):
    found = EXPERIMENT.cell("proxy only, hackable", 0, SMALL)
    assert [p["step"] for p in found.traces["course"]] == [0, 10]
    assert found.traces["course"][1]["proxy"] > found.traces["course"][0]["proxy"]


def test_at_learning_rate_0_the_model_is_the_base(worlds):
    found = EXPERIMENT.cell("learning rate 0", 0, SMALL)
    assert found.numbers["kl"] == 0


def test_gold_modes_and_use_are_what_they_say(worlds):
    modes = np.arange(32 * 8).reshape(32, 8)
    world = worlds.RewardWorld(modes, np.linspace(0.8, 1, 32), None, {}, "cpu")
    near = modes[31].copy()
    near[0] = -1
    served = np.stack([modes[31], near, modes[0], -np.ones(8)])
    assert world.gold(served) == pytest.approx([1, (7 / 8) ** 3, 0.8, 0])
    assert world.kept(np.repeat(served, [3, 1, 3, 99], axis=0)) == 1
    assert world.useful(np.repeat(served, 4, axis=0)) == pytest.approx(1.8 / 16)


def test_a_policy_scores_what_it_sampled(worlds):
    import torch

    torch.manual_seed(0)
    policy = worlds.Policy(16)
    drawn, logp = policy.sample(50, torch.Generator().manual_seed(1))
    assert torch.allclose(policy.score(drawn), logp, atol=1e-4)
    odds = policy.logits(drawn[:1])[0, 0].exp().detach().numpy()
    first = policy.sample(20_000, torch.Generator().manual_seed(2))[0][:, 0].numpy()
    assert np.bincount(first, minlength=24) / 20_000 == pytest.approx(odds, abs=0.015)


def made(change=()):
    """A result in which everything holds, with a spread over seeds, and what is changed in it."""
    base = {"modes": 30.0, "gold": 0.5, "proxy": 0.6, "kl": 0.0, "util": 0.4, "effective": 30.0}
    cells = []
    for seed in range(2):
        for name in ARMS:
            numbers, verdict = dict(base), "held"
            if name.startswith("proxy only"):
                numbers |= {"modes": 1.0, "proxy": 1.4, "effective": 1.0}
                verdict = "collapsed"
            if name in CURED.values():
                numbers |= {"gold": 0.9 + 0.01 * seed}
            if name == "−log f, hackable":
                numbers |= {"gold": 0.1 + 0.01 * seed, "proxy": 1.5}
            changed = dict(change).get(name, {})
            verdict = changed.get("verdict", verdict)
            numbers |= {k: v for k, v in changed.items() if k in numbers}
            cells.append(Cell(name, seed, Outcome(numbers, {"compare": verdict}), 0.0))
    return Result(EXPERIMENT, {}, cells)


def test_claims_hold_where_they_should():
    assert [c.says for c in EXPERIMENT.claims(made()) if not c.holds] == []


@pytest.mark.parametrize(
    ("arm", "change"),
    [
        ("proxy only, honest", {"modes": 3.0}),
        ("proxy only, hackable", {"proxy": 0.5}),
        ("proxy only, hackable", {"verdict": "narrowed"}),
        (CURED["honest"], {"modes": 26.0}),
        (CURED["hackable"], {"gold": 0.79}),
        (CURED["hackable"], {"verdict": "collapsed"}),
        ("−log f, hackable", {"gold": 0.4}),
        ("learning rate 0", {"modes": 20.0}),
        ("gold + KL .3", {"modes": 1.0}),
    ],
)
def test_every_claim_can_fail(arm, change):
    assert [c for c in EXPERIMENT.claims(made({arm: change})) if not c.holds]


def test_every_arm_is_of_one_regime_and_published_figures_name_arms():
    assert {arm.regime for arm in ARMS.values()} == set(REGIMES)
    assert {p.arm for p in EXPERIMENT.published} <= set(EXPERIMENT.arms)
    assert {p.number for p in EXPERIMENT.published} <= set(EXPERIMENT.numbers)
