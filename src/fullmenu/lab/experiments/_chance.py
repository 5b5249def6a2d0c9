"""How many false verdicts a few runs may show before something is wrong."""

from __future__ import annotations


def chance_of(runs: int, rate: float = 0.05) -> int:
    """Return the most false verdicts that so many runs show with probability at least 95 %.

    >>> chance_of(5), chance_of(20)
    (1, 3)
    """
    from scipy.stats import binom

    return int(binom.ppf(0.95, runs, rate))
