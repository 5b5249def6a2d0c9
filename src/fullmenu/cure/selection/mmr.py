"""Maximal marginal relevance: good, and unlike what has been chosen."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from fullmenu.cure.docstrings import documented
from fullmenu.cure.selection.greedy_choice import chosen, first_of_best
from fullmenu.kernel.rows import Features, Ints


@documented
def mmr(
    features: Features, k: int, *, quality: Iterable[float] | None = None, trade_off: float = 0.5
) -> Ints:
    """Choose k rows, each the best by ``t · q − (1 − t) · max_{j chosen} k²``.

    Rows come in the order of choice. Of equals the first is taken; without quality, that is how
    the first row of all is chosen, and the next are always those farthest from the chosen.

    Carbonell & Goldstein 1998. Memory O(n), time O(nk). Without quality it seeks what is unlike
    anything else, malformed outputs among it: give quality where there may be such.

    Examples
    --------
    >>> mmr(np.eye(3)[[0, 0, 1, 2, 2]], 3).tolist()
    [0, 2, 3]
    >>> mmr(np.eye(3)[[0, 0, 1, 2, 2]], 3, quality=[1, 2, 1, 1, 3]).tolist()
    [4, 1, 2]
    """
    like, q, t = chosen(features, k, quality, trade_off)
    left = np.ones(like.n, bool)
    nearest = np.zeros(like.n)
    rows: list[int] = []
    while len(rows) < k:
        j = first_of_best(t * q - (1 - t) * nearest, left)
        np.maximum(nearest, like.to(j), out=nearest)
        left[j] = False
        rows.append(j)
    return np.array(rows, np.int64)
