"""Leaving out what repeats: near-duplicates, or as much as a target repeat rate asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.cure.collection import see
from fullmenu.cure.selection.choice import first_of_best
from fullmenu.cure.variety import Variety, variety
from fullmenu.errors import BadInput
from fullmenu.kernel.likeness import Likeness
from fullmenu.samples import Samples
from fullmenu.views.registry import Encoder

Ints = NDArray[np.int64]

NEAR = 0.8
"""k² of near-duplicates."""


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """What :func:`deduplicate` gives.

    Parameters
    ----------
    samples
        The outputs kept, in the order of the log.
    kept
        Their rows in the log.
    dropped, repeats
        The rows left out, in the order in which they went, and for each the kept row that it is
        most like.
    likeness
        Their k².
    before, after
        How varied the log is, and what is kept of it.
    """

    samples: Samples
    kept: Ints
    dropped: Ints
    repeats: Ints
    likeness: NDArray[np.float64]
    before: Variety
    after: Variety


def without_near_duplicates(features: Any, threshold: float = NEAR) -> Ints:
    """Return rows of which no two have k² ≥ threshold: each row is kept unless one before is near.

    Parameters
    ----------
    features : (n, d) array or CSR
        Unit rows.
    threshold
        In (0, 1].

    Returns
    -------
    (m,) int64
        In ascending order. Every row left out is near one that is kept.

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


def down_to_rate(features: Any, target: float) -> tuple[Ints, Ints]:
    """Leave out the rows that repeat most, one by one, until the repeat rate is at most a target.

    Parameters
    ----------
    features : (n, d) array or CSR
        Unit rows.
    target
        Repeat rate in [0, 1).

    Returns
    -------
    kept, dropped : int64
        Kept rows in ascending order; dropped ones in the order in which they went.

    Raises
    ------
    BadInput
        ``target`` is not in [0, 1).

    Notes
    -----
    The row with the largest Σ k² goes (of equals the last), and the rate never rises on the way.
    Greedy: a smaller set of other rows might do. Where even two rows repeat too much, one is left.

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

    Parameters
    ----------
    samples
        A log.
    threshold
        Leave out every output whose k² with an earlier kept one is at least this; 0.8 if no target
        is given.
    target
        Leave out the outputs that repeat most, until the repeat rate is at most this.
    by_prompt
        Compare the outputs of each prompt only, and reach the target in each. By default all are
        compared, whatever they were asked.
    view, encoder, ruler
        Through which view outputs are compared, as in :func:`fullmenu.check`.

    Returns
    -------
    Deduplicated

    Raises
    ------
    BadInput
        Both a threshold and a target are given, or one that cannot be.
    NotEnoughData
        The log is empty.

    Notes
    -----
    Takes O(n²) time and O(n) memory. The target's rate is of all pairs, and that of ``after`` too
    up to 1,024 outputs; of more, ``after`` compares a part of the pairs. What is kept is no sample,
    so ``after`` has no intervals.

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
    kept: list[Ints] = []
    gone: list[Ints] = []
    of: list[Ints] = []
    how: list[NDArray[np.float64]] = []
    for rows in seen.parts():
        x = seen.features[rows]
        if target is None:
            stay = without_near_duplicates(x, NEAR if threshold is None else threshold)
            out = np.setdiff1d(np.arange(len(rows)), stay)
        else:
            stay, out = down_to_rate(x, target)
        nearest, k2 = _nearest(Likeness(x), out, stay)
        kept.append(rows[stay])
        gone.append(rows[out])
        of.append(rows[nearest])
        how.append(k2)
    rows = np.sort(np.concatenate(kept))
    return Deduplicated(
        samples.take(rows), rows, np.concatenate(gone), np.concatenate(of), np.concatenate(how),
        variety(seen.features, seen.groups, seen.dishes),
        variety(seen.features[rows], seen.groups[rows], seen.dishes[rows], sampled=False),
    )  # fmt: skip


def _nearest(like: Likeness, out: Ints, stay: Ints) -> tuple[Ints, NDArray[np.float64]]:
    best, k2 = np.zeros(len(out), np.int64), np.zeros(len(out))
    for i, j in enumerate(out.tolist()):
        to = like.to(j)[stay]
        at = first_of_best(to)
        best[i], k2[i] = stay[at], to[at]
    return best, k2
