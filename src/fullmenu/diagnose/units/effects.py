"""How strongly each unit answers to each concept, and how strongly it would by chance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput, NotEnoughData

Floats = NDArray[np.float64]

FEWEST = 10
"""Items that a concept must hold for, and must not hold for."""

BLOCK = 4_000_000
"""Ranks held at a time: units are taken in blocks of about this many numbers."""


def effects(activations: Any, concepts: Any) -> Floats:
    """Return 2·AUROC − 1 of every unit for every concept, (d, C), from (n, d) and (n, C).

    1: the unit is always higher where the concept holds; −1: always lower; 0: no matter. From
    midranks (Mann & Whitney 1947), so that units which are mostly 0 are treated rightly. O(n d
    (log n + C)).

    >>> y = np.repeat([[0], [1]], 10, axis=0)
    >>> effects(np.arange(20)[:, None] * [1, -1, 0], y).ravel().tolist()
    [1.0, -1.0, 0.0]
    """
    return effects_of(*checked(activations, concepts))


def effects_of(x: Floats, y: Floats) -> Floats:
    """Return the effects of arrays that :func:`checked` gave, or of some of their rows."""
    return np.concatenate([_from_ranks(r, y) for r in ranks(x)])


def chance_effects(
    activations: Any, concepts: Any, level: float = 0.95, permutations: int = 200, seed: int = 0
) -> Floats:
    """Return how large an effect on each concept may be by chance, (C,).

    The largest effect over all units and concepts, each in standard errors of its concept, so that
    a rare concept does not hide what is seen of common ones: if no unit answers to any, none
    exceeds the bounds in a share ``level`` of cases. Whole rows of concepts are permuted: they stay
    as related as they are.
    """
    x, y = checked(activations, concepts)
    inside = y.sum(0)
    # standard error of 2·AUROC − 1 where nothing is answered to: √((n + 1) / 3 n₁n₀)
    error = np.sqrt((len(y) + 1) / (3 * inside * (len(y) - inside)))
    top = np.zeros(permutations)
    for r in ranks(x):
        rng = np.random.default_rng(seed)
        for k in range(permutations):
            found = np.abs(_from_ranks(r, y[rng.permutation(len(y))])) / error
            top[k] = max(top[k], float(found.max()))
    return np.asarray(error * np.quantile(top, level, method="higher"))


def checked(activations: Any, concepts: Any) -> tuple[Floats, Floats]:
    """Return both as float64 arrays that can be used."""
    x, y = np.asarray(activations), np.asarray(concepts)
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y) or not x.shape[1] or not y.shape[1]:
        raise BadInput(
            f"activations of shape {x.shape} and concepts of shape {y.shape}: give (items, units) "
            "and (items, concepts) for the same items"
        )
    if not (np.issubdtype(x.dtype, np.number) or x.dtype == bool) or not np.isfinite(x).all():
        raise BadInput("activations must be finite numbers")
    if not np.isin(y, (0, 1)).all():
        raise BadInput("concepts must be 0 or 1: whether each holds for each item")
    y = y.astype(np.float64)
    held = y.sum(0)
    rare = np.flatnonzero(np.minimum(held, len(y) - held) < FEWEST)
    if rare.size:
        raise NotEnoughData(
            f"concept {rare[0]} holds for {held[rare[0]]:.0f} of {len(y)} items: it must hold for "
            f"{FEWEST} or more, and not hold for {FEWEST} or more; leave it out or give more items"
        )
    return x.astype(np.float64), y


def ranks(x: Floats) -> Iterator[Floats]:
    """Rank the items for every unit, ties in the middle, a block of units at a time."""
    from scipy.stats import rankdata

    step = max(BLOCK // len(x), 1)
    for a in range(0, x.shape[1], step):
        yield rankdata(x[:, a : a + step], axis=0)


def _from_ranks(r: Floats, y: Floats) -> Floats:
    # Mann & Whitney: U = (sum of ranks inside) − n₁(n₁ + 1)/2, and AUROC = U / n₁n₀
    inside = y.sum(0)
    outside = len(y) - inside
    above = r.T @ y - inside * (inside + 1) / 2
    return np.asarray(2 * above / (inside * outside) - 1)
