"""A few outputs of every prompt: enough where the prompts, not the outputs, decide how sure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ENOUGH = 2_048
"""Outputs compared across prompts and read for most signals; of more, the first of each prompt."""


def few_of_each(groups: NDArray[np.int64], most: int = ENOUGH) -> NDArray[np.int64]:
    """Return rows of about ``most`` outputs, the first of every prompt, at least one of each.

    >>> few_of_each(np.array([0, 0, 1, 1, 0]), 3).tolist()
    [0, 2]
    """
    if len(groups) <= most:
        return np.arange(len(groups))
    each = max(1, most // len(np.unique(groups)))
    order = np.argsort(groups, kind="stable")
    rank = np.arange(len(groups)) - np.searchsorted(groups[order], groups[order])
    return np.sort(order[rank < each])
