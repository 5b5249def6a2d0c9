"""How much two concepts are one: from the items that both hold for, or given."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np

from fullmenu.diagnose.units.effects import Floats
from fullmenu.errors import BadInput
from fullmenu.kernel.gram import similarities


def co_occurrence(concepts: Any, level: float = 0.95) -> Floats:
    """Return how alike concepts are by the items they hold for, (C, C), from 0 to 1.

    The correlation of their labels. Where it is no larger than chance gives among so many pairs
    (at ``level``), it counts as 0: summed over concepts, such noise would make unrelated ones look
    like fewer.

    >>> y = np.tile([[1, 1, 0], [1, 1, 1], [0, 0, 1], [0, 0, 0]], (10, 1))
    >>> co_occurrence(y).round(2).tolist()
    [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    y = np.asarray(concepts, np.float64)
    y = y - y.mean(0)
    y = y / np.linalg.norm(y, axis=0)
    pairs = max(y.shape[1] * (y.shape[1] - 1) // 2, 1)
    chance = NormalDist().inv_cdf(1 - (1 - level) / pairs) / len(y) ** 0.5
    z = np.clip(y.T @ y, 0.0, 1.0)
    z[z <= chance] = 0.0
    np.fill_diagonal(z, 1.0)
    return z


def given(similarity: Any, n: int) -> Floats:
    """Check a similarity of n concepts."""
    z = similarities(similarity, "similarity")
    if len(z) != n or not (z.min() >= -1e-9 and z.max() <= 1 + 1e-9):
        raise BadInput(
            f"similarity of shape {z.shape} from {z.min():.3g} to {z.max():.3g}: give a number "
            f"from 0 to 1 for each pair of the {n} concepts"
        )
    return np.clip(z, 0.0, 1.0)
