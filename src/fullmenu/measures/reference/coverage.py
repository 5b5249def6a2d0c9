"""How many real outputs have a generated one beside them?"""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.reference._neighbours import balls
from fullmenu.measures.reference._shares import left_out, share_bounds
from fullmenu.measures.registry import measure


@measure(takes="features", unit="share", paper="Naeem et al. 2020", rises=True)
def coverage(
    features: Any, reference: Any, neighbours: int = 5, *, level: float = 0.95
) -> Estimate:
    """Measure the share of reference rows that have a generated row beside them.

    A generated row is beside a reference row when it is nearer than that row's k-th nearest
    neighbour in the reference, or is a copy of it.

    Parameters
    ----------
    neighbours
        … With more of them coverage is nearer to 1 for a perfect model.
    level
        …, of the value that samples of these sizes give on average.

    Raises
    ------
    NotEnoughData
        Fewer than two generated rows, or fewer than k + 1 reference rows.

    Notes
    -----
    Sees dropped modes: where 4 of 10 are gone it reads about 0.6. **Cannot see contraction**: in
    many dimensions, rows drawn at half the width of the reference lie within reach of every
    reference row, and coverage is 1 (precision 1, density near 80 in 64 dimensions). Never read it
    alone: :func:`recall` is near 0 there, and the repeat rates of the two samples differ. Cannot
    see how often each mode is served. A perfect model reads below 1, 1 − C(m−1, k)/C(n+m−1, k)
    or so with n and m rows: compare at equal sizes.

    Equals prdc, but for copies: reference rows with k copies or more can never be covered in prdc,
    and identical samples have coverage 0 there; here a copy of a real row covers it.

    The interval leaves out each row of both samples in turn, with the balls that then grow, and
    is Wilson's at the number of draws that this variance tells of.

    Examples
    --------
    >>> modes = np.repeat(10 * np.eye(10), 20, axis=0)
    >>> real = modes + np.random.default_rng(0).normal(size=(200, 10))
    >>> fake = modes[:120] + np.random.default_rng(1).normal(size=(120, 10))  # 4 modes are gone
    >>> print(coverage(fake, real))
    0.59 [0.476, 0.695]
    """
    b = balls(features, reference, neighbours, "coverage", ("features", "the reference"))
    n, m = len(b.covering), len(b.held)
    hit = b.held > 0
    value = float(hit.mean())
    by_row = np.bincount(b.only[b.held == 1], minlength=n) / m
    ball, neighbour = b.near.T
    newly = np.bincount(neighbour, (~hit & (b.wider > 0))[ball], minlength=m)
    by_centre = (newly - hit + value) / (m - 1)
    low, high = share_bounds(value, left_out(by_row) + left_out(by_centre), (n, m), level)
    method = "share with a neighbour in the ball, Wilson, jackknife over both samples"
    return Estimate(value, low, high, m, "share", method, level)
