"""Tuning the model of ``rlhf`` by policy gradient: REINFORCE, leaving one out (RLOO)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from fullmenu.cure.rewards.cap import good_enough
from fullmenu.cure.rewards.cluster_frequency import clusters, surprise_among
from fullmenu.cure.rewards.mix import WEIGHT
from fullmenu.cure.rewards.multiply import product
from fullmenu.cure.rewards.own_share import shares
from fullmenu.lab.experiments._rlhf_world import LENGTH, SERVED, Policy, RewardWorld, one_hot

Floats = NDArray[np.float64]

SAME = 0.5
"""Two outputs of a batch that share half their tokens are neighbours in a cluster."""


@dataclass(frozen=True)
class Recipe:
    """What an arm rewards: ``proxy``, ``gold`` or ``nothing``.

    ``kl`` and ``entropy`` are weights of KL to the base and of −log π, in units of the reward a
    nat. ``variety``: ``surprise`` (−log cluster frequency, added with this ``weight``),
    ``multiply`` (the reward times 1 − own share, after DARLING), or nothing. ``capped``: at the
    base's mean and one standard deviation; variety then counts from the mean on. ``rate`` is a
    multiple of the setting's.
    """

    reward: str = "proxy"
    kl: float = 0.0
    variety: str = ""
    weight: float = WEIGHT
    capped: bool = False
    entropy: float = 0.0
    rate: float = 1.0


def tune(
    world: RewardWorld,
    recipe: Recipe,
    regime: str,
    seed: int,
    settings: Mapping[str, Any],
    look: Callable[[int, Policy], None] = lambda step, policy: None,
) -> Policy:
    """Tune a copy of the base, and return it."""
    policy = copy.deepcopy(world.base).requires_grad_(True)
    rng = torch.Generator(world.device).manual_seed(1000 + seed)
    optimizer = torch.optim.Adam(policy.parameters(), settings["rate"] * recipe.rate)
    bar = _bar(world, recipe, regime, rng)
    for step in range(settings["steps"]):
        look(step, policy)
        drawn, logp = policy.sample(settings["batch"], rng)
        judged = _judged(world, recipe, regime, drawn, bar, settings["group"])
        reward = torch.as_tensor(judged, device=world.device).float()
        reward -= recipe.entropy * logp.detach()
        if recipe.kl:
            reward -= recipe.kl * (logp.detach() - world.base.score(drawn))
        n = len(reward)
        advantage = (reward - reward.mean()) * (n / (n - 1))  # each against the mean of the others
        loss = -(advantage * logp).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
        optimizer.step()
    look(settings["steps"], policy)
    return policy.requires_grad_(False)


class Bar(NamedTuple):
    """Above ``enough`` more is worth nothing; below ``floor`` variety is."""

    enough: float
    floor: float


def _bar(world: RewardWorld, recipe: Recipe, regime: str, rng: torch.Generator) -> Bar:
    if not recipe.capped:
        return Bar(np.inf, -np.inf)
    base = _quality(world, recipe, regime, world.base.sample(SERVED, rng)[0])
    return Bar(good_enough(base), float(base.mean()))


def _quality(world: RewardWorld, recipe: Recipe, regime: str, drawn: torch.Tensor) -> Floats:
    if recipe.reward == "proxy":
        return world.proxy(regime, drawn).double().cpu().numpy()
    gold = world.gold(drawn.cpu().numpy())
    return gold if recipe.reward == "gold" else np.zeros_like(gold)


def _judged(
    world: RewardWorld, recipe: Recipe, regime: str, drawn: torch.Tensor, bar: Bar, group: int
) -> Floats:
    reward = np.minimum(_quality(world, recipe, regime, drawn), bar.enough)
    if not recipe.variety:
        return reward
    rows = one_hot(drawn).cpu().numpy() / np.sqrt(LENGTH)
    together = np.arange(len(rows)) // group
    if recipe.variety == "surprise":
        dishes = clusters(rows, together, SAME)
        return reward + recipe.weight * surprise_among(reward >= bar.floor, dishes, together)
    return product(reward, 1 - shares(rows, together))
