"""The queue: nothing lost, nothing twice, whatever people do."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from fullmenu.errors import BadInput
from fullmenu.review.labels import Label, standing
from fullmenu.review.queue import HELD, Question, Queue

START = datetime(2026, 5, 12, tzinfo=timezone.utc)


def moment(seconds: int) -> str:
    return (START + timedelta(seconds=seconds)).isoformat()


def questions(n: int) -> list[Question]:
    return [Question(f"q{i}", "same", str(2 * i), str(2 * i + 1)) for i in range(n)]


def label(question: str, rater: str, answer: str = "same", at: int = 0, **more) -> Label:
    return Label(question, "same", rater, answer, moment(at), **more)


@pytest.mark.parametrize("overlap", [1, 2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_or_asked_twice(overlap, seed):
    rng = np.random.default_rng(seed)
    n, raters = 25, ["ann", "ben", "cem", "dia"]
    queue = Queue(questions(n), overlap)
    for step in range(4000):
        rater = raters[rng.integers(4)]
        now = START + timedelta(seconds=40 * step)
        shown = queue.next(rater, now)
        deed = rng.random()
        if deed < 0.1:
            queue.undo(rater, moment(40 * step))
        elif shown is None:
            continue
        elif deed < 0.2:
            queue.take(label(shown.question.id, rater, "skip", 40 * step))
        elif deed < 0.9:
            queue.take(label(shown.question.id, rater, at=40 * step))
    for step in range(4000, 6000):
        rater = raters[step % 4]
        shown = queue.next(rater, START + timedelta(seconds=40 * step))
        if shown is not None:
            queue.take(label(shown.question.id, rater, at=40 * step))
    answers = queue.answers()
    assert len(answers) == n * overlap
    assert len({(a.question, a.rater) for a in answers}) == n * overlap
    again = Queue.replayed(questions(n), queue.entries, overlap)
    assert again.answers() == answers
    assert {r: again.progress(r).mine for r in raters} == {
        r: queue.progress(r).mine for r in raters
    }


def test_two_at_once_get_different_questions_and_the_same_after_a_break():
    queue = Queue(questions(3))
    ann, ben = (queue.next(who, START).question.id for who in ("ann", "ben"))
    assert (ann, ben) == ("q0", "q1")
    assert queue.next("ann", START).question.id == "q0"
    assert queue.next("ben", START + HELD * 2).question.id == "q0"  # ann went away


def test_a_skipped_question_goes_to_others_and_comes_back_last():
    queue = Queue(questions(2))
    queue.next("ann", START)
    queue.take(label("q0", "ann", "skip"))
    assert queue.next("ann", START).question.id == "q1"
    assert queue.next("ben", START).question.id == "q0"
    alone = Queue(questions(2))
    for question, answer in (("q0", "skip"), ("q1", "same")):
        assert alone.next("ann", START).question.id == question
        alone.take(label(question, "ann", answer))
    assert alone.next("ann", START).question.id == "q0"


def test_sides_are_a_coin_that_stays():
    queue = Queue(questions(400))
    orders = [queue.order(q, "ann") for q in queue.questions]
    assert 150 < orders.count("ab") < 250
    assert orders == [Queue(questions(400)).order(q, "ann") for q in queue.questions]
    assert orders != [queue.order(q, "ben") for q in queue.questions]


def test_blind_until_done():
    queue = Queue(questions(2), overlap=2)
    for rater in ("ann", "ben"):
        queue.take(label("q0", rater))
    assert queue.of_others("q0", "ann") == []
    for rater in ("ann", "ben"):
        queue.take(label("q1", rater))
    assert [one.rater for one in queue.of_others("q0", "ann")] == ["ben"]
    assert queue.of_others("q0", "eve") == []


def test_disagreements_are_settled():
    queue = Queue(questions(2), overlap=2)
    queue.take(label("q0", "ann", "same"))
    queue.take(label("q0", "ben", "mostly different"))
    queue.take(label("q1", "ann", "same"))
    queue.take(label("q1", "ben", "mostly same"))
    assert [q.id for q in queue.disagreements()] == ["q0"]
    with pytest.raises(BadInput, match="nobody disagrees about 'q1'"):
        queue.take(label("q1", "eve", settles=True))
    with pytest.raises(BadInput, match="settles nothing"):
        queue.take(label("q0", "eve", "unsure", settles=True))
    queue.take(label("q0", "eve", settles=True))
    assert queue.disagreements() == [] and queue.answers()[2].rater == "eve"


def test_who_answered_does_not_settle_and_an_undo_opens_again():
    queue = Queue(questions(2), overlap=2)
    for question in ("q0", "q1"):
        queue.take(label(question, "ann", "same"))
        queue.take(label(question, "ben", "different"))
    assert queue.disagreement("ann") is None
    with pytest.raises(BadInput, match="somebody else settles"):
        queue.take(label("q0", "ben", settles=True))
    assert queue.disagreement("eve").question.id == "q0"
    queue.take(label("q0", "eve", "skip", settles=True))
    assert queue.disagreement("eve").question.id == "q1"
    queue.take(label("q1", "eve", settles=True))
    assert queue.disagreement("eve").question.id == "q0"  # passed over, and comes last
    with pytest.raises(BadInput, match="dan has not settled"):
        queue.take(label("q1", "dan", "undo", settles=True))
    queue.take(label("q1", "ben", "undo"))
    assert queue.settled() == [] and [q.id for q in queue.disagreements()] == ["q0"]
    assert standing(queue.entries) == queue.answers()
    again = Queue.replayed(questions(2), queue.entries, 2)
    assert again.answers() == queue.answers()


def test_time_left_is_at_ones_own_pace():
    queue = Queue(questions(10))
    assert queue.progress("ann").seconds_left is None
    for i in range(4):
        queue.take(label(f"q{i}", "ann", at=7 * i))
    progress = queue.progress("ann")
    assert (progress.mine, progress.answered, progress.total) == (4, 4, 10)
    assert progress.seconds_left == pytest.approx(42)


def test_refusals():
    queue = Queue(questions(1))
    queue.take(label("q0", "ann"))
    for entry, why in (
        (label("q9", "ann"), "no question 'q9'"),
        (label("q0", "ann"), "ann has answered 'q0' already"),
        (label("q0", "ben"), r"has its 1 answer already"),
        (label("q0", "ben", "undo"), "ben has not answered"),
        (Label("q0", "better", "ben", "tie", moment(0)), "of kind 'same'"),
    ):
        with pytest.raises(BadInput, match=why):
            queue.take(entry)
    assert queue.undo("ben") is None and len(queue.entries) == 1
    with pytest.raises(BadInput, match="overlap=0"):
        Queue([], 0)
    with pytest.raises(BadInput, match="one id"):
        Queue([Question("a", "same")] * 2)
    with pytest.raises(BadInput, match="is no time"):
        Queue(questions(1)).take(Label("q0", "same", "ann", "same", "noon"))
