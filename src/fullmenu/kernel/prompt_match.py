"""Matching: how well can an output be matched to its prompt by what it is like?"""

from __future__ import annotations

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.kernel.likeness import grams
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.kernel.rows import Features
from fullmenu.stats.arrays import Floats, Ints
from fullmenu.stats.proportion import share_interval

MOST = 1_024
"""Outputs compared at most; of more, fewer prompts, taken evenly, and fewer outputs of each."""

EXACT = 1e9
"""k² is told to one part in so many."""


def matching(features: Features, groups: Ints, level: float = 0.95) -> Estimate:
    """Chance that an output is more like another of its own prompt than those of a second prompt.

    For each output, the mean k² with the other outputs of its prompt is set against that with as
    many outputs of a second prompt; a tie counts half. A half is chance: what is said does not
    depend on what was asked. 1: every output can be matched to its prompt. Every prompt weighs
    alike; the interval leaves out prompts. What it cannot see: whether prompts ask the same thing,
    so that their outputs should be alike.

    Parameters
    ----------
    features : (n, d)
        Unit rows of the outputs alone, their prompts not read.
    groups : (n,)
        The prompt of each.
    level
        Coverage that the interval aims at.

    Raises
    ------
    NotEnoughData
        Fewer than six prompts have two outputs.

    Examples
    --------
    >>> asked = np.repeat(np.arange(6), 2)
    >>> print(matching(np.eye(6)[asked], asked))
    1 [0.476, 1]
    >>> matching(np.ones((12, 1)), asked).value
    0.5
    """
    rows = even_rows(groups)
    prompts, each = rows.shape
    (k,) = grams(features[rows.T.ravel()], [0, rows.size])
    # k² in whole billionths, so that sums and ties are exact: (each, prompts, each, prompts)
    k *= k
    k *= EXACT
    billionths = np.rint(k, out=k).reshape(each, prompts, each, prompts)
    own = np.einsum("ipjp->ip", billionths)[..., None, None] - EXACT
    # every output against those of every prompt, each of them left out in turn
    other = np.subtract(billionths.sum(2)[:, :, None], billionths, out=billionths)
    wins = ((other < own).sum((0, 2)) + 0.5 * (other == own).sum((0, 2))) / each**2
    np.fill_diagonal(wins, 0.0)
    return of_wins(wins, level)


def of_wins(wins: Floats, level: float = 0.95) -> Estimate:
    """Return the mean of how often each prompt wins against each other one, (P, P), diagonal 0.

    >>> print(of_wins(1.0 - np.eye(6)))
    1 [0.476, 1]
    """
    p = len(wins)
    total = float(wins.sum())
    value = min(total / (p * (p - 1)), 1.0)
    # without a prompt its row and its column go: (Σ − row − column) / ((P − 1)(P − 2))
    without = (total - wins.sum(0) - wins.sum(1)) / ((p - 1) * (p - 2))
    low, high = share_interval(value, without, level)
    method = "mean over pairs of prompts, jackknife over prompts"
    return Estimate(value, low, high, p, "probability", method, level)


def even_rows(groups: Ints, most: int = MOST) -> Ints:
    """Return the first rows of prompts, as many of each: (prompts, each), two or more of each.

    So many of each are taken that most rows are used, and of more than ``most`` rows, prompts are
    taken evenly.

    >>> even_rows(np.array([0, 1, 0, 1, 1] + [k for k in range(2, 6) for _ in range(2)])).tolist()
    [[0, 2], [1, 3], [5, 6], [7, 8], [9, 10], [11, 12]]
    """
    sizes = np.bincount(groups)
    choices = np.unique(sizes[sizes > 1])
    usable = [m for m in choices.tolist() if (sizes >= m).sum() >= FIXED_PROMPTS]
    if not usable:
        raise NotEnoughData(
            f"matching an output to its prompt takes {FIXED_PROMPTS} prompts with two outputs or "
            f"more, not {int((sizes > 1).sum())}; give more prompts, or sample each again"
        )
    each = max(usable, key=lambda m: m * int((sizes >= m).sum()))
    asked = np.flatnonzero(sizes >= each)
    while each * len(asked) > most and each > 4:
        each -= 1
    if each * len(asked) > most:
        asked = asked[np.linspace(0, len(asked) - 1, most // each).astype(np.int64)]
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], asked)
    return np.asarray(order[starts[:, None] + np.arange(each)])
