"""The detector: e-Shiryaev–Roberts by betting on a rise of a bounded mean.

For X in [0, 1] with mean at most m₀, L = 1 + c(X/m₀ − 1) has mean at most 1, and so
M ← L·(1 + M) grows by at most 1 a step on average: M − t is a supermartingale. Hence an alarm at
M ≥ A comes after A steps or more on average, and by step t with chance at most t/A
(Shin, Ramdas & Rinaldo 2022).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BETS = np.geomspace(0.02, 0.9, 8)
"""What share of its wealth each of eight detectors puts on a rise; λ = bet ÷ m₀."""


def bets(run_length: float) -> Floats:
    """Return the eight bets that serve a run length: geometric, up to .9 as :data:`BETS`.

    A bet b that suits a rise of X wins about b²v²/2 a step, v being the standard deviation of X as
    a share of its mean (√2 for pairs of texts, less for larger visits). It reaches A after
    log A/b² steps or more; below √(log A/A) that is later than a false alarm is expected, so that
    such bets would only dilute the others. The guarantee holds for any bets.

    >>> bets(1000).round(2).tolist()
    [0.08, 0.12, 0.16, 0.23, 0.32, 0.46, 0.64, 0.9]
    >>> bool((bets(1e6) == BETS).all())
    True
    """
    return np.geomspace(max(float(BETS[0]), math.sqrt(math.log(run_length) / run_length)), 0.9, 8)


def start(channels: int) -> Floats:
    """Return the log wealth of detectors that have seen nothing, (channels, bets).

    >>> start(2).shape
    (2, 8)
    """
    return np.full((channels, len(BETS)), -np.inf)


def growth(x: Floats, m0: Floats, bets: Floats = BETS) -> Floats:
    """Return log L of every bet, (…, bets), for values (…) against bounds that broadcast to them.

    >>> growth(np.array([0.2]), np.array([0.1])).round(2)[0].tolist()[-3:]
    [0.26, 0.42, 0.64]
    """
    return np.asarray(np.log1p(bets * (x / m0 - 1.0)[..., None]))


def step(log_wealth: Floats, log_growth: Floats) -> Floats:
    """Take one step, M ← L·(1 + M), in logs; rows of NaN growth (nothing was seen) stay.

    >>> step(start(1), np.zeros((1, 8))).tolist() == [[0.0] * 8]
    True
    """
    after = log_growth + np.logaddexp(0.0, log_wealth)
    return np.where(np.isnan(log_growth), log_wealth, after)


def log_mean(log_wealth: Floats) -> Floats:
    """Return the log of the mean over bets, (channels,): a detector again.

    >>> log_mean(np.zeros((1, 8)))
    array([0.])
    """
    top = log_wealth.max(axis=-1)
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(safe + np.log(np.exp(log_wealth - safe[..., None]).mean(axis=-1)))


def log_total(log_wealth: Floats, weights: Floats) -> float:
    """Return the log of the weighted mean of all detectors, one number.

    Parameters
    ----------
    log_wealth, weights : (channels, bets)

    Examples
    --------
    >>> log_total(np.zeros((2, 8)), np.full((2, 8), 1 / 16))
    0.0
    """
    top = log_wealth.max()
    total = float(np.vdot(weights, np.exp(log_wealth - top))) if top > -np.inf else 0.0
    return float(top) + math.log(total) if total > 0 else -math.inf


def log_sum(logs: Floats, weights: Floats | float = 1.0) -> float:
    """Return the log of a weighted sum of exponentials.

    >>> round(float(np.exp(log_sum(np.log([1.0, 3.0])))), 6)
    4.0
    """
    top = float(np.max(logs, initial=-np.inf))
    if not np.isfinite(top):
        return top
    return float(top + np.log(np.sum(weights * np.exp(logs - top))))
