"""When did it change? Every visit is a candidate, weighed by how likely it makes the others."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.stats.arrays import Floats

SHARE = 0.9
"""Share of the evidence that lies between ``low`` and ``high``."""

RISES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Typical sizes of the rise, in standard deviations of a visit; equally likely beforehand."""

TRUST = 0.6
"""What evidence counts for: visits are skewed, and the alarm came when they were odd."""


BEFORE = 0.85
"""The first step that is remembered stands for all before it: steps to this power."""


class Onset(NamedTuple):
    """The first step of the new state: an estimate and a range; steps are counted from 0."""

    step: int
    low: int
    high: int


def date_onset(x: Floats, mean: float, error: float) -> Onset:
    """Estimate the first step after a rise, from the last values that are remembered, (steps,).

    Before the change, values are normal about the baseline's mean, which is known up to an error;
    afterwards about a higher one. The likelihood of every step as the first, averaged over means,
    is the evidence for it. The first step stands for all before it too and counts for steps^.85 of
    the others. The estimate is the weighted median, the range holds the middle 90 %. NaN: nothing
    was seen.

    The range is no confidence interval: ``benchmarks/watch_delay.py`` prints how often it holds the
    truth. A change so small that it took hundreds of visits to be seen is dated too late more often
    than too early: the alarm came after visits that rose by chance as well.

    >>> rng = np.random.default_rng(0)
    >>> x = np.concatenate([rng.normal(0.1, 0.05, 40), rng.normal(0.3, 0.05, 10)])
    >>> date_onset(x, mean=0.1, error=0.01).step
    40
    """
    seen = np.flatnonzero(~np.isnan(x))
    if len(seen) < 3:
        first = int(seen[0]) if len(seen) else 0
        return Onset(first, first, max(len(x) - 1, 0))
    # The log likelihood of every step as the first: N(0, error²) before it, and after it a mixture
    # of half-normal rises; the differences' mean square is twice the variance of a visit.
    rest = x[seen] - mean
    spread = float((np.diff(rest) ** 2).mean()) / 2 + 1e-12  # a change moves one difference only
    n, total = len(rest), np.concatenate([[0.0], np.cumsum(rest)])
    before = np.arange(n)
    logs = _log_likelihood(before, total[:-1], error * error, spread)
    after, sums = n - before, total[-1] - total[:-1]
    rises = [_log_likelihood(after, sums, r * r * spread, spread, rise=True) for r in RISES]
    logs = TRUST * (logs + np.logaddexp.reduce(rises, axis=0))
    logs[0] += BEFORE * np.log(n)
    running = np.cumsum(np.exp(logs - logs.max()))
    tail = (1 - SHARE) / 2
    found = np.searchsorted(running / running[-1], [0.5, tail, 1 - tail - 1e-12])
    return Onset(*(int(seen[min(f, n - 1)]) for f in found))


def _log_likelihood(
    n: NDArray[np.int64], sums: Floats, variance: float, spread: float, rise: bool = False
) -> Floats:
    """Log of the likelihood ratio of n values with these sums: mean N(0, variance) against 0.

    With ``rise`` the mean is held to be above 0.
    """
    from scipy.special import log_ndtr

    # ½(S²τ²/(σ²(σ² + nτ²)) − log((σ² + nτ²)/σ²)), and with a rise + log 2Φ(Sτ/√(σ²(σ² + nτ²)))
    wide = spread + n * variance
    logs = 0.5 * (sums * sums / spread * variance / wide - np.log(wide / spread))
    if rise:
        logs = logs + np.log(2) + log_ndtr(sums * np.sqrt(variance / (spread * wide)))
    return np.asarray(logs)
