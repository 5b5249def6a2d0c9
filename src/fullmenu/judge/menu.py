"""What was lost, and what it falls back on: dishes before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.judge.pairing import Pair
from fullmenu.judge.plates import Plates, group_plates, shown, summary
from fullmenu.kernel.dishes import lost_by_chance
from fullmenu.kernel.rows import Features

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
    chance = lost_by_chance(plates.dish, plates.groups, plates.log == BEFORE)
    sides = {"before": summary(plates, BEFORE), "after": summary(plates, AFTER)}
    return {
        "dishes": {**sides, "lost": len(lost), "by_chance_lost": round(chance, 1)},
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
