"""The outputs that a cure works on: unit rows in one view, dishes, labels and qualities."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from fullmenu.cure.variety import Variety
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.kernel.dishes import Dishes
from fullmenu.kernel.likeness import parts
from fullmenu.kernel.rows import Features, Floats, Ints, MadeRows, at, is_sparse
from fullmenu.pictures import name_of
from fullmenu.samples import Samples
from fullmenu.views.registry import Encoder, View, chosen, eyes


@dataclass(frozen=True, slots=True)
class Seen:
    """Unit rows of a log in one view; of each the group that is judged apart, and the dish.

    Dishes are empty where there are more than :data:`GROUPED` outputs and rows are made on demand.
    """

    features: Features
    groups: Ints
    dishes: Ints

    def parts(self) -> list[Ints]:
        """Return the rows of each group."""
        return parts(self.groups)

    def variety(self, weights: Floats | None = None) -> Variety:
        """Say how varied the log is, each output counted with its weight."""
        return Variety.of(self.features, self.groups, self.dishes, weights)

    def variety_of(self, rows: Ints) -> Variety:
        """Say how varied the outputs are that a cure has chosen."""
        chosen = at(self.features, rows)
        dishes = self.dishes[rows] if len(self.dishes) else self.dishes
        return Variety.of(chosen, self.groups[rows], dishes, sampled=False)


LARGE = 1 << 23
"""Characters of a log above which rows of text are made when they are taken."""


GROUPED = 50_000
"""Outputs up to which dishes are told where memory is saved: every output is held against all."""


def rows_of(view: View, texts: Sequence[str], prompts: Sequence[str | None]) -> Features:
    """Return the rows of texts in a view; of many, such as are made when they are taken."""

    def make(rows: Ints) -> Features:
        some = rows.tolist()
        return view.rows([texts[i] for i in some], [prompts[i] for i in some])

    if sum(map(len, texts)) > LARGE and is_sparse(make(np.arange(1))):
        return MadeRows(make, len(texts))
    return view.rows(texts, prompts)


def _all_rows_of(view: View, texts: Sequence[str], prompts: Sequence[str | None]) -> Features:
    return view.rows(texts, prompts)


def see(
    samples: Samples,
    view: str | None,
    encoder: Encoder | None,
    ruler: str,
    by_prompt: bool,
    *,
    on_demand: bool = False,
) -> Seen:
    """Look at a log through a view, ``answer`` (``image``, ``vector``) by default.

    The dishes are those of ``check``. All prompts together, likeness is that of the outputs alone:
    what a prompt says is not taken out of them. ``on_demand``: rows of a large log may be
    :class:`MadeRows`, and dishes of a larger one are not told.
    """
    if not len(samples):
        raise NotEnoughData("the log holds no outputs, so there is nothing to choose from")
    one = eyes(chosen([view] if view else None, samples.media, encoder, ruler))
    outputs, prompts, ids = samples.outputs, samples.prompts, samples.prompt_ids
    made = rows_of if on_demand else _all_rows_of
    rows = made(one, outputs, prompts)
    dishes = np.zeros(0, np.int64)
    if not on_demand or len(samples) <= GROUPED:
        names = None if samples.media == "text" else [name_of(place) for place in outputs]
        asked = [ids[g] for g in samples.groups]
        dishes = Dishes(rows, outputs, one.same_dish, names=names, asked=asked).of
    groups = samples.groups
    if not by_prompt:
        groups = np.zeros(len(samples), np.int64)
        if one.reads_prompt and any(prompts):
            rows = made(one, outputs, [None] * len(outputs))
    return Seen(rows, groups, dishes)


def labelled(labels: Sequence[Hashable], n: int) -> Ints:
    """Return given labels as numbers.

    >>> labelled(["b", "a", "b"], 3).tolist()
    [1, 0, 1]
    """
    if len(labels) != n:
        raise BadInput(f"{len(labels)} labels for {n} outputs: give one for each")
    number = {x: k for k, x in enumerate(sorted(set(labels), key=str))}
    return np.array([number[x] for x in labels], np.int64)


def qualities(samples: Samples, quality: Sequence[float] | str) -> Floats:
    """Return the quality of each output: given, or the log's scores."""
    if isinstance(quality, str):
        if quality != "score":
            raise BadInput(f"quality={quality!r}: give 'score' for the log's own, or numbers")
        missing = samples.table.column("score").null_count
        if missing:
            raise BadInput(
                f"{missing:,} of {len(samples):,} outputs have no score to take as "
                "quality; give quality of your own, or leave it out"
            )
        return samples.scores
    given = np.asarray(quality, np.float64)
    if given.shape != (len(samples),) or not np.isfinite(given).all():
        raise BadInput(
            f"{len(given)} numbers of quality for {len(samples)} outputs: give one finite number "
            "for each"
        )
    return given
