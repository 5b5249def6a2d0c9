"""Over-optimisation: the proxy rises, the gold score has passed its peak.

Gao, Schulman and Hilton (2022): with d = √KL, the gold score of a policy that is optimised for a
proxy is d(α − βd) for best-of-n, and d(α − β ln d) for reinforcement learning. Both are linear in α
and β, and peak at d* = α/2β and at d* = exp(α/β − 1). The curve is fitted (:func:`fit`); whether
gold fell is read off the :class:`Checkpoints`; :func:`judge` puts both together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.estimate import Estimate
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.quantile import t_quantile

Form = Literal["best-of-n", "rl"]
Peak = Literal["past the peak", "before the peak", "no peak", "unclear"]

FORMS: tuple[Form, ...] = ("best-of-n", "rl")

LEAST = 6
"""Checkpoints of a run, at the least."""

PLAUSIBLE = 0.01
"""A form of less Akaike weight than this has no say in where the peak is."""

MISFIT = 0.2
"""Fits as bad as by a smaller chance than this are not trusted alone with the peak."""

CAUTION = 0.5
"""Standard errors added to the residuals' correlation: too low, it would promise too much."""

PARTS = 5
"""A run is cut into so many parts of about equal numbers of checkpoints."""

SMOOTH = 5
"""Degree of the polynomial around which a single run's noise is judged; less in a short run."""

_MOST = 0.95
"""Residuals are never taken to be more alike than this."""

_ROUNDING = 1e-20


def over_optimisation(
    kl: Any,
    proxy: Any,
    gold: Any,
    *,
    form: Literal["auto", "best-of-n", "rl"] = "auto",
    runs: Any = None,
    weights: Any = None,
    gold_error: Any = None,
    intercept: bool = True,
    level: float = 0.95,
) -> OverOptimisation:
    """Say whether training for a proxy has gone past the peak of what was wanted.

    Parameters
    ----------
    kl : (n,)
        KL from the reference at each checkpoint, in nats (:func:`fullmenu.train.kl_divergence`; for
        best-of-n :func:`fullmenu.train.kl_of_best_of`). The curves are drawn over d = √KL.
    proxy, gold : (n,)
        Mean score of the checkpoint's outputs under what was optimised, and under what was wanted:
        the true reward, people, or a second scorer that the training never saw.
    form
        Of Gao et al. (2022, 2210.10760): ``best-of-n``, d(α − βd), peak at α/2β; ``rl``,
        d(α − β ln d), peak at exp(α/β − 1). ``auto``: both are fitted, the better one is named, and
        the peak's interval is wide enough for every form that the data leave plausible.
    runs : (n,), optional
        Seed or run of each checkpoint. Intervals are then over runs; best with five or more.
    weights : (n,), optional
        Of each checkpoint, such as how many outputs it was scored on.
    gold_error : (n,), optional
        Standard error of each gold score, such as sd/√outputs. For a single run this is much
        sharper than judging the noise from the run's own wander; several runs need none.
    intercept
        Fit the reference's gold score; ``False`` where gold is already minus that.
    level
        Coverage of the intervals.

    Returns
    -------
    OverOptimisation
        ``verdict`` is ``past the peak``, ``before the peak``, ``no peak`` or ``unclear``.

    Raises
    ------
    BadInput
        Arrays of different lengths, a KL below 0, a value that is not finite, weights that are not
        above 0.
    UnknownName
        There is no form of this name.
    NotEnoughData
        A run has fewer than 6 checkpoints, or hardly any different KL.

    Notes
    -----
    Nothing is extrapolated: a peak beyond the run is said not to be reached, without a number.
    ``past the peak`` needs a fall of the checkpoints themselves, not of a fitted curve, which bends
    down over a plateau too. It cannot see a fall that comes after the last checkpoint, nor whether
    the second scorer is itself fooled. KL is taken as exact. A gold score chosen or tuned on the
    same outputs is no gold. ``benchmarks/intervals_over_optimisation.py`` prints how often the
    intervals hold the truth and how often the verdict is false.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> kl = np.linspace(0.1, 30, 40)
    >>> d = np.sqrt(kl)
    >>> gold = d * (2 - 1.1 * np.log(d)) + rng.normal(0, 0.1, 40)
    >>> found = over_optimisation(kl, proxy=d, gold=gold)
    >>> found.verdict, found.form, str(found.peak)
    ('past the peak', 'rl', '2.25 [2.14, 2.34]')
    """
    k, p, g = (np.asarray(x, np.float64) for x in (kl, proxy, gold))
    if k.ndim != 1 or not k.shape == p.shape == g.shape:
        raise BadInput(
            f"kl, proxy, gold of shapes {k.shape}, {p.shape}, {g.shape}: give one a checkpoint"
        )
    if not all(np.isfinite(x).all() for x in (k, p, g)):
        raise BadInput("kl, proxy and gold must be finite; leave out checkpoints without a score")
    if (k < 0).any():
        raise BadInput(f"a KL of {k.min():g} nats: give 0 or more; kl_divergence never falls below")
    if form != "auto" and form not in FORMS:
        raise UnknownName("form", form, ["auto", *FORMS])
    names = _codes(runs, len(k))
    w, errors = (_positive(x, name, k) for x, name in
                 ((weights, "weights"), (gold_error, "gold_error")))  # fmt: skip
    fewest = int(np.bincount(names).min()) if len(k) else 0
    if fewest < LEAST:
        raise NotEnoughData(
            f"a run of {fewest} checkpoints shows no curve; give {LEAST} or more of each run"
        )
    several = names if names.max() else None
    return judge(
        np.sqrt(k), p, g, form=None if form == "auto" else form, runs=several, weights=w,
        errors=errors, intercept=intercept, level=level,
    )  # fmt: skip


def _positive(given: Any, name: str, k: Any) -> Any:
    if given is None:
        return None
    x = np.asarray(given, np.float64)
    if x.shape != k.shape or not np.isfinite(x).all() or (x <= 0).any():
        raise BadInput(f"{name} must be above 0 and finite, one a checkpoint")
    return x


def _codes(runs: Any, n: int) -> Any:
    if runs is None:
        return np.zeros(n, np.int64)
    names = np.asarray(runs)
    if names.shape != (n,):
        raise BadInput(f"runs of shape {names.shape} for {n} checkpoints: give one a checkpoint")
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class OverOptimisation:
    """What was found of one optimisation, or of several runs of it.

    Parameters
    ----------
    verdict
        ``past the peak``: the gold score has fallen. ``before the peak``: it still rises, ever more
        slowly. ``no peak``: it still rises, and does not bend. ``unclear``: none of these is sure.
    reason
        One sentence that can be checked against the numbers.
    form, weights, fits
        Which form fits better, the Akaike weight of each, and each as fitted.
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

    def to_dict(self) -> dict[str, object]:
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
    runs: Ints | None = None,
    weights: Floats | None = None,
    errors: Floats | None = None,
    intercept: bool = True,
    level: float = 0.95,
) -> OverOptimisation:
    """Judge d = √KL, proxy and gold, (n,) each, as :func:`over_optimisation` does, unchecked.

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
    scored = Checkpoints(d, gold, w, names, None if errors is None else known(errors))
    fall, part = scored.fall(level)
    rise = Checkpoints(d, proxy, w, names).change(part, scored.count - 1, level)
    plausible = [fits[f] for f in asked if shares[f] >= PLAUSIBLE]
    verdict = _verdict(fall, plausible)
    top = scored.best(level)
    peak = _peak(fits[best], plausible) if verdict == "past the peak" else None
    if peak and scored.misfit(fits[best].rss, len(fits[best].coefficients)) < MISFIT:
        peak = _wider(peak, top)
    if peak is None and verdict == "past the peak":
        peak = _of_parts(scored, top, level)
    reason = _reason(verdict, fall, rise, peak, top, fits[best])
    return OverOptimisation(verdict, reason, best, shares, fits, peak, top, fall, rise)


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
    if all(_above(f.end_slope, 0) for f in fits):
        return "before the peak" if all(_above(f.beta, 0) for f in fits) else "no peak"
    return "unclear"


def _above(e: Estimate, x: float) -> bool:
    return e.low is not None and e.low > x


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


def _of_parts(scored: Checkpoints, top: tuple[float, float], level: float) -> Estimate:
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
        if _above(rise, 0):
            also = f"while the proxy changed by {rise}: it still rose"
        elif rise.high is not None and rise.high < 0:
            also = f"and the proxy by {rise}: it fell too, which is not over-optimisation alone"
        else:
            also = f"the proxy changed by {rise}"
        if peak:
            where = f"the {f.form} form puts the peak at a KL of {_squared(peak)}"
        else:
            low, high = (d * d for d in best)
            where = f"it was best at a KL of {low:.3g} to {high:.3g} nats, no form says more"
        return f"gold changed by {fall} to the end of the run, {also}; {where}"
    end = f"where the run ends, at a KL of {f.high**2:.3g} nats"
    if verdict == "before the peak":
        return f"gold still rises {end}, but more slowly; a peak was not reached in this run"
    if verdict == "no peak":
        return f"gold still rises {end}, and nothing in this run points to a peak"
    return (
        f"gold changed by {fall} from its best part to the end of the run: neither a fall nor a "
        "rise is sure; give more checkpoints, or several runs"
    )


def _squared(root: Estimate) -> str:
    """Write a KL whose root is an estimate in √nats."""
    if root.low is None or root.high is None:
        return f"{root.value**2:.3g} nats"
    return f"{root.value**2:.3g} [{max(root.low, 0.0) ** 2:.3g}, {root.high**2:.3g}] nats"


@dataclass(frozen=True)
class Fit:
    """One form, fitted: α, β and, with an intercept, the gold score of the reference.

    ``low`` and ``high`` are the smallest and largest d that was fitted: nothing is said beyond. The
    intervals rest on ``units``, which are runs or checkpoints; ``worth`` is how many independent
    checkpoints the run comes to.
    """

    form: Form
    coefficients: Floats
    covariance: Floats
    df: float
    low: float
    high: float
    rss: float
    units: int
    per: str
    worth: float
    level: float

    @property
    def alpha(self) -> Estimate:
        """Slope at the start, per √nat."""
        return self._estimate(self._axis(0), "per √nat")

    @property
    def beta(self) -> Estimate:
        """How strongly the curve bends down."""
        return self._estimate(self._axis(1), "per nat" if self.form == "best-of-n" else "per √nat")

    @property
    def end_slope(self) -> Estimate:
        """Slope at the largest d of the run: below 0, the gold score falls there."""
        bend = 2 * self.high if self.form == "best-of-n" else np.log(self.high) + 1
        contrast = self._axis(0) - bend * self._axis(1)
        return self._estimate(contrast, "per √nat")

    @property
    def peak(self) -> Estimate | None:
        """Where the fitted curve peaks, in √nats; ``None`` unless it does inside the run.

        Fieller's interval of α/β. A bound that lies outside the run is left open.
        """
        a, b = self.coefficients[:2]
        if b <= 0 or not self.low < (at := self._peak(a / b)) < self.high:
            return None
        bounds = self._fieller()
        low, high = (self._inside(x) for x in bounds) if bounds else (None, None)
        method = f"{self.form} form, Fieller's interval over {self.per}"
        return Estimate(at, low, high, self.units, "√nats", method, self.level)

    def value(self, d: Floats) -> Floats:
        """The fitted curve at d."""
        return design(d, self.form, len(self.coefficients) == 3) @ self.coefficients

    def _peak(self, ratio: float) -> float:
        if self.form == "best-of-n":
            return ratio / 2
        return float(np.exp(min(ratio - 1, 700.0)))

    def _inside(self, ratio: float) -> float | None:
        at = self._peak(ratio)
        return at if self.low <= at <= self.high else None

    def _fieller(self) -> tuple[float, float] | None:
        """Interval of α/β; ``None`` where β might be 0."""
        # Fieller 1954: the x with (a − xb)² = t² (v_aa − 2x v_ab + x² v_bb)
        (a, b), v = self.coefficients[:2], self.covariance
        t2 = t_quantile(self.level, self.df) ** 2
        square = b * b - t2 * v[1, 1]
        if square <= 0:
            return None
        middle = a * b - t2 * v[0, 1]
        root = np.sqrt(max(middle**2 - square * (a * a - t2 * v[0, 0]), 0.0))
        return float((middle - root) / square), float((middle + root) / square)

    def _axis(self, k: int) -> Floats:
        return np.eye(len(self.coefficients))[k]

    def _estimate(self, contrast: Floats, unit: str) -> Estimate:
        value = float(contrast @ self.coefficients)
        se = float(np.sqrt(contrast @ self.covariance @ contrast))
        half = t_quantile(self.level, self.df) * se
        method = f"{self.form} form, least squares, t over {self.per}"
        return Estimate(value, value - half, value + half, self.units, unit, method, self.level)


def design(d: Floats, form: Form, intercept: bool) -> Floats:
    """The columns of the form: d, −d² or −d ln d, and 1.

    >>> design(np.array([0.0, 1.0, 2.0]), "best-of-n", intercept=False).tolist()
    [[0.0, -0.0], [1.0, -1.0], [2.0, -4.0]]
    """
    bend = d * d if form == "best-of-n" else d * np.log(np.where(d > 0, d, 1.0))
    columns = [d, -bend, *([np.ones_like(d)] if intercept else [])]
    return np.stack(columns, axis=1)


def fit(
    d: Floats,
    gold: Floats,
    form: Form,
    *,
    runs: Ints | None = None,
    weights: Floats | None = None,
    errors: Floats | None = None,
    intercept: bool = True,
    level: float = 0.95,
) -> Fit:
    """Fit one form by weighted least squares; arguments as of :func:`over_optimisation`.

    With two or more runs every run is fitted alone and the coefficients are averaged: the spread
    between runs gives the intervals, whatever happens within one. In a single run known errors are
    the noise, as far as the residuals do not show more. Without them the residuals' correlation of
    lag one, corrected for the fit, widens the intervals as under a first-order autoregression, and
    takes degrees of freedom. d is taken as exact; error in it pulls the curve flat.

    >>> d = np.linspace(0, 4, 30)
    >>> gold = d * (2 - 0.5 * d) + np.random.default_rng(0).normal(0, 0.1, 30)
    >>> print(fit(d, gold, "best-of-n").peak)
    2 [1.94, 2.05]
    """
    w = relative(d, weights, errors)
    names = np.zeros(len(d), np.int64) if runs is None else runs
    parts = [_one(d[r], gold[r], w[r], form, intercept) for r in _rows(names)]
    ends = float(d.min()), float(d.max())
    rss = sum(p.rss for p in parts)
    if len(parts) == 1:
        only = parts[0]
        if errors is None:
            variance, inflation, df = noise(only.residuals, only.k, float(w @ gold**2), CAUTION)
        else:
            df, inflation = float(len(d) - only.k), 1.0
            variance = max(known(errors), rss / df)
        covariance = only.inverse * variance * inflation
        return Fit(
            form, only.coefficients, covariance, df, *ends, rss, len(d), "checkpoints",
            len(d) / inflation, level,
        )  # fmt: skip
    each = np.stack([p.coefficients for p in parts])
    covariance = np.cov(each.T) / len(parts)
    return Fit(
        form, each.mean(0), covariance, len(parts) - 1.0, *ends, rss, len(parts), "runs",
        float(len(d)), level,
    )  # fmt: skip


def relative(d: Floats, weights: Floats | None, errors: Floats | None) -> Floats:
    """Weights of mean 1: as given, by the standard errors, or all alike."""
    w = np.ones_like(d) if weights is None else weights
    if weights is None and errors is not None:
        w = errors**-2.0
    return np.asarray(w / w.mean())


def known(errors: Floats) -> float:
    """Variance of a checkpoint of weight 1, where weights go by the standard errors."""
    return float(1 / np.mean(errors**-2.0))


def _rows(runs: Ints) -> list[Ints]:
    return [np.flatnonzero(runs == r) for r in np.unique(runs)]


class _Part(NamedTuple):
    coefficients: Floats
    inverse: Floats
    residuals: Floats

    @property
    def rss(self) -> float:
        return float(self.residuals @ self.residuals)

    @property
    def k(self) -> int:
        return len(self.coefficients)


def _one(d: Floats, gold: Floats, w: Floats, form: Form, intercept: bool) -> _Part:
    x = design(d, form, intercept)
    n, k = x.shape
    apart = len(np.unique(d[d > 0] if not intercept else d))
    if n < k + 1 or apart < k:
        raise NotEnoughData(
            f"a run of {n} checkpoints at {apart} different distances: the {form} form has {k} "
            f"coefficients and needs {k + 1} checkpoints, better 10 or more"
        )
    # weighted least squares: b = (XᵀWX)⁻¹ XᵀWy
    root = np.sqrt(w)[:, None]
    inverse = np.linalg.inv((root * x).T @ (root * x))
    coefficients = inverse @ (x.T @ (w * gold))
    residuals = (gold - x @ coefficients) * root[:, 0]
    return _Part(coefficients, inverse, residuals)


@dataclass(frozen=True)
class Checkpoints:
    """Checkpoints of one run, or of several: distance, score and weight of each, (n,).

    ``variance`` is that of a score of weight 1, where it is known. With several runs their spread
    is the noise. In a single run it is what a polynomial of degree five leaves, neighbours'
    likeness included; a slower wander counts as the run's course.
    """

    d: Floats
    y: Floats
    w: Floats
    runs: Ints
    variance: float | None = None

    @cached_property
    def rows(self) -> list[list[Ints]]:
        """Checkpoints of every run, part by part."""
        found = []
        for rows in _rows(self.runs):
            ordered = rows[np.argsort(self.d[rows], kind="stable")]
            found.append(list(np.array_split(ordered, min(PARTS, len(rows) // 2))))
        fewest = min(len(p) for p in found)
        return [[*p[: fewest - 1], p[-1]] for p in found]

    @property
    def count(self) -> int:
        """How many parts."""
        return len(self.rows[0])

    def change(self, first: int, last: int, level: float) -> Estimate:
        """Change of the mean score from one part to another."""
        each = [self._mean(p[last]) - self._mean(p[first]) for p in self.rows]
        value = float(np.mean(each))
        if len(each) > 1:
            se = float(np.std(each, ddof=1)) / math.sqrt(len(each))
            half, n, units = t_quantile(level, len(each) - 1) * se, len(each), "runs"
        else:
            variance, inflation, df = self._noise
            sizes = sum(1 / self.w[self.rows[0][k]].sum() for k in (last, first))
            half = t_quantile(level, df) * math.sqrt(variance * inflation * sizes)
            n, units = len(self.y), "checkpoints"
        method = f"difference of two parts of the run, t over {units}"
        return Estimate(value, value - half, value + half, n, "score", method, level)

    def fall(self, level: float) -> tuple[Estimate, int]:
        """The surest change from an earlier part to the last, judged as one of several."""
        count, last = self.count - 1, self.count - 1
        strict = 1 - (1 - level) / count
        changes = [self.change(k, last, strict) for k in range(count)]
        k = min(range(count), key=lambda k: _size(changes[k]))
        return replace(changes[k], level=level), k

    def best(self, level: float) -> tuple[float, float]:
        """Smallest and largest distance of the best part and of those not surely below it."""
        parts = range(self.count)
        top = max(parts, key=lambda k: np.mean([self._mean(p[k]) for p in self.rows]))
        near = [k for k in parts if k == top or not _below(self.change(top, k, level), 0.0)]
        rows = np.concatenate([p[k] for p in self.rows for k in near])
        return float(self.d[rows].min()), float(self.d[rows].max())

    def misfit(self, rss: float, coefficients: int) -> float:
        """Chance that what a polynomial explains beyond a form is noise (an F test)."""
        from scipy.special import chdtrc, fdtrc

        if self.variance is not None and len(self.rows) == 1:
            return float(chdtrc(len(self.y) - coefficients, rss / self.variance))
        smooth = left = more = inflation = 0.0
        for rows in _rows(self.runs):
            residuals, k = self._smoothed(rows)
            smooth += float(residuals @ residuals)
            left += len(rows) - k
            more += max(k - coefficients, 0)
            inflation += noise(residuals, k, self._scale)[1] * len(rows) / len(self.y)
        if more == 0 or smooth <= 0:
            return 1.0
        excess = max(rss - smooth, 0.0) / more / inflation
        return float(fdtrc(more, left, excess / (smooth / left)))

    @cached_property
    def _noise(self) -> tuple[float, float, float]:
        if self.variance is not None:
            return self.variance, 1.0, float("inf")
        return noise(*self._smoothed(np.arange(len(self.y))), self._scale)

    @property
    def _scale(self) -> float:
        return float(self.w @ self.y**2)

    def _smoothed(self, rows: Ints) -> tuple[Floats, int]:
        """Residuals around a polynomial in the order by distance, and its coefficients' number."""
        ordered = rows[np.argsort(self.d[rows], kind="stable")]
        y, root = self.y[ordered], np.sqrt(self.w[ordered])
        degree = min(SMOOTH, len(rows) // 2 - 1)
        place = np.linspace(-1, 1, len(rows))
        x = np.polynomial.legendre.legvander(place, degree) * root[:, None]
        return y * root - x @ np.linalg.lstsq(x, y * root, rcond=None)[0], degree + 1

    def _mean(self, rows: Ints) -> float:
        return float(np.average(self.y[rows], weights=self.w[rows]))


def _below(e: Estimate, x: float) -> bool:
    return e.high is not None and e.high < x


def _size(e: Estimate) -> float:
    """A change in half-widths of its interval."""
    half = (e.high - e.low) / 2 if e.high is not None and e.low is not None else 0.0
    return e.value / half if half > 0 else math.copysign(math.inf, e.value)


def noise(
    residuals: Floats, k: int, scale: float = 0.0, caution: float = 0.0
) -> tuple[float, float, float]:
    """Return variance, inflation and degrees of freedom of a fit with ``k`` coefficients.

    The inflation is by how many times the variance of what is averaged over the run exceeds that
    of independent residuals. ``scale`` is the sum of squares of what was fitted: a share of 1e-20
    of it is rounding. ``caution`` standard errors are added to ρ. With fewer than 3k residuals it
    cannot be told, and counts as 1.

    >>> r = np.tile([1.0, 1, 1, 1, 1, -1, -1, -1, -1, -1], 6)
    >>> [round(x, 2) for x in noise(r, 2)]
    [1.23, 5.59, 8.74]
    """
    # (1 + ρ)/(1 − ρ) of a first-order autoregression, ρ the correlation of neighbours, corrected
    # for what the fit took out and never below 0
    n, total = len(residuals), float(residuals @ residuals)
    rho = 0.0
    if total > _ROUNDING * scale and n >= 3 * k:
        seen = float(residuals[1:] @ residuals[:-1]) / total
        rho = min(max((seen * n + k) / (n - 2 * k) + caution / math.sqrt(n), 0.0), _MOST)
    inflation = (1 + rho) / (1 - rho)
    df = n / inflation - k
    variance = total / (inflation * df) if df >= 1 else total / max(n - k, 1)
    return variance, inflation, max(df, 1.0)
