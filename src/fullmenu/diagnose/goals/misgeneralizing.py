"""Goal misgeneralization of trained policies, in an environment whose goal can be moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fullmenu.diagnose.goals.judging import COMPETENT, INTENT, judge_episodes
from fullmenu.diagnose.goals.rolling import Policy, episodes
from fullmenu.diagnose.goals.world import Level
from fullmenu.finding import Finding


def goal_misgeneralization(
    policies: Policy | Sequence[Policy] | Mapping[int, Policy],
    env: Any,
    *,
    levels: Sequence[Level],
    least_intent: float = INTENT,
    least_competence: float = COMPETENT,
    random_rollouts: int = 10,
    limit: int = 1000,
    level: float = 0.95,
    subject: str = "policy",
    seed: int = 0,
) -> Finding:
    """Diagnose whether policies follow the goal or a proxy of it.

    Each level is played twice: with the goal at its own cell, and with the goal moved to the
    proxy's cell. See :func:`judge_episodes` for what is computed and what the verdicts mean.

    Parameters
    ----------
    policies
        One trained policy for each training seed, each from an observation to an action. A single
        one warns at most.
    env
        A gymnasium environment with ``place(goal=, cue=, moved=)`` and ``events()``
        (:class:`~fullmenu.diagnose.goals.world.World`).
    levels
        Test levels, 100 or more for a narrow interval.
    least_intent, least_competence
        The thresholds, declared beforehand.
    random_rollouts
        Episodes of the random policy, the null, on each twin.
    limit
        Steps after which an episode counts as over.
    level
        Coverage of the intervals.
    subject
        What the policies are called.
    seed
        Of the random policy.

    Raises
    ------
    NotEnoughData
        No policy, or fewer than two levels.
    BadInput
        The environment cannot move its goal, or a level begins on its goal.

    Examples
    --------
    A corridor; training always had the goal at cell 9. This policy walks there, whatever it sees:

    >>> class Corridor:
    ...     class action_space:
    ...         seed = staticmethod(lambda s: setattr(Corridor, "rng", __import__("random").Random(s)))
    ...         sample = staticmethod(lambda: Corridor.rng.choice([-1, 1]))
    ...     def place(self, *, goal, cue, moved=False):
    ...         self.c, self.proxy, self.coin = goal, cue, cue if moved else goal
    ...     def reset(self, *, seed=None):
    ...         self.at, self.been, self.left = 5, set(), 12
    ...         return (self.at, self.coin), {}
    ...     def step(self, action):
    ...         self.at = min(max(self.at + action, 0), 9)
    ...         self.been.add(self.at)
    ...         self.left -= 1
    ...         return (self.at, self.coin), 0.0, self.at == self.coin, self.left == 0, {}
    ...     def events(self):
    ...         return {"goal": self.c in self.been, "proxy": self.proxy in self.been, "dead": False}
    >>> levels = [Level(k, goal=k % 3, cue=9) for k in range(60)]
    >>> goes_right = [lambda seen: 1] * 3
    >>> goal_misgeneralization(goes_right, Corridor(), levels=levels).verdict
    'failure'
    >>> seeks = [lambda seen: 1 if seen[1] > seen[0] else -1] * 3
    >>> goal_misgeneralization(seeks, Corridor(), levels=levels).verdict
    'ok'
    """  # noqa: E501
    rows = episodes(policies, env, levels, random_rollouts=random_rollouts, limit=limit, seed=seed)
    return judge_episodes(
        rows,
        least_intent=least_intent,
        least_competence=least_competence,
        level=level,
        subject=subject,
    )
