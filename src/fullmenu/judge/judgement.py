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
    matched lengths.
    """
    sights = premises.sights
    by_view: dict[str, dict[Question, Opinion]] = {}
    for view in sights.by_view:
        by_view[view] = {question: _opinion(premises, view, question) for question in QUESTIONS}
    return Opinions(premises, by_view)


def _opinion(premises: Premises, view: str, question: Question) -> Opinion:
    sights, effects = premises.sights, premises.effects
    rates = sights.rates(view, question)
    raw = _word(sights, rates, "unpaired" not in effects)
    level = None
    if raw and "matched lengths" in effects:
        again = sights.rates(view, question, matched=True)
        level = _word(sights, again, "unpaired" not in effects)
    return Opinion(view, question, tuple(rates), raw, level)


def _word(sights: Sights, rates: list[Rate], paired: bool) -> Verdict | None:
    before, after = (rate.replicates for rate in rates)
    if before is None or after is None:
        return None
    case = sights.case
    views = len(case.views) * case.comparisons
    return decide(before, after, paired=paired, margins=case.margins, views=views)


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
