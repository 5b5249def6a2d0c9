"""Transition models of finite environments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Row = tuple[float, Any, float, bool]
"""Chance, next state, reward, and whether the episode ends there, as gymnasium's ``P`` has them."""


@dataclass(frozen=True)
class Model:
    """A finite, fully observed environment.

    Parameters
    ----------
    transitions : (S · A, S) CSR
        Chances of the next state; row ``s · A + a``.
    available, reward : (S, A)
        Which actions there are in which state; expected reward of the environment's own task.
    ending, start : (S,)
        States in which an episode ends, absorbing here; chances of the first state.
    states, notes
        What each state is called, or looks like; what a reader must know of how it was made.
    """

    transitions: Any
    available: Bools
    reward: Floats
    ending: Bools
    start: Floats
    states: Sequence[Any]
    notes: Sequence[str] = field(default=())

    @property
    def shape(self) -> tuple[int, int]:
        """How many states, how many actions."""
        s, a = self.available.shape
        return int(s), int(a)

    def reachable(self) -> Bools:
        """Which states can come from the start, whatever is done."""
        actions = self.shape[1]
        found = self.start > 0
        while True:
            rows = np.repeat(found, actions) & self.available.ravel()
            wider = found | (np.asarray(self.transitions.T @ rows.astype(float)).ravel() > 0)
            if (wider == found).all():
                return found
            found = wider


def transition_model(env: Any, *, start: Mapping[Any, float] | None = None) -> Model:
    """Read the transition model of an environment.

    A state that some transition ends in is absorbing: what the table says of leaving it is never
    used.

    Parameters
    ----------
    env
        A gymnasium environment with ``env.unwrapped.P`` (FrozenLake, CliffWalking, Taxi), or such
        a table itself: ``{state: {action: [(chance, next state, reward, ends), …]}}``.
    start
        Chances of the first state; by default ``env.unwrapped.initial_state_distrib``, and of a
        table its first state.

    Raises
    ------
    BadInput
        There is no ``P``, or chances that do not add up to 1.

    Examples
    --------
    >>> go, stop = [(1.0, "hall", 0.0, False)], [(1.0, "off", 1.0, True)]
    >>> model = transition_model({"hall": {0: go, 1: stop}, "off": {}})
    >>> model.shape, model.ending.tolist()
    ((2, 2), [False, True])
    """
    inner = getattr(env, "unwrapped", env)
    table = env if isinstance(env, Mapping) else getattr(inner, "P", None)
    if not isinstance(table, Mapping) or not table:
        raise BadInput(
            f"{type(inner).__name__} has no transition model (P); count one from rollouts: "
            "fullmenu.diagnose.counted_model(env, steps=…)"
        )
    first = start
    if first is None:
        chances = getattr(inner, "initial_state_distrib", None)
        first = (
            {next(iter(table)): 1.0}
            if chances is None
            else dict(zip(table, np.asarray(chances, float).tolist(), strict=True))
        )
    return built(table, first)


def built(
    table: Mapping[Any, Mapping[Any, Iterable[Row]]],
    start: Mapping[Any, float],
    notes: Sequence[str] = (),
) -> Model:
    """Put a table of transitions into arrays; states without actions are absorbing."""
    from scipy.sparse import csr_matrix

    states = list(table)
    number = {s: i for i, s in enumerate(states)}
    actions = sorted({a for row in table.values() for a in row}) or [0]
    column = {a: k for k, a in enumerate(actions)}
    n, width = len(states), len(actions)
    available = np.zeros((n, width), bool)
    reward = np.zeros((n, width))
    ending = np.array([not table[s] for s in states])
    entries: list[tuple[int, int, float]] = []
    for s, row in table.items():
        for a, outcomes in row.items():
            at = number[s], column[a]
            available[at] = True
            total = 0.0
            for chance, to, gain, ends in outcomes:
                if to not in number:
                    raise BadInput(f"state {s!r} leads to {to!r}, of which the table says nothing")
                entries.append((at[0] * width + at[1], number[to], float(chance)))
                reward[at] += chance * gain
                ending[number[to]] |= bool(ends)
                total += chance
            if abs(total - 1) > 1e-6:
                raise BadInput(f"state {s!r}, action {a!r}: chances add up to {total:g}, not 1")
    kept = [e for e in entries if not ending[e[0] // width]]
    kept += [(i * width, i, 1.0) for i in np.flatnonzero(ending).tolist()]
    available[ending], reward[ending] = False, 0
    available[ending, 0] = True
    rows, columns, chances = (np.array(x) for x in zip(*kept, strict=True))
    matrix = csr_matrix((chances, (rows, columns)), shape=(n * width, n))
    first = np.zeros(n)
    for s, chance in start.items():
        first[number[s]] += chance
    if abs(first.sum() - 1) > 1e-6:
        raise BadInput(f"the chances of the first state add up to {first.sum():g}, not 1")
    return Model(matrix, available, reward, ending, first, states, tuple(notes))
