"""Balls to the k-th nearest neighbour: which rows lie in them, and what each centre changes.

Distances are looked through in float32, a block at a time, as bounds that never exclude a row
wrongly; every comparison that float32 cannot decide is decided in float64 on the rows themselves.
A row is inside a ball when it is nearer than the radius, or is a copy of the centre: so balls of
radius 0, around rows that have k copies or more, hold these copies and not nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.measures.reference._two_samples import digests, two_samples
from fullmenu.stats.arrays import Floats, Ints

_CELLS = 1 << 21
"""Numbers in a block of distances."""

_ROUNDING = 2.0**-23

_TINY = 1e-30
"""Below float32's reach, in squared units of the longest row."""

_kept: OrderedDict[bytes, Balls] = OrderedDict()
"""The last answers, by content: the four measures ask for the same balls one after another."""

_KEEP = 4


class Balls(NamedTuple):
    """What balls around m centres hold of n rows.

    Parameters
    ----------
    held, wider : (m,)
        How many rows lie in each ball, and in the ball to the neighbour after the k-th.
    copies : (m,)
        How many other centres are equal to this one.
    near : (p, 2)
        Pairs (ball, neighbour): without this neighbour the ball would be the wider one.
    covering, density : (n,)
        How many balls hold each row; over k, a ball of more copies counting 1 over these.
    only : (m,)
        A row that each ball holds (the one, where it holds one), or −1.
    change : (m,)
        By how many the covered rows would change without this centre.
    """

    held: Ints
    wider: Ints
    copies: Ints
    near: Ints
    covering: Ints
    density: Floats
    only: Ints
    change: Ints


def balls(rows: Any, centres: Any, k: int, what: str, names: tuple[str, str]) -> Balls:
    """Judge ``rows`` by balls around ``centres``, each reaching to its k-th nearest centre.

    ``what`` and ``names`` are the measure, and what rows and centres are called in errors.
    """
    x, y = two_samples(rows, centres, what, (2, k + 1), names)
    codes_x, codes_y = digests(x), digests(y)
    key = blake2b(b"".join([b"%d %d " % (k, len(x)), *codes_x, *codes_y])).digest()
    if key not in _kept:
        _kept[key] = _judge(_Screen(x, y, codes_x, codes_y), k)
        while len(_kept) > _KEEP:
            _kept.popitem(last=False)
    return _kept[key]


class _Screen:
    """Squared distances of rows ``x`` to centres ``y``: lower bounds of all, exact ones of some."""

    def __init__(
        self, x: NDArray[Any], y: NDArray[Any], codes_x: list[bytes], codes_y: list[bytes]
    ) -> None:
        self.x, self.y = x, y
        numbers = {code: i for i, code in enumerate(dict.fromkeys([*codes_y, *codes_x]))}
        self.code_x = np.array([numbers[c] for c in codes_x])
        self.code_y = np.array([numbers[c] for c in codes_y])
        self.middle = y.mean(0, dtype=np.float64)
        longest = max(float(abs(part - self.middle).max()) for z in (x, y) for part in _parts(z))
        self.scale = (longest or 1.0) * float(np.sqrt(x.shape[1]))
        self.error = 2 * (x.shape[1] + 16) * _ROUNDING
        self.right = np.empty((len(y), x.shape[1] + 2), np.float32)
        self.size_y = np.empty(len(y))
        for a, part in zip(_starts(y), _parts(y), strict=True):
            at = slice(a, a + len(part))
            self.right[at, :-2], self.size_y[at] = self._small(part)
        self.right[:, -2] = 1
        self.right[:, -1] = self.size_y * (1 - self.error) - _TINY

    def _small(self, part: NDArray[Any]) -> tuple[NDArray[np.float32], Floats]:
        small = ((part - self.middle) / self.scale).astype(np.float32)
        return small, np.einsum("ij,ij->i", small, small, dtype=np.float64)

    def lower(self, part: NDArray[Any]) -> tuple[NDArray[np.float32], Floats]:
        """Return lower bounds of the squared distances to all centres, and the rows' norms²."""
        small, size = self._small(part)
        # ‖x − y‖² = ‖x‖² − 2⟨x, y⟩ + ‖y‖² as one product, both norms made smaller by the rounding
        left = np.column_stack(
            [-2 * small, size * (1 - self.error) - _TINY, np.ones(len(small))]
        ).astype(np.float32)
        return left @ self.right.T, size

    def slack(self, sizes: Floats) -> Floats:
        """Return by how much a distance may exceed its lower bound, of the sums of norms²."""
        return 2 * self.error * sizes + 4 * _TINY

    def exact(self, x: NDArray[Any], i: Ints, j: Ints) -> Floats:
        """Return ‖xᵢ − yⱼ‖² in float64, scaled."""
        found = np.empty(len(i))
        step = max(1, (1 << 19) // x.shape[1])
        for a in range(0, len(i), step):
            at = slice(a, a + step)
            apart = (x[i[at]].astype(np.float64) - self.y[j[at]]) / self.scale
            found[at] = np.einsum("ij,ij->i", apart, apart)
        return found


def _starts(x: NDArray[Any]) -> range:
    return range(0, len(x), 1024)


def _parts(x: NDArray[Any]) -> Iterator[NDArray[Any]]:
    return (x[a : a + 1024] for a in _starts(x))


def _steps(rows: Ints, columns: int) -> Iterator[Ints]:
    step = max(16, _CELLS // columns)
    return (rows[a : a + step] for a in range(0, len(rows), step))


def _pairs(mask: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    flat = np.flatnonzero(mask)
    i = flat // mask.shape[1]
    return i, flat - i * mask.shape[1]


def _above(x: Floats) -> NDArray[np.float32]:
    """Return the squared radii rounded up to float32."""
    return np.nextafter(x.astype(np.float32), np.float32(np.inf))


def _nearest(s: _Screen, k: int) -> tuple[Floats, Ints]:
    """Return squared distances of each centre to its k + 1 nearest, and the first k of these.

    Where there are no k + 1 others the last distance is infinite. A centre with more than k copies
    is at distance 0 of all of them.
    """
    m = len(s.y)
    count = min(k + 1, m - 1)
    distances, names = np.zeros((m, k + 1)), np.zeros((m, k + 1), np.int64)
    distances[:, count:] = np.inf
    lonely = np.flatnonzero(np.bincount(s.code_y, minlength=m)[s.code_y] - 1 < count)
    for rows in _steps(lonely, m):
        # the k-th smallest lower bound bounds nothing; the largest exact distance among the rows
        # below it does, so the k nearest are among those whose lower bound is below that
        low, _ = s.lower(s.y[rows])
        low[np.arange(len(rows)), rows] = np.inf
        bound = np.partition(low, count - 1, axis=1)[:, count - 1]
        i, j = _pairs(low <= bound[:, None])
        reach = np.zeros(len(rows))
        np.maximum.at(reach, i, s.exact(s.y, rows[i], j))
        i, j = _pairs(low <= _above(reach)[:, None])
        d2 = s.exact(s.y, rows[i], j)
        order = np.lexsort((d2, i))
        first = np.searchsorted(i[order], np.arange(len(rows)))
        at = order[first[:, None] + np.arange(count)]
        distances[rows, :count], names[rows, :count] = d2[at], j[at]
    return distances[:, k - 1 :], names[:, :k]


def _judge(s: _Screen, k: int) -> Balls:
    n, m = len(s.x), len(s.y)
    distances, near = _nearest(s, k)
    radius, wide = distances.T
    held, wider, change = (np.zeros(m, np.int64) for _ in range(3))
    covering, only = np.zeros(n, np.int64), np.full(m, -1)
    copies = np.bincount(s.code_y)[s.code_y] - 1
    reach, weight, density = _above(wide), 1 / np.maximum(k, copies), np.zeros(n)
    for rows in _steps(np.arange(n), m):
        low, sizes = s.lower(s.x[rows])
        j, i = _pairs(low <= reach)
        d2 = low[j, i].astype(np.float64)
        high = d2 + s.slack(sizes[j] + s.size_y[i])
        same = s.code_x[rows[j]] == s.code_y[i]
        open_ = ((d2 < radius[i]) & (high >= radius[i])) | ((d2 < wide[i]) & (high >= wide[i]))
        open_ &= ~same
        d2[open_] = s.exact(s.x, rows[j[open_]], i[open_])
        inside, around = same | (d2 < radius[i]), same | (d2 < wide[i])
        held += np.bincount(i[inside], minlength=m)
        wider += np.bincount(i[around], minlength=m)
        only[i[inside]] = rows[j[inside]]
        covers = np.bincount(j[inside], minlength=len(rows))
        covering[rows] = covers
        density[rows] = np.bincount(j[inside], weight[i[inside]], minlength=len(rows))
        shell = around & ~inside & (covers[j] < 2)
        change += _changes(j[shell], i[shell], near, covers, _sole(j, i, inside, covers), m)
    growing = np.flatnonzero(wide > radius)
    pairs = np.column_stack([np.repeat(growing, k), near[growing].ravel()])
    return Balls(held, wider, copies, pairs, covering, density, only, change)


def _sole(j: Ints, i: Ints, inside: NDArray[np.bool_], covers: Ints) -> Ints:
    """Return the ball of each row that just one ball holds, −1 for other rows."""
    sole = np.full(len(covers), -1)
    sole[j[inside]] = i[inside]
    sole[covers != 1] = -1
    return sole


def _changes(j: Ints, i: Ints, near: Ints, covers: Ints, sole: Ints, m: int) -> Ints:
    """Count, for each centre, rows newly covered without it less rows no longer covered.

    Parameters
    ----------
    j, i
        Rows, and balls that would hold them if they grew; rows that two balls hold are left out.
    """
    gained = np.unique((j[:, None] * m + near[i]).ravel())
    lost = np.flatnonzero(sole >= 0)
    lost = lost[~np.isin(lost * m + sole[lost], gained)]
    new = gained[covers[gained // m] == 0] % m
    return np.bincount(new, minlength=m) - np.bincount(sole[lost], minlength=m)
