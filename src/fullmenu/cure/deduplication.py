"""Leaving out what repeats: near-duplicates, or as much as a target repeat rate asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fullmenu.cure.collection import see
from fullmenu.cure.docstrings import documented
from fullmenu.cure.selection.choice import first_of_best
from fullmenu.cure.variety import Cured
from fullmenu.errors import BadInput
from fullmenu.kernel.likeness import Likeness
from fullmenu.kernel.rows import Features, Floats, Ints
from fullmenu.samples import Samples
from fullmenu.views.registry import Encoder


@dataclass(frozen=True, slots=True)
class Deduplicated(Cured):
    """What :func:`deduplicate` gives.

    Parameters
    ----------
    samples, kept
        The outputs kept, in the order of the log, and their rows there.
    dropped, repeats, likeness
        The rows left out, in the order in which they went, for each the kept row that it is most
        like, and their k².
    """

    samples: Samples
    kept: Ints
    dropped: Ints
    repeats: Ints
    likeness: Floats


NEAR = 0.8
"""k² of near-duplicates."""


@documented
def without_near_duplicates(features: Features, threshold: float = NEAR) -> Ints:
    """Return rows of which no two have k² ≥ threshold: each row is kept unless one before is near.

    In ascending order. Every row left out is near one that is kept.

    Parameters
    ----------
    threshold
        In (0, 1].

    Raises
    ------
    BadInput
        ``threshold`` is not in (0, 1].

    Examples
    --------
    >>> without_near_duplicates(np.eye(3)[[0, 1, 0, 2, 1]]).tolist()
    [0, 1, 3]
    """
    if not 0 < threshold <= 1:
        raise BadInput(f"threshold={threshold}: near-duplicates have k² at or above it, in (0, 1]")
    like = Likeness(features)
    left = np.ones(like.n, bool)
    for j in range(like.n):
        if left[j]:
            near = like.to(j) >= threshold - 1e-9
            near[: j + 1] = False
            left &= ~near
    return np.flatnonzero(left)


@documented
def down_to_rate(features: Features, target: float) -> tuple[Ints, Ints]:
    """Leave out the rows that repeat most, one by one, until the repeat rate is at most a target.

    Returns the kept rows in ascending order, and the dropped ones in the order in which they
    went.

    Greedy: the row with the largest Σ k² goes, of equals the last. Where even two rows repeat too
    much, one is left.

    Parameters
    ----------
    target
        Repeat rate in [0, 1).

    Raises
    ------
    BadInput
        ``target`` is not in [0, 1).

    Examples
    --------
    >>> down_to_rate(np.eye(3)[[0, 0, 0, 1, 2]], 0.2)[1].tolist()
    [2]
    """
    if not 0 <= target < 1:
        raise BadInput(f"target={target}: give a repeat rate from 0 up to, not including, 1")
    like = Likeness(features)
    sums = np.maximum(like.sums() - 1.0, 0.0)
    left = np.ones(like.n, bool)
    total, m = float(sums.sum()), like.n
    dropped: list[int] = []
    while m > 1 and total > (target + 1e-12) * m * (m - 1):
        j = like.n - 1 - first_of_best(sums[::-1], left[::-1])
        left[j] = False
        sums = np.maximum(sums - like.to(j), 0.0)
        total, m = float(sums[left].sum()), m - 1
        dropped.append(j)
    return np.flatnonzero(left), np.array(dropped, np.int64)


@documented
def deduplicate(
    samples: Samples,
    *,
    threshold: float | None = None,
    target: float | None = None,
    by_prompt: bool = False,
    view: str | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
) -> Deduplicated:
    """Leave out of a log what repeats, in one view.

    Takes O(n²) time and O(n) memory. The target's rate is of all pairs; ``after`` compares a part
    of them beyond 1,024 outputs, and has no intervals: what is kept is no sample.

    Parameters
    ----------
    threshold
        Leave out every output whose k² with an earlier kept one is at least this; 0.8 if no target
        is given.
    target
        Leave out the outputs that repeat most, until the repeat rate is at most this.
    by_prompt
        Compare the outputs of each prompt only, and reach the target in each. By default all are
        compared, whatever they were asked.

    Raises
    ------
    BadInput
        Both a threshold and a target are given, or one that cannot be.

    Examples
    --------
    >>> log = Samples.of({"Fruit?": ["fig", "fig", "kiwi", "fig", "plum"]})
    >>> d = deduplicate(log)
    >>> d.samples.outputs, d.dropped.tolist(), d.repeats.tolist()
    (['fig', 'kiwi', 'plum'], [1, 3], [0, 0])
    """
    if threshold is not None and target is not None:
        raise BadInput(f"threshold={threshold} and target={target}: give one of the two")
    seen = see(samples, view, encoder, ruler, by_prompt)
    taken = [
        (rows[stay], rows[out], *_nearest(seen.features[rows], rows, out, stay))
        for rows in seen.parts()
        for stay, out in [_split(seen.features[rows], threshold, target)]
    ]
    kept, dropped, repeats, likeness = (np.concatenate(of) for of in zip(*taken, strict=True))
    kept.sort()
    return Deduplicated(
        seen.variety(), seen.variety_of(kept), samples.take(kept), kept, dropped, repeats, likeness
    )


def _split(x: Features, threshold: float | None, target: float | None) -> tuple[Ints, Ints]:
    if target is not None:
        return down_to_rate(x, target)
    stay = without_near_duplicates(x, NEAR if threshold is None else threshold)
    return stay, np.setdiff1d(np.arange(x.shape[0]), stay)


def _nearest(x: Features, rows: Ints, out: Ints, stay: Ints) -> tuple[Ints, Floats]:
    """Return for each row that is out the one that stays and is most like it, and their k²."""
    like = Likeness(x)
    nearest, k2 = np.zeros(len(out), np.int64), np.zeros(len(out))
    for i, j in enumerate(out.tolist()):
        to = like.to(j)[stay]
        at = first_of_best(to)
        nearest[i], k2[i] = rows[stay[at]], to[at]
    return nearest, k2
