"""k² of pairs of rows: the chance that two outputs are the same dish, inside groups and between."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any, Literal, NamedTuple

import numpy as np

from fullmenu.compiled import choice
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.gram import FEW, gram, moments, without_empty_columns
from fullmenu.kernel.rows import (
    Features,
    as_csr,
    as_features,
    dense,
    is_sparse,
    is_thin,
    lengths,
    refuse_unless_unit,
    unit,
)
from fullmenu.stats.arrays import Floats, Ints, run_starts

Route = Literal["auto", "moments", "gram", "pairs"]

BLOCK = 128
"""Rows of a Gram block; the ``pairs`` route compares rows only inside random blocks this large."""

ALL_PAIRS = 1_024
"""Up to so many rows every pair is compared; beyond it ``auto`` takes random blocks of pairs."""

ROWS = 1_024
"""Rows whose XᵀX is taken at a time."""

_FEW = 1 << 14
"""CSR runs of so few rows × entries are multiplied many runs at once; where loops are compiled,
those of few rows."""

_ENTRIES = 1 << 20
"""Entries of the CSR runs that are multiplied at once, about."""


class PairSums(NamedTuple):
    """What the repeat rate adds up over the pairs that were compared.

    For each output, (n,), Σ k² over its partners, and how many these are; by weight, Σ w w′ k² and
    Σ w w′.
    """

    same: Floats
    partners: Floats

    @property
    def rate(self) -> float:
        """The mean of k² over all ordered pairs compared."""
        return snapped(float(self.same.sum()) / float(self.partners.sum()))


def snapped(rate: float) -> float:
    """Remove rounding error at the ends of [0, 1], so that one dish only reads exactly 1."""
    if abs(rate - 1.0) < 1e-12:
        return 1.0
    return min(max(rate, 0.0), 1.0)


def share_of_pairs(values: Floats) -> float:
    """Return the mean over pairs of different rows, of a symmetric (n, n).

    >>> share_of_pairs(np.array([[1.0, 0.5], [0.5, 1.0]]))
    0.5
    """
    n = len(values)
    return snapped(float((values.sum() - np.trace(values)) / (n * (n - 1))))


def grams(x: Features, bounds: Sequence[int]) -> Iterator[Floats]:
    """Yield the inner products inside each run of unit rows, at unit length, in [−1, 1].

    ``bounds`` say where each run begins, and the last one ends. How a run is computed depends on
    that run alone (and on whether compiled loops are imported), so that a batch gives what single
    runs give.

    >>> [k.tolist() for k in grams(np.eye(2)[[0, 1, 0]], [0, 2, 3])]
    [[[1.0, 0.0], [0.0, 1.0]], [[1.0]]]
    """
    norms = lengths(x)
    ends = np.stack([bounds[:-1], bounds[1:]], axis=1)
    few = np.zeros(len(ends), bool)
    loops = choice.loops_of_rows(x, of_any_size=True)
    if is_sparse(x):
        sizes, entries = ends[:, 1] - ends[:, 0], x.indptr[ends[:, 1]] - x.indptr[ends[:, 0]]
        by_arrays = sizes * entries <= _FEW
        few = by_arrays if loops is None else (sizes <= FEW) & (entries <= loops.MOST)
    together = _of_few(x, ends[few], norms, loops)
    for (a, b), small in zip(ends.tolist(), few.tolist(), strict=True):
        if small:
            yield next(together)
            continue
        k = gram(x[a:b])
        # cos(xᵢ, xⱼ) = ⟨xᵢ, xⱼ⟩ / (‖xᵢ‖·‖xⱼ‖)
        k /= norms[a:b, None]
        k /= norms[a:b]
        np.clip(k, -1.0, 1.0, out=k)
        np.fill_diagonal(k, 1.0)
        yield k


def _of_few(x: Features, runs: Ints, norms: Floats, loops: ModuleType | None) -> Iterator[Floats]:
    """Yield the inner products of runs of few CSR rows."""
    if not len(runs):
        return
    entries = np.cumsum(x.indptr[runs[:, 1]] - x.indptr[runs[:, 0]])
    for some in np.split(runs, np.flatnonzero(np.diff(entries // _ENTRIES)) + 1):
        sizes = some[:, 1] - some[:, 0]
        if loops is None:
            upper = _column_by_column(x, some[:, 0], sizes, norms)
        else:
            rows = np.concatenate([np.arange(a, b) for a, b in some.tolist()])
            upper, _ = loops.products_inside(_rows_at(x, rows), np.cumsum([0, *sizes]))
            upper[_diagonals(sizes)] = 0.5
        end = 0
        for size in sizes.tolist():
            k = upper[end : end + size * size].reshape(size, size)
            end += size * size
            yield k + k.T


def _diagonals(sizes: Ints) -> Ints:
    """Return where the diagonals of squares are that stand in a row, flat."""
    begins = np.cumsum(sizes**2) - sizes**2
    place = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.asarray(np.repeat(begins, sizes) + place * np.repeat(sizes + 1, sizes))


def _column_by_column(x: Features, starts: Ints, sizes: Ints, norms: Floats) -> Floats:
    """Inner products above the diagonal of each run of CSR rows, and ½ on it, flat."""
    run = np.repeat(np.arange(len(sizes)), sizes)
    rows = np.arange(len(run)) + np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
    filled = np.diff(x.indptr)[rows]
    row = np.repeat(np.arange(len(rows)), filled)
    entry = np.arange(len(row)) + np.repeat(x.indptr[rows] - np.cumsum(filled) + filled, filled)
    column, width, bits = x.indices[entry], int(x.shape[1]), len(row).bit_length()
    if (len(sizes) * width).bit_length() + bits > 63:
        column, width = np.unique(column, return_inverse=True)[1], len(row)
    # sorted by run, column and row: the entries that make products stand together
    keys = ((run[row] * width + column) << bits) | np.arange(len(row))
    keys.sort()
    column = keys >> bits
    shared = np.zeros(len(row) + 1, bool)
    shared[1:-1] = column[1:] == column[:-1]
    shared = shared[1:] | shared[:-1]  # a column of one row adds to no pair
    column, order = column[shared], keys[shared] & ((1 << bits) - 1)
    row = row[order]
    data = x.data[entry[order]] / norms[rows][row]
    place = rows - starts[run]
    line = np.repeat(np.cumsum(sizes**2) - sizes**2, sizes) + place * sizes[run]
    upper = np.zeros(int((sizes**2).sum()))
    first = np.arange(len(row))
    for apart in range(1, int(sizes.max())):
        # cos(xᵢ, xⱼ) = Σ_c x_ic·x_jc / (‖xᵢ‖·‖xⱼ‖), of entries so far apart in their column
        first = first[: np.searchsorted(first, len(row) - apart)]
        first = first[column[first] == column[first + apart]]
        cell = line[row[first]] + place[row[first + apart]]
        upper += np.bincount(cell, data[first] * data[first + apart], minlength=len(upper))
    np.clip(upper, -1.0, 1.0, out=upper)
    upper[line + place] = 0.5
    return upper


def by_group(features: Any, groups: Ints) -> Iterator[tuple[Ints, Floats]]:
    """Yield every group of two rows or more: its rows, (m,), and their inner products, (m, m).

    Groups are numbered 0 … P − 1.

    >>> for rows, k in by_group(np.eye(2)[[0, 1, 0]], np.array([0, 1, 0])):
    ...     print(rows, k.tolist())
    [0 2] [[1.0, 1.0], [1.0, 1.0]]
    """
    return _by_part(as_features(features), [rows for rows in parts(groups) if len(rows) > 1])


def parts(groups: Ints) -> list[Ints]:
    """Return the rows of each group, 0 … P − 1.

    >>> [rows.tolist() for rows in parts(np.array([1, 0, 1]))]
    [[1], [0, 2]]
    """
    order = np.argsort(groups, kind="stable")
    return np.split(order, np.cumsum(np.bincount(groups))[:-1]) if len(groups) else []


def _by_part(x: Features, parts: Sequence[Ints]) -> Iterator[tuple[Ints, Floats]]:
    """Yield each part's rows and their inner products."""
    if not parts:
        return
    bounds = np.cumsum([0, *map(len, parts)])
    order = np.concatenate(parts)
    if len(order) == x.shape[0] and bool((order[1:] > order[:-1]).all()):
        yield from zip(parts, grams(x, bounds.tolist()), strict=True)
        return
    # some parts at a time: a copy of all rows may be large
    first = np.flatnonzero(run_starts(bounds[1:] // (2 * ALL_PAIRS))).tolist()
    for a, b in itertools.pairwise([*first, len(parts)]):
        rows = x[order[bounds[a] : bounds[b]]]
        ends = bounds[a : b + 1] - bounds[a]
        yield from zip(parts[a:b], grams(rows, ends.tolist()), strict=True)


def inside(x: Features, parts: Sequence[Ints], weights: Floats | None = None) -> PairSums:
    """Sum k² for every row over the other rows of its part; a row of no part has no partners.

    Each row weighs 1 by default.
    """
    w = np.ones(x.shape[0]) if weights is None else weights
    same, partners = np.zeros((2, x.shape[0]))
    parts = [rows for rows in parts if len(rows)]
    if not parts:
        return PairSums(same, partners)
    order = np.concatenate(parts)
    sizes = np.fromiter(map(len, parts), np.int64, len(parts))
    begins = np.cumsum(sizes) - sizes
    # Σ_j wᵢ·wⱼ over j ≠ i
    whole = np.repeat(np.add.reduceat(w[order], begins), sizes)
    partners[order] = np.maximum(w[order] * (whole - w[order]), 0.0)
    few = sizes <= FEW
    if (loops := _loops_inside(x)) is not None:
        sparse = is_sparse(x)
        squares = loops.squares_inside if sparse else loops.squares_inside_dense
        filled = np.diff(x.indptr) if sparse else np.full(x.shape[0], x.shape[1])
        entries = np.add.reduceat(filled[order], begins)
        few &= entries <= loops.MOST
        for some in _together(np.flatnonzero(few), entries):
            rows = np.concatenate([parts[p] for p in some.tolist()])
            ends = np.concatenate([[0], np.cumsum(sizes[some])])
            same[rows], norms = squares(_rows_at(x, rows), w[rows], ends)
            refuse_unless_unit(norms)
    elif not is_sparse(x):
        for size in np.unique(sizes[few]).tolist():
            alike = np.flatnonzero(few & (sizes == size))
            for some in _together(alike, sizes * x.shape[1]):
                rows = np.stack([parts[p] for p in some.tolist()])
                same[rows] = _of_equal_parts(x, rows, w)
    else:
        few[:] = False
    for rows, k in _by_part(x, [parts[p] for p in np.flatnonzero(~few).tolist()]):
        # Σ_j wᵢ·wⱼ·k(xᵢ, xⱼ)² over j ≠ i
        k2 = k * k
        np.fill_diagonal(k2, 0.0)
        same[rows] = w[rows] * (k2 @ w[rows])
    return PairSums(same, partners)


def _loops_inside(x: Features) -> ModuleType | None:
    """Return the compiled loops for rows: CSR, or dense ones that are mostly 0."""
    if is_sparse(x):
        return choice.loops_of_rows(x)
    return choice.loops(x.size) if x.dtype == np.float32 and is_thin(x[:FEW]) else None


def _of_equal_parts(x: Features, rows: Ints, w: Floats) -> Floats:
    """Sum w·w′·k² for every row over the others of its part; rows of parts, (p, m), dense."""
    z = unit(x[rows.ravel()]).reshape(*rows.shape, -1)
    # Σ_j wᵢ·wⱼ·k(xᵢ, xⱼ)² over j ≠ i
    k2 = np.minimum((z @ z.transpose(0, 2, 1)) ** 2, 1.0)
    k2[:, range(rows.shape[1]), range(rows.shape[1])] = 0.0
    return np.asarray(w[rows] * (k2 @ w[rows][:, :, None])[:, :, 0])


def _together(parts: Ints, entries: Ints) -> list[Ints]:
    """Cut a list of parts where so many entries have come together, about."""
    if not len(parts):
        return []
    turn = np.cumsum(entries[parts]) // _ENTRIES
    return np.split(parts, np.flatnonzero(np.diff(turn)) + 1)


def _rows_at(x: Features, rows: Ints) -> Features:
    """Return some rows; without a copy, where they are neighbours."""
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all():
        a, b = rows[0], rows[-1] + 1
        if not is_sparse(x):
            return x[a:b]
        from scipy.sparse import csr_matrix

        at = slice(x.indptr[a], x.indptr[b])
        ends = x.indptr[a : b + 1] - x.indptr[a]
        return csr_matrix((x.data[at], x.indices[at], ends), (b - a, x.shape[1]))
    return x[rows]


def within_pairs(x: Features, groups: Ints, weights: Floats | None = None) -> PairSums:
    """Sum k² for every row over the other rows of *its own* group, 0 … P − 1.

    Rows of a group of more than 1,024 are compared as :func:`pair_sums` does by default. Each row
    weighs 1 by default.
    """
    w = np.ones(x.shape[0]) if weights is None else weights
    by_size: tuple[list[Ints], list[Ints]] = ([], [])
    for rows in parts(groups):
        by_size[len(rows) > ALL_PAIRS].append(rows)
    sums = inside(x, by_size[False], w)
    for rows in by_size[True]:
        large = pair_sums(x[rows], weights=w[rows])
        sums.same[rows], sums.partners[rows] = large.same, large.partners
    return sums


def sums_of_pairs(values: Floats, groups: Ints) -> PairSums:
    """Sum given values of every pair for each of its rows, as :func:`within_pairs` sums k².

    ``values``, (N,), come group by group, in a group as the upper triangle.

    >>> sums_of_pairs(np.array([1.0, 0.0, 0.5]), np.array([0, 0, 0])).same.tolist()
    [1.0, 1.5, 0.5]
    """
    sums, at = PairSums(*np.zeros((2, len(groups)))), 0
    for rows in parts(groups):
        m = len(rows)
        table = np.zeros((m, m))
        table[np.triu_indices(m, 1)] = values[at : at + m * (m - 1) // 2]
        at += m * (m - 1) // 2
        sums.same[rows] = table.sum(0) + table.sum(1)
        sums.partners[rows] = m - 1
    return sums


def pair_sums(
    x: Features,
    groups: Ints | None = None,
    *,
    weights: Floats | None = None,
    route: Route = "auto",
    seed: int = 0,
) -> PairSums:
    """Sum k² for every row over the other rows, or over the rows of *other groups*.

    Rows of one group are then not compared with each other (the across-prompts question). Each row
    weighs 1 by default.
    """
    n = x.shape[0]
    if n < 2:
        raise NotEnoughData(f"the repeat rate compares pairs: it needs 2 outputs, not {n}")
    if route == "auto":
        cheap = x.shape[1] <= min(n, ALL_PAIRS) and (not is_sparse(x) or is_thin(x))
        route = "moments" if cheap else "gram" if n <= ALL_PAIRS else "pairs"
    apart = np.arange(n) if groups is None else groups
    w = np.ones(n) if weights is None else weights
    if route == "moments":
        return _by_moments(x, groups, w)
    if route == "gram":
        return _by_gram(x, apart, w)
    if route == "pairs":
        return _by_pairs(x, apart, w, seed)
    raise BadInput(f"unknown route {route!r}; use auto, moments, gram or pairs")


def _by_moments(x: Features, groups: Ints | None, w: Floats) -> PairSums:
    n = x.shape[0]
    own = PairSums(np.zeros(n), np.zeros(n)) if groups is None else within_pairs(x, groups, w)
    # of the sum over all rows, row i itself adds wᵢ
    return PairSums(
        np.maximum(w * (_squares_by_moments(x, w) - w) - own.same, 0.0),
        np.maximum(w * (w.sum() - w) - own.partners, 0.0),
    )


def _squares_by_moments(x: Features, w: Floats) -> Floats:
    """Sum w·k² of every row over all rows: Σ_j wⱼ·k(xᵢ, xⱼ)² = xᵢᵀ(Σ_j wⱼ·xⱼxⱼᵀ)xᵢ."""
    n, columns = x.shape
    loops = choice.loops(n * columns) if columns <= ALL_PAIRS and is_thin(x) else None
    if loops is not None:
        return np.asarray(loops.squares_by_moments(unit(as_csr(x)), w))
    used = slice(None) if is_sparse(x) else x.any(axis=0)

    def rows_of(size: int) -> Iterator[tuple[slice, Features]]:
        for a in range(0, n, size):  # a part at a time: in float64 the whole is large
            yield slice(a, a + size), unit(x[a : a + size])[:, used]

    m = sum(moments(rows, w[at]) for at, rows in rows_of(ROWS))
    same = np.empty(n)
    for at, part in rows_of(BLOCK):
        rows = dense(part)
        same[at] = np.einsum("ij,ij->i", rows @ m, rows)
    return same


def _by_gram(x: Features, groups: Ints, w: Floats) -> PairSums:
    n = x.shape[0]
    same, partners = np.zeros((2, n))
    blocks = np.array_split(np.arange(n), -(-n // ALL_PAIRS))
    for a, b in itertools.combinations_with_replacement(blocks, 2):
        both = a if a is b else np.concatenate([a, b])
        (k,) = grams(x[both], [0, len(both)])
        apart = groups[a][:, None] != groups[b]
        k2 = k[: len(a), -len(b) :] ** 2 * apart
        same[a] += w[a] * (k2 @ w[b])
        partners[a] += w[a] * (apart @ w[b])
        if a is not b:
            same[b] += w[b] * (w[a] @ k2)
            partners[b] += w[b] * (w[a] @ apart)
    return PairSums(same, partners)


def _by_pairs(x: Features, groups: Ints, w: Floats, seed: int) -> PairSums:
    n = x.shape[0]
    same, partners = np.zeros((2, n))
    weight = w / lengths(x) ** 2
    shuffled = np.random.default_rng(seed).permutation(n)
    for rows in np.array_split(shuffled, max(1, n // BLOCK)):
        _, group = np.unique(groups[rows], return_inverse=True)
        k = gram(x[rows])
        # Σ_j wᵢ·wⱼ·⟨xᵢ, xⱼ⟩² / (‖xᵢ‖²·‖xⱼ‖²) over the j of other groups
        k2 = np.multiply(k, k, out=k)
        k2[group[:, None] == group] = 0.0
        same[rows] = weight[rows] * (k2 @ weight[rows])
        whole = w[rows].sum() - np.bincount(group, w[rows])[group]
        partners[rows] = w[rows] * np.maximum(whole, 0.0)
    return PairSums(same, partners)


class Likeness:
    """k² of one unit row with all others, a row at a time: no Gram matrix is held.

    >>> Likeness(np.eye(2)[[0, 1, 0]]).to(0).tolist()
    [1.0, 0.0, 1.0]
    """

    def __init__(self, features: Any) -> None:
        x = as_features(features)
        self.n = int(x.shape[0])
        self._x = unit(without_empty_columns(x) if is_sparse(x) else x)
        self._row = np.zeros(self._x.shape[1])

    def to(self, j: int) -> Floats:
        """Return k² of row ``j`` with every row, (n,); exactly 1 with itself."""
        if is_sparse(self._x):
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
        if self.n < 2:
            return np.ones(self.n)
        dense = not is_sparse(self._x) and self._x.shape[1] <= self.n
        return pair_sums(self._x, route="moments" if dense else "gram").same + 1.0
