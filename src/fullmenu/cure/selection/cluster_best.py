"""The best of each of k clusters: one output for every kind of answer."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from fullmenu.cure.docstrings import documented
from fullmenu.cure.selection.greedy_choice import chosen, first_of_best
from fullmenu.errors import BadInput
from fullmenu.kernel.rows import Features, Floats, Ints

MOST = 2_000
"""Rows at most: all pairs are held in memory."""


@documented
def cluster_best(
    features: Features, k: int, *, quality: Iterable[float] | None = None, trade_off: float = 0.5
) -> Ints:
    """Choose the best row of each of k clusters, which average linkage makes of k².

    The best of cluster C is good and typical of its kind: the row with the largest
    ``t · q_j + (1 − t) · mean_{i in C} k²(i, j)``.

    Rows come in the order of that value, the best first; of equals the first row.

    All pairs are compared and held: for 2,000 rows at most, such as the outputs of one prompt. A
    cluster of malformed outputs gets a row as any other does.

    Examples
    --------
    >>> cluster_best(np.eye(3)[[0, 0, 1, 2, 2]], 3, quality=[1, 2, 1, 1, 3]).tolist()
    [4, 1, 2]
    """
    like, q, t = chosen(features, k, quality, trade_off)
    if like.n > MOST:
        raise BadInput(
            f"{like.n:,} rows: cluster_best compares all pairs of {MOST:,} at most; choose by "
            "prompt (by_prompt=True, --by-prompt), or by another method"
        )
    squares = np.stack([like.to(j) for j in range(like.n)])
    if t == 1:  # quality alone: whichever clusters they are of
        return np.argsort(-q.round(12), kind="stable")[:k].astype(np.int64)
    cluster = _clusters(squares, k)
    value = np.empty(like.n)
    best = []
    for number in range(k):
        rows = np.flatnonzero(cluster == number)
        value[rows] = t * q[rows] + (1 - t) * squares[np.ix_(rows, rows)].mean(axis=0)
        best.append(int(rows[first_of_best(value[rows])]))
    rows = np.sort(np.array(best, np.int64))
    return rows[np.argsort(-value[rows].round(12), kind="stable")]


def _clusters(squares: Floats, k: int) -> Ints:
    """Return which of exactly k clusters each row is in, by average linkage."""
    n = len(squares)
    if k == n:
        return np.arange(n)
    if k == 1:
        return np.zeros(n, np.int64)
    from scipy.cluster.hierarchy import cut_tree, linkage
    from scipy.spatial.distance import squareform

    far = np.clip(1 - (squares + squares.T) / 2, 0, 1) * (1 - np.eye(n))
    tree = linkage(squareform(far, checks=False), "average")
    return np.asarray(cut_tree(tree, n_clusters=k)[:, 0], np.int64)
