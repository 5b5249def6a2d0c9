"""How much do the lists of two different users overlap?"""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.estimate import Estimate
from fullmenu.measures.lists._pairs import common
from fullmenu.measures.lists._shown import shown
from fullmenu.measures.registry import measure


@measure(takes="lists", unit="share", paper="Zhou et al. 2010; Hoeffding 1948")
def user_overlap(lists: Any, *, k: int | None = None, level: float = 0.95) -> Estimate:
    """Estimate which share of their lists two different users have in common.

    ``value`` = the mean over all pairs of different users of |A ∩ B| / √(|A|·|B|), which is |A ∩ B|
    / k for lists of one length. 1 means one list for everybody. One minus it is "personalization",
    or inter-user diversity.

    Parameters
    ----------
    level
        …: jackknife over users, t on the log scale.

    Notes
    -----
    Every pair counts, at a cost that grows with the lists and not with the pairs. Cannot see the
    order within a list, nor how alike different items are. It does not drift with the number of
    users. An item that comes twice in a list counts once; users with an empty list are left out.
    It is the mean cosine of users' rows of zeros and ones, which recmetrics and rexmex take from 1
    and call personalization (``benchmarks/peers.py rexmex``). With all lists alike, or no item in
    common, the interval is the exact one for a leading list. It held the truth in 93 to 100 % of
    samples (``benchmarks/intervals_lists.py``).

    Examples
    --------
    >>> print(user_overlap([["a", "b"], ["a", "c"], ["a", "b"], ["a", "d"]]))
    0.583 [0.264, 1]
    """
    s = shown(lists, k)
    found = common(s, 1 / np.sqrt(s.lengths()[s.user]))
    value = 1.0 if abs(found.mean - 1) < 1e-12 else found.mean
    low, high = found.interval(1.0, level)
    method = "U-statistic over pairs of users, jackknife over users"
    return Estimate(
        value, min(low, value), max(min(high, 1.0), value), s.users, "share", method, level
    )
