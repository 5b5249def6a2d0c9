"""How far raters agree, beyond chance: alpha, AC1 and kappa, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.quantile import t_quantile

Scale = Literal["nominal", "ordinal", "interval"]

DRAWS = 2_000
"""Bootstrap samples of items."""


class AnswerCounts(NamedTuple):
    """How often each answer was given to each item, (items, answers), and what the answers are."""

    counts: Floats
    answers: tuple[Any, ...]


Way = Callable[[AnswerCounts, Floats], Floats]
"""A coefficient with each item counted so often, (draws, items) → (draws,); NaN: undefined."""


def counted(table: Sequence[Sequence[Any]]) -> AnswerCounts:
    """Count the answers to each item, from a table of raters by items; ``None``: none given.

    >>> counted([["a", "b", None], ["a", "a", "b"]]).counts.tolist()
    [[2.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    """
    rows = [[None if _missing(x) else x for x in row] for row in table]
    if not rows or len({len(row) for row in rows}) != 1:
        raise BadInput(
            f"a table of {len(rows)} raters whose rows have {sorted({len(r) for r in rows})} "
            "items: give one row a rater, all of one length, None where an answer is missing"
        )
    given = {x for row in rows for x in row if x is not None}
    try:
        answers = tuple(sorted(given))
    except TypeError:
        raise BadInput("answers of several types cannot be put in order; give one type") from None
    number = {x: k for k, x in enumerate(answers)}
    counts = np.zeros((len(rows[0]), len(answers)))
    for row in rows:
        for i, x in enumerate(row):
            if x is not None:
                counts[i, number[x]] += 1
    return AnswerCounts(counts, answers)


def _of(way: Way, c: AnswerCounts) -> float:
    """Return a coefficient of all items, each counted once."""
    if not (c.counts.sum(1) > 1).any():
        raise NotEnoughData("no item has two answers, so there is nothing to agree on")
    with np.errstate(invalid="ignore"):
        value = float(way(c, np.ones((1, len(c.counts))))[0])
    if np.isnan(value):
        raise NotEnoughData("all answers are the same: there is no chance agreement to beat")
    return value


def _missing(x: Any) -> bool:
    return x is None or (isinstance(x, float) and np.isnan(x))


def krippendorff_alpha(table: Sequence[Sequence[Any]], scale: Scale = "nominal") -> float:
    """Return Krippendorff's alpha (2004): 1 less observed over expected disagreement.

    Parameters
    ----------
    table
        Raters by items; ``None`` where an answer is missing.
    scale
        ``nominal``; ``ordinal`` or ``interval`` where answers have an order, or are numbers.

    Examples
    --------
    >>> round(krippendorff_alpha([[1, 1, 2, 2], [1, 1, 2, 1]]), 3)
    0.533
    """
    return _of(lambda c, w: _alpha(c, w, scale), counted(table))


def gwet_ac1(table: Sequence[Sequence[Any]]) -> float:
    """Return Gwet's AC1 (2008), which stays high where nearly all answers are one.

    >>> round(gwet_ac1([[1, 1, 2, 2], [1, 1, 2, 1]]), 3)
    0.529
    """
    return _of(_ac1, counted(table))


def fleiss_kappa(table: Sequence[Sequence[Any]]) -> float:
    """Return Fleiss' kappa (1971): every item answered by as many raters.

    >>> round(fleiss_kappa([[1, 1, 2, 2], [1, 1, 2, 1]]), 3)
    0.467
    """
    return _of(_fleiss, counted(table))


def cohen_kappa(
    first: Sequence[Any],
    second: Sequence[Any],
    weights: Literal["linear", "quadratic"] | None = None,
) -> float:
    """Return Cohen's kappa (1960) of two raters; items that either left out do not count.

    ``weights``: how much a disagreement between levels costs; by default all the same.

    >>> round(cohen_kappa([1, 1, 2, 2], [1, 1, 2, 1]), 3)
    0.5
    """
    if len(first) != len(second):
        raise BadInput(f"{len(first)} and {len(second)} answers: give both raters' to each item")
    both = [(a, b) for a, b in zip(first, second, strict=True) if not (_missing(a) or _missing(b))]
    if not both:
        raise NotEnoughData("no item has an answer of both raters")
    answers, codes = np.unique(np.array(both), return_inverse=True)
    a, b = codes.reshape(-1, 2).T
    n = len(answers)
    seen = np.zeros((n, n))
    np.add.at(seen, (a, b), 1 / len(both))
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n))).astype(np.float64)
    cost = {None: (apart > 0) * 1.0, "linear": apart, "quadratic": apart**2}[weights]
    expected = float((np.outer(seen.sum(1), seen.sum(0)) * cost).sum())
    if expected == 0:
        raise NotEnoughData("both raters gave one answer throughout: there is no chance to beat")
    # κ = 1 − Σ cost·observed / Σ cost·expected
    return 1 - float((seen * cost).sum()) / expected


class Agreement(NamedTuple):
    """One coefficient with two intervals: for these raters, and for raters like these.

    ``people`` is ``None`` with fewer than three raters, or where it takes one of them to compare
    the others.
    """

    these_raters: Estimate
    people: Estimate | None


COEFFICIENTS = ("alpha", "ac1", "fleiss")


def estimate_agreement(
    table: Sequence[Sequence[Any]],
    coefficient: str = "alpha",
    *,
    scale: Scale = "nominal",
    level: float = 0.95,
    seed: int = 0,
) -> Agreement:
    """Estimate how far raters agree.

    The interval for these raters draws items anew (bootstrap); that for people adds what leaving
    each rater out changes (jackknife; raters drawn anew would agree with their own copies).

    Parameters
    ----------
    table
        Raters by items; ``None`` where an answer is missing.
    coefficient
        ``alpha``, ``ac1`` or ``fleiss``.
    scale
        Of alpha.
    seed
        Of the bootstrap.

    Raises
    ------
    NotEnoughData
        Fewer than 5 items with two answers.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> truth = rng.integers(0, 2, 60)
    >>> table = [np.where(rng.random(60) < 0.9, truth, 1 - truth).tolist() for _ in range(4)]
    >>> print(estimate_agreement(table).these_raters)
    0.523 [0.383, 0.65]
    """
    if coefficient not in COEFFICIENTS:
        raise BadInput(f"coefficient={coefficient!r}: use one of {', '.join(COEFFICIENTS)}")
    ways: dict[str, Way] = {
        "alpha": lambda c, w: _alpha(c, w, scale), "ac1": _ac1, "fleiss": _fleiss,
    }  # fmt: skip
    way = ways[coefficient]
    c = counted(table)
    n = len(c.counts)
    pairable = int((c.counts.sum(1) > 1).sum())
    if pairable < 5:
        raise NotEnoughData(f"{pairable} items have two answers: an interval needs 5; overlap more")
    value = _of(way, c)
    draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), DRAWS).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = way(c, draws)
    values = np.nan_to_num(values, nan=1.0)
    low, high = (float(q) for q in np.quantile(values, [(1 - level) / 2, (1 + level) / 2]))
    method = f"{coefficient}, bootstrap over {n} items"
    these = Estimate(value, min(low, value), max(high, value), pairable, "agreement", method, level)
    if len(table) < 3:
        return Agreement(these, None)
    try:
        without = np.array(
            [_of(way, counted([*table[:r], *table[r + 1 :]])) for r in range(len(table))]
        )
    except NotEnoughData:  # all that agree or disagree do so with one of them
        return Agreement(these, None)
    m = len(without)
    of_raters = (m - 1) / m * float(((without - without.mean()) ** 2).sum())
    half = t_quantile(level, m - 1) * float(np.sqrt(of_raters + values.var()))
    return Agreement(
        these,
        Estimate(
            value, max(value - half, -1.0), min(value + half, 1.0), len(table), "agreement",
            f"{coefficient}, bootstrap over {n} items and jackknife over {m} raters, t", level,
        ),
    )  # fmt: skip


def _alpha(c: AnswerCounts, weights: Floats, scale: Scale) -> Floats:
    """Alpha with each item counted so often, (draws, items) → (draws,)."""
    n = c.counts.sum(1)
    some = n > 1
    counts, n = c.counts[some], n[some]
    # coincidences of an item: n_a·n_b/(n − 1) for answers a ≠ b, n_a·(n_a − 1)/(n − 1) for a = b
    each = counts[:, :, None] * counts[:, None, :]
    each[:, np.arange(each.shape[1]), np.arange(each.shape[1])] -= counts
    each /= (n - 1)[:, None, None]
    seen = np.tensordot(weights[:, some], each, 1)
    totals = seen.sum(2)
    distance = _distance(c.answers, totals, scale)
    pairs = totals.sum(1)
    observed = (seen * distance).sum((1, 2))
    expected = (totals[:, :, None] * totals[:, None, :] * distance).sum((1, 2)) / (pairs - 1)
    return 1 - observed / expected


def _distance(answers: tuple[Any, ...], totals: Floats, scale: Scale) -> Floats:
    n = len(answers)
    if scale == "nominal":
        return np.asarray(1 - np.eye(n))
    if scale == "interval":
        try:
            x = np.array(answers, np.float64)
        except ValueError:
            raise BadInput(f"{answers[0]!r} is no number: use nominal or ordinal") from None
        return np.asarray(np.subtract.outer(x, x) ** 2)
    if scale != "ordinal":
        raise BadInput(f"scale={scale!r}: use nominal, ordinal or interval")
    # the answers from a to b, both ends by half: (Σ n_g − (n_a + n_b)/2)²
    up_to = np.cumsum(totals, 1) - totals / 2
    return np.asarray((up_to[:, :, None] - up_to[:, None, :]) ** 2)


def _ac1(c: AnswerCounts, weights: Floats) -> Floats:
    observed = _observed(c, weights)
    shares, some = _shares(c)
    share = weights[:, some] @ shares / weights[:, some].sum(1, keepdims=True)
    expected = (share * (1 - share)).sum(1) / max(len(c.answers) - 1, 1)
    return (observed - expected) / (1 - expected)


def _fleiss(c: AnswerCounts, weights: Floats) -> Floats:
    if len({*c.counts.sum(1).tolist()}) != 1:
        raise BadInput("Fleiss' kappa needs as many answers to every item; use alpha or ac1")
    observed = _observed(c, weights)
    shares, some = _shares(c)
    share = weights[:, some] @ shares / weights[:, some].sum(1, keepdims=True)
    expected = (share**2).sum(1)
    return (observed - expected) / (1 - expected)


def _observed(c: AnswerCounts, weights: Floats) -> Floats:
    """The mean over items of the share of pairs of answers that agree."""
    n = c.counts.sum(1)
    some = n > 1
    agree = (c.counts * (c.counts - 1)).sum(1)[some] / (n * (n - 1))[some]
    return np.asarray(weights[:, some] @ agree / weights[:, some].sum(1))


def _shares(c: AnswerCounts) -> tuple[Floats, Ints]:
    n = c.counts.sum(1)
    some = np.flatnonzero(n > 0)
    return c.counts[some] / n[some, None], some
