"""Strays: vectors that are like nothing in a reference, and what is left without them.

A generator that smears its outputs between what it should serve looks varied to any ruler of
likeness. Against real data a smear can be told from variety: it is like nothing there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.judge.case import MOST_PLATES, Settings
from fullmenu.judge.explanation import judged_again
from fullmenu.judge.judgement import Ruling
from fullmenu.report.document import Notice
from fullmenu.samples import Samples
from fullmenu.stats.arrays import Floats
from fullmenu.stats.proportion import wilson
from fullmenu.views.vector import rows

Mask = NDArray[np.bool_]

TAIL = 0.01
"""The share of real outputs that are called strays: those farthest from all other real ones."""

SOME = 0.02
"""Up to this share of strays, nothing is said where no reference is given."""

_BLOCK = 1_024
_SAME = 1e-5
"""Two rows this near are copies; float32 does not tell them better apart."""


class Frame(NamedTuple):
    """What is real: unit rows, (m, d); each one's distance to the nearest other; how far is far."""

    rows: NDArray[np.float32]
    alone: Floats
    reach: float

    def strays(self, features: NDArray[np.float32]) -> Mask:
        """Tell which rows, (n, d), are farther from all of the frame than nearly all of it is.

        A copy of a row of the frame is as far as that row is.
        """
        distance, nearest = _nearest(features, self.rows)
        return np.where(distance <= _SAME, self.alone[nearest], distance) > self.reach


def frame(reference: Samples) -> Frame:
    """Learn from real vectors how far a real one lies from all others.

    The reach is the (1 − TAIL) quantile of their distances to the nearest other, so that of fresh
    vectors of the same source a share of about TAIL are strays, whatever their distribution (split
    conformal prediction; Vovk et al. 2005). Of a large reference, rows taken evenly.

    Raises
    ------
    BadInput
        It does not hold vectors.
    NotEnoughData
        It has fewer than 100 of them, too few to tell its farthest hundredth.
    """
    if reference.media != "vector":
        raise BadInput(
            f"the reference holds {reference.media}s: a reference is of vectors, and is compared "
            "with vectors; for texts and pictures, compare against real ones as BEFORE"
        )
    places = reference.outputs
    least = round(1 / TAIL)
    if len(places) < least:
        raise NotEnoughData(
            f"the reference holds {len(places)} vectors; give {least} or more, or none"
        )
    real = rows([places[i] for i in _evenly(len(places))])
    alone, _ = _nearest(real, real, others=True)
    rank = int(np.ceil((1 - TAIL) * (len(alone) + 1)))
    return Frame(real, alone, float(np.sort(alone)[min(rank, len(alone)) - 1]))


def without(
    logs: Sequence[Samples], reference: Samples, labels: Sequence[str]
) -> tuple[list[Samples], list[Notice]]:
    """Leave out what is like nothing in the reference, and say how much that is.

    Raises
    ------
    BadInput
        The logs do not hold vectors, or those of the reference have another length.
    NotEnoughData
        A log holds nothing that is like the reference.
    """
    real = frame(reference)
    kept, said = [], []
    for log, label in zip(logs, labels, strict=True):
        stray = real.strays(_like(log, real, label))
        if stray.all():
            raise NotEnoughData(
                f"{label}: none of its {len(log):,} vectors is like the reference; is it of the "
                "same encoder, and centred alike?"
            )
        kept.append(log.take(np.flatnonzero(~stray)))
        said.append(f"{label} {_share(stray)}")
    sentence = (
        f"Judged is what is like the reference. Left out as strays: {', '.join(said)}; of real "
        f"vectors it would be about {TAIL:.0%}."
    )
    return kept, [Notice("strays", sentence)]


def doubted(ruling: Ruling, logs: Sequence[Samples], settings: Settings, label: str) -> Ruling:
    """Make a verdict ``unclear`` that hangs on strays, where no reference says what they are.

    Vectors after that are like none before are new variety or a smear: nothing in the two logs
    tells which. Where the word is another without them, both are named.
    """
    before, after = logs
    if before.media != "vector" or ruling.verdict.lost or len(before) < round(1 / TAIL):
        return ruling
    real = frame(before)
    few = real.strays(_like(after.take(_evenly(len(after))), real, label))
    if wilson(int(few.sum()), len(few))[0] <= SOME:
        return ruling
    stray = real.strays(_like(after, real, label))
    rest = judged_again(logs, (np.ones(len(before), bool), ~stray), settings)
    word = ruling.verdict.name
    other = rest.verdict.name if rest else "unclear"
    if other in (word, "unclear"):
        return ruling
    reason = (
        f"{word} with the {_share(stray)} of {label} that are like nothing before, {other} "
        "without them: new variety or a smear, which two logs cannot tell. Give real vectors as "
        "the reference"
    )
    return replace(
        ruling, verdict=replace(ruling.verdict, name="unclear", reason=reason), reason=reason
    )


def _evenly(n: int) -> NDArray[np.int64]:
    return np.linspace(0, n - 1, min(n, MOST_PLATES)).astype(np.int64)


def _share(stray: Mask) -> str:
    return f"{stray.mean():.0%} ({int(stray.sum()):,} of {len(stray):,})"


def _like(log: Samples, real: Frame, label: str) -> NDArray[np.float32]:
    if log.media != "vector":
        raise BadInput(
            f"{label} holds {log.media}s: a reference is of vectors, and is compared with vectors"
        )
    found = rows(log.outputs)
    if found.shape[1] != real.rows.shape[1]:
        raise BadInput(
            f"{label} holds vectors of {found.shape[1] - 1} numbers, and the reference of "
            f"{real.rows.shape[1] - 1}; use one encoder for all"
        )
    return found


def _nearest(
    x: NDArray[np.float32], of: NDArray[np.float32], *, others: bool = False
) -> tuple[Floats, NDArray[np.int64]]:
    """Return the distance of unit rows to the nearest row of another set, and which it is.

    ‖x − y‖² / 2 = 1 − ⟨x, y⟩; with ``others``, x is that set, and a row is not its own neighbour.
    """
    distance, nearest = np.empty(len(x)), np.empty(len(x), np.int64)
    for a in range(0, len(x), _BLOCK):
        alike = x[a : a + _BLOCK] @ of.T
        if others:
            alike[np.arange(len(alike)), np.arange(a, a + len(alike))] = -np.inf
        nearest[a : a + _BLOCK] = alike.argmax(1)
        distance[a : a + _BLOCK] = 1 - alike.max(1)
    return distance, nearest
