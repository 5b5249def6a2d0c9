"""How common is the commonest dish?"""

from __future__ import annotations

from typing import Any

from fullmenu.estimate import Estimate
from fullmenu.measures.counts.top_share import top_share
from fullmenu.measures.registry import measure


@measure(takes="counts", unit="share", paper="Berger & Parker 1970")
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

    Examples
    --------
    >>> print(berger_parker([46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12))
    0.274 [0.208, 0.346]
    """
    return top_share(counts, 1, level=level)
