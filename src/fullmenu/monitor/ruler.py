"""What is read off a visit: bounded numbers, one for each stream that is watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.kernel.dishes import by_content, led
from fullmenu.kernel.likeness import grams, share_of_pairs
from fullmenu.kernel.rows import as_features
from fullmenu.monitor import codec
from fullmenu.monitor.common_answers import NEAR
from fullmenu.monitor.visits import Visit, shortened
from fullmenu.stats.arrays import Floats
from fullmenu.views import registry
from fullmenu.views.registry import Encoder, View, eyes

SIGNALS = ("near_duplicates", "top_dish", "length", "caution", "score")
"""What is watched beside the views."""

TWO_SIDED = ("length", "score")
"""Streams whose fall is watched as well as their rise."""

ACROSS = " across"

NEAR_ACROSS = "near_duplicates across"


class Reading(NamedTuple):
    """What one visit showed: of each stream a value in [0, 1], or NaN.

    ``example`` is the output that most others resemble, shortened; ``visit`` is what was read,
    where it was text.
    """

    prompt_id: str
    model: str | None
    time: datetime | None
    values: Floats
    example: str | None = None
    visit: Visit | None = None


class SavedRuler(TypedDict):
    """A ruler as it is saved: views by their names and what they are made of."""

    views: list[tuple[str, str]]
    streams: tuple[str, ...]
    size: codec.Count
    scales: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Ruler:
    """How visits are read: fixed by the baseline, the same for every visit.

    ``streams`` are named by a view for its repeat rate within a visit, ``"<view> across"`` for that
    between outputs of different prompts, and by signals. The share of the top dish is taken over
    the first ``size`` outputs of a visit: it depends on how many there are, and smaller visits do
    not show it. ``scales`` are the middle and the spread of the baseline's ``length`` and
    ``score``: a value z spreads above the middle is read as ½ + z/(2(1 + |z|)).
    """

    views: tuple[View, ...]
    streams: tuple[str, ...]
    size: int = 2
    scales: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def across(self) -> bool:
        """Whether outputs of different prompts are compared."""
        return any(name.endswith(ACROSS) for name in self.streams)

    @property
    def within(self) -> bool:
        """Whether outputs of one visit are compared."""
        return any(view.name in self.streams for view in self.views)

    def to_dict(self) -> SavedRuler:
        """Return what :meth:`from_dict` needs."""
        views = [(view.name, view.ruler) for view in self.views]
        return SavedRuler(
            views=views, streams=self.streams, size=self.size, scales=dict(self.scales)
        )

    @classmethod
    def from_dict(
        cls, state: SavedRuler, views: Sequence[View] = (), encoder: Encoder | None = None
    ) -> Ruler:
        """Make the ruler that :meth:`to_dict` described, of views that are made of the same."""
        given = {view.name: view for view in views}
        same = []
        for name, made_of in state["views"]:
            view = given.get(name) or registry.get(name).through(encoder, made_of)
            if view.ruler != made_of:
                raise BadInput(
                    f"the watch looks through the view {name} made of {made_of!r}, and now it is "
                    f"{view.ruler!r}; give the same encoder (or view) as when it was started"
                )
            same.append(view)
        return cls(tuple(same), state["streams"], state["size"], state["scales"])

    def read(
        self, visits: Sequence[Visit], pairs: Sequence[tuple[Visit, Visit] | None] = ()
    ) -> list[Reading]:
        """Read visits, all at once: features are made in one call a view.

        ``pairs`` holds for each visit the two whose first outputs are compared across prompts, if
        any.
        """
        found = [np.full(len(self.streams), np.nan) for _ in visits]
        typical = self._within(visits, found)
        self._across(pairs, found)
        self._signals(visits, found)
        return [
            Reading(v.prompt_id, v.model, v.time, x, shortened(v.outputs[i]), v)
            for v, x, i in zip(visits, found, typical, strict=True)
        ]

    def of_features(
        self,
        features: Mapping[str, Any],
        prompt_id: str,
        model: str | None = None,
        time: datetime | None = None,
    ) -> Reading:
        """Read one visit whose unit feature rows are there already, (n, d) for each view."""
        values = np.full(len(self.streams), np.nan)
        for name, rows in features.items():
            x = as_features(rows, name)
            if x.shape[0] > 1:
                k = next(grams(x, [0, x.shape[0]]))
                self._fill(self._tables(name, k), np.arange(len(k)), values)
        return Reading(prompt_id, model, time, values)

    def pair_tables(self, visits: Sequence[Visit], view: View) -> list[dict[str, Floats]]:
        """Return, for each visit of two outputs or more, what one view says of every pair.

        By stream, (n, n): k² for the view's own, 0 or 1 for near-duplicates, k for dishes.
        """
        texts = [t for v in visits for t in v.outputs]
        asked = [v.prompt for v in visits for _ in v.outputs]
        bounds = np.cumsum([0, *(len(v.outputs) for v in visits)]).tolist()
        tables = [self._tables(view.name, k) for k in grams(view.rows(texts, asked), bounds)]
        if view.likely is not None and view.name in self.streams:
            sizes = np.diff(bounds)
            likely = view.likely(texts, asked, np.repeat(np.arange(len(sizes)), sizes))
            ends = np.cumsum(sizes * (sizes - 1) // 2)[:-1]
            for table, values in zip(tables, np.split(likely, ends), strict=True):
                i, j = np.triu_indices(len(table[view.name]), 1)
                table[view.name][i, j] = table[view.name][j, i] = values
        return tables

    def tops(self, k: Floats, place: NDArray[np.int64]) -> Floats:
        """Return the share of the top dish in each full block of ``size`` outputs, in order.

        ``k`` holds their inner products in the view that tells dishes apart, and ``place`` where
        each stands in an order by content, as dishes are told apart in it.
        """
        size, same_dish = self.size, eyes(self.views).same_dish
        tops = []
        for a in range(0, len(k) - size + 1, size):
            rows = a + np.argsort(place[a : a + size], kind="stable")
            lead = led(k[np.ix_(rows, rows)], same_dish)
            tops.append(np.bincount(lead).max() / size)
        return np.array(tops, np.float64)

    def _tables(self, view: str, k: Floats) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        if view in self.streams:
            found[view] = k * k
        if "near_duplicates" in self.streams and view == self.views[0].name:
            found["near_duplicates"] = (k >= NEAR).astype(np.float64)
        if "top_dish" in self.streams and view == eyes(self.views).name:
            found["top_dish"] = k
        return found

    def _fill(self, tables: Mapping[str, Floats], place: NDArray[np.int64], values: Floats) -> None:
        for name, table in tables.items():
            at = self.streams.index(name)
            if name != "top_dish":
                values[at] = share_of_pairs(table)
            elif len(table) >= self.size:
                values[at] = self.tops(table, place)[0]

    def _within(self, visits: Sequence[Visit], found: list[Floats]) -> list[int]:
        typical = [0] * len(visits)
        several = [i for i, v in enumerate(visits) if len(v.outputs) > 1]
        for view in self.views if several and self.within else ():
            every = self.pair_tables([visits[i] for i in several], view)
            for i, tables in zip(several, every, strict=True):
                self._fill(tables, places(visits[i]), found[i])
                if view is self.views[0]:
                    typical[i] = int(np.argmax(tables[view.name].sum(axis=1)))
        return typical

    def _across(self, pairs: Sequence[tuple[Visit, Visit] | None], found: list[Floats]) -> None:
        kept = [(i, pair) for i, pair in enumerate(pairs) if pair is not None]
        if not kept or not self.across:
            return
        texts = [visit.outputs[0] for _, pair in kept for visit in pair]
        bounds = list(range(0, len(texts) + 1, 2))
        for view in self.views:
            found_k = grams(view.rows(texts, [None] * len(texts)), bounds)
            for (i, _), k in zip(kept, found_k, strict=True):
                found[i][self.streams.index(view.name + ACROSS)] = float(k[0, 1]) ** 2
                if view is self.views[0] and NEAR_ACROSS in self.streams:
                    found[i][self.streams.index(NEAR_ACROSS)] = float(k[0, 1] >= NEAR)

    def _signals(self, visits: Sequence[Visit], found: list[Floats]) -> None:
        for name in ("length", "caution", "score"):
            if name in self.streams:
                at = self.streams.index(name)
                each = signal_values(name, visits)
                for x, values in zip(found, each, strict=True):
                    if len(values):
                        x[at] = float(self.scaled(name, values).mean())

    def scaled(self, name: str, values: Floats) -> Floats:
        """Bring a signal to [0, 1]."""
        if name not in self.scales:
            return values
        middle, spread = self.scales[name]
        z = (values - middle) / spread
        return np.asarray(0.5 + z / (2 * (1 + abs(z))))


def signal_values(name: str, visits: Sequence[Visit]) -> list[Floats]:
    """Return the numbers of every output of every visit: words, cautious or not, or score."""
    if name == "score":
        return [np.asarray(v.scores, np.float64) for v in visits]
    texts = [t for v in visits for t in v.outputs]
    if name == "length":
        from fullmenu.text.tokens import count_words

        flat = np.asarray(count_words(texts), np.float64)
    else:
        from fullmenu.views.caution import cautious

        flat = cautious(texts).astype(np.float64)
    return np.split(flat, np.cumsum([len(v.outputs) for v in visits])[:-1])


def places(visit: Visit) -> NDArray[np.int64]:
    """Return where each output of a visit stands in the order by content."""
    return np.argsort(by_content(visit.outputs))


def checked(names: Sequence[str]) -> tuple[str, ...]:
    """Return signals' names, or say which one does not exist."""
    unknown = [name for name in names if name not in SIGNALS]
    if unknown:
        raise BadInput(f"no signal {unknown[0]!r} is watched; use some of {', '.join(SIGNALS)}")
    return tuple(names)
