"""Likeness of all pairs inside each group: many small groups at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.measures.vectors.gram import Features, Floats, as_features, gram, lengths

Ints = NDArray[np.int64]

_CELLS = 1 << 23
"""Cells of the dense array that small groups are multiplied in, at most."""


def by_group(features: Any, groups: Ints) -> Iterator[tuple[Ints, Floats]]:
    """Yield every group of two rows or more: its rows, (m,), and their inner products, (m, m).

    Parameters
    ----------
    features : (n, d) array or CSR
        Unit rows.
    groups : (n,)
        The group of each row, 0 … P − 1.

    Examples
    --------
    >>> for rows, k in by_group(np.eye(2)[[0, 1, 0]], np.array([0, 1, 0])):
    ...     print(rows, k.tolist())
    [0 2] [[1.0, 1.0], [1.0, 1.0]]
    """
    x = as_features(features)
    if not len(groups):
        return
    norms = lengths(x)
    sizes = np.bincount(groups)
    order = np.argsort(groups, kind="stable")
    bounds = np.concatenate([[0], np.cumsum(sizes)]).tolist()
    small = _small(x, groups, sizes, order) if hasattr(x, "indptr") else None
    for g, (a, b) in enumerate(itertools.pairwise(bounds)):
        if b - a < 2:
            continue
        rows = order[a:b]
        k = gram(x[rows]) if small is None else small[g, : b - a, : b - a].astype(np.float64)
        k /= norms[rows, None] * norms[rows]
        np.fill_diagonal(k, 1.0)
        yield rows, k


def _small(x: Features, groups: Ints, sizes: Ints, order: Ints) -> NDArray[np.float32] | None:
    """All groups' inner products in one batch, (P, m, m); ``None`` where that would be large."""
    group_bits, column_bits = len(sizes).bit_length(), int(x.shape[1]).bit_length()
    entry_bits = int(x.nnz).bit_length()
    if sizes.max() > 64 or group_bits + column_bits + entry_bits > 64:
        return None
    row = np.repeat(np.arange(x.shape[0]), np.diff(x.indptr))
    keys = groups[row].astype(np.uint64) << np.uint64(column_bits + entry_bits)
    keys |= x.indices.astype(np.uint64) << np.uint64(entry_bits)
    keys |= np.arange(x.nnz, dtype=np.uint64)
    keys.sort()
    columns = keys >> np.uint64(entry_bits)
    new = np.ones(len(keys), bool)
    new[1:] = columns[1:] != columns[:-1]
    shared = ~new  # a column of one row adds to no pair
    shared[:-1] |= ~new[1:]
    entry = (keys[shared] & np.uint64((1 << entry_bits) - 1)).astype(np.int64)
    group = groups[row[entry]]
    number = np.cumsum(new[shared]) - 1
    start = np.zeros(len(sizes), np.int64)
    first = np.searchsorted(group, np.arange(len(sizes)))
    inside = first < len(number)
    start[inside] = number[first[inside]]
    column = number - start[group]
    width = int(column.max()) + 1 if len(column) else 1
    if len(sizes) * int(sizes.max()) * width > _CELLS:
        return None
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    dense = np.zeros((len(sizes), int(sizes.max()), width), np.float32)
    dense[group, place[row[entry]], column] = x.data[entry]
    return np.asarray(dense @ dense.transpose(0, 2, 1))
