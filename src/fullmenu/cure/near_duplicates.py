"""Which rows of a log are near an earlier one, without comparing all with all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from fullmenu.kernel.gram import without_empty_columns
from fullmenu.kernel.rows import Features, Floats, Ints, as_features, is_sparse, unit


class Neighbours:
    """Rows that were added, and which of them are near another: k² at or above a threshold.

    >>> near = Neighbours(np.eye(3)[[0, 1, 0]], 0.8)
    >>> near.add(0), near.add(1)
    (None, None)
    >>> [x.tolist() for x in near.of(2)]
    [[0], [1.0]]
    """

    def __init__(self, features: Features, threshold: float) -> None:
        x = as_features(features)
        self.rows = unit(without_empty_columns(x) if is_sparse(x) else x)
        self.threshold = threshold
        self._added: dict[int, list[int]] = defaultdict(list)
        self._first = _rarest(self.rows, threshold) if is_sparse(self.rows) else None

    def add(self, j: int) -> None:
        """Add row j."""
        for column in self._keys(j):
            self._added[column].append(j)

    def of(self, j: int) -> tuple[Ints, Floats]:
        """Return the added rows near row j, ascending, and their k² with it."""
        lists = [self._added[column] for column in self._keys(j) if column in self._added]
        if not lists:
            return np.zeros(0, np.int64), np.zeros(0)
        found = np.unique(np.concatenate([np.array(x, np.int64) for x in lists]))
        k2 = squares(self.rows, j, found)
        near = k2 >= self.threshold - 1e-9
        return found[near], k2[near]

    def _keys(self, j: int) -> Sequence[int]:
        return [0] if self._first is None else self._first[j]


def squares(x: Features, j: int, rows: Ints) -> Floats:
    """Return k² of row j with others, all of unit length; exactly 1 where they are the same."""
    one = x[j]
    if is_sparse(x):
        one = np.zeros(x.shape[1])
        at = slice(x.indptr[j], x.indptr[j + 1])
        one[x.indices[at]] = x.data[at]
    k = np.asarray(x[rows] @ one, np.float64)
    k2 = np.minimum(k * k, 1.0)
    return np.where(k2 > 1 - 1e-6, 1.0, k2)


def _rarest(x: Features, threshold: float) -> list[list[int]]:
    """Of each row the rarest columns, without which no other row can be near it.

    Columns in an order that is common to all rows, the rarest first. What is left of a row x behind
    its first columns is y, ‖y‖² < threshold. Near rows share one of them: else their product is at
    most ‖y‖ by Cauchy and Schwarz (Chaudhuri, Ganti & Kaushik 2006; Bayardo, Ma & Srikant 2007).
    """
    often = np.bincount(x.indices, minlength=x.shape[1])
    place = np.argsort(np.argsort(often, kind="stable"), kind="stable")
    made = []
    for a, b in zip(x.indptr[:-1].tolist(), x.indptr[1:].tolist(), strict=True):
        columns, squared = x.indices[a:b], np.asarray(x.data[a:b], np.float64) ** 2
        order = np.argsort(place[columns])
        left = squared.sum() - np.cumsum(squared[order])
        size = int((left >= threshold - 1e-9).sum()) + 1
        made.append(columns[order[:size]].tolist())
    return made


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
        self.threshold = threshold
        self.asked = None if asked is None else Neighbours(asked, threshold).rows
        self.n = int(self.views[0].rows.shape[0])

    def split(self) -> tuple[Ints, Ints]:
        """Return the rows of which no two are near, each kept unless one before is, and the rest.

        >>> [x.tolist() for x in Records([np.eye(3)[[0, 1, 0, 2, 1]]], 0.8).split()]
        [[0, 1, 3], [2, 4]]
        """
        kept, out = [], []
        for j in range(self.n):
            if len(self.near(j)[0]):
                out.append(j)
            else:
                kept.append(j)
                for view in self.views:
                    view.add(j)
        return np.array(kept, np.int64), np.array(out, np.int64)

    def near(self, j: int) -> tuple[Ints, Floats]:
        """Return the kept rows near row j, ascending, and how near they are."""
        found = [view.of(j) for view in self.views]
        rows, at = np.unique(np.concatenate([r for r, _ in found]), return_inverse=True)
        k2 = np.zeros(len(rows))
        np.maximum.at(k2, at, np.concatenate([x for _, x in found]))
        if self.asked is not None and len(rows):
            k2 = np.minimum(k2, squares(self.asked, j, rows))
            rows, k2 = rows[k2 >= self.threshold - 1e-9], k2[k2 >= self.threshold - 1e-9]
        return rows, k2
