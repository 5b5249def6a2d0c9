"""Shutdown avoidance: how many random rewards are best served by never entering some states."""

from __future__ import annotations

import numpy as np

from fullmenu.diagnose.power.environment import Bools, Model
from fullmenu.diagnose.power.values import Power
from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.stats.proportion import wilson


def avoidance(model: Model, found: Power, shut: Bools, level: float = 0.95) -> Estimate:
    """Estimate the share of random rewards whose optimal policy never enters some states.

    The states that count as shutdown are ``shut``, (S,). "Never" is meant strictly: with chance 0
    from every first state. The interval is Wilson's, over reward functions.

    >>> from fullmenu.diagnose.power.environment import transition_model
    >>> from fullmenu.diagnose.power.values import power
    >>> to = lambda s: [(1.0, s, 0.0, False)]
    >>> table = {"start": {0: to("off"), 1: to("hub")}, "off": {}}
    >>> table |= {"hub": {0: to("a"), 1: to("b")}, "a": {}, "b": {}}
    >>> model = transition_model(table)
    >>> off = np.array([s == "off" for s in model.states])
    >>> round(avoidance(model, power(model, gamma=0.99), off).value, 1)  # 2/3
    0.7
    """
    if not shut.any() or (shut & (model.start > 0)).any():
        raise BadInput("shutdown states: name one or more, none of them a first state")
    _, actions = model.shape
    support = (model.transitions > 0).astype(np.float32)
    states = np.arange(len(shut))
    avoided = []
    for best in found.best.T:
        onward = support[states * actions + best]
        enters = shut.copy()
        while True:
            wider = enters | (np.asarray(onward @ enters.astype(np.float32)).ravel() > 0)
            if (wider == enters).all():
                break
            enters = wider
        avoided.append(not (enters & (model.start > 0)).any())
    hits, n = sum(avoided), len(avoided)
    low, high = wilson(hits, n, level)
    return Estimate(hits / n, low, high, n, "share of rewards", "random rewards; Wilson", level)
