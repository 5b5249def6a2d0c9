"""How many modes does the model have that it did not have, beyond what chance hides?"""

from __future__ import annotations

from typing import Any

from fullmenu.estimate import Estimate
from fullmenu.measures.counts._modes import vanished
from fullmenu.measures.registry import measure


@measure(
    takes="counts",
    unit="modes",
    paper="Hurlbert 1971; Chao & Jost 2012; Chao et al. 2014",
    rises=None,
)
def modes_gained(
    counts: Any,
    reference: Any,
    *,
    size: int | None = None,
    bootstrap: int = 200,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Estimate how many modes the sample shows that the reference did not have.

    Parameters
    ----------
    size
        m, the number of servings in which a mode must show. By default the most that can be had:
        half of the sample's, or all of the reference's if these are fewer.
    bootstrap
        How many pairs of samples are drawn for the interval.
    level
        …: Student's t, with the standard deviation of the drawn pairs.

    Raises
    ------
    NotEnoughData
        Fewer than three servings of the sample or two of the reference, or fewer than ``size``
        asks for.

    Notes
    -----
    ``modes_lost`` with the sides exchanged: what m servings of the sample show and m of the
    reference do not, less the same for two samples of the sample's own. It says nothing of
    variety by itself, since a model that swaps one menu for another gains as much as it loses;
    and a mode that was too rare before to show counts as gained when it becomes common.

    Examples
    --------
    >>> before = [20, 18, 15, 12, 10, 9, 8, 5, 2, 1, 0]
    >>> after = [10, 15, 10, 12, 10, 9, 8, 5, 2, 1, 30]
    >>> print(modes_gained(after, before))
    0.597 [-0.514, 1.71]
    """
    return vanished(counts, reference, size, bootstrap, level, seed)
