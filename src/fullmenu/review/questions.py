"""Which pairs people are asked about: drawn with known chances, most where the kernel is unsure."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.review.candidate_pairs import LikelyPairs
from fullmenu.stats.arrays import Floats, Ints

AUDIT = 0.45
"""The share of questions that are drawn at random, whatever the kernel thinks of a pair."""


class Draw(NamedTuple):
    """Questions in the order in which they are asked, (m,) each.

    Stop anywhere: what was asked so far is a sample of the same kind.

    Parameters
    ----------
    pairs
        Which pair; one may be drawn again, for another person.
    places
        Where it was drawn on [0, 1), on which pairs lie side by side, by prompt.
    chances
        How likely each draw was to hit that pair, over all pairs 1.
    """

    pairs: Ints
    places: Floats
    chances: Floats


def random_chances(pairs: LikelyPairs) -> Floats:
    """Return equal chances: a prompt at random, then a pair of it."""
    return pairs.weights


def unsure_chances(pairs: LikelyPairs, audit: float = AUDIT) -> Floats:
    """Return chances by how unsure the kernel is of a pair, the standard deviation of a label.

    A share ``audit`` is drawn at random, so that a pair the kernel is wrongly sure of has its
    chance too.

    >>> from fullmenu.review.candidate_pairs import pairs_of
    >>> unsure_chances(pairs_of(["a", "a", "a"], [0.5, 1.0, 1.0])).round(3).tolist()
    [0.7, 0.15, 0.15]
    """
    if not 0 < audit <= 1:
        raise BadInput(f"audit={audit}: the share drawn at random lies above 0, up to 1")
    # Neyman 1934: the variance is least where chances go as weight times standard deviation
    size = pairs.weights * np.sqrt(pairs.likely * (1 - pairs.likely))
    total = float(size.sum())
    if total <= 0:
        return pairs.weights
    return np.asarray(audit * pairs.weights + (1 - audit) * size / total)


def drawn(pairs: LikelyPairs, n: int, chances: Floats | None = None, seed: int = 0) -> Draw:
    """Draw n questions.

    Pairs lie on [0, 1) by prompt and likeness, each as long as its chance, and every first 2ᵏ
    questions have one in each of 2ᵏ equal parts: prompts come evenly, wherever one stops. Each draw
    hits each pair with its chance.

    Parameters
    ----------
    pairs
        What may be asked.
    n
        How many questions.
    chances : (N,), optional
        Of each pair; by default :func:`unsure_chances`.
    seed
        Another one, another sample.

    Examples
    --------
    >>> from fullmenu.review.candidate_pairs import pairs_of
    >>> pairs = pairs_of(np.repeat(np.arange(8), 2))
    >>> sorted(drawn(pairs, 8).pairs.tolist())
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    if n < 1:
        raise BadInput(f"{n} questions: ask one at least")
    chances = unsure_chances(pairs) if chances is None else chances
    by_prompt = np.bincount(pairs.prompts, pairs.likely) / np.bincount(pairs.prompts)
    order = np.lexsort((pairs.likely, pairs.prompts, by_prompt[pairs.prompts]))
    ends = np.cumsum(chances[order])
    places = spread(n, np.random.default_rng(seed))
    at = order[np.minimum(np.searchsorted(ends / ends[-1], places, "right"), len(order) - 1)]
    return Draw(at, places, chances[at])


def spread(n: int, rng: np.random.Generator) -> Floats:
    """Return n uniform places on [0, 1), every first 2ᵏ of them one in each of 2ᵏ equal parts.

    >>> sorted((spread(4, np.random.default_rng(0)) * 4).astype(int).tolist())
    [0, 1, 2, 3]
    """
    places = rng.random(1)
    parts = 1
    while len(places) < n:
        parts *= 2
        empty = np.setdiff1d(np.arange(parts), (places * parts).astype(np.int64))
        rng.shuffle(empty)
        places = np.concatenate([places, (empty + rng.random(len(empty))) / parts])
    return places[:n]
