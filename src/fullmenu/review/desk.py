"""Where reviewers sit: hands out questions, and has answers on disk before it says so."""

from __future__ import annotations

import threading
from datetime import datetime, timezone
from typing import Protocol

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput
from fullmenu.review.campaign import Campaign, Result, result_of
from fullmenu.review.labels import Label
from fullmenu.review.queue import Progress, Queue, Shown

NAME, NOTE = 60, 2_000
"""Characters of a reviewer's name, and of a note."""


class Log(Protocol):
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

    def __init__(self, campaign: Campaign, log: Log, overlap: int = 1, seed: int = 0) -> None:
        self.campaign = campaign
        self.log = log
        self.overlap, self.seed = overlap, seed
        known = {question.id for question in campaign.questions}
        entries = log.read()
        self.foreign = [entry for entry in entries if entry.question not in known]
        self.queue = self._replayed([entry for entry in entries if entry.question in known])
        self._lock = threading.Lock()

    def next(self, rater: str) -> Shown | None:
        """Return the question that somebody is asked now."""
        with self._lock:
            return self.queue.next(name_of(rater))

    def answer(
        self, rater: str, question: str, answer: str, note: str = "", *, settles: bool = False
    ) -> None:
        """Take an answer or a skip; when it returns, the disk has it.

        Raises
        ------
        BadInput
            It answers nothing that this person may answer.
        """
        rater = name_of(rater)
        with self._lock:
            known = {one.id: one for one in self.campaign.questions} if settles else None
            shown = self.queue.next(rater)
            if known is not None and question in known:
                about = known[question]
            elif shown is not None and shown.question.id == question:
                about = shown.question
            else:
                raise BadInput(
                    "this question is not with you any more: it was answered, or you were away"
                )
            self._keep(Label(
                about.id, about.kind, rater, answer, _now(), about.first, about.second,
                self.queue.order(about, rater), about.prompt_id, about.place, about.chance,
                settles, note[:NOTE],
            ))  # fmt: skip

    def undo(self, rater: str) -> bool:
        """Take back somebody's last answer; ``False``: there is none."""
        rater = name_of(rater)
        with self._lock:
            last = self.queue.last(rater)
            if last is None:
                return False
            self._keep(Label(last.id, last.kind, rater, "undo", _now()))
            return True

    def progress(self, rater: str) -> Progress:
        """Say how far somebody, and all together, have come."""
        with self._lock:
            return self.queue.progress(name_of(rater))

    def result(self) -> Result:
        """Say what the answers so far tell."""
        with self._lock:
            labels = self.queue.answers()
        return result_of(self.campaign, labels)

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
