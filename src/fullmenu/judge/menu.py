"""What was lost, and what it falls back on: dishes before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.judge.pairing import Pair
from fullmenu.judge.plates import Plates, group_plates, shown, summary
from fullmenu.measures.vectors.gram import Features
from fullmenu.stats.deals import log_all_before

BEFORE, AFTER = 0, 1


def describe(
    both: Pair, features: Sequence[Features], same_dish: float, top: int = 10
) -> dict[str, Any]:
    """Return ``dishes``, ``half_of_plates``, ``lost`` and ``fallback`` in JSON form.

    Parameters
    ----------
    features
        Unit rows of before and of after, in the view that tells dishes apart.
    same_dish
        That view's threshold.
    """
    plates = group_plates(
        [
            (side.outputs, side.prompts, side.groups, x)
            for side, x in zip(both.sides, features, strict=True)
        ],
        same_dish,
        both.media,
    )
    before, after = plates.counts
    lost = np.flatnonzero((before >= 2) & (after == 0))
    lost = lost[np.argsort(-before[lost], kind="stable")]
    shares = plates.counts / plates.counts.sum(1, keepdims=True)
    risen = [d for d in plates.ranked(AFTER) if after[d] >= 2 and shares[1][d] > shares[0][d]]
    sides = {"before": summary(plates, BEFORE), "after": summary(plates, AFTER)}
    return {
        "dishes": {**sides, "lost": len(lost), "by_chance_lost": _lost_by_chance(plates)},
        "half_of_plates": {name: side["half_of_plates"] for name, side in sides.items()},
        "lost": [_card(plates, d, BEFORE, shares, i) for i, d in enumerate(lost[:top].tolist())],
        "fallback": [_card(plates, d, AFTER, shares, i) for i, d in enumerate(risen[:top])],
    }


def _card(
    plates: Plates, dish: int, log: int, shares: NDArray[np.float64], place: int
) -> dict[str, Any]:
    return {
        **shown(plates, dish, log, place),
        **{
            name: {"plates": int(plates.counts[a][dish]), "share": float(shares[a][dish])}
            for a, name in enumerate(("before", "after"))
        },
    }


def _lost_by_chance(plates: Plates) -> float:
    """Dishes that would look lost (two plates or more before, none after) had nothing changed."""
    prompts = int(plates.groups.max()) + 1
    pairs, served = np.unique(plates.dish * prompts + plates.groups, return_counts=True)
    dish, prompt = pairs // prompts, pairs % prompts
    before = np.bincount(plates.groups[plates.log == BEFORE], minlength=prompts)[prompt]
    both = np.bincount(plates.groups, minlength=prompts)[prompt]
    all_before = np.exp(np.bincount(dish, log_all_before(served, before, both)))
    return round(float(all_before[plates.counts.sum(0) >= 2].sum()), 1)
