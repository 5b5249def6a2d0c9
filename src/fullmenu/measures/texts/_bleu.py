"""BLEU, from counts of matching n-grams."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.measures.texts._units import Floats, Ints

EPSILON = 0.1
"""Matches that an order with none is given (Chen & Cherry 2014, their first smoothing)."""


def bleu(matches: Any, totals: Any, length: Any, closest: Any) -> Floats:
    """Return smoothed BLEU with uniform weights over the orders.

    Parameters
    ----------
    matches, totals : (…, n)
        Clipped matches and n-grams of each order.
    length, closest : (…)
        Words of the text, and of the reference nearest in length.

    Returns
    -------
    (…) array
        0 where not even a word matches.

    Examples
    --------
    >>> float(bleu([3, 2, 1, 0], [4, 3, 2, 1], 4, 4).round(4))
    0.3976
    """
    hits, length = np.asarray(matches, np.float64), np.asarray(length, np.float64)
    logs = np.log(np.where(hits > 0, hits, EPSILON) / np.asarray(totals, np.float64))
    brevity = np.exp(np.where(length > closest, 0.0, 1 - closest / np.maximum(length, 1)))
    none = (hits[..., 0] <= 0) | (length <= 0)
    return np.asarray(np.where(none, 0.0, brevity * np.exp(logs.mean(-1))))


def totals_of(lengths: Ints, longest: int) -> Ints:
    """N-grams of each order in texts of these lengths; at least 1, as BLEU divides by it."""
    return np.maximum(lengths[..., None] - np.arange(longest), 1)
