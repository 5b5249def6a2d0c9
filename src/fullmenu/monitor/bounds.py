"""Upper bounds of a mean that a baseline estimates: never the estimate itself.

A detector that bets on a rise above the baseline's *estimate* raises false alarms in every second
baseline, because every second estimate is too low. It bets on a rise above one of these instead.
"""

from __future__ import annotations

import numpy as np

from fullmenu.stats.arrays import Floats


def gamma_bound(mean: float, variance: float, jump: float, confidence: float = 0.99) -> float:
    """Bound a sum of rare, bounded parts from above, as Fay & Feuer (1997) bound weighted counts.

    ``mean`` is a weighted mean of values in [0, 1], ``variance`` its estimated variance, ``jump``
    by how much one more event can move it: what was not seen once may exist. The bound lies in
    (mean, 1], and is positive even where nothing was seen.

    Exact for a count of Poisson events, conservative for weighted ones. For repeat rates the
    coverage is simulated in ``benchmarks/watch_false_alarms.py``.

    >>> round(gamma_bound(0.0, 0.0, 0.01), 3), round(gamma_bound(0.1, 1e-4, 0.001), 3)
    (0.046, 0.126)
    """
    from scipy.special import gammaincinv

    # The quantile of a gamma with mean m and variance v, after one more event (Fay & Feuer 1997)
    m, v = mean + jump, variance + jump * jump
    return float(min(max(gammaincinv(m * m / v, confidence) * v / m, mean), 1.0))


def hoeffding_bound(mean: float, n: float, confidence: float = 0.99) -> float:
    """Bound the mean of values in [0, 1] from above, whatever their distribution.

    Hoeffding (1963) in its sharpest form: the largest m with n · kl(mean, m) ≤ log(1/α). It holds
    for a U-statistic of n // 2 disjoint pairs too, given that number as ``n``.

    >>> round(hoeffding_bound(0.1, 100), 3), hoeffding_bound(1.0, 5)
    (0.214, 1.0)
    """
    if mean >= 1 - 1e-12:
        return 1.0
    # Bisection for kl(mean, m) = log(1/α)/n, kl(p, m) = p log(p/m) + (1 − p) log((1 − p)/(1 − m))
    most = -np.log1p(-confidence) / n
    low, high = mean, 1.0
    for _ in range(60):
        m = (low + high) / 2
        low, high = (m, high) if _kl(mean, m) <= most else (low, m)
    return high


def _kl(p: float, m: float) -> float:
    here = p * np.log(p / m) if p > 0 else 0.0
    return float(here + ((1 - p) * np.log((1 - p) / (1 - m)) if p < 1 else 0.0))


def pair_variance(same: Floats) -> Floats:
    """Variance of the mean over all pairs of n ≥ 3 outputs, by the jackknife over outputs.

    ``same``, (…, n): for each output the sum over its n − 1 partners. Too large rather than too
    small for few outputs. Where all pairs say the same it reads 0, and :func:`gamma_bound` rests on
    ``jump``.
    """
    # U without output i: (Σs − 2sᵢ)/((n − 1)(n − 2)); variance (n − 1)/n Σ(U₋ᵢ − mean)²
    # (Arvesen 1969).
    n = same.shape[-1]
    without = (same.sum(axis=-1, keepdims=True) - 2 * same) / ((n - 1) * (n - 2))
    return np.asarray((n - 1) / n * ((without - without.mean(axis=-1, keepdims=True)) ** 2).sum(-1))


def pair_jump(same: Floats) -> Floats:
    """By how much one more output that repeats can move the mean over pairs: two pairs at least."""
    n = same.shape[-1]
    return np.asarray(2 * np.maximum(same.max(axis=-1), 2.0) / (n * (n - 1)))


def pair_doubt(same: Floats) -> tuple[Floats, Floats]:
    """By which share the variance, and by how much the jump, may be too small.

    Where one dish carries the rate, the rate goes with the square of how often it was served: a
    sample with too little of it shows too little variance and too small a jump as well. The
    variance is in doubt by what a count of the likest outputs leaves open, three times over; the
    jump by six more.
    """
    # A count of m was √(m + 1) too small, perhaps: the rate's square by (1 + 1/√(m + 1))² − 1
    n = same.shape[-1]
    most = np.maximum(same.max(axis=-1), 2.0)
    doubt = 3 * ((1 + 1 / np.sqrt(most + 1)) ** 2 - 1)
    return doubt, np.full(most.shape, 2 * min(n // 7, 6) / (n * (n - 1)))


def strata_spread(
    variance: Floats, jump: Floats, doubt: Floats, more: Floats, weights: Floats
) -> tuple[float, float]:
    """Variance and jump of a weighted mean over prompts; all arguments are (prompts,).

    ``doubt`` and ``more`` are as from :func:`pair_doubt`. The jump is the mean of the prompts',
    each with its share of the variance. Doubt counts in full where one prompt carries the variance,
    and the less the more prompts share it.

    >>> of_two = np.array([[0.04, 0.0], [0.1, 0.1], [0.5, 0.5], [0.02, 0.02]])
    >>> v, j = strata_spread(*of_two, weights=np.array([0.5, 0.5]))
    >>> round(v, 3), round(j, 3)
    (0.015, 0.06)
    """
    # V = Σw²v with shares πᵢ = wᵢ²vᵢ/V; the jump Σπwj + √Σπ² · max(w · more), V(1 + Σπ²doubt)
    parts = variance * weights**2
    total = float(parts.sum())
    if total <= 0:
        return 0.0, float((jump * weights).max() + (more * weights).max())
    share = parts / total
    alone = np.sqrt((share**2).sum())
    most = float((share * jump * weights).sum() + alone * (more * weights).max())
    return total * (1 + float((share**2 * doubt).sum())), most


def apart_spread(rates: Floats, n: int) -> tuple[float, float]:
    """Variance and jump of a mean over pairs of n outputs that are one sample.

    ``rates``, (n,): the mean of each output over the others. Where one dish carries the rate, it
    goes with the square of how often it was served, and a sample with too little of it shows too
    little variance as well. The jackknife's is therefore raised by what a count of the likest
    outputs leaves open, and the jump allows for six more.
    """
    # The jackknife of a mean over pairs, times (1 + 1/√(m + 1))², m being the most repeats of one
    most = float(rates.max()) * (n - 1)
    variance = float(pair_variance(rates * (n - 1))) * (1 + 1 / np.sqrt(most + 1)) ** 2
    return float(variance), min(2 * (most + 6) / (n * (n - 1)), 2 / n)
