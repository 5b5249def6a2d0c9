"""What is read off a visit: bounded numbers, one for each stream that is watched."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.measures.vectors.gram import as_features, gram_of, lengths
from fullmenu.measures.vectors.repeat_rate import snapped
from fullmenu.views import registry
from fullmenu.views.registry import Encoder, View, eyes
from fullmenu.watch.visits import Visit

Floats = NDArray[np.float64]

NEAR = 0.9
"""Two outputs at least so alike, in the first view, are near-duplicates."""

SIGNALS = ("near_duplicates", "top_dish", "length", "caution", "score")
"""What is watched beside the views."""

TWO_SIDED = ("length", "score")
"""Streams whose fall is watched as well as their rise."""

ACROSS = " across"
_ENCODED = ("answer", "image")
FEW = 3
"""Visits of so few outputs are compared pair by pair, many visits at once."""

EXAMPLE = 240
"""Characters of an example that is kept."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one visit showed.

    Parameters
    ----------
    prompt_id, model, time
        Of the visit.
    values : (streams,)
        Each in [0, 1]; NaN where the visit does not show it.
    example
        The output that most others resemble, shortened.
    """

    prompt_id: str
    model: str | None
    time: datetime | None
    values: Floats
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Ruler:
    """How visits are read: fixed by the baseline, the same for every visit.

    Parameters
    ----------
    views
        What outputs are looked at through.
    streams
        Names: a view's for its repeat rate within a visit, ``"<view> across"`` for that between
        outputs of different prompts, and signals.
    size
        The share of the top dish is taken over the first so many outputs of a visit: it depends on
        how many there are, and smaller visits do not show it.
    scales
        For ``length`` and ``score`` the middle and the spread of the baseline: a value z spreads
        above the middle is read as ½ + z/(2(1 + |z|)).
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

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON, views by their names and what they are made of."""
        return {
            "views": [[view.name, view.ruler] for view in self.views],
            "streams": self.streams,
            "size": self.size,
            "scales": {name: list(scale) for name, scale in self.scales.items()},
        }

    @classmethod
    def from_dict(
        cls, state: dict[str, Any], views: Sequence[View] = (), encoder: Encoder | None = None
    ) -> Ruler:
        """Make the ruler that :meth:`to_dict` described.

        Raises
        ------
        BadInput
            A view is made of something else now.
        """
        given = {view.name: view for view in views}
        same = []
        for name, made_of in state["views"]:
            view = given.get(name) or registry.get(
                name, encoder if name in _ENCODED else None, made_of
            )
            if view.ruler != made_of:
                raise BadInput(
                    f"the watch looks through the view {name} made of {made_of!r}, and now it is "
                    f"{view.ruler!r}; give the same encoder (or view) as when it was started"
                )
            same.append(view)
        scales = {name: (float(a), float(b)) for name, (a, b) in state["scales"].items()}
        return cls(tuple(same), tuple(state["streams"]), state["size"], scales)

    def read(
        self, visits: Sequence[Visit], pairs: Sequence[tuple[Visit, Visit] | None] = ()
    ) -> list[Reading]:
        """Read visits, all at once: features are made in one call a view.

        Parameters
        ----------
        visits
            In order.
        pairs
            For each visit the two visits whose first outputs are compared across prompts, or
            ``None``.
        """
        found = [np.full(len(self.streams), np.nan) for _ in visits]
        typical = self._within(visits, found)
        self._across(pairs, found)
        self._signals(visits, found)
        return [
            Reading(v.prompt_id, v.model, v.time, x, shortened(v.outputs[i]))
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
                self._fill(self._tables(name, grams(x, [0, x.shape[0]])[0]), values)
        return Reading(prompt_id, model, time, values)

    def pair_tables(self, visits: Sequence[Visit], view: View) -> list[dict[str, Floats]]:
        """Return, for each visit of two outputs or more, what one view says of every pair.

        By stream, (n, n): k² for the view's own, 0 or 1 for near-duplicates and for one dish.
        """
        texts = [t for v in visits for t in v.outputs]
        asked = [v.prompt for v in visits for _ in v.outputs]
        bounds = np.cumsum([0, *(len(v.outputs) for v in visits)]).tolist()
        return [self._tables(view.name, k) for k in grams(view.rows(texts, asked), bounds)]

    def tops(self, alike: Floats) -> Floats:
        """Return the share of the top dish in each full block of ``size`` outputs, in order."""
        size = self.size
        starts = range(0, len(alike) - size + 1, size)
        blocks = [alike[a : a + size, a : a + size] for a in starts]
        return np.array([b.sum(axis=1).max() / size for b in blocks], np.float64)

    def _tables(self, view: str, k: Floats) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        if view in self.streams:
            found[view] = k * k
        if "near_duplicates" in self.streams and view == self.views[0].name:
            found["near_duplicates"] = (k >= NEAR).astype(np.float64)
        dish = eyes(self.views)
        if "top_dish" in self.streams and view == dish.name:
            found["top_dish"] = (k >= dish.same_dish).astype(np.float64)
        return found

    def _fill(self, tables: Mapping[str, Floats], values: Floats) -> None:
        for name, table in tables.items():
            at = self.streams.index(name)
            if name != "top_dish":
                values[at] = share_of_pairs(table)
            elif len(table) >= self.size:
                values[at] = self.tops(table)[0]

    def _within(self, visits: Sequence[Visit], found: list[Floats]) -> list[int]:
        typical = [0] * len(visits)
        several = [i for i, v in enumerate(visits) if len(v.outputs) > 1]
        for view in self.views if several and self.within else ():
            every = self.pair_tables([visits[i] for i in several], view)
            for i, tables in zip(several, every, strict=True):
                self._fill(tables, found[i])
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


def share_of_pairs(values: Floats) -> float:
    """Return the mean over pairs of different rows, of a symmetric (n, n)."""
    n = len(values)
    return snapped(float((values.sum() - np.trace(values)) / (n * (n - 1))))


def shortened(text: str) -> str:
    """Cut an example to what is kept of it."""
    return text if len(text) <= EXAMPLE else text[: EXAMPLE - 1] + "…"


def grams(x: Any, bounds: Sequence[int]) -> list[Floats]:
    """Return the inner products inside each run of rows, at unit length and never above 1.

    How a run is computed depends on that run alone, so that a batch gives what single visits give.
    """
    norms = lengths(x)
    sparse = hasattr(x, "indptr")
    runs = list(itertools.pairwise(bounds))
    few = [(a, b) for a, b in runs if sparse and b - a <= FEW]
    first = [i for a, b in few for i, _ in itertools.combinations(range(a, b), 2)]
    second = [j for a, b in few for _, j in itertools.combinations(range(a, b), 2)]
    dots = iter(_dots(x, first, second).tolist())
    found = []
    for a, b in runs:
        if sparse and b - a <= FEW:
            k = np.eye(b - a)
            for i, j in itertools.combinations(range(b - a), 2):
                k[i, j] = k[j, i] = next(dots)
        elif sparse:
            k = gram_of(x.indices, x.data, x.indptr[a : b + 1], x.shape[1])
        else:
            rows = np.asarray(x[a:b], np.float64)
            k = rows @ rows.T
        k = np.clip(k / norms[a:b, None] / norms[a:b], -1.0, 1.0)
        np.fill_diagonal(k, 1.0)
        found.append(k)
    return found


def _dots(x: Any, first: Sequence[int], second: Sequence[int]) -> Floats:
    """Inner products of pairs of sparse rows, in float64."""
    if not first:
        return np.empty(0)
    product = x[first].astype(np.float64).multiply(x[second].astype(np.float64))
    return np.asarray(product.sum(axis=1), np.float64).ravel()


def checked(names: Sequence[str]) -> tuple[str, ...]:
    """Return signals' names, or say which one does not exist."""
    unknown = [name for name in names if name not in SIGNALS]
    if unknown:
        raise BadInput(f"no signal {unknown[0]!r} is watched; use some of {', '.join(SIGNALS)}")
    return tuple(names)
