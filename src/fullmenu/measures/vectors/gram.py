"""Inner products of feature rows, dense or CSR, a block at a time and in float64."""

from __future__ import annotations

import threading
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput

Features: TypeAlias = Any
"""Feature rows of shape (n, d): a numpy array, or a CSR matrix."""

Floats = NDArray[np.float64]


def as_features(features: Any, name: str = "features") -> Features:
    """Check feature rows: two-dimensional, finite; CSR stays CSR, everything else gets dense.

    Raises
    ------
    BadInput
        Not two-dimensional, or not finite.
    """
    sparse = hasattr(features, "tocsr")
    x = features.tocsr() if sparse else np.asarray(features)
    if x.ndim != 2:
        raise BadInput(f"{name} of shape {x.shape}: give one row per output, shape (n, d)")
    values: NDArray[Any] = np.asarray(x.data if sparse else x)
    if not np.issubdtype(values.dtype, np.number) or not np.isfinite(values).all():
        raise BadInput(f"{name} of shape {x.shape} hold values that are not finite numbers")
    return x


def unit(x: Features) -> Features:
    """Return unit rows in float64: what float32 lost of their length is put back.

    Raises
    ------
    BadInput
        A row is far from unit length: then k(x, x) = 1 fails and the repeat rate means nothing.
    """
    norms = lengths(x)
    if not _is_sparse(x):
        return np.asarray(x, np.float64) / norms[:, None]
    from scipy.sparse import csr_matrix

    data = x.data / np.repeat(norms, np.diff(x.indptr))
    return csr_matrix((data, x.indices, x.indptr), x.shape)


def lengths(x: Features) -> Floats:
    """Return the length of every row, float64, and refuse rows that are far from unit length."""
    norms = np.sqrt(_square_norms(x))
    if len(norms) and not (abs(norms - 1) < 1e-3).all():
        worst = float(norms[np.argmax(abs(norms - 1))])
        raise BadInput(
            f"feature rows must be of unit length, and one has length {worst:.4g}; divide each row "
            "by its norm, and give an all-zero row a coordinate of its own"
        )
    return norms


def _square_norms(x: Features) -> Floats:
    if _is_sparse(x):
        norms = np.zeros(x.shape[0])
        for a in range(0, x.shape[0], 1024):  # a part at a time: in float64 the whole is large
            ends = x.indptr[a : a + 1025]
            filled = np.diff(ends) > 0
            squares = x.data[ends[0] : ends[-1]].astype(np.float64) ** 2
            norms[a : a + 1024][filled] = np.add.reduceat(squares, (ends[:-1] - ends[0])[filled])
        return norms
    x64 = np.asarray(x, np.float64)
    return np.einsum("ij,ij->i", x64, x64)


def gram(x: Features) -> Floats:
    """Return all inner products ⟨xᵢ, xⱼ⟩ of unit rows, float64, shape (n, n)."""
    if not _is_sparse(x):
        x64 = np.asarray(x, np.float64)
        return np.asarray(x64 @ x64.T)
    return gram_of(x.indices, x.data, x.indptr, x.shape[1])


def gram_of(
    indices: NDArray[np.int32], data: NDArray[Any], indptr: NDArray[Any], width: int
) -> Floats:
    """Return the same, of CSR rows given as arrays; ``indptr`` may start anywhere."""
    n = len(indptr) - 1
    at = slice(indptr[0], indptr[-1])
    columns = compacted(indices[at], width)
    rows = np.repeat(np.arange(n), np.diff(indptr))
    used = np.bincount(columns)[columns]
    common = used > max(n // 16, 1)
    k = _dense_part(rows[common], columns[common], data[at][common], n)
    rare = (used > 1) & ~common  # a column of one row adds to no pair
    if rare.any():
        from scipy.sparse import csr_matrix

        part = csr_matrix((data[at][rare], (rows[rare], columns[rare])), (n, columns.max() + 1))
        k += (part @ part.T).toarray()
    np.fill_diagonal(k, 1.0)
    return k


def compacted(indices: NDArray[Any], width: int) -> NDArray[np.int64]:
    """Renumber column indices 0, 1, 2 … without gaps, in linear time.

    >>> compacted(np.array([7, 3, 7, 9]), 10).tolist()
    [1, 0, 1, 2]
    """
    last = _scratch(width)
    last[indices] = np.arange(len(indices))
    representative = last[indices]
    chosen = np.zeros(len(indices), np.int64)
    chosen[representative] = 1
    return np.asarray((np.cumsum(chosen) - 1)[representative])


_kept = threading.local()


def _scratch(width: int) -> NDArray[np.int32]:
    """Return this thread's scratch array: fresh memory would cost a page fault a column."""
    if len(getattr(_kept, "array", ())) < width:
        _kept.array = np.empty(width, np.int32)
    array: NDArray[np.int32] = _kept.array
    return array


def _dense_part(
    rows: NDArray[np.int64], columns: NDArray[np.int64], data: Floats, n: int
) -> Floats:
    if not len(rows):
        return np.zeros((n, n))
    narrow = compacted(columns, int(columns.max()) + 1)
    dense = np.zeros((n, int(narrow.max()) + 1))
    dense[rows, narrow] = data
    return np.asarray(dense @ dense.T)


def moments(x: Features) -> Floats:
    """Return XᵀX, float64, shape (d, d): what a shard contributes, and shards add up."""
    if _is_sparse(x):
        return np.asarray((x.astype(np.float64).T @ x.astype(np.float64)).toarray())
    x64 = np.asarray(x, np.float64)
    return x64.T @ x64


def _is_sparse(x: Any) -> bool:
    return hasattr(x, "indptr")
