"""When did it change? Every start of the detector is a candidate, weighed by its evidence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.watch.detector import log_sum

Floats = NDArray[np.float64]

SHARE = 0.8
"""Share of the evidence that lies between ``low`` and ``high``."""


class Since(NamedTuple):
    """The first step of the new state: an estimate and a range; steps are counted from 0."""

    step: int
    low: int
    high: int


def since(log_growths: Floats, weights: Floats) -> Since:
    """Estimate the first step after a change.

    The e-Shiryaev–Roberts statistic is a sum over all possible starts of the wealth won since; the
    wealth of each start, as a share of the sum, is the evidence for it. The estimate is their
    weighted median, the range holds the middle 80 %.

    Parameters
    ----------
    log_growths : (steps, channels, bets)
        The last steps that are remembered; NaN where a channel saw nothing. Bets that dated the
        change against the detector's own bounds would date small ones too late, because they lose
        little before it and win little after it: give growth against the middle of the baseline's
        mean and its bound.
    weights : (channels, bets)
        Of each detector in the statistic.

    Notes
    -----
    The range is no confidence interval: ``benchmarks/watch_delay.py`` prints how often it holds
    the truth.

    Examples
    --------
    >>> from fullmenu.watch.detector import growth
    >>> x = np.array([0.1] * 40 + [0.5] * 10)
    >>> g = growth(x[:, None], np.array([0.12]))
    >>> 34 < since(g, np.full((1, 8), 1 / 8)).step <= 40
    True
    """
    steps = len(log_growths)
    won = np.cumsum(np.nan_to_num(log_growths, nan=0.0)[::-1], axis=0)[::-1]
    won = np.where(np.isnan(log_growths), -np.inf, won)  # what saw nothing starts nothing
    each = np.array([log_sum(row, weights.reshape(-1)) for row in won.reshape(steps, -1)])
    running = np.cumsum(np.exp(each - each.max()))
    tail = (1 - SHARE) / 2
    found = np.searchsorted(running / running[-1], [0.5, tail, 1 - tail - 1e-12])
    return Since(*(int(min(f, steps - 1)) for f in found))
