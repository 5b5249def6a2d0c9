"""Inner products of feature rows, dense or CSR, in float64; and rows of given inner products."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.compiled import choice
from fullmenu.errors import BadInput
from fullmenu.kernel.rows import Features, dense, is_sparse
from fullmenu.stats.arrays import Floats, Ints, array_of, run_starts

ROWS = 256
"""Rows compared with all rows at a time."""

FEW = 32
"""Up to so many rows, columns are found through a table; of more they are sorted."""


def gram(x: Features) -> Floats:
    """Return all inner products ⟨xᵢ, xⱼ⟩ of unit rows, float64, shape (n, n)."""
    if not is_sparse(x):
        x64 = np.asarray(x, np.float64)
        return np.asarray(x64 @ x64.T)
    n = x.shape[0]
    loops = choice.loops_of_rows(x)
    if loops is not None and x.nnz <= loops.MOST:
        k, of_many = loops.inner_products(x, max(n // 4, 8))
        k += k.T + of_many @ of_many.T
    else:
        rows = np.repeat(np.arange(n, dtype=np.int32), np.diff(x.indptr))
        k = (
            _of_few(x.indices, x.data, rows, n, x.shape[1])
            if n <= FEW
            else _of_many(x.indices, x.data, rows, n)
        )
    np.fill_diagonal(k, 1.0)
    return k


def _of_few(
    indices: NDArray[np.int32], data: NDArray[Any], rows: NDArray[np.int32], n: int, width: int
) -> Floats:
    """Inner products of few rows, from the columns of two rows or more."""
    entry = _representatives(indices, width)
    shared = np.bincount(entry, minlength=len(entry)) > 1
    some = np.flatnonzero(shared[entry])  # a column of one row adds to no pair
    return _dense_part(rows[some], _places(shared)[entry[some]], data[some], n)


def _of_many(
    indices: NDArray[np.int32], data: NDArray[Any], rows: NDArray[np.int32], n: int
) -> Floats:
    """Inner products of many rows: of common columns by matrix, of others by pairs of entries."""
    # sorted by column: the entries that make products stand together, in the order of their rows
    bits = len(rows).bit_length()
    keys = (indices.astype(np.int64) << bits) | np.arange(len(rows))
    keys.sort()
    begins = run_starts(keys >> bits)
    keys &= (1 << bits) - 1
    rows, values = rows[keys], data[keys].astype(np.float64)
    first = np.flatnonzero(begins)
    uses = np.diff(first, append=len(rows))
    common = uses > n // 16
    dense = np.repeat(common, uses)
    k = _dense_part(rows[dense], np.repeat(_places(common), uses)[dense], values[dense], n)
    cells: list[Ints] = []
    products: list[Floats] = []
    few = np.where(common, 0, uses)
    for m in range(2, int(few.max(initial=0)) + 1):
        # Σ_c x_ic·x_jc, of columns that m rows have: (columns, m)
        entries = first[few == m][:, None] + np.arange(m)
        if not len(entries):
            continue
        one, other = np.triu_indices(m, 1)
        row, value = rows[entries], values[entries]
        cells.append((row[:, one] * np.int64(n) + row[:, other]).ravel())
        products.append((value[:, one] * value[:, other]).ravel())
        if sum(map(len, cells)) > n * n:  # in bounded memory
            _add_pairs(k, cells, products)
            cells, products = [], []
    if cells:
        _add_pairs(k, cells, products)
    return k


def _add_pairs(k: Floats, cells: list[Ints], products: list[Floats]) -> None:
    n = len(k)
    pairs = np.bincount(np.concatenate(cells), np.concatenate(products), n * n).reshape(n, n)
    k += pairs
    for a in range(0, n, 128):  # a strip of columns at a time stays in the cache
        k[:, a : a + 128] += pairs[a : a + 128].T


def blocks(x: Features) -> Iterator[tuple[slice, Floats]]:
    """Yield some rows at a time: which they are, and their inner products with all rows."""
    for a in range(0, x.shape[0], ROWS):
        at = slice(a, min(a + ROWS, x.shape[0]))
        yield at, dense(x[at] @ x.T)


def compacted(indices: NDArray[Any], width: int) -> NDArray[np.int64]:
    """Renumber column indices 0, 1, 2 … without gaps, in linear time.

    >>> compacted(np.array([7, 3, 7, 9]), 10).tolist()
    [1, 0, 1, 2]
    """
    entry = _representatives(indices, width)
    chosen = np.zeros(len(indices), bool)
    chosen[entry] = True
    return _places(chosen)[entry].astype(np.int64)


def _representatives(indices: NDArray[Any], width: int) -> NDArray[np.int32]:
    """For each column index the place of one that is equal, the same for all of them."""
    last = _scratch(width)
    last[indices] = np.arange(len(indices), dtype=np.int32)
    return last[indices]


def _places(chosen: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Number what is chosen 0, 1, 2 …"""
    return np.cumsum(chosen, dtype=np.int32) - np.int32(1)


def without_empty_columns(x: Features) -> Features:
    """Return CSR rows without the columns that no row uses."""
    from scipy.sparse import csr_matrix

    columns = compacted(x.indices, x.shape[1])
    width = int(columns.max()) + 1 if len(columns) else 1
    return csr_matrix((x.data, columns, x.indptr), (x.shape[0], width))


_kept = threading.local()


def _scratch(width: int) -> NDArray[np.int32]:
    """Return this thread's scratch array: fresh memory would cost a page fault a column."""
    if len(getattr(_kept, "array", ())) < width:
        _kept.array = np.empty(width, np.int32)
    array: NDArray[np.int32] = _kept.array
    return array


def _dense_part(
    rows: NDArray[np.int32], columns: NDArray[np.int32], data: NDArray[Any], n: int
) -> Floats:
    if not len(rows):
        return np.zeros((n, n))
    dense = np.zeros((n, int(columns.max()) + 1))
    dense[rows, columns] = data
    return np.asarray(dense @ dense.T)


def moments(x: Features, weights: Floats | None = None) -> Floats:
    """Return XᵀX, float64, shape (d, d): what a shard contributes, and shards add up.

    By weight, Σ wᵢ·xᵢxᵢᵀ.
    """
    if is_sparse(x):
        x64 = x.astype(np.float64)
        weighed = x64 if weights is None else x64.multiply(weights[:, None]).tocsr()
        return np.asarray((x64.T @ weighed).toarray())
    x64 = np.asarray(x, np.float64)
    if weights is not None:
        x64 = x64 * np.sqrt(weights)[:, None]
    return np.asarray(x64.T @ x64)  # one array twice: half the work


def rows_of(kernel: Any) -> Floats:
    """Return unit rows whose inner products are the given kernel matrix.

    Whatever takes features takes them: ``vendi(rows_of(K))``, ``repeat_rate(rows_of(K))``.

    Parameters
    ----------
    kernel : (n, n)
        Symmetric, 1 on the diagonal, no negative eigenvalue beyond rounding; dense or sparse.

    Returns
    -------
    (n, r) float64
        As many columns as the matrix has rank.

    Raises
    ------
    BadInput
        Not such a matrix. A similarity that is no kernel has no rows, and no Vendi score; its
        effective number is ``leinster_cobbold(Z, similarity="precomputed")``.

    Notes
    -----
    O(n³) time and three n × n matrices.

    Examples
    --------
    >>> x = rows_of([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]])
    >>> (x @ x.T).round(9).tolist()
    [[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    k = similarities(kernel, "kernel")
    if not np.allclose(k, k.T, rtol=0, atol=1e-9):
        raise BadInput(f"kernel of shape {k.shape} is not symmetric; give (K + K.T) / 2")
    if not len(k):
        return np.empty((0, 0))
    values, vectors = np.linalg.eigh(k)
    if values[0] < -1e-8 * values[-1]:
        raise BadInput(
            f"kernel has the negative eigenvalue {values[0]:.3g}: it is no inner product; "
            'leinster_cobbold(Z, similarity="precomputed") takes any similarity'
        )
    kept = values > len(k) * np.finfo(np.float64).eps * values[-1]
    rows = vectors[:, kept] * np.sqrt(values[kept])
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def similarities(matrix: Any, name: str) -> Floats:
    """Return a square matrix of finite numbers with ones on the diagonal, float64."""
    z = array_of(matrix.toarray() if hasattr(matrix, "toarray") else matrix, name)
    square = z.ndim == 2 and z.shape[0] == z.shape[1] and np.issubdtype(z.dtype, np.number)
    if not square or not np.isfinite(z).all():
        raise BadInput(f"{name} of shape {z.shape}: give a finite number for each pair, (n, n)")
    z = z.astype(np.float64)
    if not (abs(np.diagonal(z) - 1) < 1e-6).all():
        raise BadInput(
            f"{name} has {z.diagonal().min():.3g} to {z.diagonal().max():.3g} on its diagonal: "
            "every output must be like itself by 1; divide by √(Kᵢᵢ·Kⱼⱼ)"
        )
    return z
