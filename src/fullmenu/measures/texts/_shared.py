"""The share of an output's phrases, words or shapes, that occur in another output too."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.measures.texts._units import Floats, Ints


def shared_by_pairs(hashes: Any, rows: Ints, n: int, unit: Ints) -> tuple[float, Floats]:
    """Mean over ordered pairs of outputs from different units; and with each unit left out.

    Parameters
    ----------
    hashes, rows
        Every phrase, and which of n outputs it is in.
    unit : (n,)
        Unit of each output.
    """
    m = int(unit.max()) + 1
    _, ids = np.unique(hashes, return_inverse=True)
    cells, times = np.unique(ids * n + rows, return_counts=True)
    gram, row = cells // n, cells % n
    weight = times / np.bincount(rows, minlength=n)[row]
    if m < n:  # outputs of one prompt are summed up: they are not compared with each other
        cells, where = np.unique(gram * m + unit[row], return_inverse=True)
        here, weight = np.bincount(where).astype(np.float64), np.bincount(where, weight)
        gram, owner = cells // m, cells % m
    else:
        here, owner = np.ones(len(gram)), unit[row]
    outputs = np.bincount(gram, here)[gram]
    weights = np.bincount(gram, weight)[gram]
    sizes = np.bincount(unit, minlength=m).astype(np.float64)
    shared = weight * (outputs - here)
    pairs = n * n - float((sizes**2).sum())
    lost = np.bincount(owner, shared + here * (weights - weight), minlength=m)
    left = pairs - 2 * sizes * (n - sizes)
    total = float(shared.sum())
    rest = np.maximum(total - lost, 0.0)
    return total / pairs, np.where(left > 0, rest / np.maximum(left, 1.0), 0.0)
