"""MiniGrid, the extra ``minigrid``: a goal that can be moved, for ``goal_misgeneralization``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fullmenu.errors import BadInput, extra


def movable_goal(env: Any) -> Any:
    """Wrap a MiniGrid environment so that its goal can be moved.

    A level's goal squares are taken out, and one is laid where ``place`` said. Wrappers of
    observations go around the result.

    Cells are (column, row); the wrapper has what
    :func:`fullmenu.diagnose.goal_misgeneralization` asks for. Dead is standing in lava.

    Parameters
    ----------
    env
        A MiniGrid environment with a goal square (FourRooms, Empty, LavaGap …), not yet wrapped.

    Raises
    ------
    MissingExtra
        minigrid is not installed.
    BadInput
        The environment is none of MiniGrid's; on reset: a cell that is no floor, or the agent's.

    Notes
    -----
    ::

        env = FullyObsWrapper(movable_goal(FourRoomsEnv(agent_pos=(1, 1))))
        levels = [Level(seed, goal=(2, 12), cue=(17, 17)) for seed in range(100)]
        fullmenu.diagnose.goal_misgeneralization(policies, env, levels=levels)
    """
    with extra("goals moved in MiniGrid", "minigrid"):
        from minigrid.minigrid_env import MiniGridEnv
    if not isinstance(getattr(env, "unwrapped", None), MiniGridEnv):
        raise BadInput(
            f"{type(env).__name__} is no MiniGrid environment; wrap one of minigrid.envs"
        )
    return _wrapper()(env)


@lru_cache(maxsize=1)
def _wrapper() -> type:
    import gymnasium
    from minigrid.core.world_object import Goal

    class MovableGoal(gymnasium.Wrapper):
        """A MiniGrid environment whose goal lies where it is told."""

        def __init__(self, env: Any) -> None:
            super().__init__(env)
            self.goal: tuple[int, int] | None = None
            self.cue: tuple[int, int] | None = None
            self.moved = False
            self.been: set[tuple[int, int]] = set()
            self.dead = False

        def place(self, *, goal: Any, cue: Any, moved: bool = False) -> None:
            """Say where the goal lies from the next reset on: at its cell, or at the cue's."""
            (x, y), (u, v) = goal, cue
            self.goal, self.cue, self.moved = (int(x), int(y)), (int(u), int(v)), moved

        def reset(self, **given: Any) -> tuple[Any, dict[str, Any]]:
            """Begin a level, and move its goal."""
            observation, info = self.env.reset(**given)
            self.been, self.dead = set(), False
            if self.goal is None or self.cue is None:
                return observation, info
            inner = self.unwrapped
            for x in range(inner.width):
                for y in range(inner.height):
                    found = inner.grid.get(x, y)
                    if found is not None and found.type == "goal":
                        inner.grid.set(x, y, None)
            for name, at in (("goal", self.goal), ("cue", self.cue)):
                inside = 0 <= at[0] < inner.width and 0 <= at[1] < inner.height
                if not inside or inner.grid.get(*at) is not None or at == _at(inner):
                    raise BadInput(
                        f"{name}={at}: not an empty floor cell of this level; choose another"
                    )
            inner.grid.set(*(self.cue if self.moved else self.goal), Goal())
            return inner.gen_obs(), info

        def step(self, action: Any) -> Any:
            """Take one action, and note where the agent stands."""
            result = self.env.step(action)
            inner = self.unwrapped
            self.been.add(_at(inner))
            under = inner.grid.get(*inner.agent_pos)
            self.dead = under is not None and under.type == "lava"
            return result

        def events(self) -> Mapping[str, bool]:
            """Tell which of the two cells have been stood on, and whether the agent is in lava."""
            return {
                "goal": self.goal in self.been,
                "proxy": self.cue in self.been,
                "dead": self.dead,
            }

    return MovableGoal


def _at(inner: Any) -> tuple[int, int]:
    x, y = inner.agent_pos
    return int(x), int(y)
