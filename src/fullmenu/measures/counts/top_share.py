"""How much of what is served are the bestsellers?"""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.counts._counts import tally
from fullmenu.measures.counts.richness import f0
from fullmenu.measures.registry import measure
from fullmenu.stats.proportion import leader_interval


@measure(unit="share", paper="Berger & Parker 1970")
def top_share(counts: Any, k: int = 3, *, level: float = 0.95) -> Estimate:
    """Measure the share of servings that go to the ``k`` commonest dishes.

    Parameters
    ----------
    k
        How many bestsellers.
    level
        …; its lower bound allows for the luck that made these dishes the commonest.

    Notes
    -----
    Sees the bestsellers only. The commonest of a small sample look commoner than they are (n
    servings cannot show less than min(k, n)/n), so compare samples of equal size.

    >>> print(top_share([46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12))
    0.506 [0.391, 0.581]
    """
    s = tally(counts)
    ranked = np.repeat(s.x, s.f.astype(np.int64))[::-1]
    others = float(s.n) if s.seen(1) == s.n else f0(s)
    low, high = leader_interval(ranked, k, level, unseen=others)
    value = float(ranked[:k].sum()) / s.n
    return Estimate(value, low, high, s.n, "share", f"top {k}, allowing for luck", level)


@measure(unit="share", paper="Berger & Parker 1970")
def berger_parker(counts: Any, *, level: float = 0.95) -> Estimate:
    """Measure the share of servings that go to the commonest dish.

    Parameters
    ----------
    level
        …; its lower bound allows for the luck that made this dish the commonest.

    Notes
    -----
    ``top_share`` with k = 1, under the name that ecology has for it; 1 over the Hill number of
    order ∞. It sees one dish only. n servings cannot show less than 1/n, so compare samples of
    equal size. The value is scikit-bio's ``berger_parker_d``.

    >>> print(berger_parker([46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12))
    0.274 [0.208, 0.346]
    """
    return top_share(counts, 1, level=level)
