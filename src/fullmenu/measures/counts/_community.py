"""The kitchen that a sample speaks of, to draw other samples from: iNEXT's bootstrap.

What was seen is a little less common than it looks, and what was not seen shares the rest: as many
dishes as Chao1 (Chao2) says are missing, all alike (Chao & Jost 2012; Chao et al. 2014).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fullmenu.measures.counts._counts import Tally, summed
from fullmenu.measures.counts.richness import chao
from fullmenu.measures.counts.sample_coverage import unseen_again
from fullmenu.stats.arrays import Floats

_ONE_BY_ONE = 100_000
"""So many unseen dishes are drawn one by one; of more, next to none comes twice in a unit."""


class Community(NamedTuple):
    """Shares of dishes (chances of occurring in a unit, for incidence data).

    The dishes that the sample shows, by ascending count; how many others there are, and what they
    share.
    """

    seen: Floats
    unseen: int
    rest: float
    size: int
    units: int | None

    def draw(self, rng: np.random.Generator) -> Tally:
        """Draw a sample of the same size."""
        if self.units is None:
            shares = np.append(self.seen, self.rest)
            drawn = rng.multinomial(self.size, shares / shares.sum())
            others = _thrown(rng, int(drawn[-1]), self.unseen)
            return summed(np.concatenate([drawn[:-1], others]).astype(np.float64))
        occur = rng.binomial(self.units, self.seen)
        if self.unseen <= _ONE_BY_ONE:
            each = self.rest / max(self.unseen, 1)
            others = rng.binomial(self.units, each, self.unseen).astype(np.float64)
        else:
            others = _thrown(rng, int(rng.poisson(self.rest * self.units)), self.unseen)
        return summed(np.concatenate([occur, others]).astype(np.float64), self.units)


def community(s: Tally) -> Community:
    """Estimate the kitchen behind a sample.

    >>> from fullmenu.measures.counts._counts import tally
    >>> c = community(tally([5, 3, 2, 1, 1]))
    >>> c.unseen, round(c.rest, 3), c.seen.round(3).tolist()
    (2, 0.153, [0.031, 0.031, 0.133, 0.236, 0.416])
    """
    unseen, rest = unseen_share(s)
    return Community(
        np.repeat(shrunk(s, rest), s.f.astype(np.int64)), unseen, rest, s.size, s.units
    )


def unseen_share(s: Tally) -> tuple[int, float]:
    """How many dishes were not seen, and what they share."""
    # they share 1 − Ĉ = f₁/n · A (Chao & Jost 2012); a number that should be whole may end above it
    missing = chao(s, s.f).real
    return int(np.ceil(missing - 1e-9)), s.seen(1) / s.size * unseen_again(s)


def shrunk(s: Tally, rest: float) -> Floats:
    """Shares of the dishes of each count, once the unseen ones have theirs."""
    # p̂ = x/n · (1 − λ(1 − x/n)ⁿ), with λ such that the seen dishes lose what the unseen share
    # (Chao et al. 2014)
    p = s.x / s.size
    with np.errstate(divide="ignore"):
        absent = np.exp(s.size * np.log1p(-p))
    lost = float((s.f * p * absent).sum())
    weight = rest / lost if lost > 0 else 0.0
    return np.maximum(p * (1 - weight * absent), 0.0)


def _thrown(rng: np.random.Generator, balls: int, boxes: int) -> Floats:
    if not balls or not boxes:
        return np.zeros(0)
    return np.unique(rng.integers(0, boxes, balls), return_counts=True)[1].astype(np.float64)
