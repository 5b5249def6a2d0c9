"""How many different phrases are there among as many phrases?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import Tokenize, kinds, named, orders, share_without, words_of
from fullmenu.measures.texts._units import Floats, Ints, checked, units, whole
from fullmenu.stats.proportion import share_interval

PHRASES = 1_000
"""How many phrases distinct-n is taken at, where the caller does not say."""

_EXACT = 256
"""Counts up to this use the product itself; beyond it, differences of log Γ are precise enough."""

Grams = list[tuple[Any, Ints]]
"""For each order the hashes of all n-grams, and the output that each is in."""


@measure(takes="texts", unit="share", paper="Li et al. 2016; Hurlbert 1971", rises=True)
def distinct_n(
    texts: Sequence[str],
    n: int | tuple[int, ...] = 2,
    *,
    words: int | Literal["all"] | None = None,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the share of different n-grams among a fixed number of n-grams.

    ``value`` = E[different n-grams among m drawn without replacement] / m, exact.

    Parameters
    ----------
    texts
        … No n-gram crosses from one to the next.
    n
        …; or several orders, ``(1, 2, 3, 4, 5)`` say, to take the mean over.
    words
        How many n-grams the share is taken at, 1,000 by default. Values compare only at the same
        number. ``"all"``: different ÷ all of the whole sample, as published; it falls as the
        sample grows, by that alone, so compare it at equal numbers of words only.
    level
        …: jackknife, Wilson's with t on the effective number.

    Raises
    ------
    NotEnoughData
        The sample without any one output (or prompt) has fewer than ``words`` n-grams; or, with
        ``words="all"``, there is no n-gram of some order.

    Notes
    -----
    Cannot see who said it: two outputs that repeat each other, and two that each repeat
    themselves, count alike. The n-grams of an output go together, so that a very small sample
    reads slightly less varied than a large one of the same model.

    With ``n=(1, 2, 3, 4, 5), words="all"`` it is the distinct-n of Kirk et al. (2024), words by
    ``str.split``, and that of Tevet & Berant (2021), who take out full stops and line ends and
    split at blanks; they count an order of which there is no n-gram as 0. The interval is then for
    the same number of outputs.

    Examples
    --------
    >>> texts = ["a rose is a rose", "a rose is red", "violets are blue", "so are you"] * 3
    >>> print(distinct_n(texts, words=10))
    0.594 [0.498, 0.684]
    >>> round(distinct_n(texts, (1, 2), words="all").value, 4)
    0.2212
    >>> distinct_n(["too short", "to say"])
    Traceback (most recent call last):
    ...
    fullmenu.errors.NotEnoughData: 2 word 2-grams, but distinct-2 is taken at 1000 and must be known without any one of the outputs; give more or longer outputs, or words=1 (values compare only at the same number)
    """  # noqa: E501
    sizes = orders(n)
    m = taken_at(words)
    found = checked(texts)
    unit, names = units(groups, len(found))
    split = words_of(found, tokenize)
    value, without = mean_share([split.grams(k) for k in sizes], sizes, unit, names, m)
    low, high = (0.0, 1.0) if without is None else share_interval(value, without, level)
    among = "all" if m is None else m
    method = f"distinct {named(sizes)} among {among}, jackknife over {names}"
    return Estimate(value, low, high, int(unit.max()) + 1, "share", method, level)


def taken_at(words: Any) -> int | None:
    """Return how many n-grams a share is taken at; ``None`` for all of them."""
    if isinstance(words, str):
        if words != "all":
            raise BadInput(f"words={words!r}: give a whole number of at least 1, or 'all'")
        return None
    return whole("words", PHRASES if words is None else words)


def mean_share(
    grams: Grams, sizes: Sequence[int], unit: Ints, names: str, m: int | None
) -> tuple[float, Floats | None]:
    """Share of different n-grams among m, mean over orders; and with each unit left out.

    Parameters
    ----------
    m
        ``None`` for all. There may then be no share without some unit: ``None`` again.
    """
    values, withouts = [], []
    for size, (hashes, rows) in zip(sizes, grams, strict=True):
        if m is None:
            value, without = _plain(hashes, unit[rows], int(unit.max()) + 1, size)
        else:
            held = np.bincount(unit[rows], minlength=int(unit.max()) + 1)
            _require(len(hashes), held, size, m, names)
            value, without = _rarefied(hashes, unit[rows], held, m)
        values.append(value)
        withouts.append(without)
    known = [w for w in withouts if w is not None]
    whole_sample = len(known) == len(withouts)
    return float(np.mean(values)), np.mean(known, axis=0) if whole_sample else None


def _require(total: int, sizes: Ints, size: int, m: int, names: str) -> None:
    least = total - int(sizes.max())
    if least < m:
        hint = f", or words={least} (values compare only at the same number)" if least else ""
        raise NotEnoughData(
            f"{total} word {size}-grams, but distinct-{size} is taken at {m} and must be "
            f"known without any one of the {names}; give more or longer outputs{hint}"
        )


def _plain(hashes: Any, unit: Ints, m: int, size: int) -> tuple[float, Floats | None]:
    if not len(hashes):
        raise NotEnoughData(f"no output has {size} words: give longer outputs, or a smaller n")
    found = kinds(hashes, unit, m)
    return found.different / found.total, share_without(found)


def _rarefied(hashes: Any, unit: Ints, sizes: Ints, m: int) -> tuple[float, Floats]:
    """Share of different hashes among m; and with each unit left out."""
    total, count = len(hashes), len(sizes)
    _, ids = np.unique(hashes, return_inverse=True)
    times = np.bincount(ids)
    cells, mine = np.unique(ids * count + unit, return_counts=True)
    owner, before = cells % count, times[cells // count]
    counts, many = np.unique(times, return_counts=True)
    value = float((many * _drawn(counts, total, m)).sum()) / m
    without = np.empty(count)
    order = np.argsort(sizes[owner], kind="stable")
    owner, before, mine = owner[order], before[order], mine[order]
    edges = np.searchsorted(sizes[owner], np.unique(sizes), side="left").tolist()
    edges.append(len(owner))
    for i, size in enumerate(np.unique(sizes).tolist()):
        at = slice(edges[i], edges[i + 1])
        rest = total - size
        base = float((many * _drawn(counts, rest, m)).sum())
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
