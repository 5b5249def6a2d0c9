"""Cluster frequency: the rarer an output's cluster in its group, the more it is worth."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.cure.rewards import unit_rows
from fullmenu.cure.rewards.call import Call
from fullmenu.cure.rewards.reward import Reward, Values
from fullmenu.errors import BadInput
from fullmenu.kernel.likeness import by_group
from fullmenu.kernel.rows import Floats

Ints = NDArray[np.int64]


def clusters(features: Any, groups: Ints, threshold: float = unit_rows.SAME_DISH) -> Ints:
    """Number the clusters of every group: outputs with k ≥ threshold are in one, and so are chains.

    Connected components (single linkage): whatever order the rows come in, the clusters are the
    same.

    Parameters
    ----------
    features : (n, d) array or CSR
        Unit rows.
    groups : (n,)
        The prompt of each row, 0 … P − 1; no cluster spans two.
    threshold
        Least likeness of neighbours, in (0, 1].

    Returns
    -------
    (n,) int64
        A number for each cluster; their order says nothing.

    Notes
    -----
    Cannot see where a chain of small steps should be cut: raise the threshold if the clusters
    grow too large.

    Examples
    --------
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

    Parameters
    ----------
    clusters, groups : (n,)
        The cluster and the prompt of each output.

    Returns
    -------
    (n,) float64
        From 0 (the whole group is in that cluster) to log n (none other is).

    Examples
    --------
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


def cluster_frequency(
    view: unit_rows.View = None,
    *,
    threshold: float | None = None,
    num_generations: int | None = None,
) -> Reward:
    """Reward an output for a rare answer: −log of the share of its group that gives the same.

    Parameters
    ----------
    view
        What likeness is, as in :func:`~fullmenu.cure.own_share`.
    threshold
        How alike neighbours in one cluster are; by default what the view takes for one dish (0.5).
    num_generations
        Completions of each prompt, as the trainer is told: a warning says where fewer are seen.

    Returns
    -------
    Reward
        Nats, in [0, log n] for a group of n: 2.1 at most of 8, 2.8 of 16. ``None`` for a completion
        alone.

    Raises
    ------
    UnknownName, BadInput
        There is no such view, or the threshold is not in (0, 1].

    Notes
    -----
    Only shares count: a group and the same group twice over are rewarded alike, and the gap
    between a dish served twice as often and another is log 2 whatever the size. In expectation
    the reward is the entropy of the clusters, and a policy that maximises it alone serves all
    of them equally often, noise included: everything unlike all else is a rare dish. So it
    belongs beside a quality and KL, see :func:`~fullmenu.cure.mix`. Clusters come from the
    batch; nothing is known of the modes beforehand.

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
    values = surprise(clusters(x, call.groups, threshold), call.groups)
    together = call.sizes > 1
    return [float(v) if t else None for v, t in zip(values, together, strict=True)]
