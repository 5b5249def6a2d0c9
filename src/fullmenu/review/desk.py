"""Where reviewers sit: hands out questions, and has answers on disk before it says so."""

from __future__ import annotations

import threading
from datetime import datetime, timezone
from typing import Protocol

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput
from fullmenu.review.campaign import Campaign, CampaignResult, result_of
from fullmenu.review.labels import Label
from fullmenu.review.queue import Progress, Queue, Shown

NAME, NOTE = 60, 2_000
"""Characters of a reviewer's name, and of a note."""


class LabelLog(Protocol):
    """Where answers are kept, such as :class:`fullmenu.review.labels.AnswerLog`."""

    def read(self) -> list[Label]:
        """Return all entries, in order."""

    def append(self, label: Label) -> None:
        """Keep one entry; on return it is safe."""


class Desk:
    """A campaign that several people answer at once.

    Parameters
    ----------
    campaign
        The questions.
    log
        Where answers go. Those that are there already are gone on with; answers to questions of
        another log or seed are kept, and not counted.
    overlap
        How many people answer each question.
    seed
        Of the sides that outputs stand on.
    """

    def __init__(self, campaign: Campaign, log: LabelLog, overlap: int = 1, seed: int = 0) -> None:
        self.campaign = campaign
        self.log = log
        self.overlap, self.seed = overlap, seed
        self._known = {question.id: question for question in campaign.questions}
        entries = log.read()
        self.foreign = [entry for entry in entries if entry.question not in self._known]
        self.queue = self._replayed([entry for entry in entries if entry.question in self._known])
        self._lock = threading.Lock()

    def next(self, rater: str) -> Shown | None:
        """Return the question that somebody is asked now."""
        with self._lock:
            return self.queue.next(name_of(rater))

    def answer(
        self, rater: str, question: str, answer: str, note: str = "", groups: str = ""
    ) -> None:
        """Take an answer or a skip; when it returns, the disk has it.

        ``groups`` is as in :class:`fullmenu.review.labels.Label`.

        Raises
        ------
        BadInput
            It answers nothing that this person may answer.
        """
        rater = name_of(rater)
        with self._lock:
            shown = self.queue.next(rater)
            if shown is None or shown.question.id != question:
                raise BadInput(
                    "this question is not with you any more: it was answered, or you were away"
                )
            self._keep(self._label(shown, rater, answer, note, groups=groups))

    def undo(self, rater: str) -> bool:
        """Take back somebody's last answer; ``False``: there is none."""
        rater = name_of(rater)
        with self._lock:
            last = self.queue.last(rater)
            if last is None:
                return False
            self._keep(Label(last.id, last.kind, rater, "undo", _now()))
            return True

    def disagreement(self, adjudicator: str) -> tuple[Shown, list[str]] | None:
        """Return what somebody is asked to settle, and what was answered, without names."""
        with self._lock:
            shown = self.queue.disagreement(name_of(adjudicator))
            return None if shown is None else (shown, self.queue.given(shown.question.id))

    def settle(self, adjudicator: str, question: str, answer: str, note: str = "") -> None:
        """Settle a disagreement, or skip it; when it returns, the disk has it.

        Raises
        ------
        BadInput
            There is none about this question, or this person is part of it.
        """
        adjudicator = name_of(adjudicator)
        with self._lock:
            about = self._known.get(question)
            if about is None:
                raise BadInput(f"there is no question {question!r} in this review")
            shown = Shown(about, self.queue.order(about, adjudicator))
            self._keep(self._label(shown, adjudicator, answer, note, settles=True))

    def unsettle(self, adjudicator: str) -> bool:
        """Open again what somebody settled last; ``False``: there is nothing."""
        adjudicator = name_of(adjudicator)
        with self._lock:
            mine = self.queue.settled(adjudicator)
            if not mine:
                return False
            last = mine[-1]
            self._keep(Label(last.question, last.kind, adjudicator, "undo", _now(), settles=True))
            return True

    def settlements(self, adjudicator: str) -> tuple[int, int]:
        """Say how many disagreements somebody has settled, and how many are open."""
        with self._lock:
            mine = self.queue.settled(name_of(adjudicator))
            return len(mine), len(self.queue.disagreements())

    def progress(self, rater: str) -> Progress:
        """Say how far somebody, and all together, have come."""
        with self._lock:
            return self.queue.progress(name_of(rater))

    def result(self) -> CampaignResult:
        """Say what the answers so far tell."""
        with self._lock:
            labels = self.queue.answers()
        return result_of(self.campaign, labels)

    def _label(
        self, shown: Shown, who: str, answer: str, note: str, *, groups: str = "",
        settles: bool = False,
    ) -> Label:  # fmt: skip
        about = shown.question
        return Label(
            about.id, about.kind, who, answer, _now(), about.first, about.second, shown.order,
            about.prompt_id, about.place, about.chance, settles, note[:NOTE], groups,
        )  # fmt: skip

    def _keep(self, label: Label) -> None:
        self.queue.take(label)
        try:
            self.log.append(label)
        except Exception:
            self.queue = self._replayed(self.queue.entries[:-1])
            raise

    def _replayed(self, entries: list[Label]) -> Queue:
        return Queue.replayed(self.campaign.questions, entries, self.overlap, self.seed)


def name_of(rater: str) -> str:
    """Return a reviewer's name as it is kept; an empty one is refused.

    >>> name_of("  Ann\\n")
    'Ann'
    """
    name = one_line(rater, NAME).strip()
    if not name:
        raise BadInput("say who answers: give a name")
    return name


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
