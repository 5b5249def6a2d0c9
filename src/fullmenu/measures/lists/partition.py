"""Sort outputs into classes by asking of two of them whether they are the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def partition(outputs: Sequence[T], same: Callable[[T, T], bool]) -> list[int]:
    """Give each output the class of the first earlier class whose *first* member is the same.

    Parameters
    ----------
    outputs
        Outputs to one prompt, in order.
    same
        Whether two outputs say the same: ``same(first_member, output)``.

    Returns
    -------
    list
        A class for each output, numbered from 0 in the order of their first members: what
        ``distinct_k`` and ``utility_k`` take for one prompt.

    Notes
    -----
    The greedy way of NoveltyBench. It depends on the order of the outputs where ``same`` is not
    transitive, because only first members are asked.

    Examples
    --------
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
