"""Two samples of feature rows: checked, told apart, and put in an order of their own."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.rows import as_features
from fullmenu.stats.arrays import Ints

_DENSE_CELLS = 2e8


def two_samples(
    first: Any,
    second: Any,
    what: str,
    least: tuple[int, int],
    names: tuple[str, str] = ("features", "the reference"),
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return both samples as dense rows of one width, with at least so many rows each.

    CSR rows lose the columns that neither sample uses.
    """
    x, y = as_features(first, names[0]), as_features(second, names[1])
    if x.shape[1] != y.shape[1] or x.shape[1] == 0:
        raise BadInput(
            f"{names[0]} of shape {x.shape} and {names[1]} of shape {y.shape}: both must have the "
            "same number of columns, at least one; make both with one embedding"
        )
    for rows, name, need in ((x, names[0], least[0]), (y, names[1], least[1])):
        if rows.shape[0] < need:
            raise NotEnoughData(
                f"{what} needs at least {need} rows of {name}, not {rows.shape[0]}; give more"
            )
    return _dense(x, y)


def _dense(x: Any, y: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    if not hasattr(x, "indptr") and not hasattr(y, "indptr"):
        return _real(x), _real(y)
    from scipy.sparse import csr_matrix

    x, y = csr_matrix(x), csr_matrix(y)
    used = np.union1d(x.indices, y.indices)
    used = used if len(used) else np.array([0])
    cells = (x.shape[0] + y.shape[0]) * len(used)
    if cells > _DENSE_CELLS:
        raise BadInput(
            f"sparse rows with {len(used)} columns in use make {cells:.1e} numbers when dense; "
            "project them to fewer columns first, or give fewer rows"
        )
    return _real(x[:, used].toarray()), _real(y[:, used].toarray())


def _real(x: NDArray[Any]) -> NDArray[Any]:
    if np.iscomplexobj(x):
        raise BadInput("feature rows hold complex numbers; give real ones")
    return x if x.dtype in (np.float32, np.float64) else x.astype(np.float64)


def digests(x: NDArray[Any]) -> list[bytes]:
    """Return 16 bytes for every row that are the same where, and only where, rows are the same."""
    return [blake2b((row.astype(np.float64) + 0.0).tobytes(), digest_size=16).digest() for row in x]


def in_order(x: NDArray[Any]) -> NDArray[Any]:
    """Return the rows in float64, in an order that depends on their content only."""
    names = digests(x)
    order = sorted(range(len(x)), key=names.__getitem__)
    return np.asarray(x[order], np.float64)


FOLDS = 10
"""So many parts are left out in turn, of both samples at once."""


def folds(n: int, m: int, rng: np.random.Generator) -> tuple[int, Ints, Ints]:
    """Deal the rows of both samples into as many parts of about equal size, at random."""
    count = min(FOLDS, n, m)
    return count, rng.permutation(n) % count, rng.permutation(m) % count
