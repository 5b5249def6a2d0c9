"""Outputs grouped into dishes: everything close enough to a dish's first example is that dish."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.measures.vectors.gram import Features

_BLOCK = 256


def group(
    features: Features, threshold: float, order: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Assign every row to a dish by leader clustering.

    Rows are taken in ``order``; a row joins the dish whose leader is most alike, if k ≥ threshold,
    and otherwise leads a new dish.

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
    x = _narrow(features)
    n = x.shape[0]
    order = np.arange(n) if order is None else order
    dish = np.full(n, -1, np.int64)
    leaders: list[int] = []
    for a in range(0, n, _BLOCK):
        rows = order[a : a + _BLOCK]
        if leaders:
            k = _inner(x[rows], x[np.array(leaders)])
            best = k.argmax(1)
            near = k[np.arange(len(rows)), best] >= threshold
            dish[rows[near]] = np.array(leaders)[best[near]]
            rows = rows[~near]
        leaders += _lead(x[rows], rows, threshold, dish) if len(rows) else []
    return dish


def _lead(
    x: Features, rows: NDArray[np.int64], threshold: float, dish: NDArray[np.int64]
) -> list[int]:
    """Group rows that no earlier leader reached; return the new leaders."""
    k = _inner(x, x)
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


def _inner(x: Features, y: Features) -> NDArray[Any]:
    product = x @ y.T
    return np.asarray(product.toarray() if hasattr(product, "toarray") else product)


def _narrow(features: Features) -> Features:
    """Drop the columns that no row uses: products of CSR rows then cost what they hold."""
    if not hasattr(features, "indptr"):
        return np.asarray(features)
    from scipy.sparse import csr_matrix

    used, columns = np.unique(features.indices, return_inverse=True)
    return csr_matrix(
        (features.data, columns, features.indptr), (features.shape[0], max(len(used), 1))
    )
