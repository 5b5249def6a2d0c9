"""The coin run: its levels, its exact return, and a short training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fullmenu.diagnose import Level
from fullmenu.diagnose.goals.rollouts import episodes
from fullmenu.lab.experiments import _coin_world as world
from fullmenu.lab.experiments import coin_run
from fullmenu.lab.experiments.coin_run import EXPERIMENT


def test_levels_are_what_training_and_test_say() -> None:
    rng = np.random.default_rng(0)
    lava, coin = world.training_levels(rng, 500, 0.0)
    assert (coin == world.END).all() and not lava[:, world.END].any()
    _, coin = world.training_levels(rng, 2000, 0.5)
    assert (coin != world.END).mean() == pytest.approx(0.5, abs=0.05)
    tests = world.levels_to_test(rng, 300)
    at = np.arange(300)
    assert (tests.start % world.COLUMNS == 0).all()
    assert (tests.coin != world.END).all() and (tests.coin != tests.start).all()
    assert not tests.lava[at, tests.coin].any() and not tests.lava[at, tests.start].any()


def test_the_environment_moves_the_coin_only() -> None:
    env = world.One(world.levels_to_test(np.random.default_rng(0), 3))
    coin = int(env.levels.coin[1])
    env.place(goal=coin, cue=world.END)
    apart = env.reset(seed=1)[0]
    env.place(goal=coin, cue=world.END, moved=True)
    together = env.reset(seed=1)[0]
    assert (apart[[0, 2]] == together[[0, 2]]).all()
    assert apart[1].argmax() == coin and together[1].argmax() == world.END


def test_the_exact_return_is_that_of_rollouts(require: Any) -> None:
    torch = require("torch")
    rng = np.random.default_rng(0)
    lava, coin = world.training_levels(rng, 1, 1.0)
    chances = rng.dirichlet(np.ones(4), world.CELLS)
    planes = torch.nn.functional.one_hot(torch.from_numpy(coin), world.CELLS).float()
    exact = float(
        coin_run._expected_return(
            torch.from_numpy(chances[None]).float(), torch.from_numpy(lava).float(), planes
        )
    )
    starts = np.flatnonzero(~lava[0] & (np.arange(world.CELLS) != coin[0]))
    returns = []
    for _ in range(4_000):
        at, worth = int(rng.choice(starts)), 1.0
        for _ in range(coin_run.SWEEPS):
            at = int(world.MOVES[at, (rng.random() > chances[at].cumsum()).sum()])
            if at == coin[0]:
                returns.append(worth)
                break
            if lava[0, at]:
                break
            worth *= coin_run.DISCOUNT
    assert exact == pytest.approx(sum(returns) / 4_000, abs=0.025)  # 4 standard errors or more


def test_a_short_run_is_repeatable_and_incapable(require: Any) -> None:
    require("torch").set_num_threads(1)
    settings = {**EXPERIMENT.settings, "under_trained": 3, "levels": 20, "random": 2}
    first, again = (coin_run.cell("under-trained", 0, settings) for _ in range(2))
    assert first == again
    assert first.verdicts == {"diagnosis": "incapable"}
    assert set(first.numbers) == set(EXPERIMENT.numbers)


def test_episodes_survive_packing() -> None:
    tests = world.levels_to_test(np.random.default_rng(0), 10)
    levels = [Level(k, int(tests.coin[k]), world.END) for k in range(10)]
    played = episodes(lambda seen: 0, world.One(tests), levels, name="robot", random_rollouts=2)
    back = coin_run._unpacked(coin_run._letters(played), seed=0)
    assert sorted(e._replace(level=f"0-{e.level}") for e in played) == sorted(back)
