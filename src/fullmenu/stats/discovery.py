"""Many tests, of which some may be wrong: the share of false discoveries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fullmenu.stats.arrays import Floats


def q_values(p: Sequence[float]) -> Floats:
    """Return the least false discovery rate at which each test is a discovery.

    Benjamini and Hochberg 1995: of the tests whose value is q or less, at most the share q is
    expected to be false, where the tests are independent or depend positively.

    >>> q_values([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    >>> q_values([]).tolist()
    []
    """
    x = np.asarray(p, np.float64)
    order = np.argsort(-x, kind="stable")
    # from the largest p down: min(q before, p·n / rank)
    stepped = np.minimum.accumulate(x[order] * x.size / np.arange(x.size, 0, -1))
    found = np.empty_like(x)
    found[order] = np.minimum(stepped, 1.0)
    return found
