"""A kernel matrix of one's own, as rows that every measure of features takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.measures.vectors.gram import Floats


def rows_of(kernel: Any) -> Floats:
    """Return unit rows whose inner products are the given kernel matrix.

    Whatever takes features takes them: ``vendi(rows_of(K))``, ``repeat_rate(rows_of(K))``.

    Parameters
    ----------
    kernel : (n, n)
        Symmetric, 1 on the diagonal, no negative eigenvalue beyond rounding; dense or sparse.

    Returns
    -------
    (n, r) float64
        As many columns as the matrix has rank.

    Raises
    ------
    BadInput
        Not such a matrix. A similarity that is no kernel has no rows, and no Vendi score; its
        effective number is ``leinster_cobbold(Z, similarity="precomputed")``.

    Notes
    -----
    O(n³) time and three n × n matrices.

    Examples
    --------
    >>> x = rows_of([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]])
    >>> (x @ x.T).round(9).tolist()
    [[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    k = similarities(kernel, "kernel")
    if not np.allclose(k, k.T, rtol=0, atol=1e-9):
        raise BadInput(f"kernel of shape {k.shape} is not symmetric; give (K + K.T) / 2")
    if not len(k):
        return np.empty((0, 0))
    values, vectors = np.linalg.eigh(k)
    if values[0] < -1e-8 * values[-1]:
        raise BadInput(
            f"kernel has the negative eigenvalue {values[0]:.3g}: it is no inner product; "
            'leinster_cobbold(Z, similarity="precomputed") takes any similarity'
        )
    kept = values > len(k) * np.finfo(np.float64).eps * values[-1]
    rows = vectors[:, kept] * np.sqrt(values[kept])
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def similarities(matrix: Any, name: str) -> Floats:
    """Return a square matrix of finite numbers with ones on the diagonal, float64."""
    z = np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix)
    square = z.ndim == 2 and z.shape[0] == z.shape[1] and np.issubdtype(z.dtype, np.number)
    if not square or not np.isfinite(z).all():
        raise BadInput(f"{name} of shape {z.shape}: give a finite number for each pair, (n, n)")
    z = z.astype(np.float64)
    if not (abs(np.diagonal(z) - 1) < 1e-6).all():
        raise BadInput(
            f"{name} has {z.diagonal().min():.3g} to {z.diagonal().max():.3g} on its diagonal: "
            "every output must be like itself by 1; divide by √(Kᵢᵢ·Kⱼⱼ)"
        )
    return z
