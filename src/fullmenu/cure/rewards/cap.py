"""Good enough: above a bar more quality is worth no more, so variety decides."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from fullmenu.cure.docstrings import documented
from fullmenu.cure.rewards.call import Call
from fullmenu.cure.rewards.reward import Quality, Reward, Values, checked, name_of, quality_of
from fullmenu.errors import BadInput, NotEnoughData


def good_enough(base: Any, sds: float = 1.0) -> float:
    """Return the bar: the mean of the base model's scores, and so many standard deviations.

    >>> good_enough([0.0, 1.0, 2.0])
    2.0
    """
    x = np.asarray(base, np.float64).ravel()
    if not np.isfinite(x).all():
        raise BadInput(
            f"base= holds {x.size} scores, some of which are not finite; leave those out"
        )
    if x.size < 2 or not np.ptp(x):
        raise NotEnoughData(
            f"{x.size} scores of the base model, {len(np.unique(x))} of them different, have no "
            "spread; score 100 of its outputs or more, or give at="
        )
    return float(x.mean() + sds * x.std(ddof=1))


@documented
def cap(
    quality: Quality,
    at: float | None = None,
    *,
    base: Sequence[float] | None = None,
    sds: float = 1.0,
) -> Reward:
    """Cap a quality at "good enough": what is above the bar is worth no more than the bar.

    A learned reward is wrong most where it is highest; the cap takes away what there is to hack.
    It does not reward variety, it makes room for it; see :func:`~fullmenu.cure.mix`.

    Parameters
    ----------
    base
        Scores of the model before training, by the same quality, best 100 or more: the bar is
        their mean and ``sds`` standard deviations.
    sds
        How far above the mean the bar is.

    Examples
    --------
    >>> def length(completions, **_):
    ...     return [len(c) / 10 for c in completions]
    >>> cap(length, at=0.3)(prompts=["p", "p"], completions=["fig", "pomegranate"])
    [0.3, 0.3]
    """
    if (at is None) == (base is None):
        raise BadInput(
            f"at={at!r} and base={'given' if base is not None else None}: give one of them, the "
            "bar itself or scores of the base model"
        )
    bar = good_enough(base, sds) if at is None else float(at)
    return Reward(f"capped_{name_of(checked(quality))}", partial(_capped, quality, bar))


def _capped(quality: Quality, bar: float, call: Call) -> Values:
    return [None if q is None else min(q, bar) for q in quality_of(quality, call)]
