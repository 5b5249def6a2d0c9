"""A transition model counted from rollouts, where an environment tells none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from fullmenu.diagnose.power.environment import Model, built
from fullmenu.errors import BadInput, NotEnoughData


def counted_model(
    env: Any, *, steps: int, key: Callable[[Any, Any], Hashable] | None = None, seed: int = 0
) -> Model:
    """Count a transition model from random actions in an environment.

    An action that was never taken in a state does not exist there; a state that was never left
    is absorbing. The notes say how many of these there are.

    Parameters
    ----------
    env
        A gymnasium environment with few states and actions 0 … n − 1.
    steps
        How many to take. Counts of rare transitions are rough: take 100 or more a state and
        action.
    key
        Names the state, from the environment and the observation; by default the bytes of the
        observation. It must be all that the future depends on (for MiniGrid, whose observation is
        partial: ``lambda env, seen: env.unwrapped.hash()``).
    seed
        Of the environment and of the actions.

    Raises
    ------
    NotEnoughData
        No action led anywhere.
    BadInput
        The actions are not a finite set, or ``steps`` is less than 1.

    Examples
    --------
    >>> class Walk:
    ...     class action_space:
    ...         n = 2
    ...     def reset(self, *, seed=None):
    ...         self.at = 1
    ...         return self.at, {}
    ...     def step(self, action):
    ...         self.at += 1 if action else -1
    ...         return self.at, 0.0, self.at in (0, 3), False, {}
    >>> model = counted_model(Walk(), steps=200)
    >>> sorted(model.states), int(model.ending.sum())
    ([0, 1, 2, 3], 2)
    """
    n = getattr(env.action_space, "n", None)
    if n is None:
        raise BadInput(f"{env.action_space} is no finite set of actions; POWER needs one")
    if steps < 1:
        raise BadInput(f"steps={steps}: take at least 1, better 100 for each state and action")
    named = key or _bytes
    rng = np.random.default_rng(seed)
    counts: dict[Any, dict[int, Counter[tuple[Any, bool]]]] = {}
    gains: dict[tuple[Any, int], float] = {}
    starts: Counter[Any] = Counter()
    over, at = True, None
    for step in range(steps):
        if over:
            observation, _ = env.reset(seed=seed if step == 0 else None)
            at = named(env, observation)
            counts.setdefault(at, {})
            starts[at] += 1
        action = int(rng.integers(n))
        observation, reward, terminated, truncated, _ = env.step(action)
        to = named(env, observation)
        counts.setdefault(to, {})
        counts[at].setdefault(action, Counter())[to, bool(terminated)] += 1
        gains[at, action] = gains.get((at, action), 0.0) + float(reward)
        over, at = bool(terminated or truncated), to
    table: dict[Any, dict[int, list[tuple[float, Any, float, bool]]]] = {}
    tried = 0
    for state, row in counts.items():
        table[state] = {}
        for action, outcomes in sorted(row.items()):
            total = outcomes.total()
            mean = gains[state, action] / total
            tried += 1
            table[state][action] = [(c / total, to, mean, e) for (to, e), c in outcomes.items()]
    if tried < 2:
        raise NotEnoughData(f"{steps} steps tried {tried} action; take more steps")
    begun = sum(starts.values())
    left_out = sum(1 for row in counts.values() if 0 < len(row) < n)
    note = (
        f"transitions counted from {steps} random steps: {len(table)} states; in {left_out} of "
        "them some action was never tried, and counts as missing"
    )
    return built(table, {s: c / begun for s, c in starts.items()}, [note])


def _bytes(env: Any, observation: Any) -> Hashable:
    if isinstance(observation, (int, str, tuple, np.integer)):
        return int(observation) if isinstance(observation, np.integer) else observation
    if isinstance(observation, dict):
        return tuple((k, _bytes(env, v)) for k, v in sorted(observation.items()))
    return np.asarray(observation).tobytes()
