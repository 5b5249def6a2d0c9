"""A run cut into parts by distance: what changed from one to another, whatever the curve."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fullmenu.estimate import Estimate
from fullmenu.stats.quantile import t_quantile
from fullmenu.stats.serial import noise

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PARTS = 5
"""A run is cut into so many parts of about equal numbers of checkpoints."""

SMOOTH = 5
"""Degree of the polynomial around which a single run's noise is judged; less in a short run."""


@dataclass(frozen=True)
class Parts:
    """Checkpoints of one run, or of several.

    Parameters
    ----------
    d, y, w : (n,)
        Distance, score and weight of each.
    runs : (n,)
        Which run each is of.
    variance
        Of a score of weight 1, where it is known.

    Notes
    -----
    With several runs their spread is the noise. In a single run it is what a polynomial of degree
    five leaves, neighbours' likeness included; a slower wander counts as the run's course.
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
        for rows in self._each():
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
        for rows in self._each():
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

    def _each(self) -> list[Ints]:
        return [np.flatnonzero(self.runs == r) for r in np.unique(self.runs)]

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
