"""Which items were shown to whom: ranked lists, checked and numbered."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Set
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.measures.arguments import listed
from fullmenu.measures.arguments import shown as named
from fullmenu.stats.arrays import Floats, Ints, run_starts

Weights = Literal["dcg"]
Catalogue = int | Collection[Any]


class ShownItems(NamedTuple):
    """Pairs of a user and an item, each once, by user, then by place; places count from 0.

    An item that comes twice in a list has its best place only. ``items`` are in the order of their
    numbers.
    """

    user: Ints
    item: Ints
    place: Ints
    users: int
    items: list[Any]

    def lengths(self) -> Ints:
        """How many different items each user was shown."""
        return np.bincount(self.user, minlength=self.users)

    def audience(self) -> Ints:
        """How many users each item was shown to."""
        return np.bincount(self.item, minlength=len(self.items))

    def weights(self, weights: Weights | None) -> Floats:
        """What each pair weighs: 1, or 1 / log₂(1 + rank) as in discounted cumulative gain."""
        if weights is None:
            return np.ones(len(self.user))
        return np.asarray(1 / np.log2(self.place + 2.0))


def shown(lists: Any, k: int | None = None, least: int = 2) -> ShownItems:
    """Check ranked lists and number their items; users with an empty list are left out.

    >>> s = shown([["a", "b", "a"], [], ["b", "c"]], k=2)
    >>> s.users, s.items, s.item.tolist()
    (2, ['a', 'b', 'c'], [0, 1, 1, 2])
    """
    rows = [row[:k] for row in rows_of(lists) if len(row)]
    if len(rows) < least:
        raise NotEnoughData(
            f"lists of {len(rows)} users that are not empty; at least {least} are needed; give more"
        )
    try:
        number = {x: i for i, x in enumerate(dict.fromkeys(itertools.chain.from_iterable(rows)))}
    except TypeError as error:
        raise BadInput(f"an item of a list cannot be told apart ({error}); give ids") from None
    _present(number)
    sizes = np.fromiter(map(len, rows), np.int64, len(rows))
    flat = itertools.chain.from_iterable(rows)
    item = np.fromiter(map(number.__getitem__, flat), np.int64, int(sizes.sum()))
    user = np.repeat(np.arange(len(rows)), sizes)
    place = np.arange(len(item)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    kept = _first(user * len(number) + item)
    return ShownItems(user[kept], item[kept], place[kept], len(rows), list(number))


def catalogue_size(catalogue: Catalogue, s: ShownItems) -> int:
    """Return how many items could have been shown."""
    if isinstance(catalogue, int):
        if catalogue < len(s.items):
            raise BadInput(
                f"catalogue={catalogue}, but {len(s.items)} different items were shown; give the "
                "number of all items that could be shown"
            )
        return catalogue
    try:
        ids = set(
            catalogue if isinstance(catalogue, Set) else listed("catalogue", catalogue, "ids")
        )
    except TypeError as error:
        raise BadInput(f"an id of the catalogue cannot be told apart ({error})") from None
    missing = next((x for x in s.items if x not in ids), None)
    if missing is not None:
        raise BadInput(f"the catalogue of {len(ids)} items lacks {named(missing)}, which was shown")
    return len(ids)


def rows_of(lists: Any) -> list[Any]:
    """Return lists as lists or tuples."""
    given = listed("lists", lists, "lists")
    rows = [row.tolist() if isinstance(row, np.ndarray) else row for row in given]
    for kind in set(map(type, rows)):
        if not issubclass(kind, (list, tuple)):
            raise BadInput(
                f"one of the lists is a {kind.__name__}; give a list of items, the first one first"
            )
    return rows


def _present(items: Collection[Any]) -> None:
    for x in items:
        if x is None or (isinstance(x, float) and x != x):
            raise BadInput(f"a list holds {x!r} as an item; cut lists short instead of filling up")


def _first(keys: Ints) -> NDArray[np.bool_]:
    """Tell for each key whether it comes for the first time."""
    order = np.argsort(keys, kind="stable")
    first = np.empty(len(keys), np.bool_)
    first[order] = run_starts(keys[order])
    return first
