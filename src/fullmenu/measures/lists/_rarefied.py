"""How many different items a number of users see among them, and how sure that is."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.lists._shown import Floats, Ints, Shown
from fullmenu.stats.proportion import share_interval


def items_among(s: Shown, users: Any, level: float) -> Estimate:
    """Estimate how many different items are shown to so many users (``None``: to all).

    The sum over items of the chance that users drawn without replacement hold one who is shown
    the item, exact. Jackknife over users; Wilson's interval on the share that these items are of
    all places in the lists.

    Raises
    ------
    BadInput
        ``users`` is no whole number of at least 1.
    NotEnoughData
        There are not so many users.
    """
    n = s.users
    m = n if users is None else users
    if isinstance(m, bool) or not isinstance(m, (int, np.integer)) or m < 1:
        raise BadInput(f"users={users!r}: give a whole number of at least 1")
    if m > n:
        raise NotEnoughData(
            f"{n} users with a list, so what {m} users see is not known; give more, or users={n} "
            "(values compare only at the same number)"
        )
    value, without = rarefied(s, int(m))
    most = m * len(s.user) / n
    low, high = share_interval(min(value / most, 1.0), without / most, level)
    shortest = float(s.lengths().min())  # of any users, each is shown so many
    low, high = min(max(low * most, shortest), value), max(high * most, value)
    method = f"items among {m} users, jackknife over users"
    return Estimate(value, low, high, n, "items", method, level)


def rarefied(s: Shown, m: int) -> tuple[float, Floats]:
    """Different items among m users; and with each user left out (then among n − 1 at most)."""
    n, audience = s.users, s.audience()
    value = float(_drawn(audience, n, m).sum())
    rest, few = n - 1, min(m, n - 1)
    stay, gone = _drawn(audience, rest, few), _drawn(audience - 1, rest, few)
    lost = np.bincount(s.user, (stay - gone)[s.item], minlength=n)
    return value, stay.sum() - lost


def _drawn(audience: Ints, n: int, m: int) -> Floats:
    """Chance that m of n users, drawn without replacement, hold one of an item's audience."""
    from scipy.special import gammaln

    counts, where = np.unique(audience, return_inverse=True)
    c = np.minimum(counts, n).astype(np.float64)
    room = np.maximum(n - c - m, 0.0)
    logs = gammaln(n - c + 1) - gammaln(room + 1) - gammaln(n + 1.0) + gammaln(n - m + 1.0)
    chance = np.where(n - c < m, 1.0, -np.expm1(logs))
    return np.asarray(np.where(c <= 0, 0.0, chance)[where])
