"""Tests of a paired change: McNemar's, exact; Holm's step-down over several suites."""

from __future__ import annotations

from fullmenu.errors import BadInput


def mcnemar(lost: int, gained: int) -> float:
    """Return the exact two-sided chance of a split as uneven, if losses and gains are alike likely.

    Parameters
    ----------
    lost, gained
        Items that were right and became wrong, and the other way round. Items that stayed as they
        were say nothing.

    Notes
    -----
    Source: McNemar 1947; the exact form is the sign test on the items that changed.

    Examples
    --------
    >>> round(mcnemar(10, 2), 4), mcnemar(0, 0)
    (0.0386, 1.0)
    """
    from scipy.special import bdtr

    if lost < 0 or gained < 0:
        raise BadInput(f"lost={lost}, gained={gained}: counts of items are not negative")
    changed = lost + gained
    return min(1.0, 2 * float(bdtr(min(lost, gained), changed, 0.5))) if changed else 1.0
