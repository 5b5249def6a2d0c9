"""How evenly are servings spread over the dishes?"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.counts._counts import Tally, tally
from fullmenu.measures.counts.rarefaction import (
    BOOTSTRAP,
    check_order,
    deviations,
    diversity_at,
    size_for,
    standardised,
)
from fullmenu.measures.registry import measure
from fullmenu.stats.arrays import Floats
from fullmenu.stats.proportion import wilson

Form = Literal["chao_ricotta", "pielou", "ratio"]


@measure(unit="evenness", paper="Chao & Ricotta 2019; Pielou 1966; Heip 1974", rises=True)
def evenness(
    counts: Any,
    order: float = 1.0,
    form: Form = "chao_ricotta",
    *,
    size: float | None = None,
    coverage: float | None = None,
    units: int | None = None,
    bootstrap: int = BOOTSTRAP,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Estimate how evenly the servings of a sample are spread over its dishes.

    ``value`` in [0, 1].

    Says nothing of how many dishes there are: two equally common ones are perfectly even. The
    number of dishes grows with the sample and the share of the rare ones with it, so evenness
    falls with n: compare samples at equal coverage. The interval holds the evenness that samples
    of this size show on average, not that of the whole menu. ``pielou`` and ``ratio`` of S dishes
    cannot be compared with those of another number of dishes (Chao & Ricotta); they are here for
    comparison with scikit-bio's ``pielou_e``, ``heip_e`` and ``simpson_e``.

    Parameters
    ----------
    order
        Of the Hill number D that is set against the number of dishes S; of order 0 all samples
        are even.
    form
        ``chao_ricotta``: (D − 1)/(S − 1), 1 where all dishes are equally common and 0 where one
        has everything, whatever S (of order 1 it is Heip's). ``pielou``: log D / log S (of order 1
        Pielou's J). ``ratio``: D / S, which cannot fall below 1/S.
    size, coverage
        Number of servings, or sample coverage, at which both numbers are read, as in
        ``rarefaction``. By default the sample's own size.
    level
        …: Wilson's, at the number of servings that has the bootstrap's standard deviation.

    Raises
    ------
    NotEnoughData
        …, or a single dish; above the sample's size as ``rarefaction``.
    UnknownName
        No such form.

    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
    >>> round(evenness(girdled).value, 4), round(evenness(girdled, form="pielou").value, 4)
    (0.4424, 0.7642)
    """
    s, q = tally(counts, units=units), order
    if s.dishes < 2:
        raise NotEnoughData(
            "all servings are one dish, and how evenly they spread over dishes has no meaning; "
            "give counts with at least 2"
        )
    m = standardised(s, size, coverage)
    check_order(s, q, m)
    value = _even(s, q, form, m)

    def quantities(drawn: Tally) -> Floats:
        try:
            at = m if coverage is None else size_for(drawn, coverage)
            return np.array([_even(drawn, q, form, at)])
        except NotEnoughData:
            return np.array([np.nan])

    sd = float(deviations(s, quantities, bootstrap, seed)[0])
    method = f"order {q:g}, {form}, at {m:.6g}, bootstrap, Wilson on the effective number"
    if not np.isfinite(sd):
        return Estimate(value, 0.0, 1.0, s.size, "evenness", method, level)
    effective = float(s.size)
    if sd > 0 and 0 < value < 1:
        effective = value * (1 - value) / sd**2
    low, high = wilson(value * effective, effective, level)
    return Estimate(value, low, high, s.size, "evenness", method, level)


def _even(s: Tally, q: float, form: str, m: float) -> float:
    number, dishes = diversity_at(s, q, m), diversity_at(s, 0, m)
    if dishes <= 1 + 1e-12:
        raise NotEnoughData(f"a sample of {m:g} shows one dish, so there is no evenness; give more")
    if form == "pielou":
        value = np.log(number) / np.log(dishes)
    elif form == "ratio":
        value = number / dishes
    else:
        value = (number - 1) / (dishes - 1)
    return min(max(float(value), 0.0), 1.0)
