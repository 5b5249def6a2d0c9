"""A band for a mean over time that holds at every moment at once.

For X in [0, 1], any predictable guess X̂ and 0 ≤ λ < 1, exp(λ Σ(X − μ) − ψ(λ) Σ(X − X̂)²) with
ψ(λ) = −log(1 − λ) − λ has mean at most 1 at any moment, even where the mean μ moves
(Howard et al. 2021; Waudby-Smith & Ramdas 2024). A fixed mixture over λ is inverted.
"""

from __future__ import annotations

import numpy as np

from fullmenu.monitor import codec
from fullmenu.stats.arrays import Floats

_BETS = np.geomspace(0.95, 0.0005, 40)
_COST = -np.log1p(-_BETS) - _BETS
_WEIGHTS = np.arange(1, 41) ** -1.2 / (np.arange(1, 41) ** -1.2).sum()
"""The largest bets, which alone matter in the first hundreds of visits, weigh most."""


class Band:
    """Running sums of several streams, and the band of each one's mean so far.

    The band holds, with probability ``level``, at *every* moment at once, the mean of the
    conditional means of the steps so far: of what the model would have given on average to those
    very prompts. No assumption but that values lie in [0, 1]. Streams are not corrected for each
    other. A good ``guess`` of the means makes the band narrow early, a bad one is harmless.

    >>> band = Band(np.array([0.1]))
    >>> for x in [0.1, 0.3, 0.0, 0.2] * 100:
    ...     sums = band.add(np.array([x]))
    >>> [round(float(b[0]), 2) for b in (band.mean, *band.bounds(0.95))]
    [0.15, 0.12, 0.18]
    """

    def __init__(self, guess: Floats) -> None:
        self.guess = np.asarray(guess, np.float64)
        self.sums = np.zeros((3, len(self.guess)))

    def add(self, x: Floats) -> Floats:
        """Take steps, (streams,) or (steps, streams), NaN where a stream saw nothing.

        Returns the sums after each, (steps, 3, streams), the same to the last digit as one at a
        time.
        """
        # After each step n, Σx and V = Σ(x − x̂)², where the guess x̂ = (guess + Σ earlier)/(1 + n)
        # looks at earlier steps only (Waudby-Smith & Ramdas 2024); cumulated one by one.
        x = np.atleast_2d(x)
        seen = ~np.isnan(x)
        known = np.where(seen, x, 0.0)
        n, total, spread = (
            np.cumsum(np.concatenate([s[None], part]), axis=0)
            for s, part in zip(self.sums, (seen, known, np.zeros_like(x)), strict=True)
        )
        missed = np.where(seen, (known - (self.guess + total[:-1]) / (1.0 + n[:-1])) ** 2, 0.0)
        spread = np.cumsum(np.concatenate([spread[:1], missed]), axis=0)
        history = np.stack([n, total, spread], axis=1)[1:]
        self.sums = history[-1].copy()
        return np.asarray(history)

    def to_list(self) -> list[Floats]:
        """Return the state."""
        return [self.guess, self.sums]

    def restore(self, state: list[Floats]) -> None:
        """Go on where :meth:`to_list` stopped."""
        self.guess, self.sums = map(codec.fitting, state, self.to_list())

    @property
    def mean(self) -> Floats:
        """Mean of each stream so far; the guess where it saw nothing."""
        n, total, _ = self.sums
        return np.where(n > 0, total / np.maximum(n, 1.0), self.guess)

    def bounds(self, level: float = 0.95, sums: Floats | None = None) -> tuple[Floats, Floats]:
        """Return the band's ends, each (streams,), within [0, 1]; at earlier ``sums`` if given."""
        n, total, spread = self.sums if sums is None else sums
        # Σx/n ± s/n, s being the deviation that the mixture allows at this V
        mean = total / np.maximum(n, 1.0)
        half = _half(spread, level) / np.maximum(n, 1.0)
        low, high = np.maximum(mean - half, 0.0), np.minimum(mean + half, 1.0)
        return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)


def _half(spread: Floats, level: float) -> Floats:
    """Return the deviations of sums at which the mixture reaches 2/(1 − level)."""
    # Solve Σ w exp(λs − ψ(λ)V) = 2/(1 − level) for s by bisection (Howard et al. 2021); it is
    # reached at the latest where one λ alone does.
    most = 2 / (1 - level)
    cost = _COST * spread[:, None]
    low = np.zeros(len(spread))
    high = ((np.log(most) - np.log(_WEIGHTS) + cost) / _BETS).min(axis=1)
    for _ in range(30):
        s = (low + high) / 2
        logs = np.minimum(_BETS * s[:, None] - cost, 700.0)
        reached = (_WEIGHTS * np.exp(logs)).sum(axis=1) >= most
        low, high = np.where(reached, low, s), np.where(reached, s, high)
    return np.asarray(high)
