"""Hill numbers: how many equally common dishes would be as varied as this?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.counts._counts import Floats, Spectrum, log_jackknife_se, spectrum
from fullmenu.measures.counts.unseen import f0, unseen_interval
from fullmenu.measures.registry import measure
from fullmenu.measures.vectors.repeat_rate import all_same_bound
from fullmenu.stats.proportion import leader_interval
from fullmenu.stats.quantile import t_quantile


@measure(
    takes="counts", unit="dishes", paper="Hill 1973; Chao 1984; Chao, Wang & Jost 2013", rises=True
)
def hill(
    counts: Any, order: float = 2.0, *, asymptotic: bool = True, level: float = 0.95
) -> Estimate:
    """Estimate the effective number of dishes of some order.

    Parameters
    ----------
    counts : (S,)
        How often each dish was served; zeros are left out.
    order
        0 counts every dish alike, 1 is exp(Shannon entropy), 2 is 1 / repeat rate; the higher,
        the more only the commonest dishes count. ``inf`` is 1 / the largest share.
    asymptotic
        Of the kitchen: order 0 by Chao1, order 1 by Chao, Wang & Jost (2013), whole orders from 2
        up by unbiased power sums (order 2: n(n−1)/Σx(x−1)). ``False``: of this sample's shares,
        any order (plug-in); it grows with n.
    level
        Coverage of the interval: jackknife over servings, t on the log scale; for order 0 Chao's
        log-normal, from the number of dishes seen upwards.

    Returns
    -------
    Estimate
        ``value`` ≥ 1. ``high`` is ``None`` where so few dishes came twice that the number may
        be anything.

    Raises
    ------
    NotEnoughData
        Fewer than two servings; or, for the kitchen's number, no dish served twice (thrice for
        order 3, and so on).
    BadInput
        A negative order, or an order that has no asymptotic estimator here.

    Notes
    -----
    Cannot see how alike dishes are. Order 0 is a lower bound, the lower the smaller n; order 1 is
    nearly unbiased where coverage is above ½ or so; order 2 is for every n. With one dish only
    the upper bound is for one other dish, as rare as n servings can miss. The intervals of orders
    1 and 2 hold the truth in 90 to 100 % of samples of 20 to 200 servings; that of order 0 in 38
    to 100 %, because Chao1 bounds from below (``benchmarks/measures_coverage.py``).

    Examples
    --------
    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
    >>> for q in (0, 1, 2):
    ...     print(hill(girdled, q))
    43.9 [30.5, 97]
    13.8 [10.7, 17.8]
    8.17 [6.37, 10.5]
    """
    q = float(order)
    if not q >= 0:
        raise BadInput(f"order={order!r}: give an order of at least 0")
    if asymptotic and q != 1 and (q != int(q) if np.isfinite(q) else True):
        raise BadInput(
            f"order={order!r} has no asymptotic estimator here: give 0, 1, 2, 3 …, "
            "or asymptotic=False"
        )
    s = spectrum(counts)
    if q == 0:
        return _richness(s, asymptotic, level)
    quantity = partial(_asymptotic if asymptotic else _plug_in, q=q)
    value = quantity(s)
    low, high = _interval(s, quantity, value, q, level)
    name = _method(q) if asymptotic else "plug-in"
    method = f"order {q:g}, {name}, jackknife over servings"
    return Estimate(value, low, high, s.n, "dishes", method, level)


def _method(q: float) -> str:
    return "Chao–Wang–Jost" if q == 1 else "unbiased power sum"


def _richness(s: Spectrum, asymptotic: bool, level: float) -> Estimate:
    seen = s.dishes
    if not asymptotic and s.x[-1] == 1:
        return Estimate(seen, seen, None, s.n, "dishes", "order 0, dishes seen, all once", level)
    low, high = unseen_interval(s, level)
    if asymptotic:
        method = "order 0, Chao1, log-normal"
        return Estimate(seen + f0(s), seen + low, seen + high, s.n, "dishes", method, level)
    method = "order 0, dishes seen; upper bound of Chao1"
    return Estimate(seen, seen, seen + high, s.n, "dishes", method, level)


def _plug_in(s: Spectrum, q: float) -> float:
    p = s.x / s.n
    if q == 1:
        return float(np.exp(-(s.f * p * np.log(p)).sum()))
    if np.isinf(q):
        return float(1 / p.max())
    # p / p.max() keeps high orders from running into 0
    top = p.max()
    total = float((s.f * (p / top) ** q).sum())
    return float(np.exp((np.log(total) + q * np.log(top)) / (1 - q)))


def _asymptotic(s: Spectrum, q: float) -> float:
    if q == 1:
        return float(np.exp(_entropy(s)))
    possible = s.x >= q
    if not possible.any():
        raise NotEnoughData(
            f"no dish was served {q:.0f} times, so its number of order {q:.0f} is beyond what "
            f"{s.n} servings can show; give more outputs"
        )
    logs = _log_falling(s.x[possible], q) - _log_falling(np.array([float(s.n)]), q)
    total = float((s.f[possible] * np.exp(logs - logs.max())).sum())
    return float(np.exp((np.log(total) + logs.max()) / (1 - q)))


def _log_falling(x: Floats, q: float) -> Floats:
    """Log of x(x−1)…(x−q+1)."""
    if q <= 64:
        return np.asarray(np.log(x[:, None] - np.arange(q)).sum(1))
    from scipy.special import gammaln

    return np.asarray(gammaln(x + 1) - gammaln(x - q + 1))


def _entropy(s: Spectrum) -> float:
    """Shannon entropy after Chao, Wang & Jost (2013): what is seen, and what is not."""
    from scipy.special import digamma

    n, f1, f2 = s.n, s.seen(1), s.seen(2)
    seen = float((s.f * s.x / n * (digamma(n) - digamma(s.x))).sum())
    if f1 == n:
        f0(s)  # raises: nothing was served twice
    if f2:
        a = 2 * f2 / ((n - 1) * f1 + 2 * f2)
    elif f1:
        a = 2 / ((n - 1) * (f1 - 1) + 2)
    else:
        a = 1.0
    return seen + f1 / n * _tail(n, a) if a < 1 else seen


def _tail(n: int, a: float) -> float:
    """Σ_{s≥0} (1−a)^{s+1}/(n+s), as ∫₀^∞ e^{−v}/(n(c + 1 − e^{−v/n})) dv with c = a/(1−a).

    The trapezoidal rule in log v is exact to rounding, at any n and a; the sum may need 10¹² terms.
    """
    c = a / (1 - a)
    y = np.arange(np.log(min(c * n, 1.0)) - 38, np.log(750.0), 0.2)
    v = np.exp(y)
    return float((np.exp(-v) * v / (n * (c - np.expm1(-v / n)))).sum() * 0.2)


def _interval(
    s: Spectrum, quantity: Any, value: float, q: float, level: float
) -> tuple[float, float | None]:
    n = s.n
    if s.dishes == 1:
        p = float(np.sqrt(all_same_bound(n, level)))  # one other dish of share 1 − p
        return value, max(value, _plug_in(Spectrum(np.array([1 - p, p]), np.ones(2)), q))
    if np.isinf(q):
        ranked = np.repeat(s.x, s.f.astype(np.int64))[::-1]
        bounds = leader_interval(ranked, 1, level)
        return 1 / bounds[1], 1 / bounds[0] if bounds[0] else None
    se = log_jackknife_se(s, quantity) if s.x[-1] > 1 else None
    if se is None:
        from scipy.special import betaincinv

        p = float(betaincinv(s.x[-1] + 1, n - s.x[-1], level))  # the commonest is no commoner
        return min(value, p**-2 if q <= 2 else 1 / p), None
    chance = (q / 2) ** 2 * 2 * (value - 1) / (n * (n - 1))  # as in ``with_chance``
    half = t_quantile(level, n - 1) * float(np.sqrt(se**2 + chance))
    low = max(float(np.exp(np.log(value) - half)), 1.0)
    return min(low, value), float(np.exp(np.log(value) + half))
