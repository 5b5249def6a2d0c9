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


def since(log_growths: Floats, log_total: float, weights: Floats) -> Since:
    """Estimate the first step after a change.

    The e-Shiryaev–Roberts statistic is a sum over all possible starts of the wealth won since; the
    wealth of each start, as a share of the sum, is the evidence for it. The estimate is their
    weighted median, the range holds the middle 80 %.

    Parameters
    ----------
    log_growths : (steps, channels, bets)
        The last steps that are remembered; NaN where a channel saw nothing.
    log_total
        Log of the statistic, which also counts starts before them: step 0 stands for those.
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
    >>> since(g, 50.0, np.full((1, 8), 1 / 8)).step
    0
    >>> 34 < since(g, -np.inf, np.full((1, 8), 1 / 8)).step <= 40
    True
    """
    steps = len(log_growths)
    won = np.cumsum(np.nan_to_num(log_growths, nan=0.0)[::-1], axis=0)[::-1]
    seen = ~np.isnan(log_growths)  # a channel that saw nothing starts nothing
    won = np.where(seen, won, -np.inf)
    flat = won.reshape(steps, -1)
    each = np.array([log_sum(row, weights.reshape(-1)) for row in flat])
    top = max(float(each.max()), log_total)
    shares = np.exp(each - top)
    shares[0] += max(np.exp(log_total - top) - shares.sum(), 0.0)
    running = np.cumsum(shares) / shares.sum()
    tail = (1 - SHARE) / 2
    found = np.searchsorted(running, [0.5, tail, 1 - tail - 1e-12])
    return Since(*(int(min(f, steps - 1)) for f in found))
