"""Quality times variety, as one reward: sums cannot say that a varied bad answer is bad."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from fullmenu.cure.docstrings import documented
from fullmenu.cure.rewards.call import Call
from fullmenu.cure.rewards.reward import Quality, Reward, Values, checked, name_of, quality_of
from fullmenu.errors import BadInput
from fullmenu.kernel.rows import Floats


def product(quality: ArrayLike, variety: ArrayLike) -> Floats:
    """Return quality × variety where quality is above 0, and quality where it is not.

    A negative quality times variety would reward a bad answer for being common.

    >>> product([1.0, 1.0, -1.0], [0.5, 0.0, 0.5]).tolist()
    [0.5, 0.0, -1.0]
    """
    q, v = np.asarray(quality, np.float64), np.asarray(variety, np.float64)
    return np.where(q > 0, q * v, q)


@documented
def multiply(quality: Quality, variety: Quality) -> Reward:
    """Multiply quality by variety in one reward function, after DARLING (arXiv 2509.02534).

    Trainers add the rewards they are given; a product must be one of them.

    It is ``None`` where either is.

    Turn the division by the group's standard deviation off (``scale_rewards="none"`` in TRL), as
    DARLING does: once quality is even, it would blow the rest up. In a group where all say the
    same the product is 0 for all, so there is nothing to learn.

    Parameters
    ----------
    quality
        …, on a scale whose 0 is worthless. Where it is 0 or less it stays as it is.
    variety
        :func:`~fullmenu.cure.own_share`, :func:`~fullmenu.cure.cluster_frequency` (divided by its
        greatest value, log n), or a reward function with values in [0, 1], checked when called.

    Examples
    --------
    >>> from fullmenu.cure import own_share
    >>> def right(completions, **_):
    ...     return [1.0 if "fig" in c else 0.0 for c in completions]
    >>> reward = multiply(right, own_share())
    >>> asked = ["Which fruit?"] * 3
    >>> [round(r, 2) for r in reward(prompts=asked, completions=["a fig", "one fig", "a kiwi"])]
    [0.62, 0.62, 0.0]
    """
    name = f"{name_of(checked(quality))}_times_{name_of(checked(variety))}"
    return Reward(name, partial(_product, quality, variety))


def _product(quality: Quality, variety: Quality, call: Call) -> Values:
    q, v = quality_of(quality, call), quality_of(variety, call)
    ceiling = getattr(variety, "ceiling", None)
    tops = [ceiling(int(n)) if ceiling else 1.0 for n in call.sizes]
    return [
        None if a is None or b is None else float(product(a, _share(b / top, variety)))
        for a, b, top in zip(q, v, tops, strict=True)
    ]


def _share(value: float, variety: Quality) -> float:
    if not -1e-9 <= value <= 1 + 1e-9:
        raise BadInput(
            f"{name_of(variety)} gave {value:.4g}: to be multiplied, a variety lies in [0, 1]"
        )
    return min(max(value, 0.0), 1.0)
