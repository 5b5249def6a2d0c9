"""The kernel distance (KID): do two samples differ in any moment up to the third?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.measures.reference._two_samples import two_samples
from fullmenu.measures.registry import measure
from fullmenu.stats.arrays import Floats
from fullmenu.stats.proportion import jackknife_se
from fullmenu.stats.quantile import t_quantile

_BLOCK = 512


@measure(unit="squared distance", paper="Bińkowski et al. 2018", rises=False)
def kernel_distance(
    features: Any,
    reference: Any,
    *,
    degree: int = 3,
    gamma: float | None = None,
    coef0: float = 1.0,
    level: float = 0.95,
) -> Estimate:
    """Estimate the squared kernel distance of features to a reference (KID), without bias.

    The maximum mean discrepancy MMD² with the kernel (gamma·⟨x, y⟩ + coef0)^degree: the mean over
    pairs within either sample, less twice the mean over pairs across.

    Parameters
    ----------
    degree, gamma, coef0
        The polynomial kernel; gamma is 1/d by default. The defaults are the paper's.
    level
        Coverage of the interval.

    Raises
    ------
    NotEnoughData
        Fewer than three rows on either side.

    Notes
    -----
    Unbiased at any sizes, so it may come out below 0: then the samples show no difference. Sees
    moments up to the degree; modes that leave these alone it cannot see. A fall in variety and a
    fall in quality both raise it. The unit depends on the features: compare within one embedding.

    All pairs count. torch-fidelity and torchmetrics print the mean over 100 random subsets of
    1,000 rows, which estimates the same number with more noise, and whose standard deviation is
    no interval; with one subset of all rows they equal this one.

    The interval leaves out each row of both samples in turn and is Student's. Where both samples
    have one distribution it is wider than it need be.

    >>> x = np.random.default_rng(0).normal(size=(300, 8))
    >>> y = np.random.default_rng(1).normal(size=(300, 8))
    >>> print(kernel_distance(x, y))
    -0.011 [-0.0438, 0.0217]
    >>> print(kernel_distance(x, y + 1))
    8.14 [6.92, 9.35]
    """
    x, y = two_samples(features, reference, "the kernel distance", (3, 3))
    columns = np.shape(features)[1]  # as given: sparse rows lose those that nobody uses
    kernel = (degree, 1 / columns if gamma is None else gamma, coef0)
    _check_reach(x, y, kernel)
    in_x, in_y = _row_sums(x, x, kernel), _row_sums(y, y, kernel)
    x_to_y, y_to_x = _both_sums(x, y, kernel)
    n, m = len(x), len(y)
    xx, yy, xy = float(in_x.sum()), float(in_y.sum()), float(x_to_y.sum())
    # MMD² = Σ_{i≠j} k(xᵢ, xⱼ)/n(n − 1) + Σ_{i≠j} k(yᵢ, yⱼ)/m(m − 1) − 2 Σ k(xᵢ, yⱼ)/nm
    # (Gretton et al. 2012)
    value = xx / (n * (n - 1)) + yy / (m * (m - 1)) - 2 * xy / (n * m)
    without_x = (xx - 2 * in_x) / ((n - 1) * (n - 2)) - 2 * (xy - x_to_y) / ((n - 1) * m)
    without_y = (yy - 2 * in_y) / ((m - 1) * (m - 2)) - 2 * (xy - y_to_x) / (n * (m - 1))
    se = float(np.hypot(jackknife_se(without_x), jackknife_se(without_y)))
    half = t_quantile(level, min(n, m) - 1) * se
    method = "MMD² over all pairs, polynomial kernel, jackknife over both samples, t"
    return Estimate(value, value - half, value + half, min(n, m), "squared distance", method, level)


_Kernel = tuple[int, float, float]


def _check_reach(x: NDArray[Any], y: NDArray[Any], kernel: _Kernel) -> None:
    """Refuse a kernel whose values are beyond floating point."""
    degree, gamma, coef0 = kernel
    longest = max(float(np.einsum("ij,ij->i", z, z, dtype=np.float64).max()) for z in (x, y))
    if degree * np.log10(max(gamma * longest + coef0, 1.0)) > 150:
        raise BadInput(
            f"degree={degree} of rows of length {np.sqrt(longest):.3g} with gamma={gamma:g} and "
            f"coef0={coef0:g} is beyond floating point; give unit rows, or smaller numbers"
        )


def _blocks(x: NDArray[Any], y: NDArray[Any], kernel: _Kernel) -> Iterator[tuple[slice, Floats]]:
    degree, gamma, coef0 = kernel
    y64 = np.asarray(y, np.float64)
    for a in range(0, len(x), _BLOCK):
        at = slice(a, min(a + _BLOCK, len(x)))
        base = np.asarray(x[at], np.float64) @ y64.T
        base *= gamma
        base += coef0
        power = base.copy()
        for _ in range(degree - 1):
            power *= base
        yield at, power


def _row_sums(x: NDArray[Any], y: NDArray[Any], kernel: _Kernel) -> Floats:
    """Return Σ k over the other rows of the same sample."""
    sums = np.empty(len(x))
    for at, k in _blocks(x, y, kernel):
        rows = np.arange(at.start, at.stop)
        k[rows - at.start, rows] = 0.0
        sums[at] = k.sum(1)
    return sums


def _both_sums(x: NDArray[Any], y: NDArray[Any], kernel: _Kernel) -> tuple[Floats, Floats]:
    """Return Σ k of every row of either sample over the other sample."""
    by_x, by_y = np.empty(len(x)), np.zeros(len(y))
    for at, k in _blocks(x, y, kernel):
        by_x[at] = k.sum(1)
        by_y += k.sum(0)
    return by_x, by_y
