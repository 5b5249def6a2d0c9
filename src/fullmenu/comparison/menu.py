"""What was lost, and what it falls back on: dishes before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.checkup.plates import Plates, group_plates, shown, summary
from fullmenu.comparison.pairing import Pair
from fullmenu.measures.vectors.gram import Features

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
    )
    before, after = plates.counts
    lost = np.flatnonzero((before >= 2) & (after == 0))
    lost = lost[np.argsort(-before[lost], kind="stable")]
    shares = plates.counts / plates.counts.sum(1, keepdims=True)
    risen = [d for d in plates.ranked(AFTER) if after[d] >= 2 and shares[1][d] > shares[0][d]]
    sides = {"before": summary(plates, BEFORE), "after": summary(plates, AFTER)}
    return {
        "dishes": {**sides, "lost": len(lost), "by_chance_lost": _lost_by_chance(plates.counts)},
        "half_of_plates": {name: side["half_of_plates"] for name, side in sides.items()},
        "lost": [_card(plates, d, BEFORE, shares) for d in lost[:top].tolist()],
        "fallback": [_card(plates, d, AFTER, shares) for d in risen[:top]],
    }


def _card(plates: Plates, dish: int, log: int, shares: NDArray[np.float64]) -> dict[str, Any]:
    return {
        **shown(plates, dish, log),
        **{
            name: {"plates": int(plates.counts[a][dish]), "share": float(shares[a][dish])}
            for a, name in enumerate(("before", "after"))
        },
    }


def _lost_by_chance(counts: NDArray[np.int64]) -> float:
    """Dishes that would look lost (two plates or more before, none after) had nothing changed.

    Given a dish's plates on both sides together, each split of them is as likely as any other.
    """
    from scipy.special import gammaln

    total, n = counts.sum(0), counts.sum(1)
    sizes, how_many = np.unique(total[(total >= 2) & (total <= n[0])], return_counts=True)
    log_p = (gammaln(n[0] + 1) - gammaln(n[0] - sizes + 1)) - (
        gammaln(n.sum() + 1) - gammaln(n.sum() - sizes + 1)
    )
    return round(float((np.exp(log_p) * how_many).sum()), 1)
