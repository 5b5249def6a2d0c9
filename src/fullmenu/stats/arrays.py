"""Arrays, by what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def run_starts(*sorted_keys: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell for each entry whether a run of equal keys begins with it.

    >>> run_starts(np.array([2, 2, 3, 3]), np.array([1, 1, 1, 5])).tolist()
    [True, False, True, True]
    """
    new = np.ones(len(sorted_keys[0]), np.bool_)
    new[1:] = np.any([key[1:] != key[:-1] for key in sorted_keys], axis=0)
    return new
