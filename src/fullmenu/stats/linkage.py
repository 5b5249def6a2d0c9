"""Which of a few things are alike: average linkage."""

from __future__ import annotations

import numpy as np

from fullmenu.stats.arrays import Floats, Ints


def average_linkage(alike: Floats, least: float) -> tuple[Ints, Ints]:
    """Return an order in which like things stand side by side, and the group of each, (m,).

    Parameters
    ----------
    alike
        How alike any two are, (m, m), in [0, 1].
    least
        Groups are joined as long as the mean likeness between them is so large.

    Examples
    --------
    >>> alike = np.array([[1, 0.1, 0.9], [0.1, 1, 0.2], [0.9, 0.2, 1]])
    >>> order, groups = average_linkage(alike, 0.8)
    >>> sorted(order.tolist()), bool(groups[0] == groups[2] != groups[1])
    ([0, 1, 2], True)
    """
    from scipy.cluster.hierarchy import fcluster, leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    far = squareform(np.clip(1 - (alike + alike.T) / 2, 0, 1) * (1 - np.eye(len(alike))))
    tree = optimal_leaf_ordering(linkage(far, "average"), far)
    return leaves_list(tree).astype(np.int64), fcluster(tree, 1 - least, "distance")
