"""The Vendi score of a Gaussian kernel for very many rows, from random Fourier features (FKEA)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.kernel.rows import Features, as_features
from fullmenu.measures.registry import measure
from fullmenu.measures.vectors._order import number_estimate, snapped_order
from fullmenu.measures.vectors._spectrum import moments_in_steps, of_kernel, of_moments
from fullmenu.measures.vectors._subsets import at_least
from fullmenu.measures.vectors.vendi import log_score
from fullmenu.stats.arrays import Floats
from fullmenu.stats.effective_number import log_number

PARTS = 8
"""Each of so many parts of the frequencies is left out in turn."""

WIDEST = 65_536
"""Columns for which frequencies are drawn."""


@measure(unit="dishes", paper="Ospanov, Zhang, Jalali et al. 2024", rises=True)
def vendi_fourier(
    features: Any,
    order: float = 1.0,
    *,
    sigma: float = 0.5,
    frequencies: int = 256,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Estimate the Vendi score of a Gaussian kernel by random Fourier features (FKEA).

    ``value`` between 1 and the smaller of n and 2r.

    The rows are read twice, a part at a time, and no n × n matrix is made: for a million rows.
    The interval is for the expected score of n rows *under r frequencies*; r frequencies show at
    most 2r dishes, and a score that is not far below that is too small: give more of them. Like
    the Vendi score it grows with n. Cannot see differences much smaller than σ. Order 0 is refused:
    r frequencies find rank 2r in whatever rows.

    Parameters
    ----------
    features
        Rows of one sample, of any length.
    order
        As in :func:`~fullmenu.measures.vendi`, above 0.
    sigma
        Bandwidth: k(x, x') = exp(−‖x − x'‖² / 2σ²). Fix it before you look; samples compare at one
        bandwidth only. The default suits unit rows.
    frequencies
        How many random frequencies, r. Time grows as n·r², memory as r².
    level
        …: influence of each row, and the luck of the frequencies (a delete-a-group jackknife), t on
        the log scale.
    seed
        For the frequencies.

    Raises
    ------
    BadInput
        More than 65,536 columns, a bandwidth of 0 or less, an order of 0 or less, fewer than 8
        frequencies, or more than 4,096.

    >>> x = 9 * np.eye(5)[np.arange(4_000) % 5]
    >>> round(vendi_fourier(x).value, 1)
    5.0
    """
    x = as_features(features)
    q = snapped_order(order)
    n, d = x.shape
    _check(q, d)
    at_least(n, 2, "the Vendi score", "is about how outputs differ")
    waves = np.random.default_rng(seed).standard_normal((d, frequencies)) / sigma
    log, rows, luck = _score(x, waves, q)
    total = rows + luck
    # Welch & Satterthwaite: (a + b)² / (a²/(n − 1) + b²/(parts − 1)) degrees of freedom
    df = total**2 / (rows**2 / (n - 1) + luck**2 / (PARTS - 1)) if total else n - 1.0
    method = f"order {q:g}, {frequencies} random frequencies, influence of outputs and frequencies"
    most = min(n, 2 * frequencies)
    return number_estimate(log, total, q, n, most=most, level=level, method=method, df=df)


def _check(q: float, d: int) -> None:
    if q == 0:
        raise BadInput("order=0 under random frequencies is their number, not the data's; give 1")
    if d > WIDEST:
        raise BadInput(
            f"features of {d} columns: frequencies are drawn for at most {WIDEST}; "
            "give embeddings, or use vendi, which takes wide sparse rows"
        )


def _score(x: Features, waves: Floats, q: float) -> tuple[float, float, float]:
    """Return the log score, its variance over rows, and over frequencies."""
    n, width = x.shape[0], 2 * waves.shape[1]

    def rows(part: Features) -> Floats:
        return fourier(part, waves)

    if width <= n:
        m = moments_in_steps(x, width, rows)
        s = of_moments(m, x, rows)
        luck = _luck(lambda kept: _number(m[np.ix_(kept, kept)] * (width / len(kept)), q), width)
    else:
        f = rows(x)
        s = of_kernel(f @ f.T, width)
        luck = _luck(
            lambda kept: _number(f[:, kept] @ f[:, kept].T * (width / len(kept) / n), q), width
        )
    log, over_rows = log_score(s, q)
    return log, over_rows, luck


def fourier(x: Features, waves: Floats) -> Floats:
    """Return unit rows whose inner products are about the Gaussian kernel's."""
    # k(x, y) ≈ 1/r Σ cos⟨ω, x − y⟩ = ⟨φ(x), φ(y)⟩, φ = (cos ωx, sin ωx)/√r (Rahimi & Recht 2007)
    angles = np.asarray(x @ waves, np.float64)
    both = np.concatenate([np.cos(angles), np.sin(angles)], axis=1)
    both /= np.sqrt(waves.shape[1])
    return both


def _luck(number: Callable[[Any], float], width: int) -> float:
    part = np.tile(np.arange(width // 2) % PARTS, 2)
    without = np.array([number(np.flatnonzero(part != g)) for g in range(PARTS)])
    return float((PARTS - 1) / PARTS * ((without - without.mean()) ** 2).sum())


def _number(matrix: Floats, q: float) -> float:
    values = np.linalg.eigvalsh(matrix)
    return log_number(values[values > len(values) * np.finfo(np.float64).eps * values[-1]], q)
