"""Are prompts drawn at random, with the weights given? Bets against it, at every visit."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from fullmenu.monitor import codec
from fullmenu.stats.arrays import Floats

SURE = 100.0
"""Wealth at which it is said that prompts do not come so: by chance, in 1 % of watches."""

BETS = (0.3, 0.9)

SavedDraws = tuple[list[int], float, Floats, float, codec.Count]


class PromptDraws:
    """Bets on which prompt comes next.

    Where prompts are drawn independently with fixed ``weights``, two things are known of the next
    one. The chance that it is among those asked last is the sum of their weights: blocks of one
    prompt repeat more often than that, cycles through a list less often. And what the baseline says
    of it has, on average, the baseline's mean: a mix that leans towards prompts that repeat
    themselves has a higher one.

    Parameters
    ----------
    weights : (prompts,)
        How often each prompt is drawn, adding up to 1.
    values : (prompts, streams), optional
        What is expected of each prompt in each stream.

    Examples
    --------
    >>> draws = PromptDraws(np.full(40, 1 / 40))
    >>> for visit in range(200):
    ...     draws.add(visit // 5 % 40)
    >>> draws.random
    False
    """

    def __init__(self, weights: Floats, values: Floats | None = None) -> None:
        self.weights = weights.tolist()
        self.scores = _scores(weights, np.zeros((len(weights), 0)) if values is None else values)
        self.lately: deque[int] = deque()
        self.most = max(len(weights) // 2, 1)
        self.times = [0] * len(weights)
        self.among = 0.0
        streams = self.scores.shape[1]
        self._bets = np.array([*BETS, *BETS, *BETS * streams, *(-b for b in BETS * streams)])
        # half of the wealth goes on repeats, half on the mix
        share = np.where(np.arange(len(self._bets)) < 4, 1 / 4, 1 / max(4 * streams, 1))
        self._log_share = np.log(share / share.sum())
        self.log_wealth = np.full(len(self._bets), -np.inf)
        self.highest = -np.inf
        self.seen = 0

    def add(self, prompt: int) -> None:
        """See the prompt of the next visit."""
        q = self.among
        odds = np.zeros(len(self._bets))
        if 1e-9 < q < 1 - 1e-9:
            # F − 1 has mean 0: F = 1/q on a hit and nothing on a miss, or the other way round
            hit = self.times[prompt] > 0
            rise, fall = (1 / q, 0.0) if hit else (0.0, 1 / (1 - q))
            odds[:4] = rise - 1, rise - 1, fall - 1, fall - 1
        odds[4:] = np.tile(np.repeat(self.scores[prompt], len(BETS)), 2)
        # M ← (M + γₜ)·(1 + b·odds), Σγ ≤ 1: bets begin at every visit, and all of them together
        # have mean at most 1 (Ville: they ever reach 1/α with chance at most α)
        self.seen += 1
        start = math.log(began(self.seen))
        self.log_wealth = np.logaddexp(self.log_wealth, start) + np.log1p(self._bets * odds)
        total = float(np.logaddexp.reduce(self.log_wealth + self._log_share))
        self.highest = max(self.highest, total)
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

    def to_list(self) -> SavedDraws:
        """Return the state."""
        return list(self.lately), self.among, self.log_wealth, self.highest, self.seen

    def restore(self, state: SavedDraws) -> None:
        """Go on where :meth:`to_list` stopped."""
        lately, among, log_wealth, self.highest, self.seen = state
        for prompt in lately:
            self._enter(prompt)
        self.among, self.log_wealth = among, codec.fitting(log_wealth, self.log_wealth)

    @property
    def random(self) -> bool:
        """Whether nothing has shown so far that prompts do not come as they should."""
        return bool(self.highest < np.log(SURE))


def began(visit: int) -> float:
    """Return the wealth that is put on bets that begin at a visit; over all visits at most 1.

    >>> round(began(1), 4), round(sum(map(began, range(1, 100_000))), 2)
    (0.0415, 0.79)
    """
    # γₜ ∝ 1/((t + 9) log²(t + 9)); ∫ from 9.5 of 1/(t log² t) is 1/log 9.5 = .444
    return 2.2 / ((visit + 9) * math.log(visit + 9) ** 2)


def _scores(weights: Floats, values: Floats) -> Floats:
    """Values of each prompt above their mean, as shares of the largest distance from it."""
    known = ~np.isnan(values)
    seen = np.where(known, values, 0.0)
    share = weights[:, None] * known
    apart = np.where(
        known, seen - (share * seen).sum(axis=0) / np.maximum(share.sum(axis=0), 1e-300), 0
    )
    most = np.abs(apart).max(axis=0, initial=0.0)
    return apart[:, most > 1e-9] / most[most > 1e-9]
