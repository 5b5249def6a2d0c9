"""What a document answers: each view to each question, and which answer the verdict rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from fullmenu.cleaner import one_line
from fullmenu.estimate import Estimate, VerdictName
from fullmenu.report.document import (
    Change,
    CheckDocument,
    CheckedPrompt,
    ComparedPrompt,
    ComparedView,
    ComparisonDocument,
    Content,
    Decision,
    LogFacts,
    Question,
    Rates,
    TrendDocument,
)
from fullmenu.report.plain import label
from fullmenu.samples import Media

QUESTIONS: dict[Question, str] = {"within": "same prompt", "across": "different prompts"}


@dataclass(frozen=True, slots=True)
class ViewAnswer:
    """What one view says to one question, ``"within"`` or ``"across"`` prompts.

    A check has ``after`` alone. Rates are those that the ratio was measured on: where that was at
    matched lengths, these. ``decision`` is ``None`` where nothing was judged; ``raw`` and
    ``matched`` are those on the outputs as they are, and at matched lengths. ``free``: rates, ratio
    and verdict are those of what is left without what nearly all outputs share.
    """

    view: str
    question: Question
    after: Rates
    before: Rates | None = None
    decision: Decision | None = None
    raw: Decision | None = None
    matched: Decision | None = None
    free: bool = False

    @property
    def name(self) -> str:
        """The view's name, harmless."""
        return one_line(self.view, 40)

    @property
    def verdict(self) -> VerdictName | None:
        """The verdict, where there is one."""
        return self.decision.verdict if self.decision else None

    @property
    def ratio(self) -> Estimate | None:
        """The ratio, where there is one."""
        return self.decision.ratio if self.decision else None

    @property
    def at_matched(self) -> bool:
        """Whether rates, ratio and verdict are those at matched lengths."""
        if self.free or not (self.decision and self.raw and self.matched):
            return False
        return self.decision.ratio != self.raw.ratio

    @property
    def undefined(self) -> str | None:
        """Why there is no answer, where there is none."""
        sides = [x.undefined for x in (self.before, self.after) if x]
        return next((str(why) for why in sides if why), None)

    @property
    def sides(self) -> list[Rates]:
        """The rates of each log."""
        return [self.before, self.after] if self.before else [self.after]


def logs(document: Content) -> dict[str, LogFacts]:
    """Return the logs, each under what it is called in words."""
    if isinstance(document, TrendDocument):
        return {f"version {i}": log for i, log in enumerate(document.versions, 1)}
    if isinstance(document, ComparisonDocument):
        return {"before": document.before, "after": document.after}
    return {"outputs": document.log}


def names(document: Content) -> list[str]:
    """Return what the report calls each log."""
    return [label(log, otherwise) for otherwise, log in logs(document).items()]


def media(document: Content) -> Media:
    """Return what the outputs are."""
    return next((x.media for x in reversed(logs(document).values()) if x.media), "text")


def answers(document: Content) -> list[ViewAnswer]:
    """Return every view's answers, within prompts first; a trend has none of its own."""
    if isinstance(document, TrendDocument):
        return []
    if isinstance(document, CheckDocument):
        return [
            ViewAnswer(name, q, view.within if q == "within" else view.across)
            for q in QUESTIONS
            for name, view in document.views.items()
        ]
    return [_compared(name, q, view) for q in QUESTIONS for name, view in document.views.items()]


def _compared(name: str, question: Question, view: ComparedView) -> ViewAnswer:
    at = view if question == "within" else view.across
    judged = question == "across" or view.judged != "across"
    free = bool(at.free and at.free.ruling)
    told = at.free if at.free and free else at
    return ViewAnswer(
        name,
        question,
        at.matched_after or told.after,
        at.matched_before or told.before,
        _decision(at) if judged else None,
        at.raw or None if judged else None,
        at.length_matched or None if judged else None,
        free,
    )


def _decision(change: Change) -> Decision | None:
    if not change.verdict:
        return None
    return Decision(change.verdict, change.reason or "", change.ratio or None, change.needed)


def lead(document: CheckDocument | ComparisonDocument) -> ViewAnswer | None:
    """Return the answer that a report is told by.

    Of a comparison, the one that the overall verdict rests on: the same verdict, the least ratio.
    Of a check, ``answer``'s within prompts, where that can be told, or else the one that repeats
    most.
    """
    if isinstance(document, CheckDocument):
        told = [x for x in answers(document) if x.after.rate is not None]
        same = [x for x in told if x.question == told[0].question]
        return max(same, key=lambda x: (x.view == "answer", x.after.rate or 0.0), default=None)
    judged = [x for x in answers(document) if x.decision]
    same = [x for x in judged if x.verdict == document.verdict] or judged
    pick = max if document.verdict == "widened" else min
    return pick(same, key=_depth, default=None)


def _depth(x: ViewAnswer) -> float:
    return x.ratio.value if x.ratio else 1.0


def prompts(document: Content) -> Sequence[CheckedPrompt | ComparedPrompt]:
    """Return the prompts that are listed; not the one that a log without prompts has."""
    if isinstance(document, TrendDocument):
        return []
    listed: Sequence[CheckedPrompt | ComparedPrompt] = document.prompts
    nameless = len(listed) == 1 and not (listed[0].prompt or listed[0].prompt_id)
    return [] if nameless else listed


def decisions(document: Content) -> list[tuple[str, Decision]]:
    """Return every decision, and what it is about."""
    made = [(f"{x.name}, {QUESTIONS[x.question]}", x.decision) for x in answers(document)]
    found = [(what, decision) for what, decision in made if decision]
    if isinstance(document, TrendDocument):
        steps = [f"{a} to {b}" for a, b in pairwise(names(document))]
        for view, block in document.views.items():
            judged = [*zip(steps, block.steps, strict=True), ("last against first", block.overall)]
            found += [(f"{one_line(view, 40)}, {which}", step) for which, step in judged]
    return found


def trend_lead(document: TrendDocument) -> str | None:
    """Return the view of a trend that lost most from the first version to the last."""
    ratios = {}
    for name, view in document.views.items():
        first, last = view.versions[0].size, view.versions[-1].size
        if first and last:
            ratios[name] = last / first
    return min(ratios, key=ratios.__getitem__, default=None)
