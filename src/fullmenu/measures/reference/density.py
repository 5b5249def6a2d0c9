"""How densely do generated outputs lie where real ones lie?"""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.reference._neighbours import Balls, balls
from fullmenu.measures.reference._rows import Floats
from fullmenu.measures.reference._shares import left_out
from fullmenu.measures.registry import measure
from fullmenu.stats.quantile import t_quantile


@measure(takes="features", unit="ratio", paper="Naeem et al. 2020", rises=None)
def density(features: Any, reference: Any, neighbours: int = 5, *, level: float = 0.95) -> Estimate:
    """Measure how many reference balls a generated row lies in, against a real one.

    The mean number of balls (to the k-th nearest neighbour within the reference) that hold a
    generated row, over k: about 1 for rows of the same distribution, at any sizes.

    Parameters
    ----------
    level
        …, of the value that samples of these sizes give on average.

    Raises
    ------
    NotEnoughData
        Fewer than two generated rows, or fewer than k + 1 reference rows.

    Notes
    -----
    Much more than 1 is no praise: it is what contraction looks like. Rows drawn at half the width
    of the reference in 64 dimensions have a density near 80, precision 1 and coverage 1; nothing
    but :func:`recall` falls. Read a density above 2 or so as "crowded in the middle", and look at
    recall, or at the ratio of two repeat rates.

    Equals prdc, but for copies: a reference row with k copies or more has a ball of radius 0,
    which is empty in prdc. Here it holds the generated copies, and counts 1 over the number of its
    copies instead of 1/k, so that identical samples have a density near 1.

    The interval leaves out each row of both samples in turn (with the balls that then grow), and
    is Student's on the log scale; without any row inside, no upper bound is known.

    Examples
    --------
    >>> real = np.random.default_rng(0).normal(size=(200, 64))
    >>> fake = 0.5 * np.random.default_rng(1).normal(size=(200, 64))
    >>> print(density(fake, real))
    35.9 [34.9, 36.9]
    """
    b = balls(features, reference, neighbours, "density", ("features", "the reference"))
    n, m = len(b.covering), len(b.held)
    value = float(b.density.mean())
    method = "mean number of balls over k, jackknife over both samples, t on the log scale"
    if value == 0:
        return Estimate(0.0, 0.0, None, n, "ratio", method, level)
    spread = float(b.density.var(ddof=1)) / n + left_out(without_centre(b, neighbours) / n)
    half = t_quantile(level, min(n, m) - 1) * np.sqrt(spread) / value
    low, high = value * np.exp(-half), value * np.exp(half)
    return Estimate(value, low, high, n, "ratio", method, level)


def without_centre(b: Balls, k: int) -> Floats:
    """Return by how much the rows' summed densities change without each centre.

    Its ball is gone; balls that reached to it or beyond grow; balls of its copies hold fewer.
    """
    each = b.held / np.maximum(k, b.copies)
    ball, neighbour = b.near.T
    grown = np.bincount(neighbour, (b.wider / k - each)[ball], minlength=len(each))
    rest = np.maximum(b.copies - 1, 1)
    crowd = np.where(b.copies > k, b.held * (b.copies / rest - 1), 0.0)
    return np.asarray(grown + crowd - each)
