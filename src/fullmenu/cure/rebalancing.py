"""Weights that even out how often each dish is learned from."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fullmenu.cure.collection import labelled, see
from fullmenu.cure.docstrings import documented
from fullmenu.cure.variety import Cured
from fullmenu.errors import BadInput
from fullmenu.kernel.rows import Floats, Ints
from fullmenu.samples import Samples
from fullmenu.views.registry import Encoder


@dataclass(frozen=True, slots=True)
class Rebalanced(Cured):
    """What :func:`rebalance` gives.

    Parameters
    ----------
    weights : (n,)
        One for each output, in the order of the log; their mean is 1 (by prompt: in each prompt).
        They cost ``before.outputs`` − ``after.effective_sample_size``.
    dishes : (n,)
        The dish, or the given label as a number, of each output.
    """

    weights: Floats
    dishes: Ints


@documented
def balancing_weights(
    labels: Sequence[Hashable], *, power: float = 1.0, max_weight: float = 10.0
) -> Floats:
    """Return weights ∝ frequency^(−power) of each label, of mean 1.

    Inverse-propensity weights with the observed share as propensity, so what is already lost does
    not come back. Truncation leaves the rarest labels under-weighted.

    Parameters
    ----------
    labels : (n,)
        The mode, dish or class of each output.
    power
        0 leaves all as they are, 1 gives every label the same total weight; ½ is between.
    max_weight
        No weight is larger. What is cut off goes to the others in proportion.

    Raises
    ------
    BadInput
        ``power`` is not in [0, 1], ``max_weight`` below 1, or there is no label.

    Examples
    --------
    >>> balancing_weights(["fig", "fig", "fig", "kiwi"]).round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    >>> balancing_weights(["fig", "fig", "fig", "kiwi"], max_weight=1.6).round(3).tolist()
    [0.8, 0.8, 0.8, 1.6]
    """
    if not 0 <= power <= 1:
        raise BadInput(f"power={power}: give one from 0 (as it is) to 1 (all dishes alike)")
    if not max_weight >= 1:
        raise BadInput(f"max_weight={max_weight}: the mean weight is 1, so give 1 or more")
    if not len(labels):
        raise BadInput("no labels: give one for each output")
    number = labelled(labels, len(labels))
    raw = np.bincount(number)[number] ** -float(power)
    weights = raw / raw.mean()
    held = np.zeros(len(raw), bool)
    while (over := (weights > max_weight) & ~held).any():
        held |= over
        rest = len(raw) - max_weight * int(held.sum())
        weights = np.where(held, max_weight, raw * rest / max(raw[~held].sum(), 1e-300))
    return np.asarray(weights)


@documented
def rebalance(
    samples: Samples,
    *,
    labels: Sequence[Hashable] | None = None,
    power: float = 1.0,
    max_weight: float = 10.0,
    by_prompt: bool = False,
    view: str | None = None,
    encoder: Encoder | None = None,
    ruler: str = "",
) -> Rebalanced:
    """Weigh the outputs of a log so that rare dishes count as much as common ones.

    Cannot tell a rare dish from a malformed output: both are alone, and both get a large weight.
    Filter by quality first, or lower ``max_weight``.

    Parameters
    ----------
    labels : (n,), optional
        The mode of each output where it is known; by default the dishes that ``check`` finds.
    power, max_weight
        As in :func:`balancing_weights`.
    by_prompt
        Even out the dishes of each prompt, and leave the prompts' shares as they are. By default
        all outputs are one collection.

    Examples
    --------
    >>> log = Samples.of({"Fruit?": ["fig"] * 6 + ["kiwi"] * 2})
    >>> r = rebalance(log)
    >>> r.weights.round(2).tolist()
    [0.67, 0.67, 0.67, 0.67, 0.67, 0.67, 2.0, 2.0]
    >>> r.before.leading_share, r.after.leading_share, round(r.after.effective_sample_size, 3)
    (0.75, 0.5, 6.0)
    """
    seen = see(samples, view, encoder, ruler, by_prompt)
    dishes = seen.dishes if labels is None else labelled(labels, len(samples))
    seen = replace(seen, dishes=dishes)
    weights = np.empty(len(samples))
    for rows in seen.parts():
        weights[rows] = balancing_weights(dishes[rows].tolist(), power=power, max_weight=max_weight)
    return Rebalanced(seen.variety(), seen.variety(weights), weights, dishes)
