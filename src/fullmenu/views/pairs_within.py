"""Σ k² of outputs over the others of their prompts, without rows where compiled loops can do it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from fullmenu.compiled import choice
from fullmenu.kernel.likeness import PairSums
from fullmenu.kernel.rows import Features, stacked
from fullmenu.stats.arrays import Ints, run_starts
from fullmenu.text.tokens import BATCH, batches
from fullmenu.views.registry import Reading, View

MOST = 1 << 23
"""Characters of a prompt × its outputs, at most: loops may need ten bytes for each."""


def pairs_within(
    views: Sequence[View],
    outputs: Sequence[str],
    prompts: Sequence[str | None],
    groups: Ints,
    taken: Callable[[View, Reading, int, int], None] | None = None,
) -> list[PairSums]:
    """Return what :meth:`View.within_pairs` does, by view, of outputs whose rows nobody needs.

    Those of a prompt stand together. ``taken`` is shown what views read of the outputs from a place
    to another.

    >>> from fullmenu.views.registry import get
    >>> said = ["a fig", "a fig", "a plum"]
    >>> (sums,) = pairs_within([get("exact")], said, [None] * 3, np.array([7, 7, 7]))
    >>> sums.same.tolist()
    [1.0, 1.0, 0.0]
    """
    first = np.flatnonzero(run_starts(groups))
    sizes = np.diff(first, append=len(groups))
    partners = np.repeat(sizes - 1.0, sizes)
    sums = [PairSums(np.zeros(len(groups)), partners.copy()) for _ in views]
    if not len(first):
        return sums
    characters = np.fromiter(map(len, outputs), np.int64, len(outputs))
    of_prompt = np.add.reduceat(characters, first)
    loops = choice.loops(int(characters.sum()))
    few = np.zeros(len(sizes), bool)
    if loops is not None:
        few = (sizes <= loops.ROWS) & (sizes * of_prompt <= MOST)
    batch = np.cumsum(of_prompt) // (4 * BATCH)  # four times that of rows: none are held
    for some in np.split(np.arange(len(sizes)), np.flatnonzero(np.diff(batch) | np.diff(few)) + 1):
        a, b = int(first[some[0]]), int(first[some[-1]] + sizes[some[-1]])
        said, asked = outputs[a:b], prompts[a:b]
        for view, of_view in zip(views, sums, strict=True):
            if few[some[0]] and view.read and view.unwritten:
                reading = view.read(said, asked)
                of_view.same[a:b] = reading.squares(np.append(first[some], b) - a)
                if taken:
                    taken(view, reading, a, b)
            else:
                own = np.repeat(np.arange(len(some)), sizes[some])
                features = _rows(view, said, asked, partial(taken, view) if taken else None, a)
                found = view.within_pairs(features, said, asked, own)
                of_view.same[a:b], of_view.partners[a:b] = found
    return sums


def _rows(
    view: View,
    outputs: Sequence[str],
    prompts: Sequence[str | None],
    taken: Callable[[Reading, int, int], None] | None,
    first: int,
) -> Features:
    """Return the rows of outputs; ``taken`` is shown what was read, as of the first one's place."""
    if view.read is None or taken is None:
        return view.rows(outputs, prompts)
    parts: list[Features] = []
    for start, batch in batches(outputs):
        end = start + len(batch)
        reading = view.read(batch, prompts[start:end])
        parts.append(reading.rows(np.arange(len(batch))))
        taken(reading, first + start, first + end)
    return stacked(parts)
