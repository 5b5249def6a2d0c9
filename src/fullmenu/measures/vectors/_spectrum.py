"""Eigenvalues of the kernel matrix of a sample, from its smaller side, and how each row moves them.

The kernel matrix K/n of n unit rows and their mean outer product XᵀX/n have the same eigenvalues,
except for zeros. They are not negative and add up to 1: shares of as many directions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.kernel.gram import gram
from fullmenu.kernel.rows import Features, dense, unit, unit_dense
from fullmenu.measures.vectors._subsets import spread, steps
from fullmenu.stats.arrays import Floats

LOOKED_AT = 512
"""The spread of influence over rows is read from so many of them."""

PAIRED = 256
"""How alike pairs of rows are is read from the pairs among so many."""

LARGEST = 8_192
"""Eigenvalues of a larger side would take more than a few minutes and half a gigabyte."""


class Spectrum(NamedTuple):
    """Eigenvalues of n rows, and what each row contributes to a function of them.

    Parameters
    ----------
    values : (r,)
        Those above rounding (relative to the largest: the double's precision times the longer
        side), descending.
    along : (m, r)
        ⟨xᵢ, v_k⟩² of the rows looked at: how much of each lies along which direction.
    agreement
        Variance of k² over pairs of rows.
    """

    values: Floats
    along: Floats
    n: int
    agreement: float

    def variance(self, weights: Floats) -> float:
        """Return the variance of a number whose slope along eigenvalue k is ``weights[k]``."""
        moved = self.along @ weights
        return float(moved.var(ddof=1)) / self.n if len(moved) > 1 else 0.0


def spectrum(x: Features, rows: Callable[[Features], Floats] = unit_dense) -> Spectrum:
    """Decompose the kernel of a sample; ``rows`` makes dense unit rows of a part of it."""
    n, d = x.shape
    side(n, d)
    if d <= n:
        return of_moments(moments_in_steps(x, d, rows), x, rows)
    return of_kernel(gram(unit(x)) if rows is unit_dense else gram(rows(x)), max(n, d))


def raw(x: Features) -> Spectrum:
    """Decompose rows of any length, as they are."""
    n, d = x.shape
    side(n, d)
    if d <= n:
        return of_moments(moments_in_steps(x, d, dense), x, dense)
    return of_kernel(dense(x @ x.T) if hasattr(x, "indptr") else dense(x) @ dense(x).T, d)


def side(n: int, d: int) -> None:
    """Refuse a sample whose smaller side is too large to decompose."""
    if min(n, d) > LARGEST:
        raise BadInput(
            f"eigenvalues of {n} rows in {d} columns: more than {LARGEST} on either side take too "
            "long; give the rows of fewer outputs (size=2048, where there is one), fewer columns, "
            "or use repeat_rate, which needs no eigenvalues"
        )


def moments_in_steps(x: Features, d: int, rows: Callable[[Features], Floats]) -> Floats:
    """Return XᵀX/n of the rows made, (d, d), a part of them at a time."""
    n = x.shape[0]
    total = np.zeros((d, d))
    for at in steps(n, d):
        part = rows(x[at])
        total += part.T @ part
    total /= n
    return total


def of_moments(m: Floats, x: Features, rows: Callable[[Features], Floats]) -> Spectrum:
    """Decompose XᵀX/n; influence is read from rows spread over the sample."""
    # XᵀX/n = VΛVᵀ, and row x lies along direction k by ⟨x, v_k⟩²
    n = x.shape[0]
    values, vectors = np.linalg.eigh(m)
    kept = _above_rounding(values, n)
    values, vectors = values[kept], vectors[:, kept]
    looked = rows(x[spread(x, LOOKED_AT)])
    agreement = _agreement(gram(looked[:: -(-len(looked) // PAIRED)]))
    if n > LOOKED_AT:  # half the precision: plenty for a standard error
        along = (looked.astype(np.float32) @ vectors.astype(np.float32)).astype(np.float64)
    else:
        along = looked @ vectors
    return Spectrum(values, along**2, n, agreement)


def of_kernel(k: Floats, longer: int) -> Spectrum:
    """Decompose K/n from the kernel matrix of all rows."""
    # K/n = UΛUᵀ, and ⟨xᵢ, v_k⟩² = nλ_k u_ik² for the directions v_k = Xᵀu_k / √(nλ_k)
    n = len(k)
    values, vectors = np.linalg.eigh(k / n)
    kept = _above_rounding(values, longer)
    values, vectors = values[kept], vectors[:, kept]
    return Spectrum(values, n * values * vectors**2, n, _agreement(k))


def _agreement(k: Floats) -> float:
    """Return the variance of the squared cosine over pairs of different rows."""
    # cos² of two rows is K_ij² / K_ii K_jj; of all ordered pairs i ≠ j its variance
    step = -(-len(k) // LOOKED_AT)
    k = k[::step, ::step]
    squares = np.where(np.diagonal(k) > 0, np.diagonal(k), 1.0)
    cosines = k**2 / squares / squares[:, None]
    np.fill_diagonal(cosines, 0.0)
    pairs = max(len(k) * (len(k) - 1), 1)
    mean = float(cosines.sum()) / pairs
    return max(float((cosines**2).sum()) / pairs - mean**2, 0.0)


def _above_rounding(values: Floats, longer: int) -> NDArray[np.int64]:
    """Return where the values stand that are not rounding error, largest first."""
    top = float(values[-1]) if len(values) else 0.0
    least = max(longer, len(values)) * np.finfo(np.float64).eps * max(top, 0.0)
    return np.flatnonzero(values > least)[::-1]
