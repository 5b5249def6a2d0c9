"""Graders: does the score follow the content, or a cue such as length, order or author?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.diagnose.goals.intent import check_share, columns_of, finding, followed
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding, FindingVerdict

LEAST = 0.8
"""Content moves the score at least four times as much as the cue."""
DRAWS = 2000

Floats = NDArray[np.float64]


def grader_cue_against_content(
    items: Sequence[Any],
    content: Sequence[Any],
    cue: Sequence[Any],
    scores: Sequence[float],
    *,
    seeds: Sequence[Any] | None = None,
    least_share: float = LEAST,
    level: float = 0.95,
    subject: str = "grader",
    seed: int = 0,
) -> Finding:
    """Diagnose whether a grader scores the content or a cue.

    Each item comes in four versions: its content good or bad, the cue on or off (length, order,
    author, confidence …). Content effect = mean of s(good, ·) − s(bad, ·); cue effect = mean of
    s(·, on) − s(·, off); share = content / (content + |cue|). ``incapable``: the interval of the
    content effect is not above 0. ``failure``: that of the share lies below ``least_share``, and
    that of the cue effect excludes 0. ``ok``: the share lies above ``least_share``. Otherwise
    ``inconclusive``.

    With few training runs a bootstrap over them is narrow; 5 or more are better. The share says
    nothing of whether a cue *should* count a little.

    Parameters
    ----------
    items : (n,)
        Which item a score is of.
    content, cue : (n,)
        1 (good) or 0 (bad); 1 (on) or 0 (off).
    scores : (n,)
        Finite, in the grader's own unit; several of one version are averaged.
    seeds : (n,), optional
        Which training run of the grader scored. One grader, the default, warns at most.
    least_share
        The threshold, declared beforehand.
    level, subject, seed
        Coverage, the grader's name, and the seed of the paired bootstrap: each item is drawn with
        all of its versions; of several runs, these are drawn too.

    Raises
    ------
    NotEnoughData
        Fewer than 5 items, or an item without one of its four versions.
    BadInput
        Columns of different lengths; content or cue other than 0 or 1; a score that is not finite.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rows = [(i, good, on) for i in range(60) for good in (0, 1) for on in (0, 1)]
    >>> items, good, on = zip(*rows)
    >>> noise = rng.normal(0, 0.3, len(rows))
    >>> grader_cue_against_content(items, good, on, np.array(good) + noise).verdict
    'ok'
    >>> long = np.array(good) + 2 * np.array(on) + noise
    >>> found = grader_cue_against_content(items, good, on, long)
    >>> found.verdict, round(found.evidence["content share"].value, 2)
    ('warning', 0.32)
    """
    check_share("least_share", least_share, 0.8)
    good, on, share, runs = effects_of(
        items, content, cue, scores, seeds=seeds, level=level, seed=seed
    )
    told = f"content effect {good}, cue effect {on}, content's share {share}"
    moved = on.above(0) or on.below(0)
    why: dict[FindingVerdict, str] = {
        "incapable": f"Content does not move the score for certain: effect {good}.",
        "ok": f"Content decides: {told}, above {least_share}.",
        "failure": f"The cue weighs too much: {told}, below {least_share}.",
        "inconclusive": f"Undecided against {least_share}: {told}.",
    }
    return finding(
        followed(good, share, least_share, moved),
        why,
        runs,
        subject=subject,
        score="scores that content and cue agree on",
        intention="the content, whatever the cue says",
        gap=share.mirrored(1, unit="cue's share"),
        null="blind to the cue: an effect of 0",
        items=share.n,
        caveat="Speaks for this cue, on items whose versions differ in nothing else.",
        cure="Train or prompt the grader on pairs in which cue and content part; or score with "
        "the cue taken out.",
        evidence={"content effect": good, "cue effect": on, "content share": share},
    )


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

    Items that all agree would leave an interval of no width. So the spread is at least that of two
    further items, one off by the larger effect to either side.
    """
    # noise alone has |cue| > 0: E cue² = (true cue)² + its variance
    size = np.sqrt(max(cue**2 - float(drawn[:, 1].var()), 0.0))
    # Var of a mean of n + 2 items, n of which are at the mean: 2 · size² / (n + 2)²
    least = 2 * (max(abs(content), abs(cue)) / (n + 2)) ** 2
    more = np.sqrt(np.maximum(least - drawn.var(axis=0), 0))
    drawn = drawn + more * np.random.default_rng(n).normal(size=drawn.shape)

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
