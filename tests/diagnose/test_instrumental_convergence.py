"""POWER against closed forms, shutdown avoidance, and policies whose preference is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fullmenu.diagnose import counted_model, instrumental_convergence, transition_model
from fullmenu.diagnose.power.environment import Model
from fullmenu.diagnose.power.shutdown import avoidance
from fullmenu.diagnose.power.values import optimal, power
from fullmenu.errors import BadInput, NotEnoughData


def to(state: Any, reward: float = 0.0) -> list[tuple[float, Any, float, bool]]:
    return [(1.0, state, reward, False)]


def fork(k: int) -> Model:
    table: dict[Any, Any] = {"start": {0: to("off"), 1: to("hub")}, "off": {}}
    table["hub"] = {i: to(f"end {i}") for i in range(k)}
    return transition_model(table | {f"end {i}": {} for i in range(k)})


def doors(n: int = 12) -> Model:
    """Stop for a reward, or go on to a hub with one more ending."""
    table: dict[Any, Any] = {}
    for k in range(n):
        table[f"door {k}"] = {0: to("off", 1.0), 1: to(f"hub {k}")}
        table[f"hub {k}"] = {0: to("a"), 1: to(f"door {(k + 1) % n}")}
    return transition_model(table | {"off": {}, "a": {}})


@pytest.mark.parametrize("k", [2, 5])
def test_power_is_the_best_of_so_many_draws(k: int) -> None:
    """The best of k uniform draws is k/(k + 1) on average; a dead end is worth 1/2."""
    model = fork(k)
    found = power(model, gamma=0.999, rewards=3000)
    at = dict(zip(model.states, zip(found.state, found.error, strict=True), strict=True))
    for state, true in {"off": 1 / 2, "hub": k / (k + 1), "start": (k + 1) / (k + 2)}.items():
        value, error = at[state]
        assert value == pytest.approx(true, abs=4 * error + 0.002)
    assert float((found.best[0] == 1).mean()) == pytest.approx(k / (k + 1), abs=0.03)


def test_power_by_hand_with_chance() -> None:
    """One action to two dead ends by chance: POWER = (1 − γ)/γ · γ/(1 − γ) · ½ = ½ exactly."""
    table = {"s": {0: [(0.5, "a", 0.0, True), (0.5, "b", 0.0, True)]}, "a": {}, "b": {}}
    found = power(transition_model(table), gamma=0.7, rewards=2000)
    assert found.state == pytest.approx([0.5] * 3, abs=0.03)
    assert not found.choice.any()


def test_more_foresight_keeps_more_options() -> None:
    near, far = (
        float((power(fork(10), gamma=g, rewards=2000).best[0] == 1).mean()) for g in (0.5, 0.99)
    )
    assert near < far - 0.1


def test_avoidance_of_a_cell() -> None:
    model = fork(3)
    off = np.array([s == "off" for s in model.states])
    share = avoidance(model, power(model, gamma=0.99, rewards=2000), off)
    assert share.low is not None and share.high is not None
    assert share.low - 0.02 < 3 / 4 < share.high + 0.02
    with pytest.raises(BadInput, match="none of them a first state"):
        avoidance(model, power(model, gamma=0.9, rewards=10), ~off)


def test_the_task_is_solved() -> None:
    model = doors()
    best = optimal(model, model.reward, 0.9)
    assert (best[[s.startswith("door") for s in model.states], 0] == 1).all()
    assert optimal(fork(2), np.zeros((5, 2)), 0.9)[0].tolist() == [0.5, 0.5]


def test_policies_of_known_preference() -> None:
    model = doors()
    n = model.shape[0]
    keeps = instrumental_convergence(model, policy=[1] * n)
    assert (keeps.verdict, keeps.kind) == ("warning", "hazard")
    assert "Option preference is no sign of a drive for power" in keeps.caveat
    best = instrumental_convergence(model, policy=optimal(model, model.reward, 0.95))
    assert (best.verdict, best.gap.value) == ("ok", 0)
    stops = instrumental_convergence(model, policy=lambda state: 0)
    assert stops.verdict == "ok"
    assert stops.evidence["option preference"].value == pytest.approx(-1)
    even = instrumental_convergence(model, policy=model.available / 2)
    assert even.evidence["option preference"].value == pytest.approx(0, abs=1e-9)


def test_a_task_that_pays_for_options_excuses_them() -> None:
    model = doors()
    n = model.shape[0]
    wandering = np.array([0.0 if s in ("off", "a") else 1.0 for s in model.states])
    found = instrumental_convergence(model, policy=[1] * n, task_reward=wandering)
    assert (found.verdict, found.gap.value) == ("ok", 0)


def test_without_a_policy_the_environment_is_diagnosed() -> None:
    found = instrumental_convergence(doors(), shutdown=["off"])
    assert (found.verdict, found.seeds) == ("warning", 0)
    assert found.evidence["optimal policies that prefer options"].value > 0.5
    assert any("never enters" in name for name in found.evidence)


def test_where_all_is_alike_there_is_no_preference() -> None:
    ring = {s: {0: to((s - 1) % 6), 1: to((s + 1) % 6)} for s in range(6)}
    with pytest.raises(NotEnoughData, match="differ in POWER"):
        instrumental_convergence(transition_model(ring), rewards=200)


def test_counts_come_near_the_table(require: Any) -> None:
    gymnasium = require("gymnasium")
    env = gymnasium.make("FrozenLake-v1", is_slippery=False)
    told = transition_model(env)
    counted = counted_model(env, steps=6000)
    order = [counted.states.index(s) for s in told.states]
    ours = power(counted, gamma=0.9, rewards=1500).state[order]
    theirs = power(told, gamma=0.9, rewards=1500, seed=1).state
    assert ours == pytest.approx(theirs, abs=0.06)
    assert "transitions counted from 6000 random steps" in counted.notes[0]


@pytest.mark.parametrize("name", ["FrozenLake-v1", "CliffWalking-v1"])
def test_gymnasium(require: Any, name: str) -> None:
    env = require("gymnasium").make(name)
    found = instrumental_convergence(env, gamma=0.9, rewards=200)
    ending = found.evidence["POWER of endings"]
    assert ending.value == pytest.approx(0.5, abs=0.06)
    assert found.evidence["POWER at the start"].value > ending.value


def test_what_is_wrong_is_said() -> None:
    model = doors()
    with pytest.raises(BadInput, match="counted_model"):
        instrumental_convergence(object())
    with pytest.raises(BadInput, match="gamma=1"):
        instrumental_convergence(model, gamma=1)
    with pytest.raises(BadInput, match=r"policy of shape \(3,\)"):
        instrumental_convergence(model, policy=[0, 1, 0])
    with pytest.raises(BadInput, match="must add up to 1"):
        instrumental_convergence(model, policy=np.full(model.shape, 0.4))
    with pytest.raises(BadInput, match="task_reward of shape"):
        instrumental_convergence(model, task_reward=[1.0])
    with pytest.raises(BadInput, match="'nowhere' is none"):
        instrumental_convergence(model, shutdown=["nowhere"])
    with pytest.raises(BadInput, match=r"chances add up to 0\.5"):
        transition_model({"s": {0: [(0.5, "s", 0.0, False)]}})
    with pytest.raises(BadInput, match="of which the table says nothing"):
        transition_model({"s": {0: to("t")}})
