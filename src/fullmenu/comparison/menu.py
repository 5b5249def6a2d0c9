"""What was lost, and what it falls back on: dishes before and after."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.comparison.pairing import Pair
from fullmenu.measures.counts.coverage import coverage
from fullmenu.measures.counts.unseen import unseen
from fullmenu.measures.vectors.gram import Features
from fullmenu.measures.vectors.grouping import group
from fullmenu.stats.proportion import share

SAME_DISH = 0.5
"""Two outputs this alike in the ``answer`` view are plates of one dish."""

MOST_PLATES = 12_000
"""Plates grouped at most, both sides together; larger logs are thinned evenly by prompt."""

EXAMPLE = 400
"""Characters of an example kept in a report."""


@dataclass(frozen=True, slots=True)
class Menu:
    """Both logs' outputs, grouped into dishes.

    Parameters
    ----------
    dish : (n,)
        Dish of each plate, 0 … D − 1, before's plates first.
    after : (n,)
        Whether the plate is one of after's.
    groups : (n,)
        Prompt of each plate.
    row : (n,)
        Row of each plate in its own log.
    leader : (D,)
        The plate that leads each dish.
    counts : (2, D)
        Plates of each dish, before and after.
    """

    dish: NDArray[np.int64]
    after: NDArray[np.bool_]
    groups: NDArray[np.int64]
    row: NDArray[np.int64]
    leader: NDArray[np.int64]
    counts: NDArray[np.int64]


def group_plates(both: Pair, features: Sequence[Features], threshold: float = SAME_DISH) -> Menu:
    """Group the plates of both logs into dishes, by the ``answer`` view.

    Parameters
    ----------
    features
        Unit rows of before and of after.
    """
    kept = [_thin(len(side.outputs), MOST_PLATES // 2) for side in both.sides]
    row = np.concatenate(kept)
    after = np.repeat([False, True], [len(k) for k in kept])
    groups = np.concatenate([s.groups[k] for s, k in zip(both.sides, kept, strict=True)])
    texts = [s.outputs[i] for s, k in zip(both.sides, kept, strict=True) for i in k]
    parts = [f[k] for f, k in zip(features, kept, strict=True)]
    if hasattr(parts[0], "indptr"):
        from scipy.sparse import vstack

        x = vstack(parts, format="csr")
    else:
        x = np.concatenate(parts)
    keys = [(zlib.crc32(t.encode("utf-8", "replace")), t) for t in texts]
    order = np.array(sorted(range(len(texts)), key=keys.__getitem__), np.int64)
    leader, dish = np.unique(group(x, threshold, order), return_inverse=True)
    counts = np.stack([np.bincount(dish[after == a], minlength=len(leader)) for a in (False, True)])
    return Menu(dish, after, groups, row, leader, counts)


def describe(both: Pair, menu: Menu, top: int = 10) -> dict[str, Any]:
    """Return ``dishes``, ``lost`` and ``fallback`` in JSON form."""
    plates = menu.counts.sum(1)
    rank = np.argsort(-menu.counts, axis=1, kind="stable")
    lost = np.flatnonzero((menu.counts[0] >= 2) & (menu.counts[1] == 0))
    lost = lost[np.argsort(-menu.counts[0][lost], kind="stable")]
    sides = {}
    for a, name in enumerate(("before", "after")):
        mine = menu.after == bool(a)
        leading = np.isin(menu.dish[mine], rank[a][:3])
        sides[name] = {
            "plates": int(plates[a]),
            "seen": int((menu.counts[a] > 0).sum()),
            "coverage": _or_none(coverage, menu.counts[a]),
            "unseen": _or_none(unseen, menu.counts[a]),
            "top_3_share": share(leading, menu.groups[mine]).to_dict(),
            "cumulative": (
                np.cumsum(menu.counts[a][rank[a]][:200]) / plates[a]
            ).round(6).tolist(),
        }  # fmt: skip
    risen = [d for d in rank[1] if menu.counts[1][d] >= 2 and _risen(menu.counts[:, d], plates)]
    return {
        "dishes": {**sides, "by_chance_lost": _lost_by_chance(menu.counts), "lost": len(lost)},
        "lost": [_card(both, menu, d, plates) for d in lost[:top]],
        "fallback": [_card(both, menu, d, plates) for d in risen[:top]],
        "half_of_plates": {
            name: int(np.searchsorted(np.cumsum(menu.counts[a][rank[a]]), plates[a] / 2) + 1)
            for a, name in enumerate(("before", "after"))
        },
    }


def example(text: str) -> str:
    """Shorten a text for a report: models may write without end."""
    return text if len(text) <= EXAMPLE else text[: EXAMPLE - 1] + "…"


def _card(both: Pair, menu: Menu, dish: int, plates: NDArray[np.int64]) -> dict[str, Any]:
    side = both.after if menu.counts[1][dish] else both.before
    mine = np.flatnonzero((menu.dish == dish) & (menu.after == bool(menu.counts[1][dish])))
    row = int(menu.row[mine[0]])
    prompt = side.prompts[row]
    return {
        "example": example(side.outputs[row]),
        "prompt": None if prompt is None else example(prompt),
        "prompts": len(np.unique(menu.groups[menu.dish == dish])),
        "before": {"plates": int(menu.counts[0][dish]), "share": menu.counts[0][dish] / plates[0]},
        "after": {"plates": int(menu.counts[1][dish]), "share": menu.counts[1][dish] / plates[1]},
    }


def _risen(counts: NDArray[np.int64], plates: NDArray[np.int64]) -> bool:
    return bool(counts[1] / plates[1] > counts[0] / plates[0])


def _lost_by_chance(counts: NDArray[np.int64]) -> float:
    """Dishes that would look lost (two plates or more before, none after) had nothing changed."""
    from scipy.special import gammaln

    total, n = counts.sum(0), counts.sum(1)
    sizes, how_many = np.unique(total[(total >= 2) & (total <= n[0])], return_counts=True)
    log_p = (gammaln(n[0] + 1) - gammaln(n[0] - sizes + 1)) - (
        gammaln(n.sum() + 1) - gammaln(n.sum() - sizes + 1)
    )
    return round(float((np.exp(log_p) * how_many).sum()), 1)


def _thin(n: int, most: int) -> NDArray[np.int64]:
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(np.int64)


def _or_none(measure: Any, counts: NDArray[np.int64]) -> dict[str, Any] | None:
    from fullmenu.errors import NotEnoughData

    try:
        result: dict[str, Any] = measure(counts[counts > 0]).to_dict()
    except NotEnoughData:
        return None
    return result
