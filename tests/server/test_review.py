"""The pages of a review in process: who may do what, what is saved, and hostile text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fullmenu.review.campaign import plan_review
from fullmenu.review.desk import Desk
from fullmenu.review.labels import AnswerLog, read_labels, standing
from fullmenu.samples import Record, Samples

pytest.importorskip("fastapi")
pytest.importorskip("sqlalchemy")

from fullmenu.server.stored_review import desk_of
from fullmenu.store import Store

TOKEN = "a-token-that-is-long-enough"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}"


def log(outputs: int = 4, hostile: str = "") -> Samples:
    return Samples.from_records(
        Record(f"Dish {p % 3 + k % 2}{hostile}", f"Guest {p}?{hostile}", str(p), f"m{k % 2}")
        for p in range(12) for k in range(outputs)
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(str(tmp_path / "review.db")) as opened:
        yield opened


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    logs = []

    def seated(kind: Any = "same", n: int = 40, hostile: str = "", **more: Any) -> Desk:
        logs.append(AnswerLog(tmp_path / "answers.jsonl"))
        return Desk(plan_review(log(hostile=hostile), n, kind), logs[-1], **more)

    yield seated
    for one in logs:
        one.close()


def signed_in(client: Any, secret: str) -> str:
    """Sign in, and return the CSRF token of the page."""
    answer = client.post("/sign-in", data={"token": secret, "next": "/review"})
    assert answer.status_code == 303
    found = re.search(r'data-csrf="([0-9a-f]+)"', client.get("/review").text)
    assert found
    return found[1]


def test_questions_and_answers_without_a_token(client, store, desk, tmp_path):
    asks = client(store, desk=desk())
    csrf = re.search(r'data-csrf="([0-9a-f]+)"', asks.get("/review").text)[1]
    told = asks.get("/review/question", params={"rater": "ann"}).json()
    assert told["mine"] == 0 and len(told["question"]["outputs"]) == 2
    form = {"rater": "ann", "question": told["question"]["id"], "answer": "same", "note": "hm"}
    assert asks.post("/review/answer", data=form).status_code == 403  # no CSRF token
    headers = {"X-CSRF-Token": csrf}
    after = asks.post("/review/answer", data=form, headers=headers).json()
    assert after["mine"] == 1 and after["question"]["id"] != told["question"]["id"]
    (kept,) = read_labels(tmp_path / "answers.jsonl")
    assert (kept.rater, kept.answer, kept.note) == ("ann", "same", "hm")
    again = asks.post("/review/answer", data=form, headers=headers)
    assert again.status_code == 409 and "not with you" in again.json()["detail"]
    back = asks.post("/review/undo", data={"rater": "ann"}, headers=headers).json()
    assert back["mine"] == 0 and back["question"]["id"] == told["question"]["id"]
    assert asks.get("/review/question").status_code == 422


def test_a_reviewer_s_token_sees_only_the_queue(client, store, desk):
    secret = store.add_token("ann", "review")
    asks = client(store, token=TOKEN, desk=desk())
    signed_in(asks, secret)
    for path in ("/", "/latest", "/prompts", "/comparison", "/settings", "/review/result"):
        assert asks.get(path).status_code == 403, path
    bearer = {"Authorization": f"Bearer {secret}"}
    for path in ("/api/samples", "/metrics"):
        assert asks.get(path, headers=bearer).status_code in (403, 405), path
    page = asks.get("/review").text
    assert 'href="/settings"' not in page and 'href="/review/result"' not in page
    asks.cookies.clear()
    assert asks.get("/review").status_code == 303
    assert asks.get("/review/question").status_code in (303, 401)


def test_a_reviewer_signs_out(client, store, desk):
    asks = client(store, token=TOKEN, desk=desk())
    csrf = signed_in(asks, store.add_token("ann", "review"))
    assert 'action="/sign-out"' in asks.get("/review").text
    assert asks.post("/sign-out").status_code == 403  # no CSRF token
    assert asks.post("/sign-out", data={"csrf": csrf}).status_code == 303
    assert asks.get("/review").status_code == 303
    assert asks.post("/sign-out", data={"csrf": csrf}).status_code == 401


def test_nobody_answers_under_another_s_name(client, store, desk, tmp_path):
    secrets = {name: store.add_token(name, "review") for name in ("ann", "ben")}
    asks = client(store, token=TOKEN, desk=desk())
    theirs = {}
    for name, secret in secrets.items():
        asks.cookies.clear()
        csrf = signed_in(asks, secret)
        told = asks.get("/review/question", params={"rater": "somebody"}).json()
        assert told["rater"] == name
        theirs[name] = (csrf, told["question"]["id"], asks.cookies.get("fullmenu"))
    assert theirs["ann"][1] != theirs["ben"][1]
    form = {"rater": "ann", "question": theirs["ann"][1], "answer": "same"}
    headers = {"X-CSRF-Token": theirs["ben"][0]}  # ben's cookie is the one in the jar
    assert asks.post("/review/answer", data=form, headers=headers).status_code == 409
    assert asks.post("/review/undo", data={"rater": "ann"}, headers=headers).json()["mine"] == 0
    assert (tmp_path / "answers.jsonl").read_text() == ""


def test_disagreements_are_settled_blind_to_names(client, store, desk, tmp_path):
    at = desk("same", 20, overlap=2)
    for rater, said in (("ann", "same"), ("ben", "different"), ("cem", "same")):
        while (shown := at.next(rater)) is not None:
            at.answer(rater, shown.question.id, said)
    asks = client(store, token=TOKEN, desk=at)
    answer = asks.post("/sign-in", data={"token": store.add_token("eve", "settle")})
    assert answer.status_code == 303
    assert asks.get("/review").status_code == asks.get("/review/result").status_code == 403
    page = asks.get("/review/disagreements").text
    headers = {"X-CSRF-Token": re.search(r'data-csrf="([0-9a-f]+)"', page)[1]}
    assert 'href="/review/disagreements"' in page and 'data-answer="wrong"' not in page
    left = len(at.queue.disagreements())
    told = asks.get("/review/disagreements/question").json()
    assert (told["mine"], told["open"]) == (0, left) and left > 1
    assert told["question"]["given"] == ["different", "same"]
    assert "ann" not in str(told) and "ben" not in str(told)
    form = {"question": told["question"]["id"], "answer": "skip"}
    after = asks.post("/review/disagreements/answer", data=form, headers=headers).json()
    assert after["open"] == left and after["question"]["id"] != form["question"]
    form = {"question": after["question"]["id"], "answer": "mostly same"}
    assert asks.post("/review/disagreements/answer", data=form).status_code == 403  # no CSRF
    after = asks.post("/review/disagreements/answer", data=form, headers=headers).json()
    assert (after["rater"], after["mine"], after["open"]) == ("eve", 1, left - 1)
    again = asks.post("/review/disagreements/answer", data=form, headers=headers)
    assert again.status_code == 409 and "it was settled" in again.json()["detail"]
    rate = at.result().rate
    kept = read_labels(tmp_path / "answers.jsonl")
    assert [x.settles for x in kept[-2:]] == [True, True] and kept[-1].answer == "mostly same"
    after = asks.post("/review/disagreements/undo", headers=headers).json()
    assert (after["mine"], after["open"]) == (0, left)
    assert at.result().rate.value == rate.value  # estimates go by each rater's own answer
    assert not [x for x in standing(read_labels(tmp_path / "answers.jsonl")) if x.settles]
    ann = client(store, token=TOKEN, desk=at)
    signed_in(ann, store.add_token("ann", "review"))
    assert ann.get("/review/disagreements/question").status_code in (401, 403)


def test_sides_are_turned_back(client, store, desk, tmp_path):
    at = desk("better", 20)
    asks = client(store, desk=at)
    csrf = re.search(r'data-csrf="([0-9a-f]+)"', asks.get("/review").text)[1]
    for _ in range(20):
        q = asks.get("/review/question", params={"rater": "ann"}).json()["question"]
        form = {"rater": "ann", "question": q["id"], "answer": "left"}
        asks.post("/review/answer", data=form, headers={"X-CSRF-Token": csrf})
    kept = read_labels(tmp_path / "answers.jsonl")
    assert {(x.order, x.answer) for x in kept} == {("ab", "first"), ("ba", "second")}


@pytest.mark.parametrize("kind", ["same", "better", "look"])
def test_hostile_outputs_stay_text(client, store, desk, kind):
    asks = client(store, desk=desk(kind, 10, HOSTILE))
    answer = asks.get("/review/question", params={"rater": HOSTILE})
    assert answer.headers["content-type"] == "application/json"
    assert HOSTILE in answer.json()["question"]["prompt"]
    assert "script-src 'self'" in asks.get("/review").headers["content-security-policy"]
    assert HOSTILE not in asks.get("/review/result").text


def test_the_result_tells_the_rate(client, store, desk):
    at = desk(n=80)
    asks = client(store, desk=at)
    assert "an interval needs 20" in asks.get("/review/result").text
    for rater in ("ann", "ben", "cem"):
        for _ in range(26):
            shown = at.next(rater)
            _, (a, b) = at.campaign.shown(shown.question)
            at.answer(rater, shown.question.id, "same" if a == b else "different")
    text = asks.get("/review/result").text
    assert "this log, for people" in text and "78 answers of 3 people" in text


def test_without_a_review_one_can_be_begun(client, store):
    asks = client(store)
    assert "No review is going on" in asks.get("/review").text
    for path in ("/review/question", "/review/result", "/review/answers.jsonl"):
        assert asks.get(path).status_code == 404
    bare = client(store, token=TOKEN)
    signed = bare.post("/sign-in", data={"token": store.add_token("ann", "review")})
    assert signed.status_code == 303
    assert "/review/begin" not in bare.get("/review").text


def begun(asks, **fields):
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', asks.get("/review").text)[1]
    form = {"csrf": csrf, "model": "=m0", "kind": "same", "number": 40, "overlap": 1, **fields}
    return asks.post("/review/begin", data=form)


def test_a_review_of_what_the_store_holds(client, store):
    samples = log(8)
    store.add([
        Record(o, p, i, m)
        for o, p, i, m in zip(samples.outputs, samples.prompts, samples.column("prompt_id"),
                              samples.column("model"), strict=True)
    ])  # fmt: skip
    asks = client(store)
    assert begun(asks).status_code == 303
    csrf = re.search(r'data-csrf="([0-9a-f]+)"', asks.get("/review").text)[1]
    told = asks.get("/review/question", params={"rater": "ann"}).json()
    for mine in range(1, 25):
        form = {"rater": "ann", "question": told["question"]["id"], "answer": "same"}
        told = asks.post("/review/answer", data=form, headers={"X-CSRF-Token": csrf}).json()
        assert told["mine"] == mine
    assert "24 answers of 1 person" in asks.get("/review/result").text
    assert len(asks.get("/review/answers.jsonl").text.splitlines()) == 24
    later = client(store)  # another process goes on
    assert later.get("/review/question", params={"rater": "ann"}).json()["mine"] == 24
    assert later.get("/review/question", params={"rater": "ann"}).json()["total"] == 40
    assert "end it before another" in begun_again(later)
    answers = store.reviews.entries(1)
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', asks.get("/review/result").text)[1]
    assert asks.post("/review/end", data={"csrf": csrf}).status_code == 303
    assert "No review is going on" in asks.get("/review").text
    assert store.reviews.entries(1) == answers and len(answers) == 24


def test_a_review_is_about_what_stands_behind_an_alarm(client, store, monkeypatch):
    samples = log(8)
    store.add([
        Record(o, p, i, m)
        for o, p, i, m in zip(samples.outputs, samples.prompts, samples.column("prompt_id"),
                              samples.column("model"), strict=True)
    ])  # fmt: skip
    raised = SimpleNamespace(alarm={"prompts": ["3"], "examples": ["Dish 9"]})
    monkeypatch.setattr(Store, "alarm", lambda self, number: raised)
    asks = client(store)
    assert begun(asks, alarm="7", kind="look").status_code == 400
    assert begun(asks, alarm="7").status_code == 303
    at = desk_of(store, 1)
    asked, behind = at.campaign.questions, at.campaign.behind.pair_of
    assert {q.prompt_id for q in asked if q.id in behind} == {"3"}
    assert desk_of(store, 1).campaign.questions == asked  # the alarm may be gone by then


def test_looks_and_wrong_questions_are_shown(client, store, desk):
    at = desk("look", 12, HOSTILE)
    for _ in range(7):
        at.answer("ann", at.next("ann").question.id, "seen", groups="1 1 2 0")
    at.answer("ann", at.next("ann").question.id, "wrong", f"cut off {HOSTILE}")
    text = client(store, desk=at).get("/review/result").text
    assert "What people put together" in text and '<td data-of="groups" class="n">3</td>' in text
    assert "1 answer says that the question is wrong" in text and "cut off" in text
    assert HOSTILE not in text and "this log, for these raters" in text
    asks = client(store, desk=at)
    csrf = re.search(r'data-csrf="([0-9a-f]+)"', asks.get("/review").text)[1]
    q = asks.get("/review/question", params={"rater": "ann"}).json()["question"]
    form = {"rater": "ann", "question": q["id"], "answer": "seen", "groups": "1 x"}
    answer = asks.post("/review/answer", data=form, headers={"X-CSRF-Token": csrf})
    assert answer.status_code == 409 and "give 0 to 9" in answer.json()["detail"]


def begun_again(asks):
    csrf = re.search(r'data-csrf="([0-9a-f]+)"', asks.get("/review").text)[1]
    form = {"csrf": csrf, "model": "=m0", "kind": "same", "number": "5", "overlap": "1"}
    return asks.post("/review/begin", data=form).text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "worse"}, "use one of same"),
        ({"number": 0}, "ask 1 to 100,000"),
        ({"overlap": "many"}, "of 1 to 20 people"),
        ({"model": "=nobody"}, "no outputs of that model"),
    ],
)
def test_a_review_that_cannot_be_begun(client, store, fields, why):
    answer = begun(client(store), **fields)
    assert answer.status_code == 400 and why in answer.text
    assert store.reviews.current() is None


def test_an_answer_that_the_store_refuses_is_not_taken(client, store, desk, monkeypatch):
    at = desk()

    def full(label):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(at.log, "append", full)
    asks = client(store, desk=at)
    csrf = re.search(r'data-csrf="([0-9a-f]+)"', asks.get("/review").text)[1]
    q = asks.get("/review/question", params={"rater": "ann"}).json()["question"]
    form = {"rater": "ann", "question": q["id"], "answer": "same"}
    answer = asks.post("/review/answer", data=form, headers={"X-CSRF-Token": csrf})
    assert answer.status_code == 507 and "not saved: No space left" in answer.json()["detail"]
    assert asks.get("/review/question", params={"rater": "ann"}).json()["mine"] == 0
