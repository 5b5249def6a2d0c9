"""The interpolation threshold: where a model first fits its training data, by the loss."""

from __future__ import annotations

import numpy as np

from fullmenu.diagnose.descents.curves import Curves, Floats
from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate


def thresholds(curves: Curves, null_loss: float | None, floor: float) -> Floats:
    """Return where each seed's train loss first is at its floor; NaN: nowhere.

    The floor is a share of ``null_loss``, the loss of a model that learned nothing. By size or
    epoch it is the first place at the floor; by the number of examples the last, for more examples
    are harder to fit.
    """
    null = float(curves.train_loss.max()) if null_loss is None else float(null_loss)
    if not null > 0:
        raise BadInput(f"null_loss={null}: the loss of a model that learned nothing is above 0")
    fits = curves.train_loss <= floor * null
    found = np.full(len(fits), np.nan)
    for k, row in enumerate(fits):
        if row.any():
            places = np.flatnonzero(row)
            found[k] = curves.at[places[-1] if curves.axis == "n" else places[0]]
    return found


def bracket(curves: Curves, found: Floats) -> Estimate | None:
    """Return the threshold with the places around it; ``None`` where no seed reached it.

    The ends are the last place that does not fit and the first that does, over all seeds: the grid
    says no more. An end beyond the log is open.
    """
    seen = found[np.isfinite(found)]
    if not seen.size:
        return None
    at, step = curves.at, 1 if curves.axis == "n" else -1
    index = np.searchsorted(at, seen)
    beside = index + step
    inside = (beside >= 0) & (beside < at.size)
    other = None if not inside.all() else at[beside]
    value = float(np.median(seen))
    ends: tuple[float | None, float | None]
    if step < 0:
        ends = (None if other is None else float(other.min()), float(seen.max()))
    else:
        ends = (float(seen.min()), None if other is None else float(other.max()))
    if seen.size < found.size:  # some seeds never reached it
        ends = (ends[0], None) if step < 0 else (None, ends[1])
    alike = f"{int((seen == value).sum())} of {found.size} seeds exactly there"
    return Estimate(
        value, ends[0], ends[1], found.size, curves.axis,
        f"train loss at its floor, median; {alike}; ends: the places around it",
    )  # fmt: skip
