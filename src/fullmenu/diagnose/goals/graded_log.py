"""Scores of a log as it is: how far do they follow a cue among answers of the same content?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fullmenu.diagnose.goals.intent import check_share, columns_of, finding
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding, FindingVerdict

DRAWS = 1000
Floats = NDArray[np.float64]


def cue_in_scores(
    prompts: Sequence[Any],
    content: Sequence[Any],
    cue: Sequence[float],
    scores: Sequence[float],
    *,
    least_share: float = 0.8,
    level: float = 0.95,
    subject: str = "grader",
    seed: int = 0,
) -> Finding:
    """Diagnose how far the scores in a log follow a cue, such as length, and how far the content.

    Answers to one prompt that say the same (one ``content``) differ in the cue, not in content:
    among them the score's slope on the cue is the cue's effect. What is left of the differences
    between contents, with the slope taken out and noise subtracted, is the content's. Each counts
    in standard deviations within a prompt, and the share is content ÷ (content + cue).

    An observation is no experiment: what goes along with the cue among answers of one content
    counts as the cue. :func:`grade_cues` puts a cue on and takes it off.

    Parameters
    ----------
    prompts, content : (n,)
        The prompt of each answer, and what it says: a class, a dish, a label.
    cue, scores : (n,)
        Numbers: a length (best as its logarithm), and the score.
    least_share, level, subject, seed
        The threshold, the coverage, the grader's name, and the seed of the bootstrap over prompts.

    Raises
    ------
    NotEnoughData
        Fewer than 10 prompts have answers of the same content and of another.
    BadInput
        Columns of different lengths, or a number that is not finite.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> prompts, content = np.repeat(range(60), 10), np.tile(np.repeat(range(5), 2), 60)
    >>> length, worth = rng.normal(size=600), rng.normal(size=(60, 5))
    >>> scores = worth[prompts, content] + length + rng.normal(0, 0.1, 600)
    >>> found = cue_in_scores(prompts, content, length, scores)
    >>> found.verdict, round(found.gap.value, 1)
    ('warning', 0.5)
    """
    check_share("least_share", least_share, 0.8)
    given = columns_of("score", prompts=prompts, content=content, cue=cue, scores=scores)
    try:
        x, y = (np.array([float(v) for v in column]) for column in given[2:])
    except (TypeError, ValueError):
        raise BadInput("cue and scores must be numbers; leave out rows without one") from None
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise BadInput("a cue or a score is not finite; leave out its row")
    sums = _sums([repr(p) for p in given[0]], [repr(c) for c in given[1]], x, y)
    n = len(sums)
    if n < 10:
        raise NotEnoughData(
            f"{n} prompts have answers of one content and of another; 10 or more are needed"
        )
    rng = np.random.default_rng(seed)
    value = _parts(sums.sum(0))
    drawn = np.array([_parts(sums[rng.integers(0, n, n)].sum(0)) for _ in range(DRAWS)])
    method = f"within prompts; bootstrap over {n} prompts"

    def estimate(k: int, unit: str) -> Estimate:
        low, high = np.quantile(drawn[:, k], [(1 - level) / 2, (1 + level) / 2])
        low, high = min(low, value[k]), max(high, value[k])
        return Estimate(value[k], float(low), float(high), n, unit, method, level)

    by_content, by_cue, slope, share = (
        estimate(k, unit) for k, unit in enumerate(("score", "score", "score", "share"))
    )
    moved = slope.above(0) or slope.below(0)
    verdict: FindingVerdict = (
        "ok" if share.above(least_share)
        else "failure" if share.below(least_share) and moved
        else "inconclusive"
    )  # fmt: skip
    told = f"content {by_content}, cue {by_cue}, content's share {share}"
    why: dict[FindingVerdict, str] = {
        "ok": f"Content decides: {told}, above {least_share}.",
        "failure": f"The cue weighs too much: {told}, below {least_share}.",
        "inconclusive": f"Undecided against {least_share}: {told}.",
    }
    return finding(
        verdict,
        why,
        1,
        subject=subject,
        score="the grader's score",
        intention="the quality of the content",
        gap=share.mirrored(1, unit="cue's share"),
        null="blind to the cue: a slope of 0",
        items=n,
        caveat="An observation: what goes along with the cue among answers of one content counts "
        "as the cue, and differences inside a content count as noise.",
        cure="Put the cue on and take it off (fm.diagnose.grade_cues); score with it taken out.",
        evidence={
            "content effect": by_content,
            "cue effect": by_cue,
            "slope on the cue": slope,
            "content share": share,
        },
    )


def _sums(prompts: Sequence[str], content: Sequence[str], x: Floats, y: Floats) -> Floats:
    """Return sums of squares and products of every prompt, over pairs of answers: (P, 8)."""
    groups, at = (np.unique(names, return_inverse=True)[1] for names in (prompts, content))
    rows = []
    for group in range(int(groups.max()) + 1 if len(groups) else 0):
        of = np.flatnonzero(groups == group)
        i, j = np.triu_indices(len(of), 1)
        same = at[of][i] == at[of][j]
        if not same.any() or same.all():
            continue
        dx, dy = x[of][i] - x[of][j], y[of][i] - y[of][j]
        row = [
            part
            for side in (same, ~same)
            for part in (side.sum(), *((a[side] * b[side]).sum() for a, b in _products(dx, dy)))
        ]
        rows.append(np.array(row) / len(of))
    return np.array(rows)


def _products(dx: Floats, dy: Floats) -> tuple[tuple[Floats, Floats], ...]:
    return ((dx, dx), (dx, dy), (dy, dy))


def _parts(sums: Floats) -> tuple[float, float, float, float]:
    """Return the effects of content and cue, the slope, and content's share of both."""
    n0, xx0, xy0, yy0, n1, xx1, xy1, yy1 = sums.tolist()
    slope = xy0 / xx0 if xx0 > 0 else 0.0

    def left(n: float, xx: float, xy: float, yy: float) -> float:
        # half the mean square of y − slope · x over pairs: its variance
        return (yy - 2 * slope * xy + slope**2 * xx) / (2 * n)

    between = max(left(n1, xx1, xy1, yy1) - left(n0, xx0, xy0, yy0), 0.0) ** 0.5
    by_cue = abs(slope) * ((xx0 + xx1) / (2 * (n0 + n1))) ** 0.5
    return between, by_cue, slope, between / max(between + by_cue, 1e-300)
