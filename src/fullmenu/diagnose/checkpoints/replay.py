"""How much of which earlier data to mix in: replay weights from what was lost."""

from __future__ import annotations

from collections.abc import Sequence

from fullmenu.diagnose.checkpoints.change import SuiteChange
from fullmenu.diagnose.checkpoints.suite_pairs import Given
from fullmenu.diagnose.checkpoints.suites import changes_by_suite
from fullmenu.errors import BadInput

FLOOR = 0.2
"""This part of the replay is spread evenly, unless said otherwise."""


def replay_weights(
    before: Given | Sequence[Given], after: Given | Sequence[Given], *, floor: float = FLOOR
) -> dict[str, float]:
    """Return how much of the replay each suite's data should be; the weights add up to 1.

    Suite → weight. (1 − ``floor``) goes by the net loss, the share lost less the share gained,
    where that is above 0; all of it evenly where nothing was lost.

    A rule of thumb, and no optimum: how much replay there is in all matters more than its split.
    It is no verdict either: noise alone gives weights that differ.

    Parameters
    ----------
    before, after
        As for :func:`forgetting`.
    floor
        This part is spread evenly: a suite that lost nothing now may lose once others are replayed.

    Raises
    ------
    BadInput, NotEnoughData
        As :func:`forgetting` raises them, or a floor outside [0, 1].

    Examples
    --------
    >>> before = {"sums": [1] * 10, "names": [1] * 10}
    >>> after = {"sums": [0] * 6 + [1] * 4, "names": [0] * 2 + [1] * 8}
    >>> weights = replay_weights(before, after)
    >>> {suite: round(w, 3) for suite, w in weights.items()}
    {'sums': 0.7, 'names': 0.3}
    """
    if not 0 <= floor <= 1:
        raise BadInput(f"floor={floor}: the part that is spread evenly lies in [0, 1]")
    return weights_of(changes_by_suite(before, after)[0], floor)


def weights_of(changes: Sequence[SuiteChange], floor: float = FLOOR) -> dict[str, float]:
    """Return the weights for suites that were judged."""
    lost = {c.suite: max(c.lost.value - c.gained.value, 0.0) for c in changes}
    total, even = sum(lost.values()), 1 / len(lost)
    if total == 0:
        return dict.fromkeys(lost, even)
    return {suite: floor * even + (1 - floor) * x / total for suite, x in lost.items()}
