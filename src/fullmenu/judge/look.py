"""Looking at one log through one view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.judge.few import few_of_each
from fullmenu.kernel.likeness import PairSums
from fullmenu.kernel.rates import (
    FIXED_PROMPTS,
    Within,
    across,
    effective_number,
    interval_over_outputs,
    rarefied,
    rate_estimate,
    within,
)
from fullmenu.stats.jackknife import Replicates
from fullmenu.views.registry import View

PROMPTS_WITH_INTERVAL = 40
"""Prompts of a report's list that get an interval; more would make it large, and none is drawn."""

CURVE = tuple(int(m) for m in (1, 2, 3, 4, 5, 6, 8, 10, 14, 20, 30, 50, 70, 100))


@dataclass(frozen=True, slots=True)
class Look:
    """What one view saw in one log.

    Parameters
    ----------
    within
        Repeat rates by prompt.
    across
        Repeat rate over pairs of different prompts; ``None`` with fewer than six prompts.
    features
        The unit rows, kept for what comes after.
    """

    within: Within
    across: Replicates | None
    features: Any


def look(
    view: View,
    outputs: Sequence[str],
    prompts: Sequence[str | None],
    groups: NDArray[np.int64],
    n_groups: int,
    seed: int = 0,
) -> Look:
    """Featurise the outputs and take their repeat rates.

    Parameters
    ----------
    groups : (n,)
        Prompt of each output, 0 … n_groups − 1.
    """
    features = view.rows(outputs, prompts)
    few = few_of_each(groups)
    apart = features[few]
    if view.reads_prompt and any(prompts):
        apart = view.rows([outputs[i] for i in few], [None] * len(few))
    several = len(np.unique(groups)) >= FIXED_PROMPTS
    return Look(
        within(features, groups, n_groups),
        across(apart, groups[few], n_groups, seed) if several else None,
        features,
    )


def rates(r: Replicates | None, why: str) -> dict[str, Any]:
    """Return a repeat rate and its effective number in JSON form, or why there is none."""
    if r is None:
        return {"undefined": why}
    rate = rate_estimate(r)
    return {"repeat_rate": rate.to_dict(), "effective_number": _inverse(rate)}


def within_or_none(
    w: Within, prompts: NDArray[np.int64] | None = None
) -> tuple[Replicates | None, str]:
    """Return the within-prompt replicates, or ``None`` and the reason."""
    try:
        return w.replicates(prompts), ""
    except NotEnoughData as error:
        return None, str(error)


def curve(r: Replicates | None) -> dict[str, Any] | None:
    """Return the rarefaction curve D₂(m) with the band of the repeat rate's interval."""
    if r is None or r.value <= 0:
        return None
    rate = rate_estimate(r)
    m = np.array(CURVE, float)
    high = rarefied(rate.low, m) if rate.low else m
    return {
        "m": list(CURVE),
        "value": rarefied(rate.value, m).tolist(),
        "low": rarefied(rate.high or 1.0, m).tolist(),
        "high": high.tolist(),
    }


def of_prompts(w: Within, prompts: Sequence[int]) -> list[dict[str, float | None]]:
    """Return the repeat rate of single prompts, those first in the list with an interval.

    The interval is over the outputs of the prompt, as in :func:`fullmenu.measures.repeat_rate`.
    """
    first = np.asarray(prompts[:PROMPTS_WITH_INTERVAL], np.int64)
    rows = np.flatnonzero(np.isin(w.groups, first))
    groups = w.groups[rows]
    found: list[dict[str, float | None]] = []
    for i, k in enumerate(prompts):
        low = high = None
        if i < len(first):
            mine = rows[groups == k]
            sums = PairSums(w.sums.same[mine], w.sums.partners[mine])
            low, high = interval_over_outputs(sums)
        found.append({"value": float(w.rates[k]), "low": low, "high": high})
    return found


def _inverse(rate: Estimate) -> dict[str, Any] | None:
    try:
        return effective_number(rate).to_dict()
    except NotEnoughData:
        return None
