"""Diversity and coverage of a sample of another size: rarefied below, extrapolated above.

All of it holds for servings and for sampling units (incidence data) alike: ``size`` is what is
drawn, servings or units, and shares are of all servings or incidences. Sizes may be fractions; a
diversity between two whole sizes is interpolated linearly.
"""

from __future__ import annotations

import numpy as np

from fullmenu.measures.counts._counts import Floats, Spectrum
from fullmenu.measures.counts.hill import asymptote, plug_in
from fullmenu.measures.counts.sample_coverage import good_turing, unseen_again

_EXACT = 256
"""Counts up to this use the product itself; beyond it, differences of log Γ are precise enough."""


def missed(x: Floats, size: float, m: float) -> Floats:
    """Chance that m of ``size``, drawn without replacement, hold none of x equal ones.

    Examples
    --------
    >>> missed(np.array([1.0, 2.0, 9.0]), 10, 2).round(4).tolist()  # C(10 − x, 2) / C(10, 2)
    [0.8, 0.6222, 0.0]
    """
    if not len(x):
        return np.zeros(0)
    steps = np.arange(min(_EXACT, int(x.max())))
    with np.errstate(divide="ignore"):
        logs = np.cumsum(np.log1p(-np.minimum(m / np.maximum(size - steps, 1e-9), 1.0)))
    table = np.concatenate([[0.0], logs])
    out = np.exp(table[np.minimum(x, len(table) - 1).astype(np.int64)])
    many = (x >= len(table)) & (x <= size - m)
    if many.any():
        from scipy.special import gammaln

        c = x[many]
        out[many] = np.exp(
            gammaln(size - c + 1)
            - gammaln(size - c - m + 1)
            - gammaln(size + 1)
            + gammaln(size - m + 1)
        )
    return np.where(x > size - m, 0.0, out)


def coverage_at(s: Spectrum, m: float) -> float:
    """Sample coverage that m servings (or units) would have (Chao & Jost 2012)."""
    if m < s.size:
        return 1 - float((s.f * s.x / s.n * missed(s.x - 1, s.size - 1, m)).sum())
    if m == s.size:
        return good_turing(s)
    a = unseen_again(s)
    return 1 - s.seen(1) / s.n * a ** (m - s.size + 1) if a else 1.0


def size_for(s: Spectrum, coverage: float) -> float:
    """Size at which a sample would have this coverage, at least 1; ``inf`` where none would."""
    here = good_turing(s)
    if coverage > here:
        a = unseen_again(s)
        room = np.log(s.n / s.seen(1) * (1 - coverage))
        return float(s.size + room / np.log(a) - 1) if 0 < a < 1 else np.inf
    if coverage <= coverage_at(s, 1.0):
        return 1.0
    low, high = 1.0, float(s.size)
    if coverage >= coverage_at(s, high - 1):
        return (
            high
            - 1
            + (coverage - coverage_at(s, high - 1)) / max(here - coverage_at(s, high - 1), 1e-300)
        )
    from scipy.optimize import brentq

    return float(brentq(lambda m: coverage_at(s, m) - coverage, low, high - 1, xtol=1e-10))


def diversity_at(s: Spectrum, order: float, m: float) -> float:
    """Hill number of some order that m servings (or units) would show on average.

    Raises
    ------
    NotEnoughData
        Above the sample's size, where the number of the whole kitchen is undefined.
    """
    if m > s.size:
        return _extrapolated(s, order, m)
    whole = float(np.floor(m))
    value = _rarefied(s, order, max(whole, 1.0))
    if m <= whole or m < 1:
        return value
    above = _rarefied(s, order, whole + 1)
    return value + (m - whole) * (above - value)


def _rarefied(s: Spectrum, order: float, m: float) -> float:
    if m == s.size:
        return plug_in(s, order)
    if order == 0:
        return float((s.f * (1 - missed(s.x, s.size, m))).sum())
    total = s.n / s.size * m
    if order == 2:
        return _simpson(s, m)
    k, chance = _drawn(s, m)
    p = k / total
    if order == 1:
        return float(np.exp(-(chance * p * np.log(p)).sum()))
    top = p.max()
    logs = np.log((chance * (p / top) ** order).sum()) + order * np.log(top)
    return float(np.exp(logs / (1 - order)))


def _simpson(s: Spectrum, m: float) -> float:
    pairs = float((s.f * s.x * (s.x - 1)).sum()) / s.n**2 / (1 - 1 / s.size)
    return 1 / (s.size / s.n / m + (1 - 1 / m) * pairs)


def _drawn(s: Spectrum, m: float) -> tuple[Floats, Floats]:
    """How often a dish may come in m, and of how many dishes that is expected (zeros left out).

    For each count x the hypergeometric distribution, where it is more than next to nothing.
    """
    n = s.size
    mean = s.x * m / n
    spread = np.sqrt(mean * (1 - s.x / n) * (n - m) / max(n - 1, 1))
    first = np.maximum(np.maximum(m - (n - s.x), 0), np.floor(mean - 9 * spread - 30))
    last = np.minimum(np.minimum(s.x, m), np.ceil(mean + 9 * spread + 30))
    lengths = (last - first + 1).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    row = np.repeat(np.arange(len(s.x)), lengths)
    k = first[row] + (np.arange(len(row)) - starts[row])
    x = s.x[row]
    with np.errstate(divide="ignore"):
        step = np.log((x - k + 1) * (m - k + 1) / (k * (n - x - m + k)))
    step[starts] = 0.0
    logs = np.cumsum(step)
    logs -= logs[starts][row]
    chance = np.exp(logs - np.maximum.reduceat(logs, starts)[row])
    chance *= (s.f / np.add.reduceat(chance, starts))[row]
    return k[k > 0], chance[k > 0]


def _extrapolated(s: Spectrum, order: float, m: float) -> float:
    if order == 2 and np.isfinite(m):
        return _simpson(s, m)
    here, most = plug_in(s, order), asymptote(s, order)
    if np.isinf(m):
        return max(most, here)
    before = _rarefied(s, order, s.size - 1.0)
    if most - here <= 1e-12 * here:
        return here
    pace = min((here - before) / (most - before), 1.0)
    return here + (most - here) * -float(np.expm1((m - s.size) * np.log1p(-pace)))
