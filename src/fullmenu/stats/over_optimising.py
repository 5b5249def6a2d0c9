"""Is the true score past its peak? What the checkpoints themselves show, and where the peak is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fullmenu.estimate import Estimate
from fullmenu.stats.goodhart import FORMS, Fit, Floats, Form, fit, known, relative
from fullmenu.stats.parts import Parts

Peak = Literal["past the peak", "before the peak", "no peak", "unclear"]

PLAUSIBLE = 0.01
"""A form of less Akaike weight than this has no say in where the peak is."""

MISFIT = 0.2
"""Fits as bad as by a smaller chance than this are not trusted alone with the peak."""


@dataclass(frozen=True)
class Judgement:
    """What was found of one optimisation, or of several runs of it.

    Parameters
    ----------
    verdict
        ``past the peak``: the gold score has fallen. ``before the peak``: it still rises, ever more
        slowly. ``no peak``: it still rises, and does not bend. ``unclear``: none of these is sure.
    reason
        One sentence that can be checked against the numbers.
    form
        Which form fits better.
    weights
        Akaike weight of each form.
    fits
        Each form as fitted.
    peak
        d* in √nats, where the verdict is ``past the peak`` and the forms put it inside the run.
        Nothing is said of a peak beyond. Where the form misses the curve's shape, the interval also
        holds the whole part of the run where gold was best.
    best
        Smallest and largest √KL of those parts of the run where the gold score was best, as far as
        the checkpoints can tell them apart.
    gold, proxy
        Change of either score to the last part of the run, from the part from which gold fell most
        surely.
    """

    verdict: Peak
    reason: str
    form: Form
    weights: Mapping[str, float]
    fits: Mapping[str, Fit]
    peak: Estimate | None
    best: tuple[float, float]
    gold: Estimate
    proxy: Estimate

    @property
    def past(self) -> bool:
        """Whether the gold score is past its peak."""
        return self.verdict == "past the peak"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "verdict": self.verdict,
            "reason": self.reason,
            "form": self.form,
            "peak": self.peak.to_dict() if self.peak else None,
            "best": list(self.best),
            "gold": self.gold.to_dict(),
            "proxy": self.proxy.to_dict(),
            "forms": {
                name: {
                    "weight": self.weights[name],
                    "alpha": f.alpha.to_dict(),
                    "beta": f.beta.to_dict(),
                    "end_slope": f.end_slope.to_dict(),
                    "peak": f.peak.to_dict() if f.peak else None,
                }
                for name, f in self.fits.items()
            },
        }

    def __str__(self) -> str:
        return f"{self.verdict}: {self.reason}"


def judge(
    d: Floats,
    proxy: Floats,
    gold: Floats,
    *,
    form: Form | None = None,
    runs: NDArray[np.int64] | None = None,
    weights: Floats | None = None,
    errors: Floats | None = None,
    intercept: bool = True,
    level: float = 0.95,
) -> Judgement:
    """Judge whether optimisation has gone past the peak of the gold score.

    Parameters
    ----------
    d, proxy, gold : (n,)
        √KL from the reference, and both scores of each checkpoint, in the order of the run.
    form
        How d came about; by default the form that fits better.
    runs, weights, errors, intercept, level
        As in :func:`fullmenu.stats.goodhart.fit`.

    Notes
    -----
    A curve that only levels off makes either form bend down inside the run. So the fall must stand
    in the checkpoints themselves: the last fifth of the run against each earlier one, at
    (1 − level)/2 over all of them.
    """
    names = np.zeros(len(d), np.int64) if runs is None else runs
    asked = (form,) if form else FORMS
    fits: dict[str, Fit] = {}
    for f in asked:
        fits[f] = fit(
            d, gold, f, runs=runs, weights=weights, errors=errors, intercept=intercept, level=level
        )
    shares = _akaike(fits)
    best: Form = max(asked, key=lambda f: shares[f])
    w = relative(d, weights, errors)
    scored = Parts(d, gold, w, names, None if errors is None else known(errors))
    fall, part = scored.fall(level)
    rise = Parts(d, proxy, w, names).change(part, scored.count - 1, level)
    plausible = [fits[f] for f in asked if shares[f] >= PLAUSIBLE]
    verdict = _verdict(fall, plausible)
    top = scored.best(level)
    peak = _peak(fits[best], plausible) if verdict == "past the peak" else None
    if peak and scored.misfit(fits[best].rss, len(fits[best].coefficients)) < MISFIT:
        peak = _wider(peak, top)
    if peak is None and verdict == "past the peak":
        peak = _of_parts(scored, top, level)
    reason = _reason(verdict, fall, rise, peak, top, fits[best])
    return Judgement(verdict, reason, best, shares, fits, peak, top, fall, rise)


def _akaike(fits: Mapping[str, Fit]) -> dict[str, float]:
    """Weights of the forms; they have equally many coefficients, so residuals alone decide."""
    worth = max(f.worth for f in fits.values())
    aic = {name: worth * math.log(max(f.rss, 1e-300)) for name, f in fits.items()}
    least = min(aic.values())
    raw = {name: math.exp(-(x - least) / 2) for name, x in aic.items()}
    return {name: x / sum(raw.values()) for name, x in raw.items()}


def _verdict(fall: Estimate, fits: list[Fit]) -> Peak:
    if fall.high is not None and fall.high < 0:
        return "past the peak"
    if all(_below(0, f.end_slope) for f in fits):
        return "before the peak" if all(_below(0, f.beta) for f in fits) else "no peak"
    return "unclear"


def _below(x: float, e: Estimate) -> bool:
    return e.low is not None and x < e.low


def _peak(best: Fit, plausible: list[Fit]) -> Estimate | None:
    """The better form's peak, with an interval that holds every plausible form's."""
    peak = best.peak
    if peak is None or len(plausible) == 1:
        return peak
    all_of_them = [f.peak for f in plausible]
    lows = [p.low if p else None for p in all_of_them]
    highs = [p.high if p else None for p in all_of_them]
    return replace(
        peak,
        low=None if None in lows else min(x for x in lows if x is not None),
        high=None if None in highs else max(x for x in highs if x is not None),
        method=f"{peak.method}; wide enough for both forms",
    )


def _wider(peak: Estimate, top: tuple[float, float]) -> Estimate:
    return replace(
        peak,
        low=top[0] if peak.low is None else min(peak.low, top[0]),
        high=top[1] if peak.high is None else max(peak.high, top[1]),
        method=f"{peak.method}; the form misses the shape: widened to where gold was best",
    )


def _of_parts(scored: Parts, top: tuple[float, float], level: float) -> Estimate:
    method = "where gold was best, by parts of the run: no form peaks inside"
    return Estimate(sum(top) / 2, *top, len(scored.y), "√nats", method, level)


def _reason(
    verdict: Peak,
    fall: Estimate,
    rise: Estimate,
    peak: Estimate | None,
    best: tuple[float, float],
    f: Fit,
) -> str:
    if verdict == "past the peak":
        if _below(0, rise):
            also = f"while the proxy changed by {rise}: it still rose"
        elif rise.high is not None and rise.high < 0:
            also = f"and the proxy by {rise}: it fell too, which is not over-optimisation alone"
        else:
            also = f"the proxy changed by {rise}"
        if peak:
            where = f"the {f.form} form puts the peak at √KL = {peak}"
        else:
            where = f"it was best at √KL {best[0]:.3g} to {best[1]:.3g}, no form says more"
        return f"gold changed by {fall} to the end of the run, {also}; {where}"
    end = f"at √KL = {f.high:.3g}, where the run ends"
    if verdict == "before the peak":
        return f"gold still rises {end}, but more slowly; a peak was not reached in this run"
    if verdict == "no peak":
        return f"gold still rises {end}, and nothing in this run points to a peak"
    return (
        f"gold changed by {fall} from its best part to the end, and by {f.end_slope} per √nat "
        f"{end}: neither a fall nor a rise is sure; give more checkpoints, or several runs"
    )
