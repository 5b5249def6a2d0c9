"""Keys that many parts hold: a random few of the different ones, and how often each comes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest

import numpy as np
from numpy.typing import NDArray

from fullmenu.stats.arrays import Ints

MOST = 4_096
"""Keys that are kept."""


@dataclass(frozen=True, slots=True)
class BottomK:
    """The smallest keys of some parts, and how many parts hold each; parts merge in any order.

    Where keys are hashes, these are a random sample of the different ones: a key that is among the
    smallest of all is among the smallest of each part that holds it, so that it is counted in all
    of them (bottom-k sketch, Cohen and Kaplan 2007).

    Parameters
    ----------
    keys : (k,)
        Ascending, 4,096 at most.
    parts : (k,)
        How many parts hold each.

    Examples
    --------
    >>> both = BottomK.of([5, 1]).merge(BottomK.of([9, 5]))
    >>> both.keys.tolist(), both.parts.tolist(), both.repeated
    ([1, 5, 9], [1, 2, 1], 1)
    """

    keys: NDArray[np.uint64]
    parts: Ints

    @classmethod
    def of(cls, keys: Iterable[int] = ()) -> BottomK:
        """Return the state of one part, from its different keys: numbers of 64 bits."""
        kept = np.array(nsmallest(MOST, keys), np.uint64)
        return cls(kept, np.ones(len(kept), np.int64))

    def merge(self, other: BottomK) -> BottomK:
        """Return the state of both parts."""
        keys, place = np.unique(np.concatenate([self.keys, other.keys]), return_inverse=True)
        parts = np.bincount(place, np.concatenate([self.parts, other.parts]), len(keys))
        return BottomK(keys[:MOST], parts[:MOST].astype(np.int64))

    @property
    def repeated(self) -> int:
        """How many of its keys lie in several parts."""
        return int((self.parts > 1).sum())
