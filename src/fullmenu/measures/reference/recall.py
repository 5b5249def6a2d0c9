"""How much of what is real lies where generated outputs lie?"""

from __future__ import annotations

from typing import Any

from fullmenu.estimate import Estimate
from fullmenu.measures.reference._neighbours import balls
from fullmenu.measures.reference.precision import inside
from fullmenu.measures.registry import measure


@measure(takes="features", unit="share", paper="Kynkäänniemi et al. 2019", rises=None)
def recall(features: Any, reference: Any, neighbours: int = 5, *, level: float = 0.95) -> Estimate:
    """Measure the share of reference rows that lie inside what is generated.

    A reference row is inside when it is nearer to some generated row than that row's k-th nearest
    generated neighbour, or is a copy of it: :func:`precision` with the samples exchanged.

    Parameters
    ----------
    neighbours
        … The paper takes 3; 5 is common since Naeem et al. 2020.
    level
        …, of the value that samples of these sizes give on average.

    Raises
    ------
    NotEnoughData
        Fewer than k + 1 generated rows, or fewer than two reference rows.

    Notes
    -----
    Sees dropped modes and contraction alike: in many dimensions a model of half the width of
    the reference has recall near 0 where :func:`coverage` reads 1. Cannot see how often each mode
    is served. A few generated outliers make large balls and raise it, and so may a collapse that
    leaves the other rows far apart: it does not always fall when variety does. Where whole modes
    are dropped it falls below the share of modes that are left: read that share off
    :func:`coverage`. Compare at equal
    sizes; with fewer rows a mode than k, balls reach across modes and recall stays near 1 whatever
    collapses.

    Equals prdc, but for copies: where generated rows have k copies prdc's balls are empty; here
    they hold the real rows that are equal to them.

    Interval as in :func:`precision`.

    Examples
    --------
    >>> import numpy as np
    >>> real = np.random.default_rng(0).normal(size=(200, 8))
    >>> fake = 0.5 * np.random.default_rng(1).normal(size=(200, 8))  # half as wide
    >>> print(recall(fake, real))
    0.255 [0.179, 0.35]
    """
    names = ("the reference", "features")
    return inside(balls(reference, features, neighbours, "recall", names), level)
