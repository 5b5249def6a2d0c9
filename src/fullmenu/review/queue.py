"""Who is asked what next: own queues, overlap, undo, skip, resume and adjudication."""

from __future__ import annotations

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Literal

from fullmenu.errors import BadInput
from fullmenu.review.labels import Kind, Label
from fullmenu.text.amounts import amount

HELD = timedelta(minutes=15)
"""How long a question stays with the one it was shown to, unanswered."""

PACE = 20
"""Answers that the time left is judged by."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question about two outputs (or all outputs) of a prompt.

    ``place`` and ``chance`` are as in :class:`fullmenu.review.labels.Label`.
    """

    id: str
    kind: Kind
    first: str = ""
    second: str = ""
    prompt_id: str = ""
    place: float | None = None
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as one person sees it: ``ab``, or ``ba`` with sides exchanged."""

    question: Question
    order: Literal["ab", "ba"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one person, and all together, have come; seconds left at this person's pace."""

    mine: int
    answered: int
    total: int
    seconds_left: float | None


class Queue:
    """The questions of a review, in order, and who answered which.

    It holds no files: every entry goes through :meth:`take`, and the same entries in the same order
    make the same queue again.

    Parameters
    ----------
    questions
        In the order in which they are asked.
    overlap
        How many people answer each.
    seed
        Of the sides that outputs stand on.

    Examples
    --------
    >>> queue = Queue([Question("q1", "same"), Question("q2", "same")])
    >>> ann, ben = (queue.next(who).question.id for who in ("ann", "ben"))
    >>> ann, ben
    ('q1', 'q2')
    >>> queue.take(Label("q1", "same", "ann", "same", "2026-01-01T00:00:00Z"))
    >>> queue.undo("ann").id, queue.progress("ann").mine
    ('q1', 0)
    """

    def __init__(self, questions: Sequence[Question], overlap: int = 1, seed: int = 0) -> None:
        if overlap < 1:
            raise BadInput(f"overlap={overlap}: each question needs one answer at least")
        self.questions = questions
        self.overlap = overlap
        self.seed = seed
        self.entries: list[Label] = []
        self._at = {question.id: i for i, question in enumerate(questions)}
        if len(self._at) != len(questions):
            raise BadInput("two questions have one id")
        self._answers: dict[int, dict[str, Label]] = defaultdict(dict)
        self._settled: dict[int, Label] = {}
        self._split: set[int] = set()
        self._held: dict[int, dict[str, datetime]] = defaultdict(dict)
        self._holds: dict[str, int] = {}
        self._mine: dict[str, list[int]] = defaultdict(list)  # in order of answering
        self._passed: dict[str, set[int]] = defaultdict(set)
        self._left_open: dict[str, list[int]] = defaultdict(list)  # by adjudicators
        self._reached: dict[str, int] = defaultdict(int)
        self._front = 0  # every question before it was handed out as often as needed
        self._again: list[int] = []  # questions before the front that are open again
        self._open_answers = len(questions) * overlap
        self._times: dict[str, list[datetime]] = defaultdict(list)

    def next(self, rater: str, now: datetime | None = None) -> Shown | None:
        """Return the question that a person is asked now; ``None`` where none is left.

        The one that is with them already, or else the first that has answers to come and is with
        nobody else for its last one.
        """
        now = now or datetime.now(timezone.utc)
        self._expire(now)
        if rater not in self._holds:
            at = self._open(rater)
            if at is None:
                return None
            self._hold(at, rater, now)
        at = self._holds[rater]
        return Shown(self.questions[at], self.order(self.questions[at], rater))

    def order(self, question: Question, rater: str) -> Literal["ab", "ba"]:
        """Return which side the outputs stand on for one person: a coin, the same each time."""
        coin = hashlib.blake2b(f"{self.seed}\0{question.id}\0{rater}".encode(), digest_size=1)
        return "ab" if coin.digest()[0] % 2 else "ba"

    def take(self, label: Label) -> None:
        """Take in one entry: an answer, a skip, an undo, or one that settles a disagreement.

        Raises
        ------
        BadInput
            There is no such question, it has its answers, or there is nothing to undo or settle.
        """
        at = self._at.get(label.question)
        if at is None:
            raise BadInput(f"there is no question {label.question!r} in this review")
        if label.kind != self.questions[at].kind:
            raise BadInput(f"question {label.question!r} is of kind {self.questions[at].kind!r}")
        if label.settles:
            self._adjudicate(at, label)
        elif label.answer == "undo":
            self._take_back(at, label.rater)
        elif label.answer == "skip":
            self._release(at, label.rater)
            self._passed[label.rater].add(at)
        else:
            self._answer(at, label)
        self.entries.append(label)

    def undo(self, rater: str, time: str | None = None) -> Question | None:
        """Take back a person's last answer, and ask the question again; ``None``: there is none."""
        question = self.last(rater)
        if question is not None:
            now = time or datetime.now(timezone.utc).isoformat()
            self.take(Label(question.id, question.kind, rater, "undo", now))
        return question

    def last(self, rater: str) -> Question | None:
        """Return the question that a person answered last."""
        return self.questions[self._mine[rater][-1]] if self._mine[rater] else None

    def answers(self) -> list[Label]:
        """Return the answers that stand, a settled disagreement's too, in order of questions."""
        found: list[Label] = []
        for at in sorted(self._answers):
            found += self._answers[at].values()
            if at in self._settled:
                found.append(self._settled[at])
        return found

    def of_others(self, question: str, rater: str) -> list[Label]:
        """Return what others answered: nothing before one has answered oneself, and all is done."""
        at = self._at[question]
        if rater not in self._answers[at] or self._open_answers:
            return []
        return [label for who, label in self._answers[at].items() if who != rater]

    def disagreements(self) -> list[Question]:
        """Return the questions whose answers lie on both sides of the middle, unsettled."""
        return [self.questions[at] for at in sorted(self._split)]

    def disagreement(self, adjudicator: str) -> Shown | None:
        """Return what somebody is asked to settle now; ``None`` where nothing is left for them.

        Nobody settles what they answered themselves; what was passed over comes last.
        """
        ats = [at for at in self._split if adjudicator not in self._answers[at]]
        passed = self._left_open[adjudicator]
        if not ats:
            return None
        at = min(ats, key=lambda at: (passed.index(at) if at in passed else -1, at))
        return Shown(self.questions[at], self.order(self.questions[at], adjudicator))

    def given(self, question: str) -> list[str]:
        """Return the answers to a question, sorted, without who gave them."""
        return sorted(label.answer for label in self._answers[self._at[question]].values())

    def settled(self, adjudicator: str | None = None) -> list[Label]:
        """Return what was settled, by one person or by all, in order."""
        return [x for x in self._settled.values() if adjudicator in (None, x.rater)]

    def progress(self, rater: str) -> Progress:
        """Say how far one person, and all together, have come."""
        total = len(self.questions) * self.overlap
        times = self._times[rater][-PACE:]
        pace = None
        if len(times) > 1:
            gaps = sorted((b - a).total_seconds() for a, b in pairwise(times))
            pace = gaps[len(gaps) // 2]
        left = self._open_answers
        return Progress(
            len(self._mine[rater]), total - left, total, None if pace is None else pace * left
        )

    @classmethod
    def replayed(
        cls, questions: Sequence[Question], entries: Iterable[Label], overlap: int = 1,
        seed: int = 0,
    ) -> Queue:  # fmt: skip
        """Return the queue that given entries, in order, lead to."""
        queue = cls(questions, overlap, seed)
        for entry in entries:
            queue.take(entry)
        return queue

    def _open(self, rater: str) -> int | None:
        """Find the first question that is open to a person."""
        passed_over = []
        found = None
        while self._again and found is None:
            at = heapq.heappop(self._again)
            if self._wanted(at) and self._may(at, rater):
                found = at
            elif self._wanted(at):
                passed_over.append(at)
        for at in passed_over:
            heapq.heappush(self._again, at)
        if found is not None:
            if self._wanted(found):  # held once, it may be wanted by more
                heapq.heappush(self._again, found)
            return found
        while self._front < len(self.questions) and not self._wanted(self._front):
            self._front += 1
        at = max(self._reached[rater], self._front)
        while at < len(self.questions) and not (self._wanted(at) and self._may(at, rater)):
            at += 1
        self._reached[rater] = at
        if at < len(self.questions):
            return at
        # what one passed over comes once more, when all else is done
        back = sorted(i for i in self._passed[rater] if self._wanted(i))
        if back:
            self._passed[rater].discard(back[0])
            return back[0]
        return None

    def _wanted(self, at: int) -> bool:
        return len(self._answers[at]) + len(self._held[at]) < self.overlap

    def _may(self, at: int, rater: str) -> bool:
        return rater not in self._answers[at] and at not in self._passed[rater]

    def _hold(self, at: int, rater: str, now: datetime) -> None:
        self._held[at][rater] = now
        self._holds[rater] = at

    def _release(self, at: int, rater: str) -> None:
        self._held[at].pop(rater, None)
        if self._holds.get(rater) == at:
            del self._holds[rater]
        if self._wanted(at):
            heapq.heappush(self._again, at)

    def _expire(self, now: datetime) -> None:
        for rater, at in list(self._holds.items()):
            if now - self._held[at][rater] > HELD:
                self._release(at, rater)

    def _answer(self, at: int, label: Label) -> None:
        rater = label.rater
        if rater in self._answers[at]:
            raise BadInput(f"{rater} has answered {label.question!r} already; undo it first")
        if len(self._answers[at]) >= self.overlap:
            raise BadInput(
                f"question {label.question!r} has its {amount(self.overlap, 'answer')} already"
            )
        self._held[at].pop(rater, None)
        if self._holds.get(rater) == at:
            del self._holds[rater]
        self._answers[at][rater] = label
        self._note_split(at)
        self._mine[rater].append(at)
        self._passed[rater].discard(at)
        self._open_answers -= 1
        self._times[rater].append(_moment(label.time))

    def _take_back(self, at: int, rater: str) -> None:
        if rater not in self._answers[at]:
            raise BadInput(f"{rater} has not answered {self.questions[at].id!r}")
        del self._answers[at][rater]
        self._settled.pop(at, None)
        self._note_split(at)
        self._mine[rater].remove(at)
        self._open_answers += 1
        if rater in self._holds:
            self._release(self._holds[rater], rater)
        self._hold(at, rater, datetime.now(timezone.utc))

    def _note_split(self, at: int) -> None:
        """Keep which questions have answers on both sides of the middle, unsettled."""
        values = [v for label in self._answers[at].values() if (v := label.value) is not None]
        if values and min(values) < 0.5 < max(values) and at not in self._settled:
            self._split.add(at)
        else:
            self._split.discard(at)

    def _adjudicate(self, at: int, label: Label) -> None:
        """Take what settles a disagreement, or leaves it open, or opens it again."""
        who = label.rater
        if label.answer == "undo":
            if at not in self._settled or self._settled[at].rater != who:
                raise BadInput(f"{who} has not settled {label.question!r}")
            del self._settled[at]
            self._note_split(at)
            return
        if at not in self._split:
            raise BadInput(f"nobody disagrees about {label.question!r}, or it was settled")
        if who in self._answers[at]:
            raise BadInput(f"{who} answered {label.question!r}: somebody else settles it")
        left = self._left_open[who]
        if at in left:
            left.remove(at)
        if label.answer == "skip":
            left.append(at)
        elif label.value is None:
            raise BadInput(f"{label.answer!r} settles nothing; skip it to leave it open")
        else:
            self._settled[at] = label
            self._note_split(at)


def _moment(time: str) -> datetime:
    try:
        moment = datetime.fromisoformat(time.replace("Z", "+00:00"))
    except ValueError:
        raise BadInput(f"{time!r} is no time; give it as 2026-05-12T08:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
