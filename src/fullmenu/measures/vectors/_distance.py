"""Distances between rows, all rows against a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.kernel.rows import Features, Floats, as_features, unit, unit_dense

Metric = Literal["cosine", "euclidean"]

STEP = 256
"""Rows compared with all rows at a time."""

MOST = {"cosine": 2.0, "euclidean": np.inf}
"""The largest distance that there is."""

_ROUNDING = 1e-13


def prepared(features: Any, metric: Metric) -> Features:
    """Return rows to compare, in float64: of unit length for cosine distances.

    Raises
    ------
    BadInput
        An unknown metric, or rows that are not of unit length.
    """
    if metric not in MOST:
        raise BadInput(f'metric={metric!r}: give "cosine" or "euclidean"')
    x = as_features(features)
    sparse = hasattr(x, "indptr")
    if metric == "cosine":
        return unit(x) if sparse else unit_dense(x)
    return x.astype(np.float64) if sparse else np.asarray(x, np.float64)


def distances(x: Features, metric: Metric) -> Iterator[tuple[slice, Floats]]:
    """Walk over the (n, n) distances, some rows at a time; a row is 0 from its copies.

    Of two rows whose distance is below 3e-7 of their length rounding leaves nothing; they are
    copies.
    """
    n = x.shape[0]
    squares = _squares(x)
    for a in range(0, n, STEP):
        at = slice(a, min(a + STEP, n))
        k = x[at] @ x.T
        k = np.asarray(k.toarray() if hasattr(k, "toarray") else k)
        both = squares[at, None] + squares
        d = both - 2 * k
        d[d <= _ROUNDING * both] = 0.0
        d = d / 2 if metric == "cosine" else np.sqrt(d)
        d[np.arange(len(d)), np.arange(at.start, at.stop)] = 0.0
        yield at, d


def _squares(x: Features) -> NDArray[np.float64]:
    if hasattr(x, "indptr"):
        return np.asarray(x.multiply(x).sum(1), np.float64).ravel()
    return np.einsum("ij,ij->i", x, x)
