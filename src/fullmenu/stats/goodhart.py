"""The curve of the true score against the distance from the reference, and its peak.

Gao, Schulman and Hilton (2022): with d = √KL, the gold score of a policy that is optimised for a
proxy is d(α − βd) for best-of-n, and d(α − β ln d) for reinforcement learning. Both are linear in α
and β. They peak at d* = α/2β and at d* = exp(α/β − 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.stats.quantile import t_quantile
from fullmenu.stats.serial import noise

Floats = NDArray[np.float64]
Form = Literal["best-of-n", "rl"]
CAUTION = 0.5
"""Standard errors added to the residuals' correlation: too low, it would promise too much."""

FORMS: tuple[Form, ...] = ("best-of-n", "rl")


@dataclass(frozen=True)
class Fit:
    """One form, fitted.

    Parameters
    ----------
    form
        ``best-of-n`` or ``rl``.
    coefficients : (2,) or (3,)
        α, β and, with an intercept, the gold score of the reference.
    covariance
        Of the coefficients.
    df
        Degrees of freedom of the covariance.
    low, high
        Smallest and largest d that was fitted: nothing is said beyond.
    rss
        Weighted sum of squared residuals.
    units, per
        What the intervals rest on: how many, and of what (``runs`` or ``checkpoints``).
    worth
        How many independent checkpoints the run comes to.
    level
        Coverage of the intervals.
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

    Examples
    --------
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
    runs: NDArray[np.int64] | None = None,
    weights: Floats | None = None,
    errors: Floats | None = None,
    intercept: bool = True,
    level: float = 0.95,
) -> Fit:
    """Fit one form by weighted least squares.

    Parameters
    ----------
    d, gold : (n,)
        √KL from the reference and the gold score of each checkpoint, in the order of the run.
    form
        ``best-of-n`` or ``rl``.
    runs : (n,), optional
        Run of each checkpoint. With two or more, every run is fitted alone and the coefficients are
        averaged: the spread between runs gives the intervals, whatever happens within one.
    weights : (n,), optional
        Of each checkpoint, such as how many outputs its gold score is the mean of.
    errors : (n,), optional
        Standard error of each gold score. In a single run they are then the noise, as far as the
        residuals do not show more, and need not be judged from the residuals alone.
    intercept
        Fit the gold score of the reference; without, it is 0 (gold minus the reference's).
    level
        Coverage of the intervals.

    Raises
    ------
    NotEnoughData
        A run has too few checkpoints, or too few different d, for the coefficients and a residual.

    Notes
    -----
    Assumes that the form holds between the smallest and the largest d. In a single run the
    residuals of neighbouring checkpoints go together; their correlation of lag one, corrected for
    the fit, widens the intervals as under a first-order autoregression, and takes degrees of
    freedom.
    d is taken as exact; error in it pulls the curve flat.

    Examples
    --------
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


def _rows(runs: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return [np.flatnonzero(runs == r) for r in np.unique(runs)]


@dataclass(frozen=True)
class _Part:
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
    root = np.sqrt(w)[:, None]
    inverse = np.linalg.inv((root * x).T @ (root * x))
    coefficients = inverse @ (x.T @ (w * gold))
    residuals = (gold - x @ coefficients) * root[:, 0]
    return _Part(coefficients, inverse, residuals)
