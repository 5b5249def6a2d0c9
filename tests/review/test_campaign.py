"""A review of one log from its questions to its result, at a desk with several people."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.review.campaign import learn_kernel, plan_review, result_of
from fullmenu.review.desk import Desk
from fullmenu.review.labels import AnswerLog, read_labels
from fullmenu.review.looks import FreeLook, rate_of_looks, sizes_of
from fullmenu.samples import Record, Samples

DISHES = ("salmon with dill", "lentil soup", "beef stew", "cold noodles")


def log(prompts=30, outputs=5, seed=0, models=("m",)):
    rng = np.random.default_rng(seed)
    return Samples.from_records(
        Record(f"Try {DISHES[rng.integers(4)]}, at {rng.integers(9)}.", f"Day {p}?", str(p),
               models[k % len(models)])
        for p in range(prompts) for k in range(outputs)
    )  # fmt: skip


def says(asked, question):
    _, (a, b) = asked.shown(question)
    return "same" if a[4:8] == b[4:8] else "different"


def work(desk, rater, n=10**6, answers=says):
    for _ in range(n):
        shown = desk.next(rater)
        if shown is None:
            return
        desk.answer(rater, shown.question.id, answers(desk.campaign, shown.question))


@pytest.fixture
def desk(tmp_path):
    logs = []

    def seated(asked, **more):
        logs.append(AnswerLog(tmp_path / "answers.jsonl"))
        return Desk(asked, logs[-1], **more)

    yield seated
    for one in logs:
        one.close()


def test_a_review_tells_the_rate_of_the_dishes(desk):
    samples = log()
    asked = plan_review(samples, 200)
    at = desk(asked)
    assert at.result().missing.startswith("0 answers")
    for rater in ("ann", "ben", "cem"):
        work(at, rater, 70)
    found = at.result()
    truth = float(asked.whole.pairs.weights @ [
        samples.outputs[i][4:8] == samples.outputs[j][4:8]
        for i, j in zip(asked.whole.pairs.first, asked.whole.pairs.second, strict=True)
    ])  # fmt: skip
    e = found.estimates()["this log, for people"]
    assert e.low <= truth <= e.high
    assert set(found.estimates()) == {
        f"{what}, for {whom}"
        for what in ("this log", "prompts like these") for whom in ("these raters", "people")
    }  # fmt: skip
    assert found.answers == 200 and found.raters == 3 and found.more is not None


def test_the_same_review_goes_on_after_a_stop(desk):
    asked = plan_review(log(), 40)
    first = desk(asked)
    work(first, "ann", 15)
    first.undo("ann")
    again = desk(plan_review(log(), 40))
    assert again.progress("ann").mine == 14
    assert again.next("ann").question == first.next("ann").question
    work(again, "ann")
    assert again.progress("ann").answered == 40
    longer = plan_review(log(), 60)
    assert longer.questions[:40] == asked.questions
    other = desk(plan_review(log(seed=1), 40))
    assert len(other.foreign) == 42 and other.progress("ann").answered == 0


def test_eight_at_once_lose_nothing_and_answer_nothing_twice(desk, tmp_path):
    at = desk(plan_review(log(), 120), overlap=2)
    threads = [threading.Thread(target=work, args=(at, f"r{k}")) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = read_labels(tmp_path / "answers.jsonl")
    assert len(kept) == len({(x.question, x.rater) for x in kept}) == 240
    assert at.result().agreement.these_raters.value == pytest.approx(1)


def test_a_full_disk_leaves_no_answer_half_taken(desk, monkeypatch):
    at = desk(plan_review(log(), 10))
    shown = at.next("ann")

    def full(label):
        raise OSError("no space left")

    monkeypatch.setattr(at.log, "append", full)
    with pytest.raises(OSError, match="no space"):
        at.answer("ann", shown.question.id, "same")
    monkeypatch.undo()
    assert at.progress("ann").mine == 0
    at.answer("ann", shown.question.id, "same")


def test_somebody_else_s_question_is_refused(desk):
    at = desk(plan_review(log(), 10))
    mine, theirs = at.next("ann").question.id, at.next("ben").question.id
    assert mine != theirs
    with pytest.raises(BadInput, match="not with you any more"):
        at.answer("ann", theirs, "same")
    with pytest.raises(BadInput, match="give a name"):
        at.next(" ")


def test_an_adjudicator_settles(desk):
    at = desk(plan_review(log(), 30), overlap=2)
    work(at, "ann")
    work(at, "ben", answers=lambda *_: "same")
    (first, *_) = at.queue.disagreements()
    at.settle("eve", first.id, "different")
    assert first not in at.queue.disagreements()
    assert at.result().raters == 2


def test_which_is_better_rates_models(desk, require):
    require("choix")
    at = desk(plan_review(log(models=("old", "new")), 60, "better"))
    models = at.campaign.samples.column("model")

    def new_wins(asked, question):
        return "first" if models[int(question.first)] == "new" else "second"

    work(at, "ann", answers=new_wins)
    assert [r.name for r in at.result().ratings] == ["new", "old"]
    with pytest.raises(NotEnoughData, match="two models"):
        plan_review(log(), 10, "better")
    with pytest.raises(BadInput, match="'same', not 'better'"):
        learn_kernel(at.campaign, [], "x")


def test_a_free_look_shows_a_prompt_s_outputs(desk):
    at = desk(plan_review(log(6, 20), 4, "look"))
    shown = at.next("ann")
    prompt, outputs = at.campaign.shown(shown.question)
    assert prompt == f"Day {shown.question.prompt_id}?" and len(outputs) == 12
    at.answer("ann", shown.question.id, "seen")
    assert at.result().answers == 0
    firsts = [at.campaign.shown(question)[1] != list(at.campaign.samples.outputs[20 * i :][:12])
              for i, question in enumerate(at.campaign.questions)]  # fmt: skip
    assert any(firsts)  # twelve at random, not the first


def test_looks_give_the_rate_as_people_see_it_by_prompt(desk):
    samples = log(30, 8)
    at = desk(plan_review(samples, 30, "look"), overlap=3)
    for rater in ("ann", "ben", "cem"):
        while (shown := at.next(rater)) is not None:
            if rater == "cem" and at.progress("cem").mine == 0:
                at.answer(rater, shown.question.id, "wrong", "cut off")
                continue
            dishes = [text[4:8] for text in at.campaign.shown(shown.question)[1]]
            names = sorted(set(dishes))
            groups = " ".join(str(1 + names.index(dish)) for dish in dishes)
            at.answer(rater, shown.question.id, "seen", groups=groups)
    found = at.result()
    truth = at.campaign.whole.pairs.weights @ [
        samples.outputs[i][4:8] == samples.outputs[j][4:8]
        for i, j in zip(at.campaign.whole.pairs.first, at.campaign.whole.pairs.second, strict=True)
    ]  # fmt: skip
    assert found.rate.value == pytest.approx(truth) and found.answers == 89
    assert found.rate.by_kernel == at.campaign.whole.pairs.rate
    e = found.estimates()["this log, for people"]
    assert e.low < truth < e.high
    assert [look.rate for look in found.looks] == sorted(
        (x.rate for x in found.looks), reverse=True
    )
    assert len(found.looks) == 30 and [x.note for x in found.wrong] == ["cut off"]


@pytest.mark.parametrize(
    ("groups", "sizes"), [("1 1 2 -", (2, 1)), ("0 0 3", (1, 1, 1)), ("- -", ()), ("", ())]
)
def test_groups_of_a_look(groups, sizes):
    assert sizes_of(groups) == sizes


def test_looks_hold_what_another_sample_of_prompts_would_change():
    """Of 1,000 logs with 12 prompts looked at by two people, most intervals hold the truth."""
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(1000):
        chance = rng.beta(2, 4, 12)
        looks = []
        for p, share in enumerate(chance):
            same = int(rng.binomial(7, share))
            looks.append(FreeLook(str(p), "ab"[p % 2], (same + 1, *[1] * (7 - same))))
        e = rate_of_looks(looks, 0.5).for_these_raters(future=True)
        hits += e.low <= 0.1904762 <= e.high
    assert hits >= 930


def test_what_stands_behind_a_verdict_is_a_stratum_of_its_own(desk):
    samples = log(80, 8)
    name = {"alarms": [{"prompts": [*samples.prompt_ids[3:7], "of another log"],
                        "examples": [samples.outputs[50], "no output"]}]}  # fmt: skip
    asked = plan_review(samples, 160, behind=name)
    whole = plan_review(samples, 120)
    behind = [q for q in asked.questions if q.id in asked.behind.pair_of]
    assert [q for q in asked.questions if q not in behind] == list(whole.questions)
    assert len(behind) == 40 and asked.questions[3] == behind[0]
    assert samples.prompt_ids[3] in {q.prompt_id for q in behind}
    assert plan_review(samples, 240, behind=name).questions[:160] == asked.questions
    at = desk(asked)
    work(at, "ann")
    found = at.result()
    answers = at.queue.answers()
    alone = result_of(whole, [x for x in answers if x.question in whole.whole.pair_of])
    assert found.rate.value == alone.rate.value  # the rate of the log goes by its own draws
    said = [x.value for x in answers if x.question in asked.behind.pair_of]
    assert found.behind == (40, pytest.approx(np.mean(said)))
    with pytest.raises(NotEnoughData, match="names no prompt or output"):
        plan_review(samples, 20, behind={"prompt": "of another log"})
    with pytest.raises(BadInput, match="asked by 'same', not 'look'"):
        plan_review(samples, 20, "look", behind=name)


def test_a_kernel_is_calibrated_by_a_review(desk):
    asked = plan_review(log(60), 300)
    at = desk(asked)
    work(at, "ann")
    found = learn_kernel(asked, at.queue.answers(), "mine")
    assert found.kernel.name == "mine" and found.kernel.facts["answers"] == 300
    assert found.brier < found.base_brier
    again = plan_review(log(60), 300, kernel=found.kernel)
    assert again.whole.pairs.rate != asked.whole.pairs.rate
    with pytest.raises(NotEnoughData, match="no answers"):
        learn_kernel(asked, [], "mine")


def test_no_answers_no_result():
    found = result_of(plan_review(log(), 5), [])
    assert found.rate is None and found.more is None and found.estimates() == {}
