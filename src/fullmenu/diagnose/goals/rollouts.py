"""Rolling policies out on twin levels: what each episode came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from fullmenu.diagnose.goals.world import EVENTS, Level
from fullmenu.errors import BadInput, NotEnoughData

Policy = Callable[[Any], Any]
"""From an observation to an action."""

RANDOM = "random"
"""Name of the policy that the others are held against."""


class Episode(NamedTuple):
    """What one episode came to.

    ``policy`` is its name (``"random"`` is the null), ``seed`` that of the training run that made
    it. ``moved``: the goal lay on the proxy's cell (the twin). ``visited``: the goal's cell was
    reached, before the proxy's; ``proxy_first``: the other way round; ``dead``: it ended in a
    failure before either.
    """

    policy: str
    seed: int
    level: Any
    moved: bool
    visited: bool
    proxy_first: bool
    dead: bool


def roll(
    policy: Policy, env: Any, level: Level, *, moved: bool, limit: int = 1000
) -> tuple[bool, bool, bool]:
    """Play one level until one of its two cells is reached, or it ends.

    Ending at the first of the two cells gives both twins the same time for chance visits.
    Returns ``visited, proxy_first, dead``.
    """
    if level.goal == level.cue:
        raise BadInput(
            f"level {level.seed}: goal and cue are both {level.goal!r}; to tell them apart they "
            "must differ (the twin with the goal on the cue is made here)"
        )
    _part(env, "place")(goal=level.goal, cue=level.cue, moved=moved)
    observation, _ = env.reset(seed=level.seed)
    if any(_seen(env).values()):
        raise BadInput(f"level {level.seed} begins on its goal or its proxy; choose another")
    for _ in range(limit):
        observation, _, terminated, truncated, _ = env.step(policy(observation))
        seen = _seen(env)
        if any(seen.values()) or terminated or truncated:
            reached = seen["goal"] or seen["proxy"]
            return seen["goal"], seen["proxy"] and not seen["goal"], seen["dead"] and not reached
    return False, False, False


def episodes(
    policies: Policy | Sequence[Policy] | Mapping[int, Policy],
    env: Any,
    levels: Sequence[Level],
    *,
    name: str = "policy",
    random_rollouts: int = 10,
    limit: int = 1000,
    seed: int = 0,
) -> list[Episode]:
    """Play every level and its twin with every policy, and with a random one.

    There is one policy for each training seed; a mapping names the seeds. The random one, seeded
    by ``seed``, plays every twin ``random_rollouts`` times; after ``limit`` steps an episode counts
    as over.
    """
    by_seed = _by_seed(policies)
    if not by_seed or not levels:
        raise NotEnoughData(
            f"{len(by_seed)} policies on {len(levels)} levels: give at least one of each, better "
            "5 policies of different training seeds and 100 levels"
        )
    env.action_space.seed(seed)

    def by_chance(observation: Any) -> Any:
        return env.action_space.sample()

    found = []
    for index, level in enumerate(levels):
        for moved in (False, True):
            for number, policy in by_seed.items():
                came = roll(policy, env, level, moved=moved, limit=limit)
                found.append(Episode(name, number, index, moved, *came))
            for number in range(random_rollouts):
                came = roll(by_chance, env, level, moved=moved, limit=limit)
                found.append(Episode(RANDOM, number, index, moved, *came))
    return found


def _by_seed(policies: Any) -> dict[int, Policy]:
    if isinstance(policies, Mapping):
        return dict(policies)
    if callable(policies):
        return {0: policies}
    return dict(enumerate(policies))


def _part(env: Any, name: str) -> Any:
    """Return a method of an environment, or of what it wraps."""
    try:
        return getattr(env, name)
    except AttributeError:
        pass
    try:
        return env.get_wrapper_attr(name)
    except AttributeError:
        raise BadInput(
            f"{type(env).__name__} has no {name}(); the goal can only be moved in an environment "
            "with place(goal=, cue=, moved=) and events() (for MiniGrid: "
            "fullmenu.integrations.minigrid.movable_goal(env))"
        ) from None


def _seen(env: Any) -> dict[str, bool]:
    told = _part(env, "events")()
    missing = [name for name in EVENTS if name not in told]
    if missing:
        raise BadInput(f"events() tells no {', '.join(missing)}; it must tell {', '.join(EVENTS)}")
    return {name: bool(told[name]) for name in EVENTS}
