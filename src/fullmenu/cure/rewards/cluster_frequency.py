"""Cluster frequency: the rarer an output's cluster in its group, the more it is worth."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fullmenu.cure.docstrings import documented
from fullmenu.cure.rewards import unit_rows
from fullmenu.cure.rewards.call import Call
from fullmenu.cure.rewards.reward import Reward, Values
from fullmenu.errors import BadInput
from fullmenu.kernel.likeness import by_group
from fullmenu.kernel.rows import Features, Floats, Ints


def clusters(features: Features, groups: Ints, threshold: float = unit_rows.SAME_DISH) -> Ints:
    """Number the clusters of every group: outputs with k ≥ threshold are in one, and so are chains.

    Connected components (single linkage): the order of the rows does not matter. Cannot see where
    a chain of small steps should be cut.

    >>> found = clusters(np.eye(3)[[0, 1, 0, 0]], np.array([0, 0, 0, 1]))
    >>> bool(found[0] == found[2] != found[1]), bool(found[3] == found[0])
    (True, False)
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    ends = [
        rows[np.stack(np.nonzero(k >= threshold - 1e-6))] for rows, k in by_group(features, groups)
    ]
    i, j = np.concatenate(ends, axis=1) if ends else np.zeros((2, 0), np.int64)
    graph = coo_matrix((np.ones(len(i), bool), (i, j)), shape=(len(groups), len(groups)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def surprise(clusters: Ints, groups: Ints) -> Floats:
    """Return −log of the share of its group that is in each output's cluster, in nats.

    >>> surprise(np.array([7, 7, 7, 2]), np.array([0, 0, 0, 0])).round(2).tolist()
    [0.29, 0.29, 0.29, 1.39]
    """
    if not len(groups):
        return np.zeros(0)
    _, pair, counts = np.unique(
        np.stack([groups, clusters]), axis=1, return_inverse=True, return_counts=True
    )
    sizes = np.bincount(groups)[groups]
    return np.asarray(np.log(sizes / counts[pair.ravel()]), np.float64)


def surprise_among(good: NDArray[np.bool_], clusters: Ints, groups: Ints) -> Floats:
    """Return the surprise of the good ones among the good ones of their group, 0 of the others.

    >>> among = surprise_among(np.array([True, True, False]), np.array([0, 1, 2]), np.zeros(3, int))
    >>> among.round(2).tolist()
    [0.69, 0.69, 0.0]
    """
    found = np.zeros(len(good))
    _, among = np.unique(groups[good], return_inverse=True)
    found[good] = surprise(clusters[good], among)
    return found


@documented
def cluster_frequency(
    view: unit_rows.View = None,
    *,
    threshold: float | None = None,
    num_generations: int | None = None,
) -> Reward:
    """Reward an output for a rare answer: −log of the share of its group that gives the same.

    In nats, in [0, log n] for a group of n: 2.1 at most of 8, 2.8 of 16; ``None`` for a
    completion alone.

    Only shares count: a dish served twice as often as another is worth log 2 less whatever the
    size of the group. In expectation the reward is the entropy of the clusters, and a policy that
    maximises it alone serves all of them equally often, noise included. So it belongs beside a
    quality and KL, see :func:`~fullmenu.cure.mix`.

    Parameters
    ----------
    threshold
        How alike neighbours in one cluster are, in (0, 1]; by default what the view takes for one
        dish (0.5).

    Raises
    ------
    BadInput
        …; ``threshold`` is not in (0, 1].

    Examples
    --------
    >>> reward = cluster_frequency()
    >>> asked = ["Which fruit?"] * 3
    >>> [round(r, 2) for r in reward(prompts=asked, completions=["a fig", "one fig", "a kiwi"])]
    [0.41, 0.41, 1.1]
    """
    bar = unit_rows.same_dish(unit_rows.checked(view)) if threshold is None else threshold
    if not 0 < bar <= 1:
        raise BadInput(f"threshold={bar}: likeness runs from 0 to 1; give one in (0, 1], as 0.5")
    return Reward("cluster_frequency", partial(_rare, view, bar), num_generations, math.log)


def _rare(view: unit_rows.View, threshold: float, call: Call) -> Values:
    x = unit_rows.rows(view, call.texts, call.asked)
    return call.compared(surprise(clusters(x, call.groups, threshold), call.groups))
