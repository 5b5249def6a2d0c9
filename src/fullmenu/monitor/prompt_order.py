"""Do prompts come at random? A bet against it, at every visit."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from fullmenu.monitor import codec
from fullmenu.stats.arrays import Floats

SURE = 100.0
"""Wealth at which it is said that prompts do not come at random: by chance, in 1 % of watches."""

_BETS = (0.2, 0.8)
_BETS2 = np.array([*_BETS, *_BETS])

SavedOrder = tuple[list[int], float, Floats, float]


class PromptOrder:
    """Bets that the next prompt is (or is not) one of those asked lately.

    Where prompts are drawn independently with fixed ``weights``, the chance that the next one is
    among those asked last is the sum of their weights. Blocks of one prompt repeat more often than
    that, cycles through a list less often.

    >>> order = PromptOrder(np.full(40, 1 / 40))
    >>> for visit in range(200):
    ...     order.add(visit // 5 % 40)
    >>> order.random
    False
    """

    def __init__(self, weights: Floats) -> None:
        self.weights = weights.tolist()
        self.lately: deque[int] = deque()
        self.most = max(len(weights) // 2, 1)
        self.times = [0] * len(weights)
        self.among = 0.0
        self.log_wealth = np.zeros(2 * len(_BETS))
        self.highest = 0.0

    def add(self, prompt: int) -> None:
        """See the prompt of the next visit."""
        q = self.among
        if 1e-9 < q < 1 - 1e-9:
            # Wealth × (1 + b(F − 1)), F = 1/q on a hit and 1/(1 − q) on a miss: mean 1 at random.
            hit = self.times[prompt] > 0
            rise, fall = (1 / q, 0.0) if hit else (0.0, 1 / (1 - q))
            self.log_wealth += np.log1p(_BETS2 * (np.array([rise, rise, fall, fall]) - 1))
            mean = float(np.logaddexp.reduce(self.log_wealth)) - math.log(len(_BETS2))
            self.highest = max(self.highest, mean)
        self._enter(prompt)

    def _enter(self, prompt: int) -> None:
        self.lately.append(prompt)
        self.times[prompt] += 1
        if self.times[prompt] == 1:
            self.among += self.weights[prompt]
        if len(self.lately) > self.most:
            gone = self.lately.popleft()
            self.times[gone] -= 1
            if self.times[gone] == 0:
                self.among -= self.weights[gone]

    def to_list(self) -> SavedOrder:
        """Return the state."""
        return list(self.lately), self.among, self.log_wealth, self.highest

    def restore(self, state: SavedOrder) -> None:
        """Go on where :meth:`to_list` stopped."""
        lately, among, log_wealth, self.highest = state
        for prompt in lately:
            self._enter(prompt)
        self.among, self.log_wealth = among, codec.fitting(log_wealth, self.log_wealth)

    @property
    def random(self) -> bool:
        """Whether nothing has shown so far that prompts do not come at random."""
        return bool(self.highest < np.log(SURE))
