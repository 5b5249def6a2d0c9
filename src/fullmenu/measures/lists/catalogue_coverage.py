"""How much of the catalogue is recommended to anybody?"""

from __future__ import annotations

from typing import Any

from fullmenu.estimate import Estimate
from fullmenu.measures.lists._rarefied import items_among
from fullmenu.measures.lists._shown import Catalogue, catalogue_size, shown
from fullmenu.measures.registry import measure


@measure(
    takes="lists",
    unit="share",
    paper="Herlocker et al. 2004; Ge, Delgado-Battenfeld & Jannach 2010",
    rises=True,
)
def catalogue_coverage(
    lists: Any,
    catalogue: Catalogue,
    *,
    k: int | None = None,
    users: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate which share of the catalogue is shown to anyone.

    ``value`` = ``aggregate_diversity`` / size of the catalogue, in [0, 1].

    Parameters
    ----------
    lists
        …; of any lengths.
    users
        Among how many users; all that there are by default. Coverage grows with users by that
        alone, so that values compare only at one number of them.
    level
        …: jackknife over users, Wilson's with t on the effective number.

    Raises
    ------
    NotEnoughData
        …, or fewer than ``users``.
    BadInput
        A catalogue that lacks an item that was shown; lists that are no ranked lists.

    Notes
    -----
    All that is said of ``aggregate_diversity`` holds: it cannot see how often an item is shown,
    and the interval is for as many new users. With m users and lists of k it cannot exceed m·k
    items, however large the catalogue.

    Examples
    --------
    >>> print(catalogue_coverage([["a", "b"], ["a", "c"], ["a", "b"], ["a", "d"]], 10))
    0.4 [0.2, 0.627]
    """
    s = shown(lists, k)
    size = catalogue_size(catalogue, s)
    e = items_among(s, users, level)
    assert e.low is not None and e.high is not None
    value, low, high = (min(x / size, 1.0) for x in (e.value, e.low, e.high))
    return Estimate(value, low, high, e.n, "share", e.method, level)
