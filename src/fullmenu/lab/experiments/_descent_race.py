"""Training one optimizer against Adam's clock: the score at equal steps, and at equal CPU time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from fullmenu.lab.experiments._descent_facts import Facts
from fullmenu.lab.experiments._descent_gan import Gan
from fullmenu.lab.experiments._descent_terrain import Walk

STEPS = {"z2": "gan_steps", "facts": "fact_steps", "terrain": "walk_steps"}
"""The tasks, each with the setting that says how long it is trained: the GAN with a latent of two
numbers, the rare facts, and the picture."""

TASKS = tuple(STEPS)

BLOCK, PACE = 50, 5
"""After so many steps the score is taken, and Adam is timed for so many steps of its own."""


class TrainingTask(Protocol):
    """Something that is trained step by step."""

    def step(self) -> None:
        """Take one step of training."""

    def score(self) -> float:
        """Say how well it does."""

    def details(self) -> dict[str, float]:
        """Measure what else is reported."""


def task(name: str, seed: int, tuned: Mapping[str, Any]) -> Any:
    """Make a task; ``tuned`` holds ``optimizer``, ``rate`` and ``options``."""
    options = dict(tuned["options"])
    if options.pop("all_matrices", False):
        options["hidden"] = lambda name, parameter: True
    if tuned["optimizer"] == "muon":
        _in_float32()
    given = tuned["optimizer"], tuned["rate"], options
    if name == "facts":
        return Facts(seed, *given)
    if name == "terrain":
        return Walk(seed, *given)
    return Gan(seed, int(name.removeprefix("z")), *given)


@dataclass(frozen=True)
class Race:
    """How a training went.

    ``curve``: steps and score, a block apart. ``cost``: CPU time of a step, in steps of Adam.
    ``at_steps``, ``at_cpu``: score after the steps that were asked for, and after the CPU time that
    Adam needs for them. ``details``: what else was measured after those steps.
    """

    curve: list[tuple[int, float]]
    cost: float
    at_steps: float
    at_cpu: float
    details: Mapping[str, float]


def race(ours: TrainingTask, adam: TrainingTask | None, steps: int) -> Race:
    """Train for ``steps``, and on where Adam's time for them is not used up.

    ``adam`` is a second task that is trained by Adam, to time it beside ours, block by block, under
    the same load of the machine; ``None`` where ours is Adam.
    """
    curve: list[tuple[int, float]] = []
    mine = theirs = 0.0
    done, cost, details = 0, 1.0, {}
    while done < steps or (done + BLOCK) * cost <= steps:
        mine += _seconds(ours, BLOCK)
        done += BLOCK
        if adam is not None:
            theirs += _seconds(adam, PACE)
            cost = (mine / done) / (theirs / (done // BLOCK * PACE))
        curve.append((done, ours.score()))
        if done - BLOCK < steps <= done:
            details = ours.details()
    reached = [score for at, score in curve if at * cost <= steps] or [curve[0][1]]
    return Race(curve, cost, dict(curve)[-(-steps // BLOCK) * BLOCK], reached[-1], details)


def _in_float32() -> None:
    """Let torch's Muon multiply in float32, which a processor without bfloat16 does ten times
    faster.
    """
    from torch.optim import _muon

    _muon._zeropower_via_newtonschulz = _orthogonal


def _orthogonal(
    gradient: Any, coefficients: tuple[float, float, float], steps: int, least: float
) -> Any:
    """Bring the singular values of a matrix near 1 by Newton and Schulz's quintic iteration.

    X ← aX + (bXXᵀ + c(XXᵀ)²)X, from X = G / ‖G‖ (Jordan et al. 2024).
    """
    a, b, c = coefficients
    tall = gradient.size(0) > gradient.size(1)
    x = gradient.float().T if tall else gradient.float()
    x = x / x.norm().clamp(min=least)
    for _ in range(steps):
        inner = x @ x.T
        x = a * x + (b * inner + c * inner @ inner) @ x
    return x.T if tall else x


def _seconds(trained: TrainingTask, steps: int) -> float:
    start = time.process_time()
    for _ in range(steps):
        trained.step()
    return time.process_time() - start
