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
    norms = np.sqrt(_square_norms(x))
    if len(norms) and not (abs(norms - 1) < 1e-3).all():
        worst = float(norms[np.argmax(abs(norms - 1))])
        raise BadInput(
            f"feature rows must be of unit length, and one has length {worst:.4g}; divide each row "
            "by its norm, and give an all-zero row a coordinate of its own"
        )
    if not _is_sparse(x):
        return np.asarray(x, np.float64) / norms[:, None]
    from scipy.sparse import csr_matrix

    data = x.data / np.repeat(norms, np.diff(x.indptr))
    return csr_matrix((data, x.indices, x.indptr), x.shape)


def _square_norms(x: Features) -> Floats:
    if _is_sparse(x):
        rows = np.repeat(np.arange(x.shape[0]), np.diff(x.indptr))
        squares = x.data.astype(np.float64) ** 2
        return np.bincount(rows, squares, minlength=x.shape[0]).astype(np.float64)
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
