"""How much of what the outputs say is in no reference text?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.measures.arguments import checked, units
from fullmenu.measures.registry import measure
from fullmenu.measures.texts._grams import Tokenize, words_of
from fullmenu.stats.draws import missed
from fullmenu.stats.proportion import share_interval


@measure(unit="share", paper="McCoy et al. 2023", rises=None)
def novelty(
    texts: Sequence[str],
    reference: Sequence[str],
    n: int = 4,
    *,
    reference_size: int | None = None,
    tokenize: Tokenize | None = None,
    groups: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Measure the share of the outputs' n-grams that no reference text holds.

    ``value`` in [0, 1]: 1 means that no n-gram of the outputs occurs in the reference. An n-gram
    counts as often as it is used.

    Falls as the reference grows, in texts and in their length, and does not drift with the number
    of outputs. Says nothing of variety among the outputs: one new sentence, always the same, is
    all novel. Nonsense is novel too.

    Parameters
    ----------
    reference
        Texts that may have been copied from: training data, another model's outputs, last year's.
    reference_size
        How many of the reference texts are looked in: the mean over all ways to draw so many,
        exact. By default all of them. Values compare only at the same size.
    level
        …: jackknife over outputs, Wilson's with t on the effective number. The reference counts as
        fixed. [90 %]

    Raises
    ------
    NotEnoughData
        …, one of them holding all n-grams; no n-gram in the reference; or fewer reference texts
        than ``reference_size``.

    >>> known = ["a rose is a rose", "violets are blue"]
    >>> print(novelty(["a rose is red", "roses are blue", "so are you"], known, 2))
    0.571 [0.0836, 0.951]
    """
    found, others = checked(texts), checked(reference, 1)
    m = len(others) if reference_size is None else reference_size
    if m > len(others):
        raise NotEnoughData(
            f"reference_size={m}, but there are {len(others)} reference texts; give more, or a "
            "smaller size (values compare only at the same one)"
        )
    unit, _ = units(groups, len(found))
    both, place = words_of([*found, *others], tokenize).grams(n)
    known, mine = place >= len(found), place < len(found)
    if not mine.any() or not known.any():
        side = "the reference" if mine.any() else "the outputs"
        raise NotEnoughData(f"no text of {side} has {n} words: give longer ones, or a smaller n")
    _, ids = np.unique(both, return_inverse=True)
    cells = np.unique(ids[known] * (len(others) + 1) + place[known] - len(found))
    holding = np.bincount(cells // (len(others) + 1), minlength=int(ids.max()) + 1)
    unseen = missed(holding, len(others), m)[ids[mine]]
    count = int(unit.max()) + 1
    owner = unit[place[mine]]
    new, all_ = np.bincount(owner, unseen, count), np.bincount(owner, minlength=count)
    y, t = np.minimum(new, all_), all_.astype(np.float64)
    names = "outputs" if groups is None else "prompts"
    if float((t.sum() - t).min()) <= 0:
        raise NotEnoughData(f"one of {count} {names} holds all {n}-grams; give more, or longer")
    value = min(float(y.sum() / t.sum()), 1.0)
    low, high = share_interval(value, (y.sum() - y) / (t.sum() - t), level)
    method = f"{n}-grams in none of {m} reference texts, jackknife over {names}"
    return Estimate(value, low, high, count, "share", method, level)
