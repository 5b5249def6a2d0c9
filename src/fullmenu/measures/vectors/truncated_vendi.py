"""The truncated Vendi score: the largest eigenvalues, with the rest spread evenly over them."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.vectors._order import (
    all_same_interval,
    chance,
    checked_order,
    evened,
    interval,
    log_number,
    slopes,
)
from fullmenu.measures.vectors._rows import at_least
from fullmenu.measures.vectors._spectrum import Spectrum, spectrum
from fullmenu.measures.vectors.gram import as_features
from fullmenu.measures.vectors.vendi import snapped


@measure(takes="features", unit="dishes", paper="Ospanov & Farnia 2024", rises=True)
def truncated_vendi(
    features: Any, order: float = 1.0, *, rank: int = 100, level: float = 0.95
) -> Estimate:
    """Estimate the Vendi score of the few largest eigenvalues, the rest spread over them.

    ``value`` between 1 and ``rank``.

    Parameters
    ----------
    order
        As in :func:`~fullmenu.measures.vendi`, above 0: of order 0 it would be ``rank`` itself.
    rank
        How many eigenvalues are kept. With as many as the sample has, or more, this is the Vendi
        score.
    level
        …: influence of each row through the eigenvalues, t on the log scale.

    Raises
    ------
    BadInput
        Rows that are not of unit length, an order of 0 or less, a rank below 1, or too many of
        both rows and columns for eigenvalues.

    Notes
    -----
    Settles once n is some times ``rank``, where the Vendi score of a soft kernel grows on; it is
    never larger than that. Cannot see variety beyond ``rank`` directions. At n below ``rank`` it
    drifts with n as the Vendi score does. The interval is for the expected score of n rows. Equals
    ``TruncatedVendi`` of its authors, except that theirs gives every eigenvalue a least value.

    Examples
    --------
    >>> x = np.eye(4)[[0, 0, 0, 0, 1, 1, 2, 3]]
    >>> round(truncated_vendi(x, rank=2).value, 4)  # of 5/8 and 3/8
    1.9378
    """
    x = as_features(features)
    q = checked_order(order)
    if q == 0:
        raise BadInput("order=0 of a truncated spectrum is its rank in any sample; give 1 or 2")
    if not isinstance(rank, (int, np.integer)) or rank < 1:
        raise BadInput(f"rank={rank!r}: give a whole number of eigenvalues to keep, at least 1")
    n, d = x.shape
    at_least(n, 2, "the truncated Vendi score", "is about how outputs differ")
    s = spectrum(x)
    log, variance = _log_score(s, q, int(rank))
    if len(s.values) == 1:
        low, high = all_same_interval(n, q, level) if rank > 1 else (1.0, 1.0)
    else:
        low, high = interval(log, variance, n - 1, level, min(n, d, rank))
    method = f"order {q:g}, {rank} eigenvalues, influence of outputs"
    return Estimate(float(np.exp(log)), low, high, n, "dishes", method, level)


def _log_score(s: Spectrum, q: float, rank: int) -> tuple[float, float]:
    top = s.values[:rank]
    shares = top + (1 - top.sum()) / len(top)
    steep = slopes(shares, q, s.n)
    weights = np.zeros(len(s.values))
    weights[: len(top)] = steep - (steep.mean() if len(top) < len(s.values) else 0.0)
    log = snapped(log_number(shares, q))
    missed = chance(s.agreement, float((s.values**2).sum()), q, s.n)
    return log, s.variance(evened(s.values, weights)) + missed
