"""How many different items is anybody shown?"""

from __future__ import annotations

from typing import Any

from fullmenu.estimate import Estimate
from fullmenu.measures.lists._rarefied import items_among
from fullmenu.measures.lists._shown import shown
from fullmenu.measures.registry import measure


@measure(
    takes="lists", unit="items", paper="Adomavicius & Kwon 2012; Colwell et al. 2012", rises=True
)
def aggregate_diversity(
    lists: Any, *, k: int | None = None, users: int | None = None, level: float = 0.95
) -> Estimate:
    """Estimate how many different items are shown to users, all taken together.

    ``value`` = the expected number of different items among ``users`` users drawn without
    replacement, exact (sample-based rarefaction).

    Parameters
    ----------
    lists
        …; of any lengths.
    users
        Among how many users; all that there are by default. The number grows with users by that
        alone, so that values compare only at one number of them.
    level
        …: jackknife over users, Wilson's with t on the effective number.

    Raises
    ------
    NotEnoughData
        …, or fewer than ``users``.

    Notes
    -----
    Cannot see how often an item is shown: one user in a million is enough. An item that comes
    twice in a list counts once, and users with an empty list are left out.

    The interval is for as many new users of the same recommender. It is cautious where nearly
    everything that can be shown is shown, because the jackknife's variance errs upwards (Efron &
    Stein 1981): it held the truth in 93 to 100 % of samples (``benchmarks/intervals_lists.py``).
    Where no two users share an item it is that of a share of 1 among so many users.

    Examples
    --------
    >>> lists = [["a", "b"], ["a", "c"], ["a", "b"], ["a", "d"]]
    >>> print(aggregate_diversity(lists))
    4 [2, 6.27]
    >>> print(aggregate_diversity(lists, users=2))
    2.83 [2, 3.5]
    """
    return items_among(shown(lists, k), users, level)
