"""Some parts of a log, drawn at random: what they say of all of it, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.stats.arrays import Floats
from fullmenu.stats.draws import missed
from fullmenu.stats.quantile import t_quantile

FEWEST = 20
"""Parts, below which a draw of them says too little about how parts differ."""


def drawn_parts(outputs: Sequence[int], wanted: float, seed: int = 0) -> list[int]:
    """Draw parts of a log, each with the same chance, so that they hold ``wanted`` outputs or so.

    One is drawn from each stretch of as many parts: of a log that is sorted, by model, time or
    topic, every section is in the sample.

    Parameters
    ----------
    outputs
        How many each part holds, in the log's order.
    wanted
        How many to read; as many parts are drawn as hold them on average, or a few less.
    seed
        Of the draw.

    Returns
    -------
    list of int
        The parts drawn, in their order; all, where no fewer would do.

    Raises
    ------
    NotEnoughData
        Fewer than ``FEWEST`` of more parts would be drawn.

    Examples
    --------
    >>> drawn_parts([1_000] * 80, 20_000)
    [2, 5, 8, 12, 19, 23, 26, 30, 34, 39, 43, 44, 51, 52, 58, 60, 67, 70, 73, 77]
    """
    m, total = len(outputs), sum(outputs)
    n = int(np.ceil(wanted * m / total)) if total else m
    if n >= m:
        return list(range(m))
    if n < FEWEST:
        enough = f"sample {np.ceil(FEWEST * total / m):,.0f}" if m > FEWEST else "read all of it"
        raise NotEnoughData(
            f"a sample of {wanted:,.0f} outputs is {n} of {m} parts, and how parts differ shows in "
            f"{FEWEST} at least: {enough}, or write the log in smaller row groups"
        )
    ends = np.linspace(0, m, n + 1)
    drawn = ends[:-1] + np.random.default_rng(seed).random(n) * np.diff(ends)
    return np.unique(drawn.astype(np.int64)).tolist()  # a part that two stretches share counts once


@dataclass(frozen=True, slots=True)
class Cells:
    """What the outputs of one prompt in one part are like, for each such pair, (c,) each.

    Parameters
    ----------
    prompt, part
        Which they are, counted from 0.
    outputs
        How many.
    same
        The sum of k² over pairs of them.
    cross
        The sum of k² between them and the outputs of the prompt in the other parts drawn.
    """

    prompt: NDArray[np.int64]
    part: NDArray[np.int64]
    outputs: Floats
    same: Floats
    cross: Floats


def sampled_repeat_rate(
    cells: Cells, of: int, held_in: Floats | None = None, level: float = 0.95
) -> Estimate:
    """Estimate the repeat rate that all parts would show, from some that were drawn.

    Parameters
    ----------
    cells
        Of the parts drawn.
    of
        How many parts the log has.
    held_in
        How many parts of the log hold each prompt, (p,). Without it all prompts count alike, which
        is right where each lies in one part, or each in nearly all.
    level
        Coverage of the interval.

    Returns
    -------
    Estimate
        The mean over prompts of the mean over pairs, with an interval for what the full pass
        gives: it is a point where every part was drawn.

    Raises
    ------
    NotEnoughData
        There are fewer than three parts, or no two outputs of a prompt in what is left without
        one of them.

    Notes
    -----
    Where a log is sorted, two outputs in one part are more alike than any two. Both are in the
    draw of m of M parts with the chance m/M if they share a part, and m(m − 1)/M(M − 1) if they do
    not; pairs count by its inverse (Horvitz and Thompson 1952), and so do prompts. The interval is
    of a delete-one jackknife over parts (Wolter, Introduction to Variance Estimation, 2007,
    chapter 4), wider by what that does not see where parts are of several kinds. It is too wide
    for sorted logs, of which a draw from stretches is surer than it knows. Of neighbours in a
    stretch only one is drawn: in a sorted log, pairs of them are 1/m of all pairs, and the
    estimate takes them for pairs across stretches.

    Examples
    --------
    >>> n = np.full(12, 4.0)
    >>> at = np.arange(12)
    >>> print(sampled_repeat_rate(Cells(at, at, n, np.linspace(1, 3, 12), 0 * n), of=24))
    0.333 [0.271, 0.411]
    """
    drawn = int(cells.part.max(initial=-1)) + 1
    if drawn < 3:
        if drawn >= of:
            raise NotEnoughData(f"the log has {of} part(s), all of them read: leave the sample out")
        raise NotEnoughData(f"a sample of {drawn} parts says nothing of the others: draw more")
    p = int(cells.prompt.max()) + 1
    prompt, n = cells.prompt, cells.outputs
    others = np.bincount(prompt, n, p)[prompt] - n
    each = _Sums(cells.same, n * (n - 1) / 2, cells.cross, n * others)
    halves = (1.0, 1.0, 0.5, 0.5)  # a pair across parts stands in the cells of both
    totals: list[Floats] = [
        np.bincount(prompt, h * x, p).astype(np.float64) for h, x in zip(halves, each, strict=True)
    ]
    sums = _Sums(*totals)
    held = np.full(p, np.nan) if held_in is None else np.asarray(held_in, np.float64)
    several = np.bincount(prompt, n, p) >= 2 * np.bincount(prompt, None, p)

    def weighted(s: _Sums, of_prompt: NDArray[np.int64] | slice, m: int) -> tuple[Floats, Floats]:
        """Return Σ over pairs ÷ chance, per pair, and the weight, of each prompt."""
        within, between = of / m, of * (of - 1) / (m * (m - 1))
        pairs = within * s.same_pairs + between * s.cross_pairs
        there = pairs > 0
        rate = (within * s.same + between * s.cross) / np.where(there, pairs, 1.0)
        chance = _chance(held[of_prompt], several[of_prompt], of, m)
        return rate, np.where(there, 1 / chance, 0.0)

    rate, weight = weighted(sums, slice(None), drawn)
    value = _mean(float((rate * weight).sum()), float(weight.sum()))
    # θ₍₋g₎: all prompts by the chances of a draw of m − 1, and those in part g without its outputs
    rate, weight = weighted(sums, slice(None), drawn - 1)
    less = _Sums(*(x[prompt] - y for x, y in zip(sums, each, strict=True)))
    without, left = weighted(less, prompt, drawn - 1)
    was = (rate * weight)[prompt]
    tops = float((rate * weight).sum()) + np.bincount(cells.part, without * left - was, drawn)
    bottoms = float(weight.sum()) + np.bincount(cells.part, left - weight[prompt], drawn)
    if float(bottoms.min()) <= 0:
        raise NotEnoughData("without one of the parts no prompt has two outputs: draw more parts")
    # Parts of kinds A and B, a share s of A: the rate is s²A + (1 − s)²B + 2s(1 − s)C, and at
    # its least the jackknife sees no slope, though the draw's s may be off by t standard errors.
    # That is t²λ/m (the degenerate part of a U statistic, Hoeffding 1948), and λ is how much more
    # alike outputs are within parts: of prompts that have pairs of both sorts, and then of all
    # that are spread over parts.
    spread = sums.cross_pairs > 0
    both = spread & (sums.same_pairs > 0)
    apart = sums.same[both] / sums.same_pairs[both] - sums.cross[both] / sums.cross_pairs[both]
    alike = max(float((apart * weight[both]).sum()), 0.0) / max(float(weight[both].sum()), 1e-300)
    alike *= float(weight[spread].sum() / weight.sum())
    kinds = t_quantile(level, drawn - 1) * alike / drawn * np.sqrt(_left(drawn, of))
    return _interval(value, np.maximum(tops, 0) / bottoms, of, "probability", level, kinds)


def sampled_ratio(
    top: Floats, bottom: Floats, of: int, unit: str = "share", level: float = 0.95
) -> Estimate:
    """Estimate Σ top ÷ Σ bottom over all parts, from some that were drawn, (m,) each.

    >>> print(sampled_ratio(np.array([1.0, 2.0, 3.0]), np.full(3, 10.0), of=30))
    0.2 [0.056, 0.714]
    """
    if len(top) < 3 or float(bottom.sum() - bottom.max()) <= 0:
        raise NotEnoughData(f"a ratio needs three parts with something in them, not {len(top)}")
    value = float(top.sum() / bottom.sum())
    return _interval(value, (top.sum() - top) / (bottom.sum() - bottom), of, unit, level)


class _Sums(NamedTuple):
    """Sums of k² over pairs in one part, and between parts, and how many such pairs."""

    same: Floats
    same_pairs: Floats
    cross: Floats
    cross_pairs: Floats


def _interval(
    value: float, without: Floats, of: int, unit: str, level: float, besides: float = 0.0
) -> Estimate:
    """Return the t interval of a delete-one jackknife over parts, on the log where that is one.

    ``besides`` is a standard error that it does not see.
    """
    m = len(without)
    positive = value > 0 and float(without.min()) > 0
    x = np.log(without) if positive else without
    se = float(np.sqrt(_left(m, of) * (m - 1) / m * ((x - x.mean()) ** 2).sum()))
    se = float(np.hypot(se, besides / value if positive else besides))
    half = t_quantile(level, m - 1) * se
    ends = value * np.exp([-half, half]) if positive else value + np.array([-half, half])
    low, high = np.clip(ends, 0, 1 if unit in ("probability", "share") else np.inf)
    shown = se * value if positive else se
    method = f"{m} of {of} parts drawn, jackknife over parts, standard error {shown:.2g}"
    return Estimate(value, float(low), float(high), m, unit, method, level)


def _left(m: int, of: int) -> float:
    """Return how much of the variance of m parts is left because they are so many of all.

    Parts drawn from all leave 1 − m/M. Where kinds of parts take turns, a stretch is as mixed as
    the log, and one part drawn from it leaves all of the variance until it is shorter than two.
    """
    return min(1.0, 2 * (1 - m / of))


def _mean(top: float, bottom: float) -> float:
    if bottom <= 0:
        raise NotEnoughData("no prompt has two outputs in the parts drawn: draw more of them")
    return top / bottom


def _chance(held: Floats, several: NDArray[np.bool_], of: int, m: int) -> Floats:
    """Return the chance that a prompt held in some parts has two outputs in m that are drawn.

    ``several``: two of them or more lie in a part; else it takes two parts. Where nobody knows how
    many parts hold it (NaN), 1.
    """
    known = np.isfinite(held)
    q = np.where(known, held, 1.0)
    none = missed(q, of, m)
    # C(q, 1)·C(M − q, m − 1) / C(M, m), from C(M − q, m) / C(M, m)
    one = none * q * m / np.maximum(of - q - m + 1, 1.0)
    chance = 1 - none - np.where(several, 0.0, one)
    return np.where(known, np.maximum(chance, 1 / of**2), 1.0)
