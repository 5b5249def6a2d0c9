"""A monitor as bytes, and as the summary that people read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import BadInput
from fullmenu.report.watch.document import Alarm
from fullmenu.views import registry
from fullmenu.views.registry import Encoder, View
from fullmenu.watch import state
from fullmenu.watch.band import Band
from fullmenu.watch.baseline import Baseline, Channel, Level
from fullmenu.watch.memory import Memory
from fullmenu.watch.ruler import ACROSS, Ruler
from fullmenu.watch.timeline import Point

if TYPE_CHECKING:
    from fullmenu.watch.monitor import Monitor

Floats = NDArray[np.float64]

SUMMARY = "fullmenu/watch/1"
BANDS = ("band", "recent", "last_recent")
COUNTS = ("visits", "unknown", "raised", "acknowledged")


def to_bytes(m: Monitor) -> bytes:
    """Return a monitor's whole state."""
    body = {
        "baseline": _baseline(m.baseline),
        "run_length": m.run_length,
        **{name: getattr(m, name) for name in COUNTS},
        "alarms": [a.to_dict() for a in m.alarms],
        "memories": [[name, memory.to_dict()] for name, memory in m.memories.items()],
        "bands": {name: [getattr(m, name).guess, getattr(m, name).sums] for name in BANDS},
        "order": m.order.to_list(),
        "timeline": [m.timeline.width, _points(m.timeline.points)],
    }
    return state.to_bytes(body)


def from_bytes(data: bytes, views: Sequence[View] = (), encoder: Encoder | None = None) -> Monitor:
    """Return the monitor that :func:`to_bytes` wrote."""
    from fullmenu.watch.monitor import Monitor

    body = state.from_bytes(data)
    m = Monitor(_baseline_of(body["baseline"], views, encoder), run_length=body["run_length"])
    for name in COUNTS:
        setattr(m, name, body[name])
    m.alarms = [Alarm.from_dict(a) for a in body["alarms"]]
    for name, saved in body["memories"]:
        m.restore(name, Memory.from_dict(saved))
    for name, (guess, sums) in body["bands"].items():
        band = Band(guess)
        band.sums = sums
        setattr(m, name, band)
    m.order.restore(body["order"])
    m.timeline.width = body["timeline"][0]
    m.timeline.points = _points_of(body["timeline"][1])
    return m


def summary(m: Monitor) -> dict[str, Any]:
    """Return how a watch stands, as plain JSON."""
    b = m.baseline
    ends, ends_recent = m.band.bounds(), m.last_recent.bounds()
    means = np.mean([x.mean for x in b.levels.values()], axis=0)
    streams = {}
    for i, name in enumerate(b.ruler.streams):
        block: dict[str, Any] = {
            "baseline": _known(means[i]),
            "now": _block(m.band, ends, i),
            "recent": _block(m.last_recent, ends_recent, i),
        }
        if name.removesuffix(ACROSS) in {view.name for view in b.ruler.views}:
            for part in ("now", "recent"):
                if block[part] is not None:
                    block[part]["effective_number"] = _inverse(block[part])
        streams[name] = block
    return {
        "schema": SUMMARY,
        "visits": m.visits,
        "models": list(m.memories),
        "run_length": m.run_length,
        "traffic": b.traffic,
        "statistic": m.statistic,
        "standing": m.standing,
        "raised": m.raised,
        "alarms": [a.to_dict() for a in m.alarms],
        "notices": m.notices,
        "streams": streams,
        "timeline": [_drawn(p, m.band, b.ruler.streams) for p in m.timeline.points],
    }


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


def _baseline(b: Baseline) -> dict[str, Any]:
    return {
        "views": [[view.name, view.ruler] for view in b.ruler.views],
        "streams": b.ruler.streams,
        "size": b.ruler.size,
        "scales": {name: list(scale) for name, scale in b.ruler.scales.items()},
        "channels": [list(c) for c in b.channels],
        "prompts": b.prompts,
        "weights": b.weights,
        "levels": [
            [m, x.mean, x.bounds, x.by_prompt, x.bounds_by_prompt] for m, x in b.levels.items()
        ],
        "traffic": b.traffic,
        "confidence": b.confidence,
        "outputs": b.outputs,
    }


def _baseline_of(saved: dict[str, Any], views: Sequence[View], encoder: Encoder | None) -> Baseline:
    given = {view.name: view for view in views}
    found = []
    for name, made_of in saved["views"]:
        view = given.get(name) or registry.get(name).through(encoder, made_of)
        if view.ruler != made_of:
            raise BadInput(
                f"the watch looks through the view {name} made of {made_of!r}, and now it is "
                f"{view.ruler!r}; give the same encoder (or view) as when it was started"
            )
        found.append(view)
    scales = {name: (float(a), float(b)) for name, (a, b) in saved["scales"].items()}
    return Baseline(
        Ruler(tuple(found), tuple(saved["streams"]), saved["size"], scales),
        tuple(Channel(int(s), bool(f), float(w)) for s, f, w in saved["channels"]),
        tuple(saved["prompts"]),
        saved["weights"],
        {model: Level(*parts) for model, *parts in saved["levels"]},
        saved["traffic"],
        saved["confidence"],
        saved["outputs"],
    )


def _points(points: Sequence[Point]) -> dict[str, Any]:
    names = Point.__slots__
    return {k: np.array([getattr(p, k) for p in points], np.float64) for k in names}


def _points_of(saved: dict[str, Any]) -> list[Point]:
    rows = zip(*(saved[k] for k in Point.__slots__), strict=True)
    return [Point(int(r[0]), int(r[1]), float(r[2]), float(r[3]), *r[4:]) for r in rows]
