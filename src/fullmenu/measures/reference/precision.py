"""How much of what is generated lies where real outputs lie?"""

from __future__ import annotations

from typing import Any

from fullmenu.estimate import Estimate
from fullmenu.measures.reference._neighbours import Balls, balls
from fullmenu.measures.reference._shares import left_out, share_bounds
from fullmenu.measures.registry import measure


@measure(takes="features", unit="share", paper="Kynkäänniemi et al. 2019", rises=None)
def precision(
    features: Any, reference: Any, neighbours: int = 5, *, level: float = 0.95
) -> Estimate:
    """Measure the share of generated rows that lie inside the reference.

    A row is inside when it is nearer to some reference row than that row's k-th nearest neighbour
    in the reference, or is a copy of it.

    Parameters
    ----------
    neighbours
        … The paper takes 3; 5 is common since Naeem et al. 2020.
    level
        …, of the value that samples of these sizes give on average.

    Raises
    ------
    NotEnoughData
        Fewer than two generated rows, or fewer than k + 1 reference rows.

    Notes
    -----
    Says nothing of variety: one real row served n times has precision 1. So has a model that keeps
    to the middle of the reference (half its width: precision 1, coverage 1); :func:`recall` falls
    there, and so does what :func:`repeat_rate` finds in both samples. The value rises with m in
    one way (more balls) and falls in another (smaller balls): compare at equal sizes. A single
    outlier in the reference makes a large ball; :func:`density` is the answer to that.

    Equals prdc, but for copies: where reference rows have k copies prdc's balls are empty, and
    identical samples have precision 0 there; here a copy of a real row is inside. torch-fidelity
    also counts rows at exactly the distance of the neighbour.

    The interval adds two variances: over the generated rows, and over the reference rows, each
    left out in turn with the balls that then grow; Wilson's at the number of draws they tell of.

    Examples
    --------
    >>> import numpy as np
    >>> real = np.random.default_rng(0).normal(size=(200, 8))
    >>> fake = np.random.default_rng(1).normal(size=(200, 8)) + 1
    >>> print(precision(fake, real))
    0.725 [0.484, 0.881]
    """
    names = ("features", "the reference")
    return inside(balls(features, reference, neighbours, "precision", names), level)


def inside(b: Balls, level: float) -> Estimate:
    """Return the share of rows inside any ball, with its interval over rows and centres."""
    n, m = len(b.covering), len(b.held)
    value = float((b.covering > 0).mean())
    variance = value * (1 - value) / (n - 1) + left_out(b.change / n)
    low, high = share_bounds(value, variance, (n, m), level)
    method = "share in balls to the k-th neighbour, Wilson, jackknife over both samples"
    return Estimate(value, low, high, n, "share", method, level)
