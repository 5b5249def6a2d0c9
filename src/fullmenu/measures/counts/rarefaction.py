"""How many dishes would a smaller, a larger, or an equally complete sample show?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.counts._community import community
from fullmenu.measures.counts._counts import Tally, tally
from fullmenu.measures.counts.hill import asymptote, plug_in
from fullmenu.measures.counts.sample_coverage import good_turing, unseen_again
from fullmenu.measures.registry import measure
from fullmenu.stats.arrays import Floats
from fullmenu.stats.draws import missed, shown
from fullmenu.stats.effective_number import log_number
from fullmenu.stats.quantile import normal_quantile

BOOTSTRAP = 200
"""Samples that are drawn for an interval, where the caller does not say."""


@measure(
    unit="dishes",
    paper="Hurlbert 1971; Chao & Jost 2012; Chao et al. 2014; Hsieh, Ma & Chao 2016",
    rises=True,
)
def rarefaction(
    counts: Any,
    order: float = 0.0,
    *,
    size: float | None = None,
    coverage: float | None = None,
    units: int | None = None,
    bootstrap: int = BOOTSTRAP,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Estimate the number of dishes that a sample of another size or coverage would show.

    Parameters
    ----------
    order
        Of the Hill number: 0 counts dishes, 1 is exp(entropy), 2 is 1 / repeat rate.
    size
        Number of servings (units, with ``units``). Below the sample's own it is rarefied, above
        extrapolated; ``inf`` is the whole kitchen. By default the sample's own.
    coverage
        Sample coverage, in (0, 1), instead of a size: the fair ground for comparing samples.
    units
        How many sampling units (prompts) were looked at, where ``counts`` says in how many of
        them each dish occurs (incidence data).
    level
        …: normal, with the standard deviation of the drawn samples. At a given ``coverage`` each
        draw finds its own size anew.

    Raises
    ------
    NotEnoughData
        …; above the sample's size, too few repeats for the number of the kitchen.
    BadInput
        Both a size and a coverage, a size below 1, a coverage outside (0, 1), an order below 0,
        order ``inf`` at any size but the sample's own, or fewer than two draws.

    Notes
    -----
    The values are iNEXT's, of servings and of sampling units, and so is the bootstrap: what was
    seen is shrunk, as many dishes as Chao1 misses share the rest (``benchmarks/peer/inext.py``).
    Order 0 is trustworthy up to about twice the sample's size; beyond, it can be far too low, as
    Chao1 is. Two samples compare at equal coverage; at equal size the richer kitchen is cut more.
    A coverage that one serving has already is taken at one serving.

    The interval is about what samples of that size, or coverage, show on average, and holds it in
    about its share of samples at sizes up to the double. At a coverage it does so less often in
    small samples, and least at coverages that the commonest dish alone nearly has: the size then
    hangs on that dish's share, and the interval should not be symmetric
    (``benchmarks/intervals_counts.py``). Where all draws agree it leaves room for one dish more.
    Cannot see how alike dishes are.

    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
    >>> print(rarefaction(girdled, size=84))
    18.9 [15.9, 21.9]
    >>> round(rarefaction(girdled, coverage=0.9).value, 3)
    19.0
    """
    s = tally(counts, units=units)
    return _curve(s, order, [(size, coverage)], bootstrap, level, seed)[0]


def rarefaction_curve(
    counts: Any,
    order: float = 0.0,
    *,
    sizes: Sequence[float] | None = None,
    units: int | None = None,
    bootstrap: int = BOOTSTRAP,
    level: float = 0.95,
    seed: int = 0,
) -> list[Estimate]:
    """Estimate a whole curve of :func:`rarefaction` from the same draws.

    Parameters
    ----------
    sizes
        By default twenty evenly spaced up to the sample's own and twenty up to double of it, as
        iNEXT draws them; up to the sample's own only, where the kitchen's number is undefined.

    Examples
    --------
    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
    >>> for e in rarefaction_curve(girdled, sizes=[84, 168, 336]):
    ...     print(e)
    18.9 [15.9, 21.9]
    26 [21, 31]
    34.7 [25.7, 43.8]
    """
    s = tally(counts, units=units)
    if sizes is None:
        below = np.linspace(1, s.size, 20)
        above = np.linspace(s.size, 2 * s.size, 21)[1:]
        sizes = np.unique(np.floor(np.concatenate([below, above]))).tolist()
        try:
            diversity_at(s, order, 2.0 * s.size)
        except NotEnoughData:
            sizes = [m for m in sizes if m <= s.size]
    return _curve(s, order, [(m, None) for m in sizes], bootstrap, level, seed)


def _curve(
    s: Tally,
    order: float,
    points: list[tuple[float | None, float | None]],
    bootstrap: int,
    level: float,
    seed: int,
) -> list[Estimate]:
    q = float(order)
    sizes = [standardised(s, *point) for point in points]
    for m in sizes:
        check_order(s, q, m)
    values = [diversity_at(s, q, m) for m in sizes]

    def quantities(drawn: Tally) -> Floats:
        pairs = zip(sizes, points, strict=True)
        return np.array(
            [_or_nan(drawn, q, m if c is None else size_for(drawn, c)) for m, (_, c) in pairs]
        )

    spread = deviations(s, quantities, bootstrap, seed)
    return [
        _estimate(s, q, m, value, sd, level)
        for m, value, sd in zip(sizes, values, spread.tolist(), strict=True)
    ]


def deviations(
    s: Tally, quantities: Callable[[Tally], Floats], bootstrap: int, seed: int
) -> Floats:
    """Standard deviations of some quantities over samples drawn from the estimated kitchen.

    NaN where fewer than two draws have a number.
    """
    rng = np.random.default_rng(seed)
    kitchen = community(s)
    drawn = (kitchen.draw(rng) for _ in range(bootstrap))
    found = np.array([quantities(d) for d in drawn if len(d.x)])
    out = np.full(found.shape[1] if found.ndim == 2 else 0, np.nan)
    for i in range(len(out)):
        column = found[:, i][np.isfinite(found[:, i])]
        if len(column) > 1:
            out[i] = column.std(ddof=1)
    return out


def standardised(s: Tally, size: float | None, coverage: float | None) -> float:
    """Size at which a sample is read: given, or that of a coverage, or its own."""
    if coverage is not None and size is not None:
        raise BadInput(f"size={size!r} and coverage={coverage!r}: give one of them")
    if coverage is not None:
        return size_for(s, coverage)
    return float(s.size if size is None else size)


def check_order(s: Tally, order: float, m: float) -> None:
    """Check that a Hill number of this order has an estimate at m."""
    if np.isinf(order) and m != s.size:
        raise BadInput(
            f"order={order!r} has no estimate at {m:g}, only at the sample's own size of {s.size}"
        )


def _or_nan(s: Tally, order: float, m: float) -> float:
    try:
        return diversity_at(s, order, m)
    except NotEnoughData:
        return float("nan")


def _estimate(s: Tally, q: float, m: float, value: float, sd: float, level: float) -> Estimate:
    z = normal_quantile(level)
    what = "servings" if s.units is None else "units"
    how = "rarefied to" if m < s.size else "seen in" if m == s.size else "extrapolated to"
    method = f"order {q:g}, {how} {m:.6g} {what}, coverage {coverage_at(s, m):.3g}, bootstrap"
    if not np.isfinite(sd):
        return Estimate(value, None, None, s.size, "dishes", method, level)
    half = z * sd
    low, high = value - half, value + half
    if half < 1e-9 * value:  # all draws agree: one dish unseen so far may show, a seen one may not
        low = value - float((s.f * (1 - s.x / s.size) ** m).sum())
        high = value + 1 - (1 - level) ** (m / s.size)
    if np.isinf(m):
        low = max(low, diversity_at(s, q, s.size))
    if s.units is None:
        low, high = max(low, 1.0), min(high, m)
    return Estimate(value, min(low, value), max(high, value), s.size, "dishes", method, level)


def coverage_at(s: Tally, m: float) -> float:
    """Sample coverage that m servings (or units) would have (Chao & Jost 2012)."""
    if m < s.size:
        return 1 - float((s.f * s.x / s.n * missed(s.x - 1, s.size - 1, m)).sum())
    if m == s.size:
        return good_turing(s)
    a = unseen_again(s)
    return 1 - s.seen(1) / s.n * a ** (m - s.size + 1) if a else 1.0


def size_for(s: Tally, coverage: float) -> float:
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


def diversity_at(s: Tally, order: float, m: float) -> float:
    """Hill number of some order that m servings (or units) would show on average."""
    if m > s.size:
        return _extrapolated(s, order, m)
    whole = float(np.floor(m))
    value = _rarefied(s, order, max(whole, 1.0))
    if m <= whole or m < 1:
        return value
    above = _rarefied(s, order, whole + 1)
    return value + (m - whole) * (above - value)


def _rarefied(s: Tally, order: float, m: float) -> float:
    if m == s.size:
        return plug_in(s, order)
    if order == 0:
        return float((s.f * shown(s.x, s.size, m)).sum())
    total = s.n / s.size * m
    if order == 2:
        return _simpson(s, m)
    k, chance = _drawn(s, m)
    p = k / total
    return float(np.exp(log_number(p, order, chance * p)))


def _simpson(s: Tally, m: float) -> float:
    # D₂(m) = 1 / (1/m + (1 − 1/m) Σ x(x−1)/n(n−1)), at every m (Chao et al. 2014)
    pairs = float((s.f * s.x * (s.x - 1)).sum()) / s.n**2 / (1 - 1 / s.size)
    return 1 / (s.size / s.n / m + (1 - 1 / m) * pairs)


def _drawn(s: Tally, m: float) -> tuple[Floats, Floats]:
    """How often a dish may come in m, and of how many dishes that is expected (zeros left out).

    For each count x the hypergeometric distribution, where it is more than next to nothing.
    """
    # P(k) = C(x, k) C(n − x, m − k) / C(n, m), by the ratios of neighbours, in logs; what is cut
    # off lies nine standard deviations and thirty out
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


def _extrapolated(s: Tally, order: float, m: float) -> float:
    if order == 2 and np.isfinite(m):
        return _simpson(s, m)
    # D(n + m*) = D(n) + (D(∞) − D(n)) (1 − (1 − β)^m*), β by the last step (Chao & Jost 2015)
    here, most = plug_in(s, order), asymptote(s, order)
    if np.isinf(m):
        return max(most, here)
    before = _rarefied(s, order, s.size - 1.0)
    if most - here <= 1e-12 * here:
        return here
    pace = min((here - before) / (most - before), 1.0)
    return here + (most - here) * -float(np.expm1((m - s.size) * np.log1p(-pace)))
