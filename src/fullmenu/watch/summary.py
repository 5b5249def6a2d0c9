"""How a watch stands, as plain JSON: each stream's means with their bands, and its course."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.watch.band import Band
from fullmenu.watch.baseline import Baseline
from fullmenu.watch.ruler import ACROSS
from fullmenu.watch.timeline import Point

Floats = NDArray[np.float64]


def streams(b: Baseline, since_start: Band, recent: Band) -> dict[str, Any]:
    """Return of each stream the baseline's mean, and the band since the start and of late."""
    ends, ends_recent = since_start.bounds(), recent.bounds()
    means = np.mean([x.mean for x in b.levels.values()], axis=0)
    views = {view.name for view in b.ruler.views}
    blocks = {}
    for i, name in enumerate(b.ruler.streams):
        block: dict[str, Any] = {
            "baseline": _known(means[i]),
            "now": _block(since_start, ends, i),
            "recent": _block(recent, ends_recent, i),
        }
        if name.removesuffix(ACROSS) in views:
            for part in ("now", "recent"):
                if block[part] is not None:
                    block[part]["effective_number"] = _inverse(block[part])
        blocks[name] = block
    return blocks


def timeline(points: Sequence[Point], band: Band, streams: Sequence[str]) -> list[dict[str, Any]]:
    """Return every point of the course, with the band since the start at its end."""
    return [_drawn(point, band, streams) for point in points]


def _block(band: Band, ends: tuple[Floats, Floats], i: int) -> dict[str, Any] | None:
    n = int(band.sums[0, i])
    if not n:
        return None
    return {
        "value": float(band.mean[i]), "low": float(ends[0][i]), "high": float(ends[1][i]),
        "n": n, "method": "mean over visits, 95 % at every moment",
    }  # fmt: skip


def _inverse(rate: dict[str, Any]) -> dict[str, Any] | None:
    if rate["value"] <= 0:
        return None
    return {
        "value": 1 / rate["value"],
        "low": 1 / rate["high"],
        "high": 1 / rate["low"] if rate["low"] > 0 else None,
    }


def _drawn(p: Point, band: Band, streams: Sequence[str]) -> dict[str, Any]:
    lows, highs = band.bounds(sums=p.sums)
    seen = zip(streams, p.mean.tolist(), lows.tolist(), highs.tolist(), strict=True)
    return {
        "first": p.first, "last": p.last, "began": _known(p.began), "ended": _known(p.ended),
        "streams": {
            name: {"value": _known(x), "low": _known(low), "high": _known(high)}
            for name, x, low, high in seen
        },
    }  # fmt: skip


def _known(x: float) -> float | None:
    return None if np.isnan(x) else float(x)
