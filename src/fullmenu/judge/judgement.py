"""Judging what was seen in two logs, view by view; and the word for all of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

from fullmenu.estimate import Estimate, Verdict, worst
from fullmenu.judge import lengths
from fullmenu.judge.case import Case
from fullmenu.judge.lengths import Window
from fullmenu.judge.look import QUESTIONS, Question, Rate, Sights
from fullmenu.judge.premises import Premises, examine
from fullmenu.judge.verdict import decide


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one view says to one question."""

    view: str  # which
    question: Question
    rates: tuple[Rate, ...]  # before and after
    raw: Verdict | None = None  # on the outputs as they are; None where a rate is undefined
    first: Verdict | None = None  # at matched lengths, of beginnings; None where they hardly differ
    anywhere: Verdict | None = None  # of stretches from anywhere; None for a view of beginnings
    free: Opinion | None = None  # of what nearly all outputs share not; None where that is little
    cutting: float = 1.0  # a ratio at matched lengths this near to 1 is no change

    @property
    def verdict(self) -> Verdict | None:
        """The verdict: of what is free, unless the whole lost more.

        A fixed part hides a change, so that the whole counts beside it only where it lost.
        """
        whole, free = self.whole, self.free.whole if self.free else None
        if whole is None or free is None:
            return whole
        return worst([free, whole]) if whole.lost else free

    @property
    def whole(self) -> Verdict | None:
        """The verdict on whole outputs: a loss or gain stands only if at matched lengths as well.

        Where both say the same word, it is the one whose ratio is the milder. Where whole outputs
        leave it unclear, a loss or gain at matched lengths is one, unless theirs points elsewhere.
        """
        raw, matched = self.raw, self.length_matched
        if raw is None or matched is None:
            return raw
        if raw.name == matched.name:
            return min(raw, matched, key=_change)
        if raw.name == "unclear" and matched.name in ("collapsed", "narrowed", "widened"):
            along = raw.ratio is None or (raw.ratio.value < 1) == matched.lost
            said = f"at matched lengths {matched.reason}; as it is, {raw.reason}"
            return replace(matched, reason=said) if along else raw
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
    def length_matched(self) -> Verdict | None:
        """The verdict at matched lengths: a loss or gain stands only if both windows show it.

        Of both it is the milder; where they differ in direction, or one is unclear, it is unclear,
        and so is a change so small that cutting alone may make it.
        """
        verdict = self._by_windows
        if verdict is None or verdict.name not in ("narrowed", "widened") or not verdict.ratio:
            return verdict
        if self.cutting < verdict.ratio.value < 1 / self.cutting:
            reason = (
                f"{verdict.reason}, but lengths differ so much that cutting alone moves it from "
                f"{self.cutting:.2f} to {1 / self.cutting:.2f}"
            )
            return replace(verdict, name="unclear", reason=reason)
        return verdict

    @property
    def _by_windows(self) -> Verdict | None:
        first, anywhere = self.first, self.anywhere
        if first is None or anywhere is None:
            return first
        if first.name == anywhere.name:
            return min(first, anywhere, key=_change)
        names = (first.name, anywhere.name)
        if first.lost and anywhere.lost:
            return first if first.name == "narrowed" else anywhere
        return Verdict(
            "held" if "held" in names and "unclear" not in names else "unclear",
            f"{first.name} in the first words ({first.reason}), but {anywhere.name} in stretches "
            f"from anywhere ({anywhere.reason})",
            *_milder(first, anywhere),
        )

    @property
    def window(self) -> Window | None:
        """Where outputs were cut for the ratio of the verdict; ``None`` where they were not."""
        if not self.at_matched_lengths:
            return None
        at, verdict = self.ruling, self.ruling.whole
        assert verdict
        return "anywhere" if at.anywhere and verdict.ratio == at.anywhere.ratio else "first"

    @property
    def at_matched_lengths(self) -> bool:
        """Whether the ratio of the verdict was measured at matched lengths."""
        opinion = self.ruling
        verdict = opinion.whole
        return bool(verdict and opinion.raw and verdict.ratio != opinion.raw.ratio)

    @property
    def ruling(self) -> Opinion:
        """The opinion that the verdict is from: that on what is free, or this one."""
        return self.free if self.free and self.verdict is self.free.whole else self


def _milder(first: Verdict, second: Verdict) -> tuple[Estimate | None, int | None]:
    verdict = min(first, second, key=_change)
    return verdict.ratio, verdict.needed


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

    @property
    def decisions(self) -> int:
        """How many were made: of whole outputs, and of what is free in them."""
        return sum(1 + (x.free is not None) for x in self.judged)

    def rates(self, opinion: Opinion, *, free: bool = False) -> list[Rate]:
        """Return the rates, before and after, that the ratio of an opinion was measured on.

        ``free``: it is an opinion on what is free.
        """
        matched = opinion.window
        sights = self.premises.sights
        if sights.free and (free or opinion.ruling is opinion.free):
            sights = sights.free
        return sights.rates(opinion.view, opinion.question, matched=matched)

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
    matched lengths. All views and both questions share the error rate; where most of a text is
    fixed, what is free and the whole do too.
    """
    sights = premises.sights
    asked = [(view, question) for view in sights.by_view for question in QUESTIONS]
    judged = [x for x in asked if all(rate.replicates for rate in sights.rates(*x))]
    tests = len(judged) * sights.case.comparisons * (2 if sights.free else 1)
    left = examine(sights.free) if sights.free else None
    by_view: dict[str, dict[Question, Opinion]] = {view: {} for view in sights.by_view}
    for view, question in asked:
        opinion = _opinion(premises, view, question, tests)
        if left:
            opinion = replace(opinion, free=_opinion(left, view, question, tests))
        by_view[view][question] = opinion
    return Opinions(premises, by_view)


def _opinion(premises: Premises, view: str, question: Question, tests: int) -> Opinion:
    rates = premises.sights.rates(view, question)
    raw = _word(premises, view, question, tests)
    first = anywhere = None
    if raw and "matched lengths" in premises.effects:
        first = _word(premises, view, question, tests, matched="first")
        if view in (premises.sights.by_view_anywhere or {}):
            anywhere = _word(premises, view, question, tests, matched="anywhere")
    cutting = lengths.by_cutting(*premises.sights.mean_words) if first else 1.0
    return Opinion(view, question, tuple(rates), raw, first, anywhere, cutting=cutting)


def _word(
    premises: Premises, view: str, question: Question, tests: int, *, matched: Window | None = None
) -> Verdict | None:
    sights = premises.sights
    before, after = sights.rates(view, question, matched=matched)
    if before.replicates is None or after.replicates is None:
        return None
    even = [rate.replicates for rate in sights.rates(view, question, matched=matched, even=True)]
    return decide(
        before.replicates,
        after.replicates,
        paired="unpaired" not in premises.effects,
        margins=sights.case.margins,
        tests=tests,
        even=(even[0], even[1]) if even[0] and even[1] else None,
        called=partial(sights.called, before),
    )


def conclude(opinions: Opinions) -> Ruling:
    """Return the worst verdict of all views and both questions; held only when all held.

    Where a loss could not show it does not count, unless it could nowhere.

    Raises
    ------
    NotEnoughData
        Nothing could be judged.
    """
    verdicts = [x.verdict for x in opinions.judged if x.verdict]
    verdict = worst([x for x in verdicts if not x.no_room] or verdicts)
    places = [
        f"{x.view} {x.question} prompts"
        for x in opinions.judged
        if x.verdict and (x.verdict.name, x.verdict.no_room) == (verdict.name, verdict.no_room)
    ]
    return Ruling(opinions, verdict, f"{verdict.name} in {', '.join(places)}: {verdict.reason}")
