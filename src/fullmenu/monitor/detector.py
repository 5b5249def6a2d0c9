"""The detector: e-Shiryaev–Roberts by betting on a rise of a bounded mean.

For X in [0, 1] with mean at most m₀, L = 1 + c(X/m₀ − 1) has mean at most 1, and so
M ← L·(1 + M) grows by at most 1 a step on average: M − t is a supermartingale. Hence an alarm at
M ≥ A comes after A steps or more on average, and by step t with chance at most t/A
(Shin, Ramdas & Rinaldo 2022).
"""

from __future__ import annotations

import math

import numpy as np

from fullmenu.stats.arrays import Floats

BETS = np.geomspace(0.02, 0.9, 8)
"""What share of its wealth each of eight detectors puts on a rise; λ = bet ÷ m₀."""


SPENT = 0.95
"""What share of its wealth a bet can lose at one visit, at most."""


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
    # log L = log(1 + c(x/m₀ − 1)) for every bet c
    return np.asarray(np.log1p(bets * (x / m0 - 1.0)[..., None]))


def growth_of_prompts(x: Floats, m0: Floats, means: Floats, bets: Floats = BETS) -> Floats:
    """Return log L of every bet against means that differ by prompt, (visits, channels, bets).

    ``x`` and ``means`` are (visits, channels) and (visits, channels, bets), the latter from
    :func:`prompt_means`: where prompts are drawn with their weights the means add up to ``m0``, so
    that L has mean at most 1 as that of :func:`growth` has; where they are drawn otherwise, each is
    held against what it was itself.

    >>> x, m0 = np.array([[0.2]]), np.array([0.1])
    >>> same = growth_of_prompts(x, m0, np.full((1, 1, 8), 0.1))
    >>> bool(np.allclose(same, growth(x, m0)))
    True
    """
    # log L = log(1 + c(x − μ)/m₀) for every bet c
    return np.asarray(np.log1p(bets * (x[..., None] - means) / m0[:, None]))


def prompt_means(m0: Floats, expected: Floats, weights: Floats, bets: Floats = BETS) -> Floats:
    """Return what every bet holds a prompt's values against, (prompts, channels, bets).

    The prompt's own mean, moved so that over prompts the means add up to ``m0``. A bet c can lose
    no more than it has: c μ ≤ .95 m₀, so that the highest prompts are held against less than their
    own mean by the largest bets.

    Parameters
    ----------
    m0 : (channels,)
        Bounds of the mean over prompts.
    expected : (prompts, channels)
        Estimates for single prompts; any numbers keep the guarantee.
    weights : (prompts,)
        How often each prompt is drawn, adding up to 1.

    Examples
    --------
    >>> each = np.array([[0.02], [0.1]])
    >>> means = prompt_means(np.array([0.07]), each, np.array([0.5, 0.5]))
    >>> means[:, 0, 0].round(6).tolist(), means[:, 0, 7].round(6).tolist()
    ([0.03, 0.11], [0.066111, 0.073889])
    """
    # μ = m₀ + g − Σwg with g = min(expected, cap), the cap such that max g − Σwg = (.95/c − 1)m₀
    room = (SPENT / bets - 1)[None] * m0[:, None]
    order = np.argsort(expected, axis=0, kind="stable")
    g, w = np.take_along_axis(expected, order, axis=0), weights[order]
    # with the cap at gᵢ: gᵢ − Σwg = Σ_{j ≤ i} w(gᵢ − gⱼ); between two such it goes linearly
    below, sums = np.cumsum(w, axis=0), np.cumsum(w * g, axis=0)
    height = below * g - sums
    top = g[-1][:, None]
    caps = np.empty_like(room)
    for c, b in np.ndindex(*room.shape):
        i = int(np.searchsorted(height[:, c], room[c, b], side="right")) - 1
        caps[c, b] = (room[c, b] + sums[i, c]) / below[i, c]
    kept = np.minimum(expected[:, :, None], np.minimum(caps, top)[None])
    return np.asarray(m0[:, None] + kept - np.tensordot(weights, kept, axes=1))


def step(log_wealth: Floats, log_growth: Floats) -> Floats:
    """Take one step, M ← L·(1 + M), in logs; rows of NaN growth (nothing was seen) stay.

    >>> step(start(1), np.zeros((1, 8))).tolist() == [[0.0] * 8]
    True
    """
    # log M ← log L + log(1 + M)
    after = np.logaddexp(0.0, log_wealth)
    after += log_growth
    np.copyto(after, log_wealth, where=np.isnan(log_growth))
    return after


def log_total(log_wealth: Floats, log_weights: Floats) -> float:
    """Return the log of the weighted mean of all detectors, (channels, bets): log Σ w M.

    >>> round(log_total(np.zeros((2, 8)), np.full((2, 8), np.log(1 / 16))), 12)
    0.0
    """
    return float(np.logaddexp.reduce(log_wealth + log_weights, axis=None))
