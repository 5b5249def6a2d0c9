"""How many runs may err by chance."""

from __future__ import annotations


def chance_of(runs: int, rate: float = 0.05, sure: float = 0.95) -> int:
    """Return the most errors that so many runs show with probability ``sure``, each at this rate.

    >>> chance_of(5), chance_of(20), chance_of(9, sure=0.99)
    (1, 3, 2)
    """
    from scipy.stats import binom

    return int(binom.ppf(sure, runs, rate))
