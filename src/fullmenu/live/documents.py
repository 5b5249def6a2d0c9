"""The document of a watch: all that is told of a session."""

from __future__ import annotations

from collections.abc import Sequence

from fullmenu.live.session import Session
from fullmenu.monitor import summary
from fullmenu.report.document import ViewFacts
from fullmenu.report.watch.document import (
    Alarm,
    AskedPrompt,
    BaselineFacts,
    TwoSampleFacts,
    WatchDocument,
    WatchedLog,
)
from fullmenu.samples import Samples

SHOWN = 3
"""Outputs from before that are shown of a prompt."""

SHORT = 240
"""Characters that are shown of each."""


def document_of(session: Session, labels: Sequence[str]) -> WatchDocument:
    """Return how a session stands (``docs/watch.md``); ``labels`` are of baseline and log."""
    m, before = session.monitor, session.two_sample.reference
    ruler = m.baseline.ruler
    return WatchDocument(
        visits=m.visits,
        models=list(m.histories),
        run_length=m.run_length,
        traffic=m.baseline.traffic,
        statistic=m.statistic,
        standing=m.standing,
        raised=m.raised,
        corrected=m.corrected,
        acknowledged=m.acknowledged,
        alarms=list(m.alarms),
        notices=m.notices,
        streams=summary.streams(m.baseline, m.band, m.last_recent, list(m.recent_answers.kept)),
        timeline=summary.timeline(m.timeline.points, m.band, ruler.streams),
        log=WatchedLog(label=labels[1], outputs=session.outputs, waiting=len(session.held)),
        baseline=BaselineFacts(
            label=labels[0],
            outputs=len(before),
            prompts=before.n_prompts,
            models=before.models[:20],
        ),
        confidence=m.baseline.confidence,
        versions=list(session.versions.values()),
        asked=asked(before, m.alarms[m.acknowledged :] or m.alarms[-1:]),
        views={v.name: ViewFacts(sees=v.sees, blind=v.blind, ruler=v.ruler) for v in ruler.views},
        scales=dict(ruler.scales),
        two_sample=TwoSampleFacts(
            **session.two_sample.answer._asdict(),
            visits=session.two_sample.visits,
            skipped=session.two_sample.skipped,
        ),
        answers=m.common_answers(),
        changes=list(m.changes.marks),
        draws=m.baseline.draws,
    )


def asked(before: Samples, alarms: Sequence[Alarm]) -> dict[str, AskedPrompt]:
    """Return what was asked and served before, of every prompt that an alarm names."""
    named = {p.prompt_id for a in alarms for p in a.prompts}
    named |= {e.prompt_id for a in alarms for e in a.examples}
    prompts: dict[str, AskedPrompt] = {}
    columns = (before.table.column(c).to_pylist() for c in ("prompt_id", "prompt", "output"))
    for prompt_id, prompt, output in zip(*columns, strict=True) if named else ():
        if prompt_id in named:
            shown = prompts.setdefault(prompt_id, AskedPrompt(prompt, [])).before
            if len(shown) < SHOWN and output[:SHORT] not in shown:
                shown.append(output[:SHORT])
    return prompts
