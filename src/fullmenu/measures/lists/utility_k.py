"""How much are k outputs worth to somebody who wants no answer twice?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.measures.lists._classes import classes
from fullmenu.measures.registry import measure
from fullmenu.stats.proportion import jackknife_se
from fullmenu.stats.quantile import t_quantile


@measure(takes="lists", unit="score", paper="Zhang et al. 2025", rises=True)
def utility_k(
    lists: Any,
    scores: Any = None,
    k: int = 10,
    *,
    patience: float = 0.8,
    level: float = 0.95,
) -> Estimate:
    """Measure what the first k outputs to a prompt are worth, where a repeat is worth nothing.

    ``value``: weighted mean of the scores, repeats of a class 0; mean over prompts. ``high`` is
    ``None`` where all prompts have one value.

    Parameters
    ----------
    lists
        For each prompt a list of the classes of its outputs, in the order in which they were
        given. Prompts without outputs are left out.
    scores
        For each prompt a list of scores, at least 0, one an output: how good it is. By default 1
        each: the value then says how early and how often a new answer comes.
    k
        Outputs looked at, the first ones.
    patience
        The chance that the user asks for one more output: output i weighs patience^i.
    level
        …: jackknife over prompts, Student's t. It holds the mean of such sets of prompts in 90 % of
        them or more (``benchmarks/intervals_texts.py``).

    Raises
    ------
    NotEnoughData
        Fewer than two prompts, or a prompt of fewer than k outputs.

    Notes
    -----
    The utility of NoveltyBench, whose scores run from 1 to 10. It mixes variety and quality: a
    model may win by either, so read it beside ``distinct_k``. Depends on the order of a prompt's
    outputs, and on nothing between prompts.

    Examples
    --------
    >>> print(utility_k([[0, 0, 1], [0, 1, 2]], [[8, 7, 5], [6, 6, 6]], k=3))
    5.3 [0, 14.3]
    """
    if isinstance(patience, bool) or not 0 < patience <= 1:
        raise BadInput(f"patience={patience!r}: give a chance above 0 and up to 1")
    if scores is not None:
        _parallel(lists, scores)
    rows = classes(lists, k, "utility_k")
    worth = [[1.0] * len(row) for row in rows] if scores is None else [s for s in scores if len(s)]
    weight = patience ** np.arange(k)
    values = np.array([_worth(r, s, weight) for r, s in zip(rows, worth, strict=True)])
    value, m = float(values.mean()), len(values)
    se = jackknife_se((values.sum() - values) / (m - 1))
    half = t_quantile(level, m - 1) * se
    low, high = max(value - half, 0.0), value + half
    method = f"utility of {k} outputs, jackknife over prompts"
    if se <= 1e-12 * max(value, 1.0):
        low = value * float((1 - level) ** (1 / m))
        return Estimate(value, low, None, m, "score", method, level)
    return Estimate(value, low, high, m, "score", method, level)


def _worth(row: Any, scores: Any, weight: Any) -> float:
    seen: set[Any] = set()
    total = 0.0
    for c, s, w in zip(row, scores, weight, strict=False):
        if c not in seen:
            total += float(s) * w
            seen.add(c)
    return float(total / weight.sum())


def _parallel(lists: Any, scores: Any) -> None:
    for x in (lists, scores):
        if isinstance(x, (str, bytes, dict, set, frozenset)) or not isinstance(x, Iterable):
            raise BadInput(f"{type(x).__name__} where lists are needed: give one a prompt")
    try:
        sizes = [[len(row) for row in x] for x in (lists, scores)]
        values = np.array([float(s) for row in scores for s in row])
    except (TypeError, ValueError) as error:
        raise BadInput(f"scores are no lists of numbers ({error}); give one a prompt") from None
    if sizes[0] != sizes[1]:
        raise BadInput("scores do not match the lists: give one score an output, in the same order")
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise BadInput("a score is below 0 or not finite; shift scores so that 0 is worth nothing")
