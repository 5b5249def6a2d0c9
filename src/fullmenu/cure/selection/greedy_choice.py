"""What a greedy choice of rows is given, and which of equals it takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.kernel.likeness import Likeness
from fullmenu.kernel.rows import Floats


def first_of_best(values: Floats, among: NDArray[np.bool_] | None = None) -> int:
    """Return the row of the largest value; of those equal to twelve places, the first.

    >>> first_of_best(np.array([0.1, 0.3, 0.3 + 1e-15]))
    1
    """
    rounded = values.round(12)
    return int(np.argmax(rounded if among is None else np.where(among, rounded, -np.inf)))


def chosen(
    x: Any, k: int, quality: Iterable[float] | None, trade_off: float
) -> tuple[Likeness, Floats, float]:
    """Check what a selection was given; return likeness, quality from 0 to 1, and its weight."""
    like = Likeness(x)
    if not 1 <= k <= like.n:
        raise BadInput(f"k={k} of {like.n} outputs: choose between 1 and {like.n}")
    if not 0 <= trade_off <= 1:
        raise BadInput(f"trade_off={trade_off}: give the share of quality, from 0 to 1")
    if quality is None:
        return like, np.zeros(like.n), 0.0
    return like, scaled(quality, like.n), trade_off


def scaled(quality: Iterable[float], n: int) -> Floats:
    """Return quality from 0 (the worst) to 1 (the best); all alike become 0.

    >>> scaled([3, 5, 4], 3).tolist()
    [0.0, 1.0, 0.5]
    """
    q = np.asarray(list(quality), np.float64)
    if q.shape != (n,) or not np.isfinite(q).all():
        raise BadInput(
            f"quality of shape {q.shape} for {n} outputs: give one finite number for each"
        )
    spread = float(np.ptp(q)) if n else 0.0
    return (q - q.min()) / spread if spread else np.zeros(n)
