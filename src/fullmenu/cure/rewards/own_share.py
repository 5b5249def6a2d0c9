"""The own share: how much of its group's repeat rate is an output's own doing."""

from __future__ import annotations

from functools import partial

import numpy as np

from fullmenu.cure.docstrings import documented
from fullmenu.cure.rewards import unit_rows
from fullmenu.cure.rewards.call import Call
from fullmenu.cure.rewards.reward import Reward, Values
from fullmenu.kernel.likeness import by_group
from fullmenu.kernel.rows import Features, Floats, Ints


def shares(features: Features, groups: Ints) -> Floats:
    """Return every output's mean k² with the others of its group, 0 for one alone.

    Their mean over a group is the group's repeat rate ``U``.

    >>> shares(np.eye(3)[[0, 0, 1, 2, 2]], np.array([0, 0, 0, 1, 1])).tolist()
    [0.5, 0.5, 0.0, 1.0, 1.0]
    """
    means = np.zeros(len(groups))
    for rows, k in by_group(features, groups):
        k2 = np.multiply(k, k, out=k)
        np.putmask(k2, k2 > 1 - 1e-12, 1.0)  # rounding: the same output repeats itself exactly
        means[rows] = np.maximum(k2.sum(1) - 1, 0) / (len(rows) - 1)
    return means


@documented
def own_share(view: unit_rows.View = None, *, num_generations: int | None = None) -> Reward:
    """Reward an output for repeating none of the others of its prompt: 1 − its mean k² with them.

    In [0, 1]: 1 like no other, 0 the same as all; ``None`` for a completion alone.

    Its mean over a group is 1 − ``U``, ``U`` the repeat rate, and its scale does not depend on the
    size of the group. Differences inside a group are often small (a tenth): give it a weight, or
    :func:`~fullmenu.cure.multiply` it. Sums with a learned reward go to its hacks first: keep KL,
    and see :func:`~fullmenu.cure.mix`.

    Examples
    --------
    >>> reward = own_share()
    >>> asked = ["Which fruit?"] * 3
    >>> [round(r, 2) for r in reward(prompts=asked, completions=["a fig", "one fig", "a kiwi"])]
    [0.62, 0.62, 0.99]
    """
    return Reward("own_share", partial(_own, unit_rows.checked(view)), num_generations, _one)


def _one(n: int) -> float:
    return 1.0


def _own(view: unit_rows.View, call: Call) -> Values:
    return call.compared(1 - shares(unit_rows.rows(view, call.texts, call.asked), call.groups))
