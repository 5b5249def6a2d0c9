"""Outputs grouped into dishes: everything close enough to a dish's first example is that dish."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fullmenu.measures.vectors.gram import Features, gram
from fullmenu.measures.vectors.sketch import sketch

_BLOCK = 256


def group(
    features: Features, threshold: float, order: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Assign every row to a dish by leader clustering.

    Rows are taken in ``order``; a row joins the dish whose leader is most alike (as far as a sketch
    of the rows can tell), if k ≥ threshold, and otherwise leads a new dish.

    Parameters
    ----------
    features : (n, d)
        Unit rows.
    threshold
        Least inner product with a dish's leader.
    order : (n,)
        The order in which rows are taken; give one that depends on content only, so that the
        result does not depend on the order of the log. By default as they come.

    Returns
    -------
    (n,) int64
        For each row, the row that leads its dish.

    Notes
    -----
    Cannot see dishes that shade into one another: a chain of small steps is cut where a leader's
    reach ends.

    Examples
    --------
    >>> group(np.eye(3)[[0, 1, 0, 2, 1]], 0.9).tolist()
    [0, 1, 0, 3, 1]
    """
    n = features.shape[0]
    near = sketch(features)
    order = np.arange(n) if order is None else order
    dish = np.full(n, -1, np.int64)
    leaders = np.empty(n, np.int64)
    count = 0
    for a in range(0, n, _BLOCK):
        rows = order[a : a + _BLOCK]
        if count:
            best = leaders[(near[rows] @ near[leaders[:count]].T).argmax(1)]
            joins = likeness(features, rows, best) >= threshold
            dish[rows[joins]] = best[joins]
            rows = rows[~joins]
        new = _lead(features, rows, threshold, dish)
        leaders[count : count + len(new)] = new
        count += len(new)
    return dish


def likeness(x: Features, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return k(xᵢ, xⱼ) for pairs of rows."""
    if hasattr(x, "indptr"):
        return np.asarray(x[a].multiply(x[b]).sum(1), np.float64).ravel()
    return np.einsum("ij,ij->i", x[a], x[b]).astype(np.float64)


def _lead(
    x: Features, rows: NDArray[np.int64], threshold: float, dish: NDArray[np.int64]
) -> list[int]:
    """Group rows that no earlier leader reached; return the new leaders."""
    if not len(rows):
        return []
    k = gram(x[rows])
    new: list[int] = []
    for i, row in enumerate(rows):
        if new:
            at = int(k[i, new].argmax())
            if k[i, new[at]] >= threshold:
                dish[row] = rows[new[at]]
                continue
        new.append(i)
        dish[row] = row
    return [int(rows[i]) for i in new]
