"""Forgetting as a finding: did any suite lose more than the margin from one checkpoint to another?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fullmenu.diagnose.checkpoints.change import SuiteChange, of_suite
from fullmenu.diagnose.checkpoints.exact import holm
from fullmenu.diagnose.checkpoints.pairing import Given, Pair, pairs
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding, FindingVerdict, capped

CHURN = 0.05
"""Lost and gained both above this share: a still mean hides much change, and a note says so."""


def forgetting(
    before: Given | Sequence[Given],
    after: Given | Sequence[Given],
    *,
    margin: float = 0.02,
    level: float = 0.95,
    chance: float | Mapping[str, float] = 0.0,
    subject: str = "after",
) -> Finding:
    """Diagnose whether a checkpoint forgot what an earlier one could do.

    Parameters
    ----------
    before, after
        Each a path that :func:`read_results` reads, :class:`Results`, or a mapping of suite to
        scores (right = 1, wrong = 0, or shares); a list of them, one a training run. One
        *before* serves several *after*.
    margin
        The largest loss of mean score, in any suite, that is called none.
    level
        Coverage of the intervals; 1 − ``level`` is the error rate over all suites together.
    chance
        What guessing scores, one number or one a suite. A suite that was not surely above it
        before has nothing to forget, and is not judged.
    subject
        What is diagnosed.

    Returns
    -------
    Finding
        ``failure``: some suite lost more than the margin (two runs or more; one warns).
        ``warning``: some suite lost surely, but not surely more than the margin. ``ok``: the 90 %
        interval of every suite leaves out a loss of the margin (non-inferiority: nothing found is
        not enough). ``incapable``: no suite was above chance before. Else ``inconclusive``. The
        gap is the loss of the suite that lost most, with an interval that is right for any suite.

    Raises
    ------
    BadInput
        No suite or item on both sides, scores outside [0, 1], a margin outside (0, 1).
    NotEnoughData
        No suite has two items.

    Notes
    -----
    Lost and gained are told apart: a change of 0 may hide many of both. The interval over items
    says how sure the change of *these* checkpoints is; the one over training runs, of the training.
    They differ, and where there are several runs a verdict needs both. McNemar's exact test for
    right and wrong in one run, Student's t on paired differences otherwise; Holm over suites.
    Items of one ``group`` (questions on one text) count as one unit.

    It cannot see forgetting on what no suite asks.

    Examples
    --------
    >>> found = forgetting({"old": [1] * 90 + [0] * 10}, {"old": [1] * 45 + [0] * 55})
    >>> found.verdict, str(found.gap)
    ('warning', '0.45 [0.34, 0.542]')
    """
    changes, notes, runs = changes_by_suite(before, after, margin=margin, level=level)
    able = [c for c in changes if _able(c, chance)]
    idle = [c.suite for c in changes if not _able(c, chance)]
    if idle:
        notes.append(f"not above chance before, so not judged: {', '.join(idle[:6])}")
    judged = able or changes
    beyond = holm([c.margin_p for c in judged])
    surely = holm([c.p for c in judged])
    alpha = 1 - level
    worst = min(judged, key=lambda c: c.change.value)
    verdict: FindingVerdict
    if not able:
        verdict = "incapable"
        why = "no suite was surely above chance before, so nothing could be forgotten"
    elif min(beyond) < alpha:
        verdict = capped("failure", runs)
        k = min(range(len(judged)), key=lambda k: (beyond[k], judged[k].change.value))
        why = f"{_told(judged[k])}: more than the margin of {margin:g}, {_chance(beyond[k])}"
        why += "; one training run warns at most" if runs < 2 else ""
    elif all(c.kept for c in judged):
        verdict = "ok"
        why = f"no suite lost {margin:g} or more: {_told(worst)} at worst"
        if min(surely) < alpha:
            why += "; a loss, but within the margin"
    elif min(surely) < alpha:
        verdict = "warning"
        k = min(range(len(judged)), key=lambda k: (surely[k], judged[k].change.value))
        why = f"{_told(judged[k])}: a loss ({_chance(surely[k])}), not surely above {margin:g}"
    else:
        verdict = "inconclusive"
        why = f"neither a loss nor its absence is sure: {_told(worst)} at worst; give more items"
    for c in judged:
        if min(c.lost.value, c.gained.value) > CHURN:
            notes.append(
                f"{c.suite}: {c.lost.value:.0%} lost and {c.gained.value:.0%} gained; the mean "
                "hides it"
            )
    notes += _tests(judged, surely)
    if runs > 1:
        notes.append("intervals over training runs and over items are different things: see why")
    return Finding(
        "forgetting",
        "failure",
        subject,
        "what the later training was for",
        "that, and what the earlier checkpoint could do",
        _gap(worst, len(judged), level),
        "no change: 0",
        items=sum(c.units for c in judged),
        seeds=runs,
        verdict=verdict,
        why=why + ".",
        caveat="Says nothing of what no suite asks"
        + (
            ", nor of the next training run: the interval is over items." if runs < 2 else "."
        ),
        cure="Replay of the earlier data; replay_weights says how much of which.",
        evidence=_evidence(changes, runs),
        notes=tuple(notes),
    )


def changes_by_suite(
    before: Given | Sequence[Given],
    after: Given | Sequence[Given],
    *,
    margin: float = 0.02,
    level: float = 0.95,
) -> tuple[list[SuiteChange], list[str], int]:
    """Return how every suite changed, notes on what was left out, and the training runs.

    Raises
    ------
    BadInput, NotEnoughData
        As :func:`forgetting` raises them.

    Examples
    --------
    >>> changes, notes, runs = changes_by_suite({"old": [1, 1, 1, 0]}, {"old": [1, 0, 1, 1]})
    >>> changes[0].change.value, changes[0].counts
    (0.0, (1, 1))
    """
    if not 0 < margin < 1:
        raise BadInput(f"margin={margin}: the loss that is called none lies in (0, 1), such as 0.02")
    if not 0.5 < level < 1:
        raise BadInput(f"level={level}: a coverage lies in (0.5, 1), such as 0.95")
    paired, notes = pairs(before, after)
    enough = [pair for pair in paired if len(set(pair.groups.tolist())) > 1]
    if not enough:
        raise NotEnoughData(
            f"{paired[0].suite}: a change needs at least 2 items (or groups of them), not 1"
        )
    few = [pair.suite for pair in paired if pair not in enough]
    if few:
        notes.append(f"of one item only, left out: {', '.join(few[:6])}")
    notes += _same(enough)
    changes = [of_suite(pair, margin, level) for pair in enough]
    return changes, notes, len(enough[0].before)


def _able(c: SuiteChange, chance: float | Mapping[str, float]) -> bool:
    guess = chance.get(c.suite, 0.0) if isinstance(chance, Mapping) else chance
    return c.score.low is not None and c.score.low > guess


def _same(paired: list[Pair]) -> list[str]:
    """Tell of training runs that agree in every item: the same run given twice?"""
    runs = len(paired[0].after)
    seen = {tuple(x for p in paired for x in (*p.before[k], *p.after[k])) for k in range(runs)}
    if len(seen) == runs:
        return []
    return [f"only {len(seen)} of {runs} runs differ in any item; is a run given twice?"]


def _gap(c: SuiteChange, suites: int, level: float) -> Estimate:
    """The loss of the suite that lost most; it was picked, so its interval is Bonferroni's."""
    low, high = c.change.low, c.change.high
    method = c.change.method
    return Estimate(
        -c.change.value + 0.0,
        None if high is None else -high + 0.0,
        None if low is None else -low + 0.0,
        c.units,
        "score lost",
        f"{c.suite}, which lost most of {suites}: {method.replace('after − before', 'before − after')}",
        level,
    )


def _told(c: SuiteChange) -> str:
    over = "items"
    change = c.change
    runs = c.change_over_runs
    text = (
        f"{c.suite} lost {c.lost.value:.3g} and gained {c.gained.value:.3g}, a change of {change} "
        f"over {over}"
    )
    return text + (f" and {runs} over {runs.n} training runs" if runs.n > 1 else "")


def _chance(p: float) -> str:
    return "p < 0.001 by Holm" if p < 0.001 else f"p = {p:.3f} by Holm"


def _tests(judged: list[SuiteChange], surely: list[float]) -> list[str]:
    return [
        f"{c.suite}: {c.counts[0]} lost, {c.counts[1]} gained; McNemar p = {c.p:.2g}, "
        f"{p:.2g} by Holm"
        for c, p in zip(judged, surely, strict=True)
        if c.counts is not None
    ]


def _evidence(changes: list[SuiteChange], runs: int) -> dict[str, Estimate]:
    found: dict[str, Estimate] = {}
    for c in changes:
        found[f"{c.suite}: lost"] = c.lost
        found[f"{c.suite}: gained"] = c.gained
        found[f"{c.suite}: change, over items"] = c.change
        if runs > 1:
            found[f"{c.suite}: change, over training runs"] = c.change_over_runs
    return found
