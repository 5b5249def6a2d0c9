"""Double descent as a finding: is there a peak, and does the user stand on it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from fullmenu.diagnose.descents.curves import Curves, Floats, curves_of
from fullmenu.diagnose.descents.peaks import (
    Pick,
    above_lowest,
    largest_rise,
    pick,
    read_on_others,
    rise_and_fall,
)
from fullmenu.diagnose.descents.threshold import bracket, thresholds
from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding, FindingVerdict
from fullmenu.stats.seeds import over_seeds

NEAR = 2.0
"""A peak within this factor of the threshold is the one that theory puts there."""


def double_descent(
    log: Iterable[Mapping[str, Any]] | Mapping[str, Any],
    *,
    here: float | None = None,
    null_loss: float | None = None,
    floor: float = 1e-3,
    margin: float = 0.02,
    level: float = 0.95,
    subject: str = "the log",
) -> Finding:
    """Diagnose whether test error rises to a peak and falls again beyond it.

    A hazard. ``warning``: rise and fall are both surely above 0. ``ok``: every rise inside the
    log is surely below the margin. Else ``inconclusive``: so is every single curve. Where there
    is a peak and ``here`` is given, the verdict is of that place: ``warning`` where its error
    is surely above the lowest before the peak, ``ok`` where it is surely not so by the margin,
    or where the first descent is not over.
    The gap is the rise.

    The threshold goes by the *loss*: a train *error* of 0 or nearly is reached long before the
    data are interpolated. For K outputs of a linear head on N features it is N = n (Belkin et al.
    2019, 1812.11118); for trained nets it must be measured (Nakkiran et al. 2020, 1912.02292).

    Where the peak is, is picked on half of the seeds and read on the others, and the other way
    round; rise and fall are judged by Student's t over seeds. The halves are not independent, for
    each picks for the other, so the intervals are at (1 + ``level``)/2; with that, false peaks stay
    below 5 % where a curve only rises or only falls (``benchmarks/nulls_double_descent.py``).

    It sees what lies between the ends of the log: a rise at its end is no peak, and a second
    descent beyond it is not seen. A peak between two places of a coarse grid is missed.

    Parameters
    ----------
    log
        Rows, or columns by name: one of ``size``, ``epoch`` and ``n``; ``train_loss``;
        ``test_error``; ``seed``. :func:`sweep` makes one.
    here
        Where the user stands on that axis.
    null_loss, floor
        Train loss of a model that learned nothing, by default the largest in the log; the
        threshold is where the train loss is at most ``floor`` times this.
    margin
        The largest rise, or excess, of the test error that is called none.
    level, subject
        Coverage of the intervals, over seeds; what is diagnosed.

    Raises
    ------
    BadInput, NotEnoughData
        The log has not the columns, or fewer than three places that every seed has.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> log = [{"size": k, "seed": s, "train_loss": max(1 - k / 300, 0),
    ...         "test_error": 0.2 + 0.5 * (k == 300) - 0.1 * (k > 300) + rng.normal(0, 0.01)}
    ...        for k in (100, 200, 300, 600, 900) for s in range(5)]
    >>> found = double_descent(log, here=300)
    >>> found.verdict, found.evidence["threshold"].value
    ('warning', 300.0)
    """
    if not (0 < floor < 1 and 0 < margin < 1 and 0.5 < level < 1):
        raise BadInput(
            f"floor={floor}, margin={margin}, level={level}: floor and margin lie in (0, 1), level "
            "in (0.5, 1)"
        )
    curves = curves_of(log)
    seeds, axis = curves.test_error.shape[0], curves.axis
    if here is not None and not curves.at[0] <= here <= curves.at[-1]:
        raise BadInput(
            f"here={here:g} lies outside the log, {axis} {curves.at[0]:g} to {curves.at[-1]:g}"
        )
    picked = pick(curves.test_error.mean(0))
    peak = Peak(curves, picked, *_both(curves.test_error, level, picked))
    where = bracket(curves, thresholds(curves, null_loss, floor))
    evidence = {"rise to the peak": peak.rise, "fall beyond it": peak.fall}
    verdict, why = _verdict(peak, margin, level)
    if peak.shown and here is not None:
        above, verdict, told = _stand(peak, here, margin, level)
        evidence[f"at {axis} {here:g}, above the lowest before the peak"] = above
        why = f"{why[:-1]}; {told}."
    if where is not None:
        evidence["threshold"] = where
    return Finding(
        "double descent",
        "hazard",
        subject,
        "train loss",
        "test error",
        peak.rise,
        "no rise beyond the seeds' own noise: 0",
        items=curves.at.size,
        seeds=seeds,
        verdict=verdict,
        why=why,
        caveat="Speaks of the places in the log; a narrow peak between two of them is not seen.",
        cure=_way_out(peak) if peak.shown else "",
        evidence=evidence,
        notes=(*curves.notes, *_notes(peak, where, null_loss)),
    )


class Peak(NamedTuple):
    """Where test error peaks, and how far it rises to there and falls beyond."""

    curves: Curves
    picked: Pick
    rise: Estimate
    fall: Estimate

    @property
    def at(self) -> float:
        """The place on the axis."""
        return float(self.curves.at[self.picked.peak])

    @property
    def shown(self) -> bool:
        """Whether there surely is one."""
        return self.rise.above(0) and self.fall.above(0)


def _both(errors: Floats, level: float, picked: Pick) -> list[Estimate]:
    if len(errors) == 1:
        both = [errors[:, picked.peak] - errors[:, k] for k in (picked.before, picked.after)]
        words = "one seed: picked and read on the same curve, so too large"
    else:
        both = list(rise_and_fall(errors))
        words = "picked on one half of the seeds, read on the other; t over seeds"
    told = [over_seeds(x.tolist(), "test error", _strict(level)) for x in both]
    return [replace(e, method=words) if e.low is not None or e.n == 1 else e for e in told]


def _strict(level: float) -> float:
    """Coverage of what two halves of the seeds read where the other picked: they go together."""
    return (1 + level) / 2


def _verdict(peak: Peak, margin: float, level: float) -> tuple[FindingVerdict, str]:
    curves, rise, fall = peak.curves, peak.rise, peak.fall
    told = f"test error rises by {rise} to {curves.axis} {peak.at:g} and falls by {fall} beyond it"
    if peak.shown:
        return "warning", f"{told}."
    if len(curves.test_error) == 1:
        return "inconclusive", f"{told}, on one seed: noise does that too; give 4 seeds or more."
    most = largest_rise(curves.test_error)
    if most is not None and most < margin:
        told = f"no rise inside the log is above {max(most, 0):.2g}, the margin is {margin:g}."
        return "ok", told
    last = _ascent(curves, level)
    if last is not None:
        told = f"test error rises by {last} to the end of the log, and no second descent is in it."
        return "inconclusive", told
    doubt = "the rise" if not rise.above(0) else "the fall"
    return "inconclusive", f"{told}: {doubt} is not surely above 0; give more seeds."


def _ascent(curves: Curves, level: float) -> Estimate | None:
    """Return the rise to the last place, where it is sure: read on the other half of the seeds."""
    errors = curves.test_error
    rises = read_on_others(
        errors, lambda half, low: errors[half, -1] - errors[half, low], np.argmin
    )
    e = over_seeds(rises.tolist(), "test error", _strict(level))
    return e if e.above(0) else None


def _stand(
    peak: Peak, here: float, margin: float, level: float
) -> tuple[Estimate, FindingVerdict, str]:
    """Compare the error at ``here`` with the lowest before the peak, found on the other seeds."""
    curves = peak.curves
    errors, at = curves.test_error, curves.at
    each = above_lowest(errors, np.array([np.interp(here, at, row) for row in errors]))
    above = over_seeds(each.tolist(), "test error", level)
    surely = over_seeds(each.tolist(), "test error", 0.9)
    side = "at" if here == peak.at else "before" if here < peak.at else "beyond"
    place = f"{curves.axis} {here:g}, {side} the peak,"
    if here <= at[peak.picked.before]:
        return above, "ok", f"{place} is on the first descent or at its end"
    told = f"{place} is {above} above the lowest error before it"
    if above.above(0) and above.value > margin:
        return above, "warning", told
    if surely.below(margin):
        return above, "ok", told
    return above, "inconclusive", f"{told}: not surely more or less than {margin:g}"


def _way_out(peak: Peak) -> str:
    axis, at, picked = peak.curves.axis, peak.curves.at, peak.picked
    mean = peak.curves.test_error.mean(0)
    lowest = mean[picked.before]
    ways = [f"{axis} {at[picked.before]:g} or thereabouts (error {lowest:.3g})"]
    beyond = [k for k in range(picked.peak + 1, at.size) if mean[k] < lowest]
    if beyond:
        ways.insert(0, f"{axis} {at[beyond[0]]:g} or more (error {mean[beyond[0]]:.3g})")
    else:
        ways.append(f"no {axis} in the log beyond the peak is better than that")
    return f"{'; '.join(ways)}; or a stronger ridge (weight decay), or early stopping."


def _notes(peak: Peak, where: Estimate | None, null_loss: float | None) -> list[str]:
    notes = []
    if where is None:
        notes.append("the train loss never reaches its floor: the threshold lies outside the log")
    elif peak.shown:
        factor = peak.at / where.value
        if not 1 / NEAR <= factor <= NEAR:
            notes.append(f"the peak is not at the threshold, but at {factor:.2g} times it")
    if null_loss is None:
        notes.append("null loss: the largest train loss in the log")
    return notes
