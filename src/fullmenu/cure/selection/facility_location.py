"""Greedy facility location: every output should have one among the chosen that is like it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

import numpy as np

from fullmenu.cure.docstrings import documented
from fullmenu.cure.selection.greedy_choice import chosen
from fullmenu.kernel.rows import Features, Ints


@documented
def facility_location(
    features: Features, k: int, *, quality: Iterable[float] | None = None, trade_off: float = 0.5
) -> Ints:
    """Choose k rows that stand for all: greedy maximisation of the facility location function.

    What is maximised is ``(1 − t) · mean_i max_{j chosen} k²(i, j) + t · Σ_{j chosen} q_j / k``,
    which is monotone and submodular, so that greedy reaches at least 1 − 1/e of the best.

    Rows come in the order of choice; of equals the first is taken.

    Lazy (Minoux 1978): a row's gain never grows, so only those that could be best are computed
    anew. Memory O(n), but all pairs are compared: for some thousands of rows, where :func:`mmr`
    takes tens of thousands. A dish served once is the last to be represented.

    Examples
    --------
    >>> facility_location(np.eye(3)[[0, 1, 1, 1, 0, 2]], 2).tolist()
    [1, 0]
    """
    like, q, t = chosen(features, k, quality, trade_off)
    n = like.n
    covered = np.zeros(n)
    worth = t * q / k
    gains = (1 - t) * like.sums() / n + worth
    heap = [(-round(float(gain), 12), j, 0) for j, gain in enumerate(gains)]
    heapq.heapify(heap)
    rows: list[int] = []
    while len(rows) < k:
        bound, j, when = heapq.heappop(heap)
        to = like.to(j)
        if when == len(rows):
            rows.append(j)
            np.maximum(covered, to, out=covered)
            continue
        gain = (1 - t) * float(np.maximum(to - covered, 0.0).sum()) / n + worth[j]
        heapq.heappush(heap, (max(bound, -round(float(gain), 12)), j, len(rows)))
    return np.array(rows, np.int64)
