"""A reward of weight 0 that only logs: the rollouts are there anyway."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from fullmenu.cure.docstrings import documented
from fullmenu.cure.rewards import unit_rows
from fullmenu.cure.rewards.call import Call
from fullmenu.cure.rewards.own_share import shares
from fullmenu.cure.rewards.reward import Reward, Values
from fullmenu.kernel.rows import Features, Ints

Log = Callable[[str, float], object]


def summary(features: Features, groups: Ints) -> dict[str, float]:
    """Return the repeat rate within groups, mean over groups of two or more, and its inverse.

    >>> summary(np.eye(3)[[0, 0, 1, 2]], np.array([0, 0, 1, 1]))
    {'repeat_rate': 0.5, 'effective_number': 2.0}
    """
    sizes = np.bincount(groups)
    if not (sizes > 1).any():
        return {}
    by_group = np.bincount(groups, shares(features, groups), len(sizes))[sizes > 1]
    rate = float((by_group / sizes[sizes > 1]).mean())
    return {"repeat_rate": rate, **({"effective_number": 1 / rate} if rate > 0 else {})}


@documented
def probe(
    view: unit_rows.View = None, *, log: Log | None = None, num_generations: int | None = None
) -> Reward:
    """Log the variety of the rollouts, and reward nothing. Give it the weight 0.

    Logs ``variety/repeat_rate`` and ``variety/effective_number`` of the completions of a
    prompt, mean over prompts; nothing where every completion is alone.

    It sees the prompts of the step only, which change: for a verdict hand fixed prompts to
    ``fm.train.Watch``.

    Parameters
    ----------
    log
        Called with a name and a number; by default the ``log_metric`` that TRL passes in.

    Examples
    --------
    >>> reward = probe(log=lambda name, value: print(name, round(value, 2)))
    >>> reward(prompts=["p", "p", "p"], completions=["fig", "fig", "kiwi"])
    variety/repeat_rate 0.33
    variety/effective_number 3.0
    [0.0, 0.0, 0.0]
    """
    values = partial(_logged, unit_rows.checked(view), log)
    return Reward("variety_probe", values, num_generations, compares=True)


def _logged(view: unit_rows.View, log: Log | None, call: Call) -> Values:
    tell = log or call.rest.get("log_metric")
    if tell is not None:
        x = unit_rows.rows(view, call.texts, call.asked)
        for name, value in summary(x, call.groups).items():
            tell(f"variety/{name}", value)
    return [0.0] * len(call.completions)
