"""Rise to a peak and fall from it, picked on one half of the seeds and read on the other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fullmenu.diagnose.descents.curves import Floats
from fullmenu.stats.quantile import t_quantile


@dataclass(frozen=True)
class Pick:
    """A peak and the lowest places on either side, as indices."""

    before: int
    peak: int
    after: int


def pick(curve: Floats) -> Pick:
    """Return the inner place from which both sides fall most: largest smaller of rise and fall.

    >>> pick(np.array([0.3, 0.2, 0.9, 0.4, 0.1]))
    Pick(before=1, peak=2, after=4)
    """
    inner = range(1, curve.size - 1)
    peak = max(inner, key=lambda p: curve[p] - max(curve[:p].min(), curve[p + 1 :].min()))
    after = peak + 1 + int(np.argmin(curve[peak + 1 :]))
    return Pick(int(np.argmin(curve[:peak])), peak, after)


def read_on_others(
    errors: Floats, read: Callable[[slice, Any], Floats], choose: Callable[[Floats], Any] = pick
) -> Floats:
    """Read a number of each seed, (S,), where the mean curve of the other half of the seeds says.

    Picked and read on the same seeds, noise alone rises and falls. So every other seed picks for
    the rest, and the other way round: each seed's own noise has no say in where it is read.
    """
    numbers = np.empty(len(errors))
    for k in (0, 1):
        half = slice(1 - k, None, 2)
        numbers[half] = read(half, choose(errors[k::2].mean(0)))
    return numbers


def rise_and_fall(errors: Floats) -> tuple[Floats, Floats]:
    """Return rise and fall of each of two seeds or more, read where the other half picks."""
    rises = read_on_others(errors, lambda half, p: errors[half, p.peak] - errors[half, p.before])
    falls = read_on_others(errors, lambda half, p: errors[half, p.peak] - errors[half, p.after])
    return rises, falls


def above_lowest(errors: Floats, here: Floats) -> Floats:
    """Return by how much each seed's ``here`` is above its lowest error before the peak."""
    return read_on_others(errors, lambda half, p: here[half] - errors[half, p.before])


def largest_rise(errors: Floats) -> float | None:
    """Return the upper bound of every rise to an inner place: the largest of their 90 % bounds.

    Each rise is from one place to a later one. That all are below a margin is sure at 5 % if each
    is: no correction for how many there are. One seed bounds nothing.
    """
    seeds, places = errors.shape
    if seeds < 2:
        return None
    inner = errors[:, : places - 1]
    rises = inner[:, None, :] - inner[:, :, None]
    half = t_quantile(0.9, seeds - 1) * rises.std(0, ddof=1) / math.sqrt(seeds)
    later = np.triu_indices(places - 1, 1)
    return float((rises.mean(0) + half)[later].max())
