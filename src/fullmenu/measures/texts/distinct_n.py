"""How many different phrases are there among as many phrases?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._units import Floats, Ints, checked, phrases, units, whole
from fullmenu.stats.proportion import share_interval

PHRASES = 1_000
"""How many phrases distinct-n is taken at, where the caller does not say."""

_EXACT = 256
"""Counts up to this use the product itself; beyond it, differences of log Γ are precise enough."""


@measure(takes="texts", unit="share", paper="Li et al. 2016; Hurlbert 1971", rises=True)
def distinct_n(
    texts: Sequence[str],
    n: int = 2,
    *,
    words: int | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the share of different n-grams among a fixed number of n-grams.

    Parameters
    ----------
    texts
        Outputs. No n-gram crosses from one to the next.
    n
        Words of an n-gram.
    words
        How many n-grams the share is taken at, 1,000 by default. Values compare only at the same
        number: distinct-n of a whole sample falls with its size, by that alone.
    groups : (n,), optional
        Prompt of each output: the interval then leaves prompts out.
    level
        Coverage of the interval: jackknife, Wilson's with t on the effective number.

    Returns
    -------
    Estimate
        ``value`` = E[different n-grams among m drawn without replacement] / m, exact.

    Raises
    ------
    NotEnoughData
        The sample without any one output (or prompt) has fewer than ``words`` n-grams.

    Notes
    -----
    Cannot see who said it: two outputs that repeat each other, and two that each repeat
    themselves, count alike. The n-grams of an output go together, so that a very small sample
    reads slightly less varied than a large one of the same model.

    Examples
    --------
    >>> texts = ["a rose is a rose", "a rose is red", "violets are blue", "so are you"] * 3
    >>> print(distinct_n(texts, words=10))
    0.594 [0.498, 0.684]
    >>> distinct_n(["too short", "to say"])
    Traceback (most recent call last):
    ...
    fullmenu.errors.NotEnoughData: 2 word 2-grams, but distinct-2 is taken at 1000 and must be known without any one of the outputs; give more or longer outputs, or words=1 (values compare only at the same number)
    """  # noqa: E501
    size = whole("n", n)
    m = whole("words", PHRASES if words is None else words)
    found = checked(texts)
    unit, names = units(groups, len(found))
    hashes, rows = phrases(found, size, short=False)
    sizes = np.bincount(unit[rows], minlength=int(unit.max()) + 1)
    least = len(hashes) - int(sizes.max())
    if least < m:
        hint = f", or words={least} (values compare only at the same number)" if least else ""
        raise NotEnoughData(
            f"{len(hashes)} word {size}-grams, but distinct-{size} is taken at {m} and must be "
            f"known without any one of the {names}; give more or longer outputs{hint}"
        )
    value, without = _rarefied(hashes, unit[rows], sizes, m)
    low, high = share_interval(value, without, level)
    method = f"distinct {size}-grams among {m}, jackknife over {names}"
    return Estimate(value, low, high, len(sizes), "share", method, level)


def _rarefied(hashes: Any, unit: Ints, sizes: Ints, m: int) -> tuple[float, Floats]:
    """Share of different hashes among m; and with each unit left out."""
    total, count = len(hashes), len(sizes)
    _, ids = np.unique(hashes, return_inverse=True)
    times = np.bincount(ids)
    cells, mine = np.unique(ids * count + unit, return_counts=True)
    owner, before = cells % count, times[cells // count]
    counts, kinds = np.unique(times, return_counts=True)
    value = float((kinds * _drawn(counts, total, m)).sum()) / m
    without = np.empty(count)
    order = np.argsort(sizes[owner], kind="stable")
    owner, before, mine = owner[order], before[order], mine[order]
    edges = np.searchsorted(sizes[owner], np.unique(sizes), side="left").tolist()
    edges.append(len(owner))
    for i, size in enumerate(np.unique(sizes).tolist()):
        at = slice(edges[i], edges[i + 1])
        rest = total - size
        base = float((kinds * _drawn(counts, rest, m)).sum())
        lost = _drawn(before[at], rest, m) - _drawn(before[at] - mine[at], rest, m)
        here = sizes == size
        without[here] = base - np.bincount(owner[at], lost, minlength=count)[here]
    return value, without / m


def _drawn(counts: Ints, total: int, m: int) -> Floats:
    """Chance that m of ``total`` drawn without replacement hold one of so many equal ones."""
    i = np.arange(min(_EXACT, total, int(counts.max(initial=0))))
    with np.errstate(divide="ignore"):
        missed = np.cumsum(np.log1p(-np.minimum(m / (total - i), 1.0)))
    table = np.concatenate([[0.0], missed])
    logs = table[np.minimum(counts, len(table) - 1)]
    beyond = counts >= len(table)
    if beyond.any():
        from scipy.special import gammaln

        c = counts[beyond].astype(np.float64)
        room = np.maximum(total - c - m, 0.0)
        logs[beyond] = np.where(
            total - c < m,
            -np.inf,
            gammaln(total - c + 1)
            - gammaln(room + 1)
            - gammaln(total + 1)
            + gammaln(total - m + 1),
        )
    return np.asarray(-np.expm1(logs))
