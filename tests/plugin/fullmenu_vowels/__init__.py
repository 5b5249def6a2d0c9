"""A plugin: one measure, registered as Fullmenu's own are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.stats.means import mean


@measure(takes="texts", unit="vowels", paper="nobody 2026", rises=None)
def different_vowels(texts: Sequence[str], *, level: float = 0.95) -> Estimate:
    """Count the different vowels of an output.

    Parameters
    ----------
    texts
        The outputs.
    level
        Coverage of the interval.

    Raises
    ------
    NotEnoughData
        Fewer than two outputs.

    Notes
    -----
    Cannot see whether two outputs have the same vowels.

    Examples
    --------
    >>> print(different_vowels(["cod", "hake", "bream"]))
    1.67 [0.232, 3.1]
    """
    if len(texts) < 2:
        raise NotEnoughData(f"this needs 2 outputs, not {len(texts)}; sample more")
    found = np.array([len(set("aeiou") & set(text.lower())) for text in texts], float)
    return mean(found, np.arange(len(found)), "vowels", level)
