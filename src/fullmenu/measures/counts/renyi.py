"""Rényi entropy: the log of a Hill number; order 1 is Shannon's entropy."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.counts.hill import hill
from fullmenu.measures.registry import measure


@measure(
    takes="counts",
    unit="nats",
    paper="Rényi 1961; Shannon 1948; Chao, Wang & Jost 2013",
    rises=True,
)
def renyi(
    counts: Any,
    order: float = 2.0,
    *,
    asymptotic: bool = True,
    units: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the Rényi entropy of some order, in nats; order 1 is Shannon's.

    Parameters
    ----------
    order
        0 is the log of the number of dishes, 1 is Shannon's entropy, 2 is −log of the repeat rate.
    level
        …: the log of that of ``hill``.

    Raises
    ------
    NotEnoughData
        As ``hill``.
    BadInput
        As ``hill``.

    Notes
    -----
    The log of ``hill`` of the same order, which sees the same and is blind to the same. Divide by
    log 2 for bits. Entropies are no counts: of a kitchen that loses half of equally common dishes
    the entropy falls by 0.69 nats, whatever it was; the number of dishes halves. With
    ``asymptotic=False`` it is scikit-bio's ``renyi`` and, of order 1, ``shannon``.

    Examples
    --------
    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
    >>> print(renyi(girdled, 1))
    2.63 [2.37, 2.88]
    """
    e = hill(counts, order, asymptotic=asymptotic, units=units, level=level)
    low, high = (None if x is None else float(np.log(x)) for x in (e.low, e.high))
    method = f"log of the Hill number of {e.method}"
    return Estimate(float(np.log(e.value)), low, high, e.n, "nats", method, level)
