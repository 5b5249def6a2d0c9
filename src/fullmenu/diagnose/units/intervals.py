"""Standard errors over items, from random halves of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fullmenu.diagnose.units.effects import FEWEST, Floats
from fullmenu.errors import NotEnoughData


def half_spread(
    statistic: Callable[[Floats, Floats], Floats], x: Floats, y: Floats, draws: int, seed: int
) -> Floats:
    """Return the standard errors of several numbers on all items, from random halves of them.

    Half of the items, drawn without replacement, differ from all by as much as all differ from
    the population: no factor is needed (Shao & Wu 1989 on leaving out many).
    """
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(4 * draws):
        half = rng.permutation(len(x))[: len(x) // 2]
        held = y[half].sum(0)
        if np.minimum(held, len(half) - held).min() < FEWEST // 2:
            continue
        found.append(statistic(x[half], y[half]))
        if len(found) == draws:
            return np.asarray(np.std(found, axis=0, ddof=1))
    raise NotEnoughData(
        f"an interval over {len(x)} items is read from halves of them, and a concept is too rare "
        "for that; leave it out or give more items"
    )
