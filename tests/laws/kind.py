"""What the laws must know of one kind of input, and of the measures that take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

N = 48
"""Rows of a sample: enough for every measure's defaults."""

Name = str | tuple[str, str]
"""A parameter, or one measure's parameter: ``("repeat_rate", "seed")``."""


def rows(x: Any, order: Any) -> Any:
    """Take rows of an array or of a list."""
    return [x[int(i)] for i in order] if isinstance(x, list) else x[order]


def joined(x: Any, y: Any) -> Any:
    """Set one sample behind another."""
    return x + y if isinstance(x, list) else np.concatenate([x, y])


@dataclass(frozen=True)
class Kind:
    """How the laws make and change input of one kind.

    Parameters
    ----------
    sample
        ``(seed, n)`` to a varied sample with some repeats.
    few
        ``n`` (0 or 1) to a sample of so many.
    take
        ``(sample, order)`` to its rows in that order.
    twice
        The sample, twice over.
    collapsed
        ``(sample, rng)`` to the sample with 70 % of its rows replaced by one of its own dishes.
    servings
        How many draws a sample holds.
    other
        Another value than the default for every parameter: by name, or by (measure, name).
    unbiased
        Means over pairs of different rows, and how to read the mean off the value.
    slack
        Measures whose value may rise a little when the sample is duplicated (because they look at
        a random part, say), and by which share of it.
    columns
        Measures that draw at random by what rows hold, or divide by how many columns there are:
        the same rows in other columns give another number.
    extremes
        More samples at the edge of what can be: all rows different, say.
    alone
        What else must be given for a (measure, parameter) to have a say.
    large
        (measure, parameter) pairs that have a say in large samples only.
    needs
        Arguments without which a measure cannot be called: ``(seed, n)`` to keywords.
    """

    sample: Callable[[int, int], Any]
    few: Callable[[int], Any]
    collapsed: Callable[[Any, np.random.Generator], Any]
    take: Callable[[Any, Any], Any] = rows
    twice: Callable[[Any], Any] = lambda x: joined(x, x)
    servings: Callable[[Any], int] = len
    other: dict[Name, Any] = field(default_factory=dict)
    unbiased: dict[str, Callable[[float], float]] = field(default_factory=dict)
    slack: dict[str, float] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()
    extremes: tuple[Any, ...] = ()
    alone: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    large: set[tuple[str, str]] = field(default_factory=set)
    needs: dict[str, Callable[[int, int], dict[str, Any]]] = field(default_factory=dict)


def one_dish(x: Any, rng: np.random.Generator, take: Callable[[Any, Any], Any] = rows) -> Any:
    """Replace 70 % of the rows by one of them."""
    fallen = rng.permutation(len(x)) < 0.7 * len(x)
    return take(x, np.where(fallen, rng.integers(len(x)), np.arange(len(x))))
