"""Forgetting as a finding: did any suite lose more than the margin between two checkpoints?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fullmenu.diagnose.checkpoints.change import SuiteChange
from fullmenu.diagnose.checkpoints.replay import weights_of
from fullmenu.diagnose.checkpoints.suite_pairs import Given
from fullmenu.diagnose.checkpoints.suites import changes_by_suite
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding, FindingVerdict, failure
from fullmenu.stats.holm import adjusted

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

    ``failure``: some suite lost more than the margin (two runs or more; one warns).
    ``warning``: some suite lost surely, but not surely more than the margin. ``ok``: the 90 %
    interval of every suite leaves out a loss of the margin (non-inferiority: nothing found is
    not enough). ``incapable``: no suite was above chance before. Else ``inconclusive``. The
    gap is the loss of the suite that lost most, with an interval that is right for any suite.

    Lost and gained are told apart: a change of 0 may hide many of both. The interval over items
    says how sure the change of *these* checkpoints is; the one over training runs, of the training.
    They differ; with several runs a verdict needs both, and their variances added. McNemar's exact
    test for right and wrong in one run, Student's t on paired differences otherwise; Holm over
    suites. Items of one ``group`` (questions on one text) count as one unit. Runs that agree in
    every item count once: the same run may have been given twice.

    It cannot see forgetting on what no suite asks.

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

    Raises
    ------
    BadInput
        No suite or item on both sides, scores outside [0, 1], a margin outside (0, 1).
    NotEnoughData
        No suite has two items.

    Examples
    --------
    >>> found = forgetting({"old": [1] * 90 + [0] * 10}, {"old": [1] * 45 + [0] * 55})
    >>> found.verdict, str(found.gap)
    ('warning', '0.45 [0.339, 0.543]')
    """
    changes, notes, runs = changes_by_suite(before, after, margin=margin, level=level)
    able = [c for c in changes if _able(c, chance)]
    idle = [c.suite for c in changes if not _able(c, chance)]
    if idle:
        notes.append(f"not above chance before, so not judged: {', '.join(idle[:6])}")
    judged = able or changes
    beyond = adjusted([c.margin_p for c in judged])
    surely = adjusted([c.p for c in judged])
    alpha = 1 - level
    worst = min(judged, key=lambda c: c.change.value)
    verdict: FindingVerdict
    if not able:
        verdict = "incapable"
        why = "no suite was surely above chance before, so nothing could be forgotten"
    elif min(beyond) < alpha:
        verdict = "failure"
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
        notes.append(
            "over items: had these checkpoints been asked others; over training runs: had they "
            "been trained again"
        )
    return failure(
        "forgetting",
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
        + (", nor of the next training run: the interval is over items." if runs < 2 else "."),
        cure=_cure(judged, verdict),
        evidence=_evidence(changes, runs),
        notes=tuple(notes),
    )


def _able(c: SuiteChange, chance: float | Mapping[str, float]) -> bool:
    return c.score.above(chance.get(c.suite, 0.0) if isinstance(chance, Mapping) else chance)


def _cure(judged: list[SuiteChange], verdict: FindingVerdict) -> str:
    if verdict not in ("failure", "warning"):
        return ""
    weights = sorted(weights_of(judged).items(), key=lambda pair: -pair[1])
    told = ", ".join(f"{suite} {weight:.0%}" for suite, weight in weights[:5])
    more = f", {len(weights) - 5} others the rest" if len(weights) > 5 else ""
    return f"Mix earlier data in (replay), split by what was lost: {told}{more}."


def _gap(c: SuiteChange, suites: int, level: float) -> Estimate:
    """The loss of the suite that lost most; it was picked, so its interval is Bonferroni's."""
    ends = [s.interval(1 - (1 - level) / suites) for s in c.spreads]
    low, high = -max(high for _, high in ends), -min(low for low, _ in ends)
    loss = -c.change.value
    picked = f"{c.suite}, which lost most of {suites}" if suites > 1 else c.suite
    both = "over items" if len(ends) == 1 else "over items, runs, and both at once, the widest"
    return Estimate(
        loss + 0.0, min(low, loss) + 0.0, max(high, loss) + 0.0, c.units, "score lost",
        f"before − after on {picked}; interval {both}" + (", Bonferroni" if suites > 1 else ""),
        level,
    )  # fmt: skip


def _told(c: SuiteChange) -> str:
    runs = c.change_over_runs
    text = (
        f"{c.suite} lost {c.lost.value:.3g} and gained {c.gained.value:.3g}, a change of "
        f"{c.change} over items"
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
