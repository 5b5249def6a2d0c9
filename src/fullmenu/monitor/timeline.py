"""A watch's course, in a bounded number of points."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fullmenu.stats.arrays import Floats

FIRST = 5
"""Visits of a point, to begin with."""

MOST = 400
"""Points at most: with one more, neighbours are joined two by two."""


class Point(NamedTuple):
    """A stretch of visits, counted from 1, and its times in seconds since 1970 (or NaN).

    ``n`` and ``total`` say of each stream how many visits showed it, and the sum; ``sums``, (3,
    streams), are the band's since the start of the watch, at ``last``.
    """

    first: int
    last: int
    began: float
    ended: float
    n: Floats
    total: Floats
    sums: Floats

    @property
    def n_visits(self) -> int:
        """How long the stretch is."""
        return self.last - self.first + 1

    @property
    def mean(self) -> Floats:
        """Mean of each stream over the stretch; NaN where nothing was seen."""
        return np.where(self.n > 0, self.total / np.maximum(self.n, 1), np.nan)


def joined(a: Point, b: Point, values: Floats | None = None) -> Point:
    """Join two neighbours; the band is that at the end of the second.

    With the values of the second, sums go on one by one: parts of a log give what the whole gives.
    """
    began = b.began if np.isnan(a.began) else a.began
    ended = a.ended if np.isnan(b.ended) else b.ended
    total = a.total + b.total
    if values is not None:
        known = np.where(np.isnan(values), 0.0, values)
        total = np.cumsum(np.concatenate([a.total[None], known]), axis=0)[-1]
    return Point(a.first, b.last, began, ended, a.n + b.n, total, b.sums)


SavedTimeline = tuple[int, dict[str, Floats]]


class Timeline:
    """Points of equal numbers of visits, ever more visits a point.

    >>> line = Timeline()
    >>> line.add(1, np.full(2000, np.nan), np.full((2000, 1), 0.5), np.zeros((2000, 3, 1)))
    >>> len(line.points), line.width, line.points[0].last
    (400, 5, 5)
    """

    def __init__(self) -> None:
        self.width = FIRST
        self.points: list[Point] = []

    def add(self, visit: int, times: Floats, values: Floats, sums: Floats) -> None:
        """Add visits in a row from number ``visit`` on; ``sums``: the band's, after each."""
        done = 0
        while done < len(values):
            open_point = self.points and self.points[-1].n_visits < self.width
            held = self.points[-1].n_visits if open_point else 0
            until = min(done + self.width - held, len(values))
            here = self._stretch(visit, done, until, times, values, sums[until - 1])
            if open_point:
                here = joined(self.points.pop(), here, values[done:until])
            self.points.append(here)
            done = until
            if len(self.points) > MOST and here.n_visits == self.width:
                self._halve()

    def to_list(self) -> SavedTimeline:
        """Return the state: the width, and each field of all points as one array."""
        columns = {
            name: np.array([getattr(p, name) for p in self.points], np.float64)
            for name in Point._fields
        }
        return self.width, columns

    def restore(self, state: SavedTimeline) -> None:
        """Go on where :meth:`to_list` stopped."""
        self.width, columns = max(state[0], FIRST), state[1]
        rows = zip(*(columns[name] for name in Point._fields), strict=True)
        self.points = [Point(int(r[0]), int(r[1]), float(r[2]), float(r[3]), *r[4:]) for r in rows]

    def _stretch(
        self, visit: int, a: int, b: int, times: Floats, values: Floats, sums: Floats
    ) -> Point:
        seen = ~np.isnan(values[a:b])
        total = np.cumsum(np.where(seen, values[a:b], 0.0), axis=0)[-1]
        known = times[a:b][~np.isnan(times[a:b])]
        began, ended = (known[0], known[-1]) if len(known) else (np.nan, np.nan)
        n = seen.sum(axis=0) * 1.0
        return Point(visit + a, visit + b - 1, float(began), float(ended), n, total, sums)

    def _halve(self) -> None:
        self.width *= 2
        pairs = zip(self.points[::2], self.points[1::2], strict=False)
        left = self.points[-1:] if len(self.points) % 2 else []
        self.points = [joined(a, b) for a, b in pairs] + left
