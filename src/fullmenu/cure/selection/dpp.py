"""Greedy MAP of a determinantal point process: rows that span a large volume."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from fullmenu.cure.docstrings import documented
from fullmenu.cure.selection.greedy_choice import chosen, first_of_best
from fullmenu.kernel.rows import Features, Ints

_FLAT = 1e-10
"""A row that adds less than this squared volume is spanned by the rows chosen."""


@documented
def dpp(
    features: Features, k: int, *, quality: Iterable[float] | None = None, trade_off: float = 0.5
) -> Ints:
    """Choose k rows by greedy maximisation of the log-determinant of their k².

    What is maximised is ``(1 − t) · log det K²[chosen] + t · Σ_{j chosen} q_j``. The elementwise
    square of the kernel is positive semidefinite as the kernel is (Schur product theorem).

    Rows come in the order of choice; of equals the first is taken.

    The incremental Cholesky of Chen, Zhang & Zhou (NeurIPS 2018): O(nk) memory, O(nk²) time. Greedy
    has no constant-factor guarantee here, the log-determinant not being monotone. Where all that
    is left is spanned by the rows chosen (every dish has been served), the determinant is zero
    whatever comes next; the rows that repeat the chosen least follow then.

    Examples
    --------
    >>> dpp(np.eye(3)[[0, 0, 1, 2, 2]], 3).tolist()
    [0, 2, 3]
    """
    like, q, t = chosen(features, k, quality, trade_off)
    left = np.ones(like.n, bool)
    volume = np.ones(like.n)
    factor = np.zeros((k, like.n))
    repeats = np.zeros(like.n)
    rows: list[int] = []
    while len(rows) < k:
        spans = left & (volume > _FLAT)
        if spans.any():
            value = (1 - t) * np.log(np.where(spans, volume, 1.0)) + t * q
            j = first_of_best(value, spans)
        else:
            j = first_of_best(t * q - (1 - t) * repeats, left)
        to = like.to(j)
        if spans.any():
            step = len(rows)
            row = (to - factor[:step, j] @ factor[:step]) / np.sqrt(volume[j])
            factor[step] = row
            volume = volume - row**2
        repeats += to
        left[j] = False
        rows.append(j)
    return np.array(rows, np.int64)
