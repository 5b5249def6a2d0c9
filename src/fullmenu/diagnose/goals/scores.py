"""How far scores follow the content of answers, and how far a cue: effects and their share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.diagnose.goals.intent import columns_of
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate

LEAST = 0.8
"""Content moves the score at least four times as much as the cue."""
DRAWS = 2000

Floats = NDArray[np.float64]


class Effects(NamedTuple):
    """How far scores follow the content and a cue, and how many graders gave them."""

    content: Estimate
    cue: Estimate
    share: Estimate  # content's, of both
    runs: int


def effects_of(
    items: Sequence[Any],
    content: Sequence[Any],
    cue: Sequence[Any],
    scores: Sequence[float],
    *,
    seeds: Sequence[Any] | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Effects:
    """Estimate both effects of items in four versions, by a bootstrap that draws items whole."""
    means, n, runs = _versions(items, content, cue, scores, seeds)
    by_content = (means[..., 1, :] - means[..., 0, :]).mean(-1)
    by_cue = (means[..., 1] - means[..., 0]).mean(-1)
    rng = np.random.default_rng(seed)
    drawn = np.array([_resampled(by_content, by_cue, rng) for _ in range(DRAWS)])
    method = f"paired bootstrap over {n} items" + (f" × {runs} graders" if runs > 1 else "")
    return Effects(
        *estimates(float(by_content.mean()), float(by_cue.mean()), drawn, n, method, level), runs
    )


def estimates(
    content: float, cue: float, drawn: Floats, n: int, method: str, level: float
) -> tuple[Estimate, Estimate, Estimate]:
    """Return both effects and content's share, with intervals from (draws, 2) drawn effects.

    Items that all agree do not say that none is otherwise: of n as many as 3.7 in n may be (97.5 %,
    Poisson). So each mean varies as if three more were among them, off by both effects together.
    """
    # noise alone has |cue| > 0: E cue² = (true cue)² + its variance
    size = np.sqrt(max(cue**2 - float(drawn[:, 1].var()), 0.0))
    unseen = np.sqrt(3) * (abs(content) + abs(cue)) / n
    drawn = drawn + unseen * np.random.default_rng(n).normal(size=drawn.shape)

    def estimate(value: float, draws: Floats, unit: str) -> Estimate:
        low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
        return Estimate(value, float(low), float(high), n, unit, method, level)

    good, on = estimate(content, drawn[:, 0], "score"), estimate(cue, drawn[:, 1], "score")
    share = estimate(float(_share(content, size)), _share(drawn[:, 0], drawn[:, 1]), "share")
    if not (on.above(0) or on.below(0)):
        share = replace(share, high=1.0)
    low, high = min(share.low or 0.0, share.value), max(share.high or 0.0, share.value)
    return good, on, replace(share, low=low, high=high)


def _share(content: Any, cue: Any) -> Any:
    """Return content's share of both effects; a content effect below 0 has none."""
    good = np.maximum(content, 0)
    return good / np.maximum(good + np.abs(cue), 1e-300)


def _resampled(content: Floats, cue: Floats, rng: np.random.Generator) -> tuple[float, float]:
    runs, n = content.shape
    rows = rng.integers(0, runs, runs) if runs > 1 else np.array([0])
    at = np.ix_(rows, rng.integers(0, n, n))
    return float(content[at].mean()), float(cue[at].mean())


def _versions(
    items: Any, content: Any, cue: Any, scores: Any, seeds: Any
) -> tuple[Floats, int, int]:
    """Return mean scores of shape (runs, items, content, cue), and how many of the first two."""
    given = columns_of("score", items=items, content=content, cue=cue, scores=scores, seeds=seeds)
    for name, column in (("content", given[1]), ("cue", given[2])):
        odd = next((x for x in column if x not in (0, 1)), None)
        if odd is not None:
            raise BadInput(f"{name}={odd!r}: use 1 (good, or on) or 0 (bad, or off)")
    try:
        values = np.array([float(x) for x in given[3]])
    except (TypeError, ValueError):
        raise BadInput("scores must be numbers; leave out rows without one") from None
    if not np.isfinite(values).all():
        raise BadInput("a score is not finite; leave out its row")
    names, at = np.unique([repr(x) for x in given[0]], return_inverse=True)
    graders, by = np.unique([repr(x) for x in given[4]], return_inverse=True)
    if len(names) < 5:
        raise NotEnoughData(f"{len(names)} items: a paired bootstrap needs at least 5; give more")
    shape = (len(graders), len(names), 2, 2)
    place = np.ravel_multi_index(
        (by, at, np.array(given[1], np.int64), np.array(given[2], np.int64)), shape
    )
    counts = np.bincount(place, minlength=int(np.prod(shape)))
    if not counts.all():
        empty = int(np.unravel_index(int(counts.argmin()), shape)[1])
        raise NotEnoughData(
            f"item {names[empty][:60]} lacks one of its four versions (content good or bad, cue on "
            "or off); give all four, or leave it out"
        )
    means = np.bincount(place, values, minlength=len(counts)) / counts
    return means.reshape(shape), len(names), len(graders)
