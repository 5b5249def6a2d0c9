"""How a watch stands: each stream's means with their bands, and its course."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import UNSET, UnsetType

from fullmenu.kernel.rates import FIXED_PROMPTS, across, rate_estimate
from fullmenu.monitor.answers import Kept
from fullmenu.monitor.band import Band
from fullmenu.monitor.baseline import Baseline
from fullmenu.monitor.ruler import ACROSS
from fullmenu.monitor.timeline import Point
from fullmenu.report.watch.document import MeanOverVisits, Size, Stream, StreamMean, TimelinePoint
from fullmenu.views.registry import View


def streams(
    b: Baseline, since_start: Band, recent: Band, kept: Sequence[Kept]
) -> dict[str, Stream]:
    """Return of each stream the baseline's mean, and the band since the start and of late.

    Across prompts the latter is over all pairs of the answers that are ``kept``, as
    :func:`fullmenu.check` of them would say.
    """
    means = np.mean([x.mean for x in b.levels.values()], axis=0)
    views = {view.name for view in b.ruler.views}
    sized = [name.removesuffix(ACROSS) in views for name in b.ruler.streams]
    now, late = _stretches(since_start, sized), _stretches(recent, sized)
    pairs = {view.name + ACROSS: _of_pairs(view, kept) for view in b.ruler.views if kept}
    return {
        name: Stream(baseline=_known(mean), now=now[i], recent=pairs.get(name) or late[i])
        for i, (name, mean) in enumerate(zip(b.ruler.streams, means, strict=True))
    }


def timeline(points: Sequence[Point], band: Band, streams: Sequence[str]) -> list[TimelinePoint]:
    """Return every point of the course, with the band since the start at its end."""
    return [_drawn(point, band, streams) for point in points]


def _of_pairs(view: View, kept: Sequence[Kept]) -> MeanOverVisits | None:
    texts = [x.text for x in kept]
    names, groups = np.unique([x.prompt_id for x in kept], return_inverse=True)
    if view.media != "text" or len(names) < FIXED_PROMPTS:
        return None
    replicates = across(view.rows(texts, [None] * len(texts)), groups, len(names))
    rate = rate_estimate(replicates)
    low, high = rate.low or 0.0, 1.0 if rate.high is None else rate.high
    return MeanOverVisits(
        value=rate.value, low=low, high=high, n=len(texts), method=rate.method,
        effective_number=_size(rate.value, low, high),
    )  # fmt: skip


def _stretches(band: Band, sized: Sequence[bool]) -> list[MeanOverVisits | None]:
    """Return each stream's mean with its band, and of those that are sized the effective number."""
    rows = zip(band.sums[0], band.mean, *band.bounds(), sized, strict=True)
    return [
        None if not n else MeanOverVisits(
            value=float(value), low=float(low), high=float(high), n=int(n),
            method="mean over visits, 95 % at every moment",
            effective_number=_size(value, low, high) if is_sized else UNSET,
        )
        for n, value, low, high, is_sized in rows
    ]  # fmt: skip


def _size(value: float, low: float, high: float) -> Size | UnsetType | None:
    if value <= 0:
        return None
    return Size(float(1 / value), float(1 / high), float(1 / low) if low > 0 else None)


def _drawn(p: Point, band: Band, streams: Sequence[str]) -> TimelinePoint:
    lows, highs = band.bounds(sums=p.sums)
    means = zip(streams, p.mean, lows, highs, strict=True)
    return TimelinePoint(
        first=p.first, last=p.last, began=_known(p.began), ended=_known(p.ended),
        streams={
            name: StreamMean(_known(x), _known(low), _known(high)) for name, x, low, high in means
        },
    )  # fmt: skip


def _known(x: float) -> float | None:
    return None if np.isnan(x) else float(x)
