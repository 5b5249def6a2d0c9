"""Building unit feature rows from hashed counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def counted(
    rows: NDArray[np.int64], hashes: NDArray[np.uint64], n: int, bits: int = 20
) -> csr_matrix:
    """Count hashed features by row and damp the counts: CSR of log(1 + count), unit rows.

    Parameters
    ----------
    rows : (m,) int64
        Row of each occurrence.
    hashes : (m,) uint64
        Hash of the feature that occurs; the top ``bits`` pick its column.
    n
        Number of rows.

    Returns
    -------
    (n, 2**bits) CSR, float32
        Rows without any feature stay zero.
    """
    from scipy.sparse import csr_matrix

    narrow = np.uint32 if n << bits <= 1 << 32 else np.uint64  # half the bytes sort twice as fast
    keys = (rows.astype(narrow) << narrow(bits)) | (hashes >> np.uint64(64 - bits)).astype(narrow)
    keys.sort()
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else keys
    counts = np.diff(np.append(first, len(keys)))
    keys = keys[first.astype(np.int64)]
    data = np.log1p(counts)
    row = (keys >> narrow(bits)).astype(np.int64)
    norms = np.sqrt(np.bincount(row, data * data, minlength=n))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n))])
    columns = (keys & narrow((1 << bits) - 1)).astype(np.int32)
    return csr_matrix(
        ((data / norms[row]).astype(np.float32), columns, indptr.astype(np.int32)),
        shape=(n, 1 << bits),
    )


def joined(
    blocks: Sequence[csr_matrix], weights: Sequence[float] | NDArray[np.float64]
) -> csr_matrix:
    """Set blocks of unit rows side by side, so that the kernel is the weighted mean of theirs.

    The blocks are scaled in place: they are the caller's no longer.

    A block that is empty in a row gives its weight to the others; a row that is empty in all of
    them (an empty output) is a dish of its own: it gets the one extra column at the end.

    Parameters
    ----------
    blocks
        CSR blocks of n rows each.
    weights : (blocks,) or (n, blocks)
        Share of each block in the kernel.

    Returns
    -------
    (n, Σd + 1) CSR, float32, every row of unit length.
    """
    from scipy.sparse import csr_matrix, hstack

    filled = np.stack([np.diff(b.indptr) > 0 for b in blocks], axis=1)
    shares = filled * np.asarray(weights)
    total = shares.sum(1)
    empty = total == 0
    scale = np.sqrt(shares / np.where(empty, 1, total)[:, None]).astype(np.float32)
    for k, block in enumerate(blocks):
        block.data *= np.repeat(scale[:, k], np.diff(block.indptr))
    extra = csr_matrix(empty.astype(np.float32)[:, None])
    return hstack([*blocks, extra], format="csr", dtype=np.float32)


def stacked(parts: list[csr_matrix]) -> csr_matrix:
    """Set CSR parts below one another, letting go of each as it is copied."""
    from scipy.sparse import csr_matrix

    shape = sum(p.shape[0] for p in parts), parts[0].shape[1]
    sizes = np.concatenate([[0], np.cumsum([p.nnz for p in parts])])
    lengths = [np.diff(p.indptr) for p in parts]
    data = np.empty(sizes[-1], np.float32)
    indices = np.empty(sizes[-1], np.int32)
    while parts:
        part = parts.pop()
        at = slice(sizes[len(parts)], sizes[len(parts) + 1])
        data[at], indices[at] = part.data, part.indices
    indptr = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
    return csr_matrix((data, indices, indptr), shape)
