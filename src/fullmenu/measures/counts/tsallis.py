"""Tsallis entropy: order 2 is the chance that two servings are different dishes."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.counts.hill import hill
from fullmenu.measures.registry import measure


@measure(
    takes="counts",
    unit="entropy",
    paper="Tsallis 1988; Simpson 1949; Chao, Wang & Jost 2013",
    rises=True,
)
def tsallis(
    counts: Any,
    order: float = 2.0,
    *,
    asymptotic: bool = True,
    units: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the Tsallis entropy of some order; order 2 is Gini and Simpson's.

    Parameters
    ----------
    order
        q: (1 − Σ p^q)/(q − 1). 0 is the number of dishes less one, 1 is Shannon's entropy in nats,
        2 is the chance that two servings are different dishes. Of order ``inf`` it is 0, whatever
        the counts.
    level
        …: that of ``hill``, carried over.

    Raises
    ------
    NotEnoughData
        As ``hill``.
    BadInput
        As ``hill``.

    Notes
    -----
    A function of ``hill`` of the same order, which sees the same and is blind to the same. Above
    order 1 it ends at 1/(q − 1), and near that end it hardly moves while dishes are lost: of a
    thousand equal dishes 900 may go before order 2 falls from 0.999 to 0.99. With
    ``asymptotic=False`` it is scikit-bio's ``tsallis`` and, of order 2, ``simpson``.

    Examples
    --------
    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
    >>> print(tsallis(girdled))
    0.878 [0.843, 0.905]
    """
    e = hill(counts, order, asymptotic=asymptotic, units=units, level=level)
    low = None if e.low is None else entropy(e.low, order)
    high = None if e.high is None else entropy(e.high, order)
    if high is None and order > 1:
        high = 1 / (order - 1)
    method = f"from the Hill number of {e.method}"
    return Estimate(entropy(e.value, order), low, high, e.n, "entropy", method, level)


def entropy(number: float, order: float) -> float:
    """Tsallis entropy of that many equally common dishes.

    Examples
    --------
    >>> entropy(4.0, 2.0), entropy(4.0, 0.0)
    (0.75, 3.0)
    """
    if order == 1:
        return float(np.log(number))
    if np.isinf(order):
        return 0.0
    return float(-np.expm1((1 - order) * np.log(number)) / (order - 1)) + 0.0
