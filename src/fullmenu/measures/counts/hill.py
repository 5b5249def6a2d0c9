"""Hill numbers, and the entropies that are functions of them: how varied are the servings?"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.kernel.rates import all_same_bound, rate_interval
from fullmenu.measures.counts._counts import Tally, log_jackknife_se, tally
from fullmenu.measures.counts.richness import f0, missing_dishes
from fullmenu.measures.registry import measure
from fullmenu.stats.arrays import Floats
from fullmenu.stats.effective_number import log_number
from fullmenu.stats.jackknife import LogQuantity
from fullmenu.stats.proportion import leader_interval


@measure(
    unit="dishes",
    paper="Hill 1973; Chao 1984; Chao, Wang & Jost 2013; Chao & Jost 2015",
    rises=True,
)
def hill(
    counts: Any,
    order: float = 2.0,
    *,
    asymptotic: bool = True,
    units: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the effective number of dishes of some order.

    ``value`` ≥ 1. ``high`` is ``None`` where so few dishes came twice that the number may be
    anything.

    Cannot see how alike dishes are. Order 0 is a lower bound, the lower the smaller n; order 1 is
    nearly unbiased where coverage is above ½ or so; order 2 is for every n. With one dish only
    the upper bound is for one other dish, as rare as n servings can miss. Of samples of 20 to 200
    servings the intervals of order 2 hold the truth in 91 to 100 %, of order 1 in 86 to 100 %, of
    order 0 in 8 to 100 %: Chao1 bounds from below (``benchmarks/measures_coverage.py``). With
    ``units`` the intervals of orders 1 and 2 do as well, where dishes occur independently in a
    unit (``benchmarks/intervals_counts.py``); where they go together they are too narrow.

    Parameters
    ----------
    order
        0 counts every dish alike, 1 is exp(Shannon entropy), 2 is 1 / repeat rate; the higher,
        the more only the commonest dishes count. ``inf`` is 1 / the largest share.
    asymptotic
        Of the kitchen: order 0 by Chao1, order 1 by Chao, Wang & Jost (2013), whole orders from 2
        up by unbiased power sums (order 2: n(n−1)/Σx(x−1)), those between by Chao & Jost (2015),
        which is all of these in one. ``False``: of this sample's shares, any order (plug-in); it
        grows with n.
    units
        How many sampling units (prompts) were looked at, where ``counts`` says in how many of
        them each dish occurs (incidence data; order 0 is then Chao2). Shares are of all
        incidences, and dishes are taken to occur independently of one another in a unit.
    level
        …: jackknife over servings, t on the log scale; for order 0 Chao's log-normal, from the
        number of dishes seen upwards.

    Raises
    ------
    NotEnoughData
        Fewer than two servings; or, for the kitchen's number, no dish served twice (thrice for
        order 3, and so on).

    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
    >>> for q in (0, 1, 2):
    ...     print(hill(girdled, q))
    43.9 [30.5, 97]
    13.8 [10.7, 17.8]
    8.17 [6.37, 10.5]
    """
    if asymptotic and np.isinf(order):
        raise BadInput(
            f"order={order!r} has no asymptotic estimator: give a number, or asymptotic=False"
        )
    s, q = tally(counts, units=units), order
    if q == 0:
        return _richness(s, asymptotic, level)
    quantity = partial(asymptote if asymptotic else plug_in, q=q)
    value = quantity(s)
    low, high = _interval(s, quantity, value, q, level)
    name = _method(q) if asymptotic else "plug-in"
    over = "jackknife over servings" if units is None else "binomials over units"
    return Estimate(value, low, high, s.size, "dishes", f"order {q:g}, {name}, {over}", level)


def asymptote(s: Tally, q: float) -> float:
    """Hill number of the whole kitchen, of any finite order."""
    return s.dishes + f0(s) if q == 0 else _asymptotic(s, q)


def plug_in(s: Tally, q: float) -> float:
    """Hill number of the sample's own shares, of any order."""
    p = s.x / s.n
    return float(s.dishes) if q == 0 else float(np.exp(log_number(p, q, s.f * p)))


def _method(q: float) -> str:
    if q == 1:
        return "Chao–Wang–Jost"
    return "unbiased power sum" if q == int(q) else "Chao–Jost"


def _richness(s: Tally, asymptotic: bool, level: float) -> Estimate:
    seen = s.dishes
    if not asymptotic and s.x[-1] == 1:
        return Estimate(seen, seen, None, s.size, "dishes", "order 0, dishes seen, all once", level)
    name = "Chao1" if s.units is None else "Chao2"
    missing, low, high = missing_dishes(s, "chao1", level)
    if asymptotic:
        method = f"order 0, {name}, log-normal"
        return Estimate(seen + missing, seen + low, seen + high, s.size, "dishes", method, level)
    method = f"order 0, dishes seen; upper bound of {name}"
    return Estimate(seen, seen, seen + high, s.size, "dishes", method, level)


def _asymptotic(s: Tally, q: float) -> float:
    if q == 1:
        return float(np.exp(_entropy(s)))
    if q != int(q):
        return _between(s, q)
    # (Σ f_x x(x−1)…(x−q+1) / n(n−1)…(n−q+1))^(1/(1−q)): unbiased power sums (Good 1953)
    possible = s.x >= q
    if not possible.any():
        raise NotEnoughData(
            f"no dish was served {q:.0f} times, so its number of order {q:.0f} is beyond what "
            f"{s.n} servings can show; give more outputs"
        )
    logs = _log_falling(s.x[possible], q) - _log_falling(np.array([float(s.size)]), q)
    logs += q * np.log(s.size / s.n)
    total = float((s.f[possible] * np.exp(logs - logs.max())).sum())
    return float(np.exp((np.log(total) + logs.max()) / (1 - q)))


def _log_falling(x: Floats, q: float) -> Floats:
    """Log of x(x−1)…(x−q+1)."""
    if q <= 64:
        return np.asarray(np.log(x[:, None] - np.arange(q)).sum(1))
    from scipy.special import gammaln

    return np.asarray(gammaln(x + 1) - gammaln(x - q + 1))


def _between(s: Tally, q: float) -> float:
    """Hill number of an order that is not whole, after Chao & Jost (2015).

    What they add up over all sample sizes below n is a ratio of Γ (Chu–Vandermonde): the falling
    factorials of the whole orders, at a broken one.
    """
    from scipy.special import gammaln, gammasgn

    n, f1 = s.size, s.seen(1)
    if f1 == s.n:
        f0(s)  # raises: nothing was served twice
    total = 0.0
    if q < n:
        logs = gammaln(s.x + 1) - gammaln(s.x + 1 - q) + gammaln(n + 1 - q) - gammaln(n + 1)
        total = float((s.f * gammasgn(s.x + 1 - q) * np.exp(logs)).sum())
        a = _rarest(s)
        total += f1 / n * _tail_between(n, a, q) if a < 1 else 0.0
    if total <= 0:
        raise NotEnoughData(
            f"the number of order {q:g} is beyond what {s.n} servings can show; give more outputs"
        )
    return float(np.exp((np.log(total) + q * np.log(n / s.n)) / (1 - q)))


def _tail_between(n: int, a: float, q: float) -> float:
    """Σ_{s≥0} Γ(n+s+1−q)/(Γ(1−q)Γ(n+s+1))·(1−a)^{s+1}, as an integral like ``_tail``'s.

    It starts like e^{qy}, so that what the grid leaves out below is a geometric series.
    """
    step, rest = 0.1, n + 1 - q
    y = np.arange(np.log(min(a, 1 / n)) - 38, np.log(750 / rest), step)
    u = np.exp(y)
    part = -np.expm1(-u)
    terms = np.exp(q * y + (q - 1) * np.log(part / u) - u * rest) / (a + (1 - a) * part)
    whole = step * float(terms.sum() + terms[0] / np.expm1(q * step))
    return float((1 - a) * np.sin(np.pi * q) / np.pi * whole)


def _rarest(s: Tally) -> float:
    """Mean share of the dishes seen once, as far as those seen twice tell; 1 without any."""
    n, f1, f2 = s.size, s.seen(1), s.seen(2)
    if f2:
        return 2 * f2 / ((n - 1) * f1 + 2 * f2)
    return 2 / ((n - 1) * (f1 - 1) + 2) if f1 else 1.0


def _entropy(s: Tally) -> float:
    """Shannon entropy after Chao, Wang & Jost (2013): what is seen, and what is not."""
    from scipy.special import digamma

    n, f1 = s.size, s.seen(1)
    # Σ x/n (ψ(n) − ψ(x)) + f₁/n Σ_{s≥0} (1 − A)^(s+1)/(n + s)
    seen = float((s.f * s.x / n * (digamma(n) - digamma(s.x))).sum())
    if f1 == s.n:
        f0(s)  # raises: nothing was served twice
    a = _rarest(s)
    whole = seen + f1 / n * _tail(n, a) if a < 1 else seen
    return n / s.n * whole + float(np.log(s.n / n))


def _tail(n: int, a: float) -> float:
    """Σ_{s≥0} (1−a)^{s+1}/(n+s), as ∫₀^∞ e^{−v}/(n(c + 1 − e^{−v/n})) dv with c = a/(1−a).

    The trapezoidal rule in log v is exact to rounding, at any n and a; the sum may need 10¹² terms.
    """
    c = a / (1 - a)
    y = np.arange(np.log(min(c * n, 1.0)) - 38, np.log(750.0), 0.2)
    v = np.exp(y)
    return float((np.exp(-v) * v / (n * (c - np.expm1(-v / n)))).sum() * 0.2)


def _interval(
    s: Tally, quantity: Any, value: float, q: float, level: float
) -> tuple[float, float | None]:
    n = s.n
    if s.dishes == 1:
        return value, max(value, plug_in(_one_more(s, level), q))
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
    log = LogQuantity(-float(np.log(value)), float(np.sqrt(se**2 + chance)), s.size - 1)
    least, most = rate_interval(log, level)
    return min(max(1 / most, 1.0), value), max(1 / max(least, 1e-300), value)


def _one_more(s: Tally, level: float) -> Tally:
    """The one dish that was seen, and the commonest other one that may have been missed."""
    if s.units is None:
        p = float(np.sqrt(all_same_bound(s.n, level)))
        return Tally(np.array([1 - p, p]), np.ones(2))
    other = 1 - (1 - level) ** (1 / s.units)
    p = s.n / s.units / (s.n / s.units + other)
    return Tally(np.sort([1 - p, p]), np.ones(2))


@measure(unit="nats", paper="Rényi 1961; Shannon 1948; Chao, Wang & Jost 2013", rises=True)
def renyi(
    counts: Any,
    order: float = 2.0,
    *,
    asymptotic: bool = True,
    units: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the Rényi entropy of some order, in nats; order 1 is Shannon's.

    Parameters
    ----------
    order
        0 is the log of the number of dishes, 1 is Shannon's entropy, 2 is −log of the repeat rate.
    level
        …: the log of that of ``hill``.

    Raises
    ------
    NotEnoughData
        As ``hill``.

    Notes
    -----
    The log of ``hill`` of the same order, which sees the same and is blind to the same. Divide by
    log 2 for bits. Entropies are no counts: of a kitchen that loses half of equally common dishes
    the entropy falls by 0.69 nats, whatever it was; the number of dishes halves. With
    ``asymptotic=False`` it is scikit-bio's ``renyi`` and, of order 1, ``shannon``.

    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
    >>> print(renyi(girdled, 1))
    2.63 [2.37, 2.88]
    """
    e = hill(counts, order, asymptotic=asymptotic, units=units, level=level)
    return e.through(np.log, "nats", f"log of the Hill number of {e.method}")


@measure(unit="entropy", paper="Tsallis 1988; Simpson 1949; Chao, Wang & Jost 2013", rises=True)
def tsallis(
    counts: Any,
    order: float = 2.0,
    *,
    asymptotic: bool = True,
    units: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the Tsallis entropy of some order; order 2 is Gini and Simpson's.

    Parameters
    ----------
    order
        q: (1 − Σ p^q)/(q − 1). 0 is the number of dishes less one, 1 is Shannon's entropy in nats,
        2 is the chance that two servings are different dishes. Of order ``inf`` it is 0, whatever
        the counts.
    level
        …: that of ``hill``, carried over.

    Raises
    ------
    NotEnoughData
        As ``hill``.

    Notes
    -----
    A function of ``hill`` of the same order, which sees the same and is blind to the same. Above
    order 1 it ends at 1/(q − 1), and near that end it hardly moves while dishes are lost: of a
    thousand equal dishes 900 may go before order 2 falls from 0.999 to 0.99. With
    ``asymptotic=False`` it is scikit-bio's ``tsallis`` and, of order 2, ``simpson``.

    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
    >>> print(tsallis(girdled))
    0.878 [0.843, 0.905]
    """
    e = hill(counts, order, asymptotic=asymptotic, units=units, level=level)
    method = f"from the Hill number of {e.method}"
    turned = e.through(lambda number: entropy(number, order), "entropy", method)
    open_end = turned.high is None and order > 1
    return replace(turned, high=1 / (order - 1)) if open_end else turned


def entropy(number: float, order: float) -> float:
    """Tsallis entropy of that many equally common dishes.

    >>> entropy(4.0, 2.0), entropy(4.0, 0.0)
    (0.75, 3.0)
    """
    if order == 1:
        return float(np.log(number))
    if np.isinf(order):
        return 0.0
    return float(-np.expm1((1 - order) * np.log(number)) / (order - 1)) + 0.0
