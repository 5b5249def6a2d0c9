"""Plates dealt to two sides at random: what a comparison shows where nothing changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def log_all_before(served: Floats, before: Floats, both: Floats) -> Floats:
    """Return the log chance that a dish's plates all fall on the side before.

    Given how often it was served on both sides together, every way of dealing the plates of a
    prompt to the two sides is as likely as any other.

    Parameters
    ----------
    served, before, both
        Of a prompt: plates of the dish, plates dealt to the side before, and to both sides; any
        shapes that broadcast.

    Returns
    -------
    array
        −∞ where the side before has fewer plates than the dish.

    Examples
    --------
    >>> np.exp(log_all_before(np.array([2.0, 3.0]), np.array([2.0]), np.array([4.0]))).round(3)
    array([0.167, 0.   ])
    """
    from scipy.special import gammaln

    def log_choose(n: Floats, k: Floats) -> Floats:
        return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))

    fits = served <= before
    log_p = log_choose(before, np.where(fits, served, 0)) - log_choose(both, served)
    return np.where(fits, log_p, -np.inf)
