"""Optimal values of many reward functions at once, and POWER as their mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.diagnose.power.environment import Bools, Floats, Model
from fullmenu.errors import BadInput

BATCH = 250
PRECISION = 1e-4
"""Of values on the scale of one step's reward."""
CLEAR = 4.0
"""Actions differ in POWER where some differs from their mean by so many standard errors."""


@dataclass(frozen=True)
class Power:
    """POWER under random rewards, by Monte Carlo.

    ``state`` and its standard ``error``, (S,); ``action``, (S, A): expected POWER of the next
    state, NaN where there is no such action; ``choice``, (S,): whether actions of a state differ by
    more than Monte-Carlo noise; ``best``, (S, rewards): an optimal action for each reward at the
    ``gamma``.
    """

    state: Floats
    error: Floats
    action: Floats
    choice: Bools
    best: NDArray[np.int16]
    gamma: float

    def preferred(self) -> Floats:
        """Return POWER of actions in standard units of their state, (S, A); 0 without a choice.

        Σ_a π(a|s) times these is a policy's option preference in a state.
        """
        centre = self.action - np.nanmean(self.action, axis=1, keepdims=True)
        spread = np.sqrt(np.nanmean(centre**2, axis=1, keepdims=True))
        z = np.divide(centre, spread, out=np.zeros_like(centre), where=self.choice[:, None])
        return np.nan_to_num(z)


def power(model: Model, *, gamma: float, rewards: int = 1000, seed: int = 0) -> Power:
    """Estimate POWER of every state: how well random rewards can be pursued from there.

    POWER(s, γ) = (1 − γ)/γ · E[V*_R(s, γ) − R(s)] over rewards R(s) drawn independently and
    uniformly from [0, 1] (Turner et al. 2021, arXiv:1912.01683, definition 5.2). A dead end has
    ½, and nothing has more than 1.

    Parameters
    ----------
    gamma, rewards, seed
        Discount in (0, 1); random reward functions, and their seed.

    Examples
    --------
    >>> from fullmenu.diagnose.power.environment import transition_model
    >>> to = lambda s: [(1.0, s, 0.0, False)]
    >>> table = {"start": {0: to("off"), 1: to("hub")}, "off": {}}
    >>> table |= {"hub": {0: to("a"), 1: to("b")}, "a": {}, "b": {}}
    >>> found = power(transition_model(table), gamma=0.99, rewards=4000)
    >>> found.state.round(1).tolist()  # the best of three dead ends: 3/4; of two: 2/3
    [0.8, 0.5, 0.7, 0.5, 0.5]
    >>> float(np.mean(found.best[0] == 1).round(1))  # 2 of 3 rewards keep both options
    0.7
    """
    if not 0 < gamma < 1:
        raise BadInput(f"gamma={gamma}: a discount lies in (0, 1), such as 0.95")
    if rewards < 2:
        raise BadInput(f"rewards={rewards}: draw at least 2 reward functions, better 1000")
    states, actions = model.shape
    rng = np.random.default_rng(seed)
    total, squares = np.zeros(states), np.zeros(states)
    of_action, apart, apart_squares = (np.zeros((states, actions)) for _ in range(3))
    best = []
    count = np.maximum(model.available.sum(1), 1)[:, None, None]
    for first in range(0, rewards, BATCH):
        drawn = rng.random((states, min(BATCH, rewards - first)))
        onward = continuation(model, drawn, gamma)
        value = (1 - gamma) * onward.max(1)
        best.append(onward.argmax(1).astype(np.int16))
        total += value.sum(1)
        squares += (value**2).sum(1)
        later = np.asarray(model.transitions @ value).reshape(states, actions, -1)
        of_action += later.sum(2)
        centre = (
            later - np.where(model.available[..., None], later, 0).sum(1, keepdims=True) / count
        )
        apart += centre.sum(2)
        apart_squares += (centre**2).sum(2)
    mean = total / rewards
    error = _standard_error(mean, squares, rewards)
    noise = _standard_error(apart / rewards, apart_squares, rewards)
    clear = (np.abs(apart / rewards) > CLEAR * noise + 10 * PRECISION) & model.available
    return Power(
        mean,
        error,
        np.where(model.available, of_action / rewards, np.nan),
        np.asarray(clear.any(axis=1)),
        np.concatenate(best, axis=1),
        gamma,
    )


def continuation(model: Model, rewards: Floats, gamma: float) -> Any:
    """Iterate values until they hold; return E[V*(next)] for each action, (S, A, rewards).

    ``rewards`` of shape (S, n): what being in each state gives. −∞ marks missing actions.
    """
    # V ← R + γ max_a E[V(next)]; the first guess is exact at endings, R / (1 − γ)
    states, actions = model.shape
    gone = np.where(model.available, 0.0, -np.inf)[..., None]
    value = np.where(model.ending[:, None], rewards, rewards * (1 - gamma) + gamma / 2)
    value = value / (1 - gamma)
    while True:
        onward = np.asarray(model.transitions @ value).reshape(states, actions, -1) + gone
        new = rewards + gamma * onward.max(1)
        moved = float(np.abs(new - value).max())
        value = new
        if gamma * moved < PRECISION:
            return np.asarray(model.transitions @ value).reshape(states, actions, -1) + gone


def optimal(model: Model, reward: Floats, gamma: float) -> Floats:
    """Return the optimal policy of one reward (S, A), ties shared alike: (S, A) chances."""
    states, actions = model.shape
    gone = np.where(model.available, 0.0, -np.inf)
    value = np.zeros(states)
    scale = max(float(np.abs(reward).max()), 1e-12)
    while True:
        worth = reward + gamma * (model.transitions @ value).reshape(states, actions) + gone
        new = worth.max(1)
        if float(np.abs(new - value).max()) < 1e-10 * scale:
            break
        value = new
    ties = (worth >= worth.max(1, keepdims=True) - 1e-7 * scale) & model.available
    chances: Floats = ties / ties.sum(1, keepdims=True)
    return chances


def _standard_error(mean: Floats, squares: Floats, n: int) -> Floats:
    error: Floats = np.sqrt(np.maximum(squares / n - mean**2, 0) / max(n - 1, 1))
    return error
