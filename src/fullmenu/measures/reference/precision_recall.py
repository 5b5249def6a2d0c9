"""Shares of one sample that lie where the other lies: precision, recall, density, coverage."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.reference._neighbours import Balls, balls
from fullmenu.measures.registry import measure
from fullmenu.stats.arrays import Floats
from fullmenu.stats.proportion import jackknife_se, share_of_two
from fullmenu.stats.quantile import t_quantile


@measure(unit="share", paper="Kynkäänniemi et al. 2019", rises=None)
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
    variance = value * (1 - value) / (n - 1) + jackknife_se(b.change / n) ** 2
    low, high = share_of_two(value, variance, (n, m), level)
    method = "share in balls to the k-th neighbour, Wilson, jackknife over both samples"
    return Estimate(value, low, high, n, "share", method, level)


@measure(unit="share", paper="Kynkäänniemi et al. 2019", rises=None)
def recall(features: Any, reference: Any, neighbours: int = 5, *, level: float = 0.95) -> Estimate:
    """Measure the share of reference rows that lie inside what is generated.

    A reference row is inside when it is nearer to some generated row than that row's k-th nearest
    generated neighbour, or is a copy of it: :func:`precision` with the samples exchanged.

    Parameters
    ----------
    neighbours
        … The paper takes 3; 5 is common since Naeem et al. 2020.

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

    >>> import numpy as np
    >>> real = np.random.default_rng(0).normal(size=(200, 8))
    >>> fake = 0.5 * np.random.default_rng(1).normal(size=(200, 8))  # half as wide
    >>> print(recall(fake, real))
    0.255 [0.179, 0.35]
    """
    names = ("the reference", "features")
    return inside(balls(reference, features, neighbours, "recall", names), level)


@measure(unit="ratio", paper="Naeem et al. 2020", rises=None)
def density(features: Any, reference: Any, neighbours: int = 5, *, level: float = 0.95) -> Estimate:
    """Measure how many reference balls a generated row lies in, against a real one.

    The mean number of balls (to the k-th nearest neighbour within the reference) that hold a
    generated row, over k: about 1 for rows of the same distribution, at any sizes.

    Parameters
    ----------

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
    spread = float(b.density.var(ddof=1)) / n + jackknife_se(without_centre(b, neighbours) / n) ** 2
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


@measure(unit="share", paper="Naeem et al. 2020", rises=True)
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
    low, high = share_of_two(
        value, jackknife_se(by_row) ** 2 + jackknife_se(by_centre) ** 2, (n, m), level
    )
    method = "share with a neighbour in the ball, Wilson, jackknife over both samples"
    return Estimate(value, low, high, m, "share", method, level)
