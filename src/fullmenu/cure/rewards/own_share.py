"""The own share: how much of its group's repeat rate is an output's own doing."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.cure.rewards import unit_rows
from fullmenu.cure.rewards.call import Call
from fullmenu.cure.rewards.reward import Reward, Values
from fullmenu.kernel.likeness import by_group
from fullmenu.kernel.rows import Floats


def shares(features: Any, groups: NDArray[np.int64]) -> Floats:
    """Return every output's mean k² with the others of its group.

    Their mean over a group is the group's repeat rate ``U``.

    Parameters
    ----------
    features : (n, d) array or CSR
        Unit rows.
    groups : (n,)
        The prompt of each row, 0 … P − 1.

    Returns
    -------
    (n,) float64
        In [0, 1]. An output alone in its group repeats nothing: 0.

    Examples
    --------
    >>> shares(np.eye(3)[[0, 0, 1, 2, 2]], np.array([0, 0, 0, 1, 1])).tolist()
    [0.5, 0.5, 0.0, 1.0, 1.0]
    """
    found = np.zeros(len(groups))
    for rows, k in by_group(features, groups):
        k2 = k * k
        k2[k2 > 1 - 1e-12] = 1  # rounding: the same output repeats itself exactly
        found[rows] = np.maximum(k2.sum(1) - 1, 0) / (len(rows) - 1)
    return found


def own_share(view: unit_rows.View = None, *, num_generations: int | None = None) -> Reward:
    """Reward an output for repeating none of the others of its prompt: 1 − its mean k² with them.

    Parameters
    ----------
    view
        What likeness is: fast words by default; ``"answer"``, ``"phrasing"``, ``"outline"`` or a
        plugin's view by name; or a function from texts to unit rows, such as an embedding model's.
    num_generations
        Completions of each prompt, as the trainer is told: a warning says where fewer are seen.

    Returns
    -------
    Reward
        Values in [0, 1]: 1 like no other, 0 the same as all. ``None`` for a completion alone.

    Raises
    ------
    UnknownName, BadInput
        There is no such view.

    Notes
    -----
    Its mean over a group is 1 − ``U``, ``U`` the repeat rate. Its scale does not depend on the size
    of the group: averaged over the groups of m that could have been drawn from a larger one, it is
    what it is in the larger one. Differences inside a group are often small (a tenth): give it a
    weight, or :func:`~fullmenu.cure.multiply` it. Sums with a learned reward go to its hacks
    first: keep KL, and see :func:`~fullmenu.cure.mix`.

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
    values = 1 - shares(unit_rows.rows(view, call.texts, call.asked), call.groups)
    together = call.sizes > 1
    return [float(v) if t else None for v, t in zip(values, together, strict=True)]
