"""Unit feature rows, dense or CSR: checked, built from counts, joined, and brought to length 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.stats.arrays import Floats as Floats
from fullmenu.stats.arrays import Ints as Ints
from fullmenu.stats.arrays import array_of, run_starts

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Features: TypeAlias = Any
"""Feature rows of shape (n, d): a numpy array, or a CSR matrix."""

_FARTHEST = 1e75


class MadeRows:
    """CSR rows that are made when they are taken, where all at once would fill the memory.

    >>> from scipy.sparse import csr_matrix
    >>> x = MadeRows(lambda rows: csr_matrix(np.eye(9)[rows]), 9)
    >>> len(x), x[np.array([3, 4])].shape, x[7:].shape
    (9, (2, 9), (2, 9))
    """

    def __init__(self, make: Callable[[Ints], csr_matrix], n: int) -> None:
        self._make, self._n = make, n

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, rows: Ints | slice) -> csr_matrix:
        return self._make(np.arange(self._n)[rows])


def taken_from(parts: Sequence[Features]) -> Features:
    """Return the rows of several, one below the other; CSR rows without a copy of all of them.

    >>> from scipy.sparse import csr_matrix
    >>> x = taken_from([csr_matrix(np.eye(3)), csr_matrix(np.eye(3)[:1])])
    >>> x[np.array([3, 1])].toarray().tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    if len(parts) == 1 or not is_sparse(parts[0]):
        return stacked([*parts])
    ends = np.cumsum([0, *(part.shape[0] for part in parts)])

    def make(rows: Ints) -> csr_matrix:
        place = np.searchsorted(ends, rows, side="right") - 1
        found = [part[rows[place == k] - ends[k]] for k, part in enumerate(parts)]
        back = np.argsort(np.argsort(place, kind="stable"))
        return stacked(found)[back]

    return MadeRows(make, int(ends[-1]))


def at(x: Features, rows: Ints) -> Features:
    """Return some of the rows; of :class:`MadeRows` such as are made when they are taken."""
    return MadeRows(lambda some: x[rows[some]], len(rows)) if isinstance(x, MadeRows) else x[rows]


def as_features(features: Any, name: str = "features") -> Features:
    """Check feature rows: two-dimensional, finite; CSR stays CSR, everything else gets dense."""
    sparse = hasattr(features, "tocsr")
    x = features.tocsr() if sparse else array_of(features, name)
    if x.ndim != 2:
        raise BadInput(f"{name} of shape {x.shape}: give one row per output, shape (n, d)")
    values: NDArray[Any] = np.asarray(x.data if sparse else x)
    real = np.issubdtype(values.dtype, np.integer) or np.issubdtype(values.dtype, np.floating)
    if not real or not np.isfinite(values).all():
        raise BadInput(f"{name} of shape {x.shape} hold values that are not finite numbers")
    if values.size and max(abs(float(values.min())), abs(float(values.max()))) > _FARTHEST:
        raise BadInput(f"{name} hold numbers beyond {_FARTHEST:g}, whose squares overflow")
    return x


def is_sparse(x: Any) -> bool:
    """Return whether rows are CSR."""
    return hasattr(x, "indptr")


def is_thin(x: Features) -> bool:
    """Return whether less than an eighth of the entries is filled."""
    filled = x.nnz if is_sparse(x) else np.count_nonzero(x)
    return bool(8 * filled < x.shape[0] * x.shape[1])


def as_csr(x: Features) -> csr_matrix:
    """Return rows as CSR, a part of them at a time; those that are stay as they are."""
    from scipy.sparse import csr_matrix

    if is_sparse(x):
        return x
    return stacked([csr_matrix(x[a : a + 1024]) for a in range(0, max(len(x), 1), 1024)])


def unit(x: Features) -> Features:
    """Return unit rows in float64: what float32 lost of their length is put back.

    A row far from unit length is refused: k(x, x) = 1 fails, and the repeat rate means nothing.
    """
    norms = lengths(x)
    if not is_sparse(x):
        return np.asarray(x, np.float64) / norms[:, None]
    from scipy.sparse import csr_matrix

    data = x.data / np.repeat(norms, np.diff(x.indptr))
    return csr_matrix((data, x.indices, x.indptr), x.shape)


def lengths(x: Features) -> Floats:
    """Return the length of every row, float64, and refuse rows that are far from unit length."""
    norms = np.sqrt(_square_lengths(x))
    refuse_unless_unit(norms)
    return norms


def refuse_unless_unit(norms: Floats) -> None:
    """Refuse rows whose lengths are far from 1."""
    if len(norms) and not (abs(norms - 1) < 1e-3).all():
        worst = float(norms[np.argmax(abs(norms - 1))])
        raise BadInput(
            f"feature rows must be of unit length, and one has length {worst:.4g}; divide each row "
            "by its norm, and give an all-zero row a coordinate of its own"
        )


def _square_lengths(x: Features) -> Floats:
    squares = np.zeros(x.shape[0])
    for a in range(0, x.shape[0], 1024):  # a part at a time: in float64 the whole is large
        if not is_sparse(x):
            part = np.asarray(x[a : a + 1024], np.float64)
            squares[a : a + 1024] = np.einsum("ij,ij->i", part, part)
            continue
        ends = x.indptr[a : a + 1025]
        filled = np.diff(ends) > 0
        # ‖xᵢ‖² = Σ_c x_ic², over the entries between a row's two ends
        entries = x.data[ends[0] : ends[-1]].astype(np.float64) ** 2
        squares[a : a + 1024][filled] = np.add.reduceat(entries, (ends[:-1] - ends[0])[filled])
    return squares


def dense(x: Features) -> Floats:
    """Return rows as a float64 array."""
    return np.asarray(x.toarray() if hasattr(x, "toarray") else x, np.float64)


def unit_dense(x: Features) -> Floats:
    """Return unit rows as a float64 array; the array itself where nothing must be put back."""
    if isinstance(x, np.ndarray) and x.dtype == np.float64:
        off = abs(lengths(x) - 1)
        return x if not len(off) or off.max() < 1e-13 else unit(x)
    return dense(unit(x))


def counted(rows: Ints, hashes: NDArray[np.uint64], n: int, bits: int = 20) -> csr_matrix:
    """Count hashed features by row and damp the counts: CSR of log(1 + count), unit rows.

    For each occurrence its row and the hash of the feature, of which the top ``bits`` pick the
    column. Rows without any feature stay zero.
    """
    from scipy.sparse import csr_matrix

    narrow = np.uint32 if n << bits <= 1 << 32 else np.uint64  # half the bytes sort twice as fast
    keys = (rows.astype(narrow) << narrow(bits)) | (hashes >> np.uint64(64 - bits)).astype(narrow)
    keys.sort()
    first = np.flatnonzero(run_starts(keys))
    counts = np.diff(np.append(first, len(keys)))
    keys = keys[first]
    data = np.log1p(np.arange(counts.max(initial=0) + 1))[counts]
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

    The blocks, CSR of n rows each, are scaled in place: they are the caller's no longer. Weights
    are (blocks,) or (n, blocks). A block that is empty in a row gives its weight to the others; a
    row that is empty in all of them (an empty output) is a dish of its own: it gets the one extra
    column at the end.
    """
    from scipy.sparse import csr_matrix, hstack

    # ⟨Σ_b √w_b·x_b, Σ_b √w_b·y_b⟩ = Σ_b w_b·⟨x_b, y_b⟩ for blocks b side by side
    filled = np.stack([np.diff(b.indptr) > 0 for b in blocks], axis=1)
    shares = filled * np.asarray(weights)
    total = shares.sum(1)
    empty = total == 0
    scale = np.sqrt(shares / np.where(empty, 1, total)[:, None]).astype(np.float32)
    for k, block in enumerate(blocks):
        block.data *= np.repeat(scale[:, k], np.diff(block.indptr))
    extra = csr_matrix(empty.astype(np.float32)[:, None])
    return hstack([*blocks, extra], format="csr", dtype=np.float32)


def stacked(parts: list[Features]) -> Features:
    """Set rows below one another; a list of several parts is emptied on the way, to save memory.

    >>> stacked([np.eye(2), np.eye(2)[:1]]).tolist()
    [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    """
    if len(parts) == 1:
        return parts[0]
    shape = sum(p.shape[0] for p in parts), parts[0].shape[1]
    kind = np.result_type(*(p.dtype for p in parts))
    if not is_sparse(parts[0]):
        rows = np.empty(shape, kind)
        end = len(rows)
        while parts:
            part = parts.pop()
            rows[end - len(part) : end] = part
            end -= len(part)
        return rows
    from scipy.sparse import csr_matrix

    sizes = np.concatenate([[0], np.cumsum([p.nnz for p in parts])])
    filled = np.concatenate([np.diff(p.indptr) for p in parts])
    data, indices = np.empty(sizes[-1], kind), np.empty(sizes[-1], np.int32)
    while parts:
        part = parts.pop()
        at = slice(sizes[len(parts)], sizes[len(parts) + 1])
        data[at], indices[at] = part.data, part.indices
    return csr_matrix((data, indices, np.concatenate([[0], np.cumsum(filled)])), shape)
