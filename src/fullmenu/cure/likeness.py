"""How alike one row is to all the others, a row at a time: no Gram matrix is held."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.measures.vectors.gram import Floats, as_features, compacted, unit

_BLOCK = 256


class Likeness:
    """k² between rows: the chance that two outputs are the same dish.

    Parameters
    ----------
    features : (n, d) array or CSR
        Unit rows.

    Examples
    --------
    >>> Likeness(np.eye(2)[[0, 1, 0]]).to(0).tolist()
    [1.0, 0.0, 1.0]
    """

    def __init__(self, features: Any) -> None:
        x = as_features(features)
        self.n = int(x.shape[0])
        self._sparse = hasattr(x, "indptr")
        self._x = unit(_narrow(x) if self._sparse else x)
        self._row = np.zeros(self._x.shape[1])

    def to(self, j: int) -> Floats:
        """Return k² of row ``j`` with every row, (n,); exactly 1 with itself."""
        if self._sparse:
            at = slice(self._x.indptr[j], self._x.indptr[j + 1])
            self._row[self._x.indices[at]] = self._x.data[at]
            k = self._x @ self._row
            self._row[self._x.indices[at]] = 0.0
        else:
            k = self._x @ self._x[j]
        k2 = np.minimum(np.asarray(k, np.float64) ** 2, 1.0)
        k2[j] = 1.0
        return k2

    def sums(self) -> Floats:
        """Return Σ k² of every row over all rows, itself among them, (n,)."""
        if not self._sparse and self._x.shape[1] <= self.n:
            return np.asarray(np.einsum("ij,ij->i", self._x @ (self._x.T @ self._x), self._x))
        found = np.empty(self.n)
        for a in range(0, self.n, _BLOCK):
            k = self._x[a : a + _BLOCK] @ self._x.T
            found[a : a + _BLOCK] = np.asarray(
                (k.multiply(k) if self._sparse else k**2).sum(1)
            ).ravel()
        return found


def first_of_best(values: Floats, among: NDArray[np.bool_] | None = None) -> int:
    """Return the row of the largest value; of those equal to twelve places, the first.

    >>> first_of_best(np.array([0.1, 0.3, 0.3 + 1e-15]))
    1
    """
    rounded = values.round(12)
    return int(np.argmax(rounded if among is None else np.where(among, rounded, -np.inf)))


def chosen(
    x: Any, k: int, quality: Iterable[float] | None, trade_off: float
) -> tuple[Likeness, Floats, float]:
    """Check what a selection was given; return likeness, quality scaled to [0, 1], and its weight.

    Raises
    ------
    BadInput
        ``k`` is not between 1 and n, ``trade_off`` not in [0, 1], or quality not n finite numbers.
    """
    like = Likeness(x)
    if not 1 <= k <= like.n:
        raise BadInput(f"k={k} of {like.n} outputs: choose between 1 and {like.n}")
    if not 0 <= trade_off <= 1:
        raise BadInput(f"trade_off={trade_off}: give the share of quality, from 0 to 1")
    if quality is None:
        return like, np.zeros(like.n), 0.0
    return like, scaled(quality, like.n), trade_off


def scaled(quality: Iterable[float], n: int) -> Floats:
    """Return quality from 0 (the worst) to 1 (the best); all alike become 0.

    >>> scaled([3, 5, 4], 3).tolist()
    [0.0, 1.0, 0.5]
    """
    q = np.asarray(list(quality), np.float64)
    if q.shape != (n,) or not np.isfinite(q).all():
        raise BadInput(
            f"quality of shape {q.shape} for {n} outputs: give one finite number for each"
        )
    spread = float(np.ptp(q)) if n else 0.0
    return (q - q.min()) / spread if spread else np.zeros(n)


def _narrow(x: Any) -> Any:
    """Leave out the columns that no row uses."""
    from scipy.sparse import csr_matrix

    columns = compacted(x.indices, x.shape[1])
    width = int(columns.max()) + 1 if len(columns) else 1
    return csr_matrix((x.data, columns, x.indptr), (x.shape[0], width))
