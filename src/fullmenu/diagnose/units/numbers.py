"""The effective number of unrelated concepts that each unit answers to."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.diagnose.units.effects import Floats


def concepts_per_unit(effects: Any, similarity: Any, threshold: Any = 0.0) -> Floats:
    """Return Leinster and Cobbold's number of order 1 of each unit's concepts, (d,).

    exp(−Σ p log(Zp)) of :func:`fullmenu.measures.leinster_cobbold` (2012), whose rows weigh the
    same, with the squares of ``effects``, (d, C), as weights, and ``similarity``, (C, C), 1 on the
    diagonal. Effects up to ``threshold``, one number or one a concept, count as 0; so does a unit
    without others. With all concepts unrelated it is the exponential of the entropy, with all alike
    it is 1.

    >>> concepts_per_unit([[0.5, 0.5, 0], [0.9, 0, 0], [0, 0, 0]], np.eye(3)).round(9).tolist()
    [2.0, 1.0, 0.0]
    >>> concepts_per_unit([[0.5, 0.5]], np.ones((2, 2))).round(9).tolist()
    [1.0]
    """
    a = np.asarray(effects, np.float64)
    weights = np.where(np.abs(a) > threshold, a**2, 0.0)
    total = weights.sum(1, keepdims=True)
    p = weights / np.where(total > 0, total, 1.0)
    common = p @ np.asarray(similarity, np.float64).T
    logs = np.log(np.where(p > 0, common, 1.0))
    return np.where(total[:, 0] > 0, np.exp(-(p * logs).sum(1)), 0.0)
