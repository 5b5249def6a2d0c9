"""Answers in files: ours, Label Studio's, and a log that a crash cut off."""

from __future__ import annotations

import json

import pytest

from fullmenu.errors import BadInput
from fullmenu.review.labels import AnswerLog, Label, read_labels, standing, write_labels

TIME = "2026-05-12T08:00:00+00:00"
SOME = [
    Label("q1", "same", "ann", "mostly same", TIME, "3", "5", "ba", "p", 0.25, 0.125),
    Label("q2", "better", "=HYPERLINK(1)", "tie", TIME, note='a "note",\nof two lines'),
    Label("q3", "look", "ben", "wrong", TIME, settles=True, note="-1 für “dich”"),
]


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_written_and_read_back(ending, tmp_path):
    path = write_labels(tmp_path / f"answers.{ending}", SOME)
    assert read_labels(path) == SOME
    assert ending == "jsonl" or "'=HYPERLINK" in path.read_text()


def test_values():
    assert [one.value for one in SOME] == [pytest.approx(2 / 3), 0.5, None]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"answer": "tie"}, "'tie' answers no question of kind 'same'; use one of same, mostly"),
        ({"kind": "worse"}, "kind='worse': use one of same, better, look"),
        ({"order": "up"}, "use ab or ba"),
        ({"chance": 0.0}, "chance=0"),
        ({"place": "here"}, "place='here' is no number"),
        ({"rater": ""}, "line 2 lacks rater"),
    ],
)
def test_a_broken_answer_is_named_by_its_line(change, why, tmp_path):
    row = {"question": "q", "kind": "same", "rater": "ann", "answer": "same", "time": TIME}
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, [row, {**row, **change}])))
    with pytest.raises(BadInput, match=why) as error:
        read_labels(path)
    assert "line 2" in str(error.value)


def test_what_is_no_file_of_answers_is_refused(tmp_path):
    path = tmp_path / "x.jsonl"
    for text, why in (("nonsense", "line 1 is no JSON"), ("[1", "no JSON"), ("[1]", "no task"),
                      ("3", "no answer")):  # fmt: skip
        path.write_text(text)
        with pytest.raises(BadInput, match=why):
            read_labels(path)
    with pytest.raises(BadInput, match="cannot read answers"):
        read_labels(tmp_path / "none.jsonl")
    with pytest.raises(BadInput, match=r"\.jsonl or \.csv"):
        write_labels(tmp_path / "x.xml", [])


def tasks_of_label_studio():
    pair = {"completed_by": {"id": 7, "email": "ann@example.org"}, "created_at": TIME,
            "result": [{"type": "pairwise", "value": {"selected": "left"}}]}  # fmt: skip
    same = {"completed_by": 3, "created_at": TIME, "was_cancelled": False,
            "result": [{"type": "textarea", "value": {"text": ["hm"]}},
                       {"type": "choices", "value": {"choices": ["Not the same"]}}]}  # fmt: skip
    return [
        {"id": 1, "data": {"prompt": "Fruit?", "first": "0", "second": "4", "chance": 0.5},
         "annotations": [pair, {**pair, "was_cancelled": True}]},
        {"id": 2, "data": {"question": "q2", "place": 0.75}, "annotations": [same]},
        {"id": 3, "text": "…", "likeness": "Same", "annotator": 9, "created_at": TIME},
    ]  # fmt: skip


def test_label_studio_exports_are_read(tmp_path):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks_of_label_studio()))
    found = read_labels(path)
    assert [(x.question, x.kind, x.rater, x.answer) for x in found] == [
        ("1", "better", "ann@example.org", "first"),
        ("q2", "same", "3", "different"),
        ("3", "same", "9", "same"),
    ]
    assert (found[0].first, found[0].second, found[0].chance) == ("0", "4", 0.5)
    assert found[1].place == 0.75


def test_a_crash_loses_no_answer_that_was_saved(tmp_path):
    path = tmp_path / "log.jsonl"
    log = AnswerLog(path)
    for one in SOME:
        log.append(one)
    log.close()
    whole = path.read_bytes()
    for cut in range(len(whole.rstrip()) - 40, len(whole)):
        path.write_bytes(whole[:cut])
        again = AnswerLog(path)
        again.append(SOME[0])
        again.close()
        assert read_labels(path) == [*SOME[:2], SOME[0]]
    with pytest.raises(BadInput, match="cannot write"):
        AnswerLog(tmp_path / "no" / "log.jsonl")


def test_what_stands():
    def said(answer, question="q"):
        return Label(question, "same", "ann", answer, TIME)

    assert standing([said("same"), said("undo"), said("different")])[0].answer == "different"
    assert standing([said("same"), said("undo")]) == []
    assert standing([said("skip"), said("same", "r")])[0].question == "r"
