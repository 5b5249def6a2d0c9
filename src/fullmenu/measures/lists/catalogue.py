"""How many different items is anybody shown, and how much of the catalogue is that?"""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.lists._shown import Catalogue, ShownItems, catalogue_size, shown
from fullmenu.measures.registry import measure
from fullmenu.stats.arrays import Floats
from fullmenu.stats.draws import shown as chance_shown
from fullmenu.stats.proportion import share_interval


@measure(unit="items", paper="Adomavicius & Kwon 2012; Colwell et al. 2012", rises=True)
def aggregate_diversity(
    lists: Any, *, k: int | None = None, users: int | None = None, level: float = 0.95
) -> Estimate:
    """Estimate how many different items are shown to users, all taken together.

    ``value`` = the expected number of different items among ``users`` users drawn without
    replacement, exact (sample-based rarefaction).

    Cannot see how often an item is shown: one user in a million is enough. An item that comes
    twice in a list counts once, and users with an empty list are left out.

    The interval is for as many new users of the same recommender. It is cautious where nearly
    everything that can be shown is shown, because the jackknife's variance errs upwards (Efron &
    Stein 1981): it held the truth in 93 to 100 % of samples (``benchmarks/intervals_lists.py``).
    Where no two users share an item it is that of a share of 1 among so many users.

    Parameters
    ----------
    lists
        …; of any lengths.
    level
        …: jackknife over users, Wilson's with t on the effective number.

    Raises
    ------
    NotEnoughData
        …, or fewer than ``users``.

    >>> lists = [["a", "b"], ["a", "c"], ["a", "b"], ["a", "d"]]
    >>> print(aggregate_diversity(lists))
    4 [2, 6.27]
    >>> print(aggregate_diversity(lists, users=2))
    2.83 [2, 3.5]
    """
    return items_among(shown(lists, k), users, level)


@measure(
    unit="share", paper="Herlocker et al. 2004; Ge, Delgado-Battenfeld & Jannach 2010", rises=True
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

    All that is said of ``aggregate_diversity`` holds: it cannot see how often an item is shown,
    and the interval is for as many new users. With m users and lists of k it cannot exceed m·k
    items, however large the catalogue.

    Parameters
    ----------
    level
        …: that of ``aggregate_diversity``.

    Raises
    ------
    NotEnoughData
        …, or fewer than ``users``.

    >>> print(catalogue_coverage([["a", "b"], ["a", "c"], ["a", "b"], ["a", "d"]], 10))
    0.4 [0.2, 0.627]
    """
    s = shown(lists, k)
    size = catalogue_size(catalogue, s)
    e = items_among(s, users, level)
    return e.through(lambda items: min(items / size, 1.0), "share", e.method)


def items_among(s: ShownItems, users: int | None, level: float) -> Estimate:
    """Estimate how many different items are shown to so many users (``None``: to all).

    The sum over items of the chance that users drawn without replacement hold one who is shown
    the item, exact. Jackknife over users; Wilson's interval on the share that these items are of
    all places in the lists.
    """
    n = s.users
    m = n if users is None else users
    if m > n:
        raise NotEnoughData(
            f"{n} users with a list, so what {m} users see is not known; give more, or users={n} "
            "(values compare only at the same number)"
        )
    value, without = rarefied(s, m)
    most = m * len(s.user) / n
    low, high = share_interval(min(value / most, 1.0), without / most, level)
    shortest = float(s.lengths().min())  # of any users, each is shown so many
    low, high = min(max(low * most, shortest), value), max(high * most, value)
    method = f"items among {m} users, jackknife over users"
    return Estimate(value, low, high, n, "items", method, level)


def rarefied(s: ShownItems, m: int) -> tuple[float, Floats]:
    """Different items among m users; and with each user left out (then among n − 1 at most)."""
    n, audience = s.users, s.audience()
    # Σ over items of 1 − C(n − a, m)/C(n, m), a the users that an item is shown to
    value = float(chance_shown(audience, n, m).sum())
    rest, few = n - 1, min(m, n - 1)
    stay, gone = chance_shown(audience, rest, few), chance_shown(audience - 1, rest, few)
    lost = np.bincount(s.user, (stay - gone)[s.item], minlength=n)
    return value, stay.sum() - lost
