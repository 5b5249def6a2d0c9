"""Judging what was seen in two logs, view by view; and the word for all of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fullmenu.estimate import Verdict, worst
from fullmenu.judge.case import Case
from fullmenu.judge.look import QUESTIONS, Question, Rate, Sights
from fullmenu.judge.premises import Premises
from fullmenu.judge.verdict import decide


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one view says to one question."""

    view: str  # which
    question: Question
    rates: tuple[Rate, ...]  # before and after
    raw: Verdict | None = None  # on the outputs as they are; None where a rate is undefined
    length_matched: Verdict | None = None  # at matched lengths; None where they hardly differ

    @property
    def verdict(self) -> Verdict | None:
        """The verdict: a loss or gain stands only if it is there at matched lengths as well.

        Where both say the same word, it is the one whose ratio is the milder.
        """
        raw, matched = self.raw, self.length_matched
        if raw is None or matched is None:
            return raw
        if raw.name == matched.name:
            return min(raw, matched, key=_change)
        if raw.name in ("held", "unclear"):
            return raw
        if raw.lost and matched.lost:
            return raw if raw.name == "narrowed" else matched
        return Verdict(
            "unclear" if matched.name != "held" else "held",
            f"{raw.name} as it is ({raw.reason}), but {matched.name} at matched lengths "
            f"({matched.reason}): the lengths changed, not clearly the variety",
            matched.ratio,
            matched.needed,
        )

    @property
    def at_matched_lengths(self) -> bool:
        """Whether the ratio of the verdict was measured at matched lengths."""
        verdict = self.verdict
        return bool(verdict and self.raw and verdict.ratio != self.raw.ratio)


def _change(verdict: Verdict) -> float:
    """How far from 1 the ratio is, on a log scale; without one, farther than any."""
    return abs(math.log(verdict.ratio.value)) if verdict.ratio else math.inf


@dataclass(frozen=True, slots=True)
class Opinions:
    """What every view says, of the same prompt twice and of different prompts."""

    premises: Premises
    by_view: dict[str, dict[Question, Opinion]]

    @property
    def judged(self) -> list[Opinion]:
        """Those that come with a verdict, view by view."""
        return [x for answers in self.by_view.values() for x in answers.values() if x.verdict]

    def rates(self, opinion: Opinion) -> list[Rate]:
        """Return the rates, before and after, that the ratio of an opinion was measured on."""
        matched = opinion.at_matched_lengths
        return self.premises.sights.rates(opinion.view, opinion.question, matched=matched)

    def leading(self, view: str) -> Opinion | None:
        """Return what a view is told by: within prompts, or else across them, where judged."""
        answers = self.by_view[view]
        return next((answers[q] for q in QUESTIONS if answers[q].verdict), None)


@dataclass(frozen=True, slots=True)
class Ruling:
    """The word for a case, and where it comes from."""

    opinions: Opinions
    verdict: Verdict
    reason: str

    @property
    def way(self) -> tuple[Opinions, Premises, Sights, Case]:
        """All that led here, the last first."""
        premises = self.opinions.premises
        return self.opinions, premises, premises.sights, premises.sights.case


def judge(premises: Premises) -> Opinions:
    """Judge what was seen: every view, within prompts and across them.

    Premises that fail decide how: whether prompts are paired, and whether a change must stand at
    matched lengths. All views and both questions share the error rate.
    """
    sights = premises.sights
    asked = [(view, question) for view in sights.by_view for question in QUESTIONS]
    judged = [x for x in asked if all(rate.replicates for rate in sights.rates(*x))]
    tests = len(judged) * sights.case.comparisons
    by_view: dict[str, dict[Question, Opinion]] = {view: {} for view in sights.by_view}
    for view, question in asked:
        by_view[view][question] = _opinion(premises, view, question, tests)
    return Opinions(premises, by_view)


def _opinion(premises: Premises, view: str, question: Question, tests: int) -> Opinion:
    rates = premises.sights.rates(view, question)
    raw = _word(premises, view, question, tests)
    level = None
    if raw and "matched lengths" in premises.effects:
        level = _word(premises, view, question, tests, matched=True)
    return Opinion(view, question, tuple(rates), raw, level)


def _word(
    premises: Premises, view: str, question: Question, tests: int, *, matched: bool = False
) -> Verdict | None:
    sights = premises.sights
    before, after = sights.rates(view, question, matched=matched)
    if before.replicates is None or after.replicates is None:
        return None
    even = [rate.replicates for rate in sights.rates(view, question, matched=matched, even=True)]
    called = sights.case.called
    return decide(
        before.replicates,
        after.replicates,
        paired="unpaired" not in premises.effects,
        margins=sights.case.margins,
        tests=tests,
        even=(even[0], even[1]) if even[0] and even[1] else None,
        names=[called[k] for k in before.prompts] if before.prompts is not None else [],
    )


def conclude(opinions: Opinions) -> Ruling:
    """Return the worst verdict of all views and both questions; held only when all held.

    Raises
    ------
    NotEnoughData
        Nothing could be judged.
    """
    verdict = worst([x.verdict for x in opinions.judged if x.verdict])
    places = [
        f"{x.view} {x.question} prompts"
        for x in opinions.judged
        if x.verdict and x.verdict.name == verdict.name
    ]
    return Ruling(opinions, verdict, f"{verdict.name} in {', '.join(places)}: {verdict.reason}")
