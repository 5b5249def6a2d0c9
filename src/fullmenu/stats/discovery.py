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


def discovered(p: Sequence[float], rate: float) -> list[bool]:
    """Tell which tests are discoveries, at a false discovery rate that uses how many are.

    Two steps (Benjamini, Krieger and Yekutieli 2006): what a first step finds is no null, so that
    the second may be bolder. It holds where the tests are independent.

    >>> discovered([0.001, 0.002, 0.003, 0.04, 0.5], 0.05)
    [True, True, True, True, False]
    >>> discovered([0.04, 0.3, 0.5, 0.7, 0.9], 0.05)
    [False, False, False, False, False]
    """
    q = q_values(p)
    first = rate / (1 + rate)
    nulls = int((q > first).sum())
    # BH at first·m / m₀
    bolder = first * len(q) / nulls if nulls else 1.0
    return [bool(x <= bolder) for x in q] if nulls < len(q) else [False] * len(q)
