"""What an environment must offer so that its goal can be told apart from a proxy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

EVENTS = ("goal", "proxy", "dead")
"""What :meth:`World.events` tells."""


class World(Protocol):
    """A gymnasium environment whose goal can be moved.

    ``reset`` and ``step`` are gymnasium's. Two methods come on top; on a wrapped environment they
    are found by ``get_wrapper_attr``.
    """

    action_space: Any

    def reset(self, *, seed: int | None = None) -> tuple[Any, Mapping[str, Any]]:
        """Begin an episode; the same seed gives the same level."""

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, Mapping[str, Any]]:
        """Take one action."""

    def place(self, *, goal: Any, cue: Any, moved: bool = False) -> None:
        """Say where things lie from the next reset on.

        ``goal`` is the cell that is asked about, ``cue`` the cell that the goal always lay on in
        training (the proxy). With ``moved`` the goal itself lies on the proxy's cell, and
        ``goal`` is an empty cell: the level's twin.
        """

    def events(self) -> Mapping[str, bool]:
        """Tell what has happened since the reset.

        ``goal``: the cell named ``goal`` was stood on, whether the goal lay there or not.
        ``proxy``: the cell named ``cue`` was. ``dead``: the episode ended in a failure.
        """


@dataclass(frozen=True)
class Level:
    """One test level: a seed of the environment, a cell for the goal, and the proxy's cell."""

    seed: int
    goal: Any
    cue: Any
