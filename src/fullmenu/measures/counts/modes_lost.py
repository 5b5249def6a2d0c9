"""How many modes did the model lose, beyond what chance hides?"""

from __future__ import annotations

from typing import Any

from fullmenu.estimate import Estimate
from fullmenu.measures.counts._modes import vanished
from fullmenu.measures.registry import measure


@measure(takes="counts", unit="modes", paper="Hurlbert 1971; Chao & Jost 2012; Chao et al. 2014")
def modes_lost(
    counts: Any,
    reference: Any,
    *,
    size: int | None = None,
    bootstrap: int = 200,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Estimate how many modes of the reference the sample no longer shows.

    ``value`` may be below 0: by chance, or because the sample shows more of the reference's modes
    than the reference itself would.

    Parameters
    ----------
    size
        m, the number of servings in which a mode must show. By default the most that can be had:
        half of the reference's, or all of the sample's if these are fewer.
    bootstrap
        How many pairs of samples are drawn for the interval.
    level
        …: Student's t, with the standard deviation of the drawn pairs.

    Raises
    ------
    NotEnoughData
        Fewer than three servings of the reference or two of the sample, or fewer than ``size``
        asks for.

    Notes
    -----
    Of m servings of the reference and m of the sample, the value is how many modes the first show
    and the second do not, less the same for m servings of the reference and m others of the
    reference. Both are exact expectations over subsamples, so that nothing is a loss on average
    where nothing changed, whatever the menu and n. Without the second term a long tail always
    reads as a loss.

    Cannot see the loss of modes that are too rare to show in m servings, nor a mode that became
    rare but still shows; a mode half gone counts in part. Modes that only the sample has do not
    matter (``modes_gained``). Which ones were lost it does not say. Values compare at equal m.
    With the default m the interval holds the truth in about its share of samples
    (``benchmarks/intervals_counts.py``); it is never narrower than the room for one mode that no
    sample has shown.

    Examples
    --------
    >>> before = [20, 18, 15, 12, 10, 9, 8, 5, 2, 1]
    >>> after = [40, 30, 0, 20, 0, 0, 6, 3, 1, 0]
    >>> print(modes_lost(after, before))
    3.22 [2.24, 4.21]
    """
    return vanished(reference, counts, size, bootstrap, level, seed)
