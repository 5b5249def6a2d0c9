"""Which rows of a log are near an earlier one, without comparing all with all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from fullmenu.kernel.rows import Features, Floats, Ints, MadeRows, as_features, is_sparse, unit

BLOCK = 512
"""Rows that are compared at once."""

COUNTED = 8_192
"""Rows by which columns are called rare, which decides nothing but the time."""

LEFT = 0.9
"""Squared length of a row behind the columns that it is found by, as a share of the threshold."""

_PAIRS = 1 << 22


class Pairs(NamedTuple):
    """Rows, the rows before them that they are near, and their k², (p,) each."""

    later: Ints
    earlier: Ints
    k2: Floats


class Neighbours:
    """Which rows are near an earlier one: k² at or above a threshold.

    Memory grows by the rarest columns of the rows kept, a tenth of them or so, if the rows are
    :class:`MadeRows`.

    >>> near = Neighbours(np.eye(3)[[0, 1, 0, 1]], 0.8)
    >>> len(near.of(np.array([0, 1])).later)
    0
    >>> near.keep(np.array([0, 1]))
    >>> [x.tolist() for x in near.of(np.array([2, 3]))]
    [[2, 3], [0, 1], [1.0, 1.0]]
    """

    def __init__(self, features: Features, threshold: float) -> None:
        self.rows = features
        if not isinstance(features, MadeRows):
            self.rows = unit(as_features(features))
        self.threshold = threshold
        self._kept: Any = _Kept()
        if len(self) and is_sparse(self.rows[:1]):
            self._kept = _KeptByColumns(self.rows, threshold)

    def __len__(self) -> int:
        return len(self.rows) if isinstance(self.rows, MadeRows) else int(self.rows.shape[0])

    def keep(self, rows: Ints) -> None:
        """Compare later rows with these, of those that :meth:`of` was asked for last."""
        self._kept.keep(rows)

    def of(self, rows: Ints) -> Pairs:
        """Return the kept rows, and the earlier of these rows, that each of these is near.

        ``rows`` come one after another and behind all that were kept.
        """
        x = unit(self.rows[rows])
        later, earlier = self._kept.candidates(rows, x)
        found = [Pairs(later[:0], later[:0], np.zeros(0))]
        others = np.unique(earlier)
        for a in range(0, len(others), BLOCK):
            some = others[a : a + BLOCK]
            mine = np.flatnonzero((earlier >= some[0]) & (earlier <= some[-1]))
            to, place = np.unique(later[mine], return_inverse=True)
            k = x[to - rows[0]] @ unit(self.rows[some]).T
            k = np.asarray(k.toarray() if is_sparse(k) else k)
            k2 = k[place, np.searchsorted(some, earlier[mine])] ** 2
            near = k2 >= self.threshold - 1e-9
            found.append(Pairs(later[mine][near], earlier[mine][near], _snapped(k2[near])))
        return Pairs(*map(np.concatenate, zip(*found, strict=True)))


class _Kept:
    """Kept rows, each of which may be near any other."""

    def __init__(self) -> None:
        self.rows = np.zeros(0, np.int64)

    def keep(self, rows: Ints) -> None:
        self.rows = np.concatenate([self.rows, rows])

    def candidates(self, rows: Ints, x: Features) -> tuple[Ints, Ints]:
        others = np.concatenate([self.rows, rows])
        later, earlier = np.repeat(rows, len(others)), np.tile(others, len(rows))
        return later[earlier < later], earlier[earlier < later]


class _KeptByColumns:
    """Kept rows, found by their rarest columns, in an order that is common to all rows.

    Let x′ be the first columns of the unit row x, and z′ those of z. Say that x′ ends earlier in
    the common order: then ⟨x, z⟩ = ⟨x′, z′⟩ + ⟨x − x′, z⟩, and by Cauchy and Schwarz the two are
    near only if |⟨x′, z′⟩| ≥ √threshold − ‖x − x′‖ (Chaudhuri, Ganti & Kaushik 2006; Bayardo, Ma
    & Srikant 2007).
    """

    def __init__(self, x: Features, threshold: float) -> None:
        n = len(x) if isinstance(x, MadeRows) else int(x.shape[0])
        apart = -(-n // COUNTED)
        often = np.zeros(x[:1].shape[1], np.int64)
        for a in range(0, n, BLOCK * apart):
            often += np.bincount(x[a : a + BLOCK * apart : apart].indices, minlength=len(often))
        self.place = np.argsort(np.argsort(often, kind="stable"), kind="stable").astype(np.int32)
        self.threshold = threshold
        self.indexes: list[_Index] = []

    def keep(self, rows: Ints) -> None:
        self.indexes.append(_Index.of(self.last.at(rows)))
        while len(self.indexes) > 1 and len(self.indexes[-2]) <= len(self.indexes[-1]):
            self.indexes[-2:] = [_Index.joined(self.indexes[-2:])]

    def candidates(self, rows: Ints, x: Features) -> tuple[Ints, Ints]:
        self.last = self._firsts(rows, x)
        indexes = (*self.indexes, _Index.of(self.last))
        found = [pair for index in indexes for pair in index.candidates(self.last)]
        later, earlier = (np.concatenate(of) for of in zip(*found, strict=True))
        later = rows[later]
        return later[earlier < later], earlier[earlier < later]

    def _firsts(self, rows: Ints, x: Features) -> _Firsts:
        from scipy.sparse import csr_matrix

        row = np.repeat(np.arange(len(rows)), np.diff(x.indptr))
        order = np.lexsort((self.place[x.indices], row))
        squares = x.data[order] ** 2
        before = np.cumsum(squares) - squares
        # ‖x‖² without the columns before each: from the column at which it is small, none is needed
        left = 1 - (before - before[x.indptr[:-1]][row])
        first = left >= LEFT * self.threshold
        entries = np.sort(order[first])
        ends = np.concatenate([[0], np.cumsum(np.bincount(row[first], minlength=len(rows)))])
        values = x.data[entries].astype(np.float32)
        firsts = csr_matrix((values, x.indices[entries], ends), x.shape)
        behind = 1 - np.bincount(row[entries], x.data[entries] ** 2, minlength=len(rows))
        needed = np.sqrt(self.threshold) - np.sqrt(np.maximum(behind, 0.0)) - 1e-4
        return _Firsts(rows, firsts, needed.astype(np.float32))


class _Firsts(NamedTuple):
    """First columns of some rows, and what another row must share with them to be near."""

    rows: Ints
    columns: Features
    needed: Any

    def at(self, rows: Ints) -> _Firsts:
        some = np.searchsorted(self.rows, rows)
        return _Firsts(rows, self.columns[some], self.needed[some])


@dataclass(frozen=True, slots=True)
class _Index:
    """The same by column."""

    rows: Ints
    by_column: Features
    needed: Any

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def of(cls, firsts: _Firsts) -> _Index:
        return cls(firsts.rows, firsts.columns.T.tocsr(), firsts.needed)

    @classmethod
    def joined(cls, indexes: Sequence[_Index]) -> _Index:
        from scipy.sparse import hstack

        return cls(
            np.concatenate([one.rows for one in indexes]),
            hstack([one.by_column for one in indexes], "csr"),
            np.concatenate([one.needed for one in indexes]),
        )

    def candidates(self, others: _Firsts) -> Iterator[tuple[Ints, Ints]]:
        """Yield rows of others, by place, and rows of the index that may be near them."""
        step = max(1, _PAIRS // max(1, len(self)))
        least = min(others.needed.min(), self.needed.min()) if len(self) else 0.0
        for a in range(0, len(others.rows), step):
            shared = others.columns[a : a + step] @ self.by_column
            much = np.flatnonzero(abs(shared.data) >= least)
            row = a + np.searchsorted(shared.indptr, much, side="right") - 1
            mine = shared.indices[much]
            near = abs(shared.data[much]) >= np.minimum(others.needed[row], self.needed[mine])
            yield row[near], self.rows[mine[near]]


def _snapped(k2: Floats) -> Floats:
    """Return k² of unit rows, exactly 1 where they are the same."""
    return np.where(k2 > 1 - 1e-6, 1.0, k2)


class Records:
    """Records whose outputs are near in one of several views, and whose prompts are too.

    Parameters
    ----------
    views
        Unit rows of the outputs, by view; one that is near in any of them is near.
    threshold
        Of k².
    asked
        Unit rows of the prompts; without them prompts do not count.
    """

    def __init__(
        self, views: Sequence[Features], threshold: float, asked: Features | None = None
    ) -> None:
        self.views = [Neighbours(x, threshold) for x in views]
        self.threshold, self.asked = threshold, asked

    def split(self) -> tuple[Ints, Pairs]:
        """Return the rows of which no two are near, each kept unless one before is, and the rest.

        Of the rest with each the kept row before it that it is nearest.

        >>> kept, gone = Records([np.eye(3)[[0, 1, 0, 2, 1]]], 0.8).split()
        >>> kept.tolist(), gone.later.tolist(), gone.earlier.tolist()
        ([0, 1, 3], [2, 4], [0, 1])
        """
        n = len(self.views[0])
        kept = np.ones(n, bool)
        gone: list[tuple[int, int, float]] = []
        for a in range(0, n, BLOCK):
            rows = np.arange(a, min(a + BLOCK, n))
            later, earlier, k2 = self._near(rows)
            bounds = np.searchsorted(later, [*rows, n])
            for j in np.unique(later).tolist():
                mine = slice(bounds[j - a], bounds[j - a + 1])
                stays = np.where(kept[earlier[mine]], k2[mine], 0.0)
                if stays.any():
                    kept[j] = False
                    best = int(np.argmax(stays))
                    gone.append((j, int(earlier[mine][best]), float(stays[best])))
            for view in self.views:
                view.keep(rows[kept[rows]])
        later, earlier, k2 = np.array(gone).reshape(-1, 3).T
        return np.flatnonzero(kept), Pairs(later.astype(np.int64), earlier.astype(np.int64), k2)

    def _near(self, rows: Ints) -> Pairs:
        """Return the pairs of near records, by the later row and then the earlier."""
        later, earlier, near = map(
            np.concatenate, zip(*(view.of(rows) for view in self.views), strict=True)
        )
        pairs, at = np.unique(np.stack([later, earlier]), axis=1, return_inverse=True)
        k2 = np.zeros(pairs.shape[1])
        np.maximum.at(k2, at.ravel(), near)
        if self.asked is not None and len(k2):
            k2 = np.minimum(k2, self._asked(*pairs))
        enough = k2 >= self.threshold - 1e-9
        return Pairs(pairs[0, enough], pairs[1, enough], k2[enough])

    def _asked(self, later: Ints, earlier: Ints) -> Floats:
        """Return k² of the prompts of pairs."""
        assert self.asked is not None
        k2 = np.zeros(len(later))
        for a in range(0, len(later), BLOCK):
            some = slice(a, a + BLOCK)
            x, y = (unit(self.asked[rows[some]]) for rows in (later, earlier))
            k2[some] = np.asarray(x.multiply(y).sum(1)).ravel() ** 2
        return _snapped(k2)
