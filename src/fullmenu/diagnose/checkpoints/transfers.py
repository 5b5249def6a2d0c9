"""Transfer and forgetting of a whole sequence of stages, from its matrix of scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from fullmenu.diagnose.checkpoints.results import Results
from fullmenu.diagnose.checkpoints.suite_pairs import Floats
from fullmenu.diagnose.checkpoints.suites import check_margin
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding, FindingVerdict, failure
from fullmenu.stats.seeds import over_seeds

ACC = "average accuracy after the last stage (ACC, GEM)"
BWT = "backward transfer (BWT, GEM)"
FWT = "forward transfer (FWT, GEM)"
MAX = "forgetting, best earlier − last (Chaudhry)"
FIRST = "forgetting, first − last (Avalanche)"


def transfer(
    matrix: Any,
    at_start: Any = None,
    *,
    margin: float = 0.02,
    level: float = 0.95,
    subject: str = "the last stage",
) -> Finding:
    """Diagnose forgetting over a sequence of stages from scores R[i, j].

    The gap is −BWT, the mean loss. ``failure``: its interval lies above the margin.
    ``warning``: above 0. ``ok``: its 90 % interval lies below the margin. One run has no
    interval over runs, so it is ``inconclusive``; :func:`forgetting` judges it by items.

    With T stages, R the scores and b those at the start:

    - ACC = mean_j R[T, j]; BWT = mean_{j<T} (R[T, j] − R[j, j]);
      FWT = mean_{j>1} (R[j−1, j] − b_j): Lopez-Paz & Ranzato 2017 (1706.08840, "GEM").
    - forgetting = mean_{j<T} (max_{l<T} R[l, j] − R[T, j]): Chaudhry et al. 2018 (1801.10112). The
      largest of several noisy scores is too large, so with no change at all it is above 0; no
      verdict is read from it.
    - forgetting = mean_{j<T} (R[j, j] − R[T, j]): the library Avalanche's; it is −BWT.

    They are means: one suite that was lost may hide among many. Not seen: what no suite asks.

    Parameters
    ----------
    matrix : (T, T) or (S, T, T)
        Score on suite j after stage i, of S training runs; stage j is the one that trains for
        suite j. Above the diagonal NaN is allowed: not evaluated.
    at_start : (T,) or (S, T), optional
        Score on every suite before any stage. Forward transfer needs it.
    margin, level, subject
        The largest mean loss that is called none; coverage of the intervals, over training runs;
        what is diagnosed.

    Raises
    ------
    BadInput
        Not square, or a score on or below the diagonal is missing.
    NotEnoughData
        Fewer than two stages.

    Examples
    --------
    >>> runs = [[[0.9, 0.1], [0.2, 0.9]], [[1.0, 0.2], [0.2, 0.8]], [[0.9, 0.1], [0.1, 0.9]]]
    >>> found = transfer(runs, at_start=[0.1, 0.1])
    >>> found.verdict, str(found.evidence["backward transfer (BWT, GEM)"])
    ('failure', '-0.767 [-0.91, -0.623]')
    """
    check_margin(margin)
    scores = _scores(matrix)
    measured = named_transfer(scores, at_start)
    evidence = {name: over_seeds(x.tolist(), "score", level) for name, x in measured.items()}
    back, runs = evidence[BWT], len(scores)
    loss = back.mirrored(unit="score lost", method=f"−BWT (GEM); {back.method}")
    verdict, why = _verdict(measured[BWT], loss, margin)
    stages = scores.shape[1]
    worst = int(np.argmax(_losses(scores).mean(0)))
    notes = [f"suite {worst + 1} of {stages} lost most: {_losses(scores)[:, worst].mean():.3g}"]
    if FWT not in evidence:
        notes.append("no forward transfer: it needs at_start, and scores above the diagonal")
    return failure(
        "forgetting",
        subject,
        "the stage it was training for",
        "that, and all stages before",
        loss,
        "no change since it was learned: 0",
        items=stages - 1,
        seeds=runs,
        verdict=verdict,
        why=why,
        caveat="A mean over suites, and over these training runs; items are not looked at.",
        cure="" if verdict == "ok" else "Replay of the earlier data: replay_weights says how much.",
        evidence=evidence,
        notes=tuple(notes),
    )


def named_transfer(matrix: Any, at_start: Any = None) -> dict[str, Floats]:
    """Return each variant by its name, a value a training run.

    >>> found = named_transfer([[0.9, 0.1], [0.2, 0.9]])
    >>> {name: round(float(x[0]), 2) for name, x in found.items() if "GEM" in name}
    {'average accuracy after the last stage (ACC, GEM)': 0.55, 'backward transfer (BWT, GEM)': -0.7}
    """
    r = _scores(matrix)
    before, last = r[:, :-1, :-1], r[:, -1, :-1]
    found = {ACC: r[:, -1].mean(1), BWT: -_losses(r).mean(1)}
    if at_start is not None:
        ahead = np.diagonal(r, 1, 1, 2)
        start = np.asarray(at_start, np.float64)
        if start.shape not in ((r.shape[1],), r.shape[:2]) or not np.isfinite(start).all():
            raise BadInput(
                f"at_start of shape {start.shape}: give one finite score for each of the "
                f"{r.shape[1]} suites (or that for each run)"
            )
        if np.isfinite(ahead).all():
            found[FWT] = (ahead - np.broadcast_to(start, r.shape[:2])[:, 1:]).mean(1)
    found[MAX] = (np.nanmax(before, axis=1) - last).mean(1)
    found[FIRST] = _losses(r).mean(1)
    return found


def learned_and_last(results: Results) -> tuple[Results, Results]:
    """Return what each stage scored on its own suite, and what the last stage scored on it.

    The two are what :func:`forgetting` compares to judge a sequence by its items: T ≥ 2 checkpoints
    in the order of training, on T suites in the same order, checkpoint j just trained for suite j;
    else ``BadInput``.

    >>> from fullmenu.diagnose.checkpoints.results import ItemScore
    >>> told = [(s, c) for c in ("c1", "c2") for s in ("sums", "names")]
    >>> rows = [ItemScore(suite, "1", 1.0, checkpoint=stage) for suite, stage in told]
    >>> before, after = learned_and_last(Results(tuple(rows)))
    >>> [tuple(row[:2]) for row in before.rows], [tuple(row[:2]) for row in after.rows]
    ([('sums', '1')], [('sums', '1')])
    """
    stages, suites = results.checkpoints, results.suites
    if len(stages) != len(suites) or len(stages) < 2:
        raise BadInput(
            f"{len(stages)} checkpoints on {len(suites)} suites: a sequence has as many of both, "
            "two or more; for others compare two checkpoints"
        )
    own = dict(zip(suites[:-1], stages[:-1], strict=True))
    rows = results.rows
    before = tuple(r for r in rows if own.get(r.suite) == r.checkpoint)
    after = tuple(r for r in rows if r.suite in own and r.checkpoint == stages[-1])
    return (
        Results(tuple(r._replace(checkpoint="learned") for r in before), results.notes),
        Results(tuple(r._replace(checkpoint="last") for r in after), results.notes),
    )


def _scores(matrix: Any) -> Floats:
    try:
        r = np.asarray(matrix, np.float64)
    except (TypeError, ValueError):
        r = np.empty(0)
    r = r[None] if r.ndim == 2 else r
    if r.ndim != 3 or r.shape[1] != r.shape[2] or r.size == 0:
        raise BadInput(
            f"a matrix of shape {np.shape(r)[1:] or np.shape(r)}: scores are (T, T), stages by "
            "suites, or (S, T, T) for S training runs"
        )
    if r.shape[1] < 2:
        raise NotEnoughData("one stage has nothing to forget; give scores of two stages or more")
    below = np.tril(np.ones(r.shape[1:], bool))
    if not np.isfinite(r[:, below]).all():
        raise BadInput(
            "a score on or below the diagonal is missing: every stage is evaluated on its own "
            "suite and on those before"
        )
    return r


def _losses(r: Floats) -> Floats:
    """R[j, j] − R[T, j] of each run and each suite but the last."""
    return np.asarray(np.diagonal(r, 0, 1, 2)[:, :-1] - r[:, -1, :-1])


def _verdict(back: Floats, loss: Estimate, margin: float) -> tuple[FindingVerdict, str]:
    told = f"on average {loss} of the score was lost since each suite was learned"
    if loss.low is None or loss.high is None:
        runs = "one training run" if len(back) == 1 else f"{len(back)} training runs, all alike"
        return "inconclusive", f"{told}: {runs} leave no interval; give more, or results by item."
    if loss.above(margin):
        return "failure", f"{told}: more than the margin of {margin:g}."
    if over_seeds(back.tolist(), "score", 0.9).above(-margin):
        return "ok", f"{told}: less than the margin of {margin:g}."
    if loss.above(0):
        return "warning", f"{told}: a loss, but not surely more than the margin of {margin:g}."
    return "inconclusive", f"{told}: neither a loss nor its absence is sure; give more runs."
