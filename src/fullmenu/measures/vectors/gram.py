"""Inner products of feature rows, dense or CSR, a block at a time and in float64."""

from __future__ import annotations

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
    values = x.data if sparse else x
    if not np.issubdtype(values.dtype, np.number) or not np.isfinite(values).all():
        raise BadInput(f"{name} of shape {x.shape} hold values that are not finite numbers")
    return x


def square_norms(x: Features) -> Floats:
    """Return ‖xᵢ‖² of every row, float64, shape (n,)."""
    if _is_sparse(x):
        data = x.data.astype(np.float64)
        ends = np.concatenate([[0.0], np.cumsum(data * data)])
        return np.asarray(ends[x.indptr[1:]] - ends[x.indptr[:-1]])
    x64 = np.asarray(x, np.float64)
    return np.einsum("ij,ij->i", x64, x64)


def gram(x: Features, y: Features | None = None) -> Floats:
    """Return all inner products ⟨xᵢ, yⱼ⟩ (``y`` defaults to ``x``), float64, shape (n, m)."""
    if not _is_sparse(x):
        x64 = np.asarray(x, np.float64)
        return x64 @ (x64 if y is None else np.asarray(y, np.float64)).T
    if y is None and x.shape[0] <= 64:
        dense = _compact(x)
        return dense @ dense.T
    from scipy.sparse import csr_matrix

    other = x if y is None else y
    used, columns = np.unique(np.concatenate([x.indices, other.indices]), return_inverse=True)
    a = csr_matrix((x.data.astype(np.float64), columns[: x.nnz], x.indptr), (x.shape[0], len(used)))
    b = csr_matrix(
        (other.data.astype(np.float64), columns[x.nnz :], other.indptr),
        (other.shape[0], len(used)),
    )
    return np.asarray((a @ b.T).toarray())


def moments(x: Features) -> Floats:
    """Return XᵀX, float64, shape (d, d): what a shard contributes, and shards add up."""
    if _is_sparse(x):
        return np.asarray((x.astype(np.float64).T @ x.astype(np.float64)).toarray())
    x64 = np.asarray(x, np.float64)
    return x64.T @ x64


def _compact(x: Features) -> Floats:
    """Densify a few CSR rows over the columns that they use."""
    used, columns = np.unique(x.indices, return_inverse=True)
    dense = np.zeros((x.shape[0], len(used)))
    dense[np.repeat(np.arange(x.shape[0]), np.diff(x.indptr)), columns] = x.data
    return dense


def _is_sparse(x: Any) -> bool:
    return hasattr(x, "indptr")
