"""How many different answers to a prompt are there, and what are they worth?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import numpy as np

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.lists._shown import rows_of
from fullmenu.measures.registry import measure
from fullmenu.stats.arrays import numbers_of
from fullmenu.stats.draws import shown
from fullmenu.stats.means import positive_interval
from fullmenu.stats.proportion import share_interval
from fullmenu.text.amounts import amount


@measure(unit="classes", paper="Zhang et al. 2025; Hurlbert 1971", rises=True)
def distinct_k(lists: Any, k: int = 10, *, level: float = 0.95) -> Estimate:
    """Estimate how many different classes k outputs to one prompt fall into, mean over prompts.

    ``value`` in [1, k]: 1, every prompt has one answer only.

    The distinct-k of NoveltyBench: the number of classes of k outputs. The stored field
    ``distinct`` of that benchmark is the largest class *number*, one less; give it the partition.
    Cannot see how good the classes are, or whether two prompts get the same answer. It rises with
    k: compare at one k only.

    Parameters
    ----------
    lists
        For each prompt a list of the classes of its outputs, one an output: any ids that can be
        told apart. Prompts without outputs are left out.
    k
        Outputs looked at. Where a prompt has more, the mean over all ways to draw k of them, exact.
    level
        …: jackknife over prompts, Wilson's with t on the effective number. [90 %]

    Raises
    ------
    NotEnoughData
        Fewer than two prompts, or a prompt of fewer than k outputs.
    BadInput
        Lists that are no lists, or classes that cannot be hashed.

    >>> print(distinct_k([[0, 0, 1, 0], [0, 1, 2, 3], [0, 0, 0, 0]], k=4))
    2.33 [1.08, 3.87]
    """
    rows = classes(lists, k, "distinct_k")
    values = np.array([_expected(Counter(row).values(), len(row), k) for row in rows])
    m = len(values)
    x = np.clip((values - 1) / (k - 1), 0.0, 1.0)
    value = float(x.mean())
    low, high = share_interval(value, (x.sum() - x) / (m - 1), level)
    mean, low, high = (1 + (k - 1) * v for v in (value, low, high))
    method = f"classes of {k} outputs, jackknife over prompts"
    return Estimate(float(values.mean()), min(low, mean), max(high, mean), m, "classes", method,
                    level)  # fmt: skip


def _expected(counts: Any, n: int, k: int) -> float:
    """Classes among k of n outputs, drawn without replacement."""
    if n == k:
        return float(len(counts))
    return min(float(shown(list(counts), n, k).sum()), float(k))


@measure(unit="score", paper="Zhang et al. 2025", rises=True)
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

    The utility of NoveltyBench, whose scores run from 1 to 10. It mixes variety and quality: a
    model may win by either, so read it beside ``distinct_k``. Depends on the order of a prompt's
    outputs, and on nothing between prompts.

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
        …: jackknife over prompts, Student's t. [90 %]

    Raises
    ------
    NotEnoughData
        Fewer than two prompts, or a prompt of fewer than k outputs.

    >>> print(utility_k([[0, 0, 1], [0, 1, 2]], [[8, 7, 5], [6, 6, 6]], k=3))
    5.3 [0, 14.3]
    """
    if patience == 0:
        raise BadInput("patience=0.0: give a chance above 0 and up to 1")
    given = rows_of(lists)
    rows = classes(given, k, "utility_k")
    worth = [[1.0] * len(row) for row in given] if scores is None else rows_of(scores)
    _check_scores(given, worth)
    worth = [row for row in worth if len(row)]
    weight = patience ** np.arange(k)
    values = np.array([_worth(r, s, weight) for r, s in zip(rows, worth, strict=True)])
    value, m = float(values.mean()), len(values)
    low, high = positive_interval(value, (values.sum() - values) / (m - 1), level)
    method = f"utility of {k} outputs, jackknife over prompts"
    return Estimate(value, low, high, m, "score", method, level)


def _worth(row: Any, scores: Any, weight: Any) -> float:
    seen: set[Any] = set()
    total = 0.0
    for c, s, w in zip(row, scores, weight, strict=False):
        if c not in seen:
            total += float(s) * w
            seen.add(c)
    return float(total / weight.sum())


def _check_scores(rows: list[Any], scores: list[Any]) -> None:
    if list(map(len, rows)) != list(map(len, scores)):
        raise BadInput("scores do not match the lists: give one score an output, in the same order")
    if any((numbers_of(row, "scores") < 0).any() for row in scores):
        raise BadInput("a score is below 0; shift scores so that 0 is worth nothing")


def classes(lists: Any, k: int, what: str) -> list[Sequence[Hashable]]:
    """Return the lists that are not empty, all of k outputs or more."""
    rows = [row for row in rows_of(lists) if len(row)]
    try:
        _ = [hash(c) for row in rows for c in row]
    except TypeError as error:
        raise BadInput(f"a class cannot be told apart ({error}); give ids") from None
    if len(rows) < 2:
        raise NotEnoughData(
            f"an interval needs at least 2 prompts with outputs, not {len(rows)}; give more"
        )
    least = min(map(len, rows))
    if least < k:
        way = f", or k={least} (values compare only at the same k)" if least > 1 else ""
        raise NotEnoughData(
            f"one of {len(rows)} prompts has {amount(least, 'output')}, where {what} looks at {k} "
            f"of each; give more outputs{way}"
        )
    return rows


T = TypeVar("T")


def partition(outputs: Sequence[T], same: Callable[[T, T], bool]) -> list[int]:
    """Give each output the class of the first earlier class whose *first* member is the same.

    ``same(first_member, output)`` says whether two outputs say the same. Classes are numbered from
    0 in the order of their first members: what ``distinct_k`` and ``utility_k`` take for one
    prompt. It is the greedy way of NoveltyBench, and depends on the order of the outputs where
    ``same`` is not transitive.

    >>> partition(["Paris", "paris", "Rome"], lambda a, b: a.lower() == b.lower())
    [0, 0, 1]
    """
    firsts: list[T] = []
    found = []
    for output in outputs:
        at = next((i for i, first in enumerate(firsts) if same(first, output)), len(firsts))
        if at == len(firsts):
            firsts.append(output)
        found.append(at)
    return found
