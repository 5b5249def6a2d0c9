"""Checking one log."""

from __future__ import annotations

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.errors import BadInput, NotEnoughData, UnknownName
from fullmenu.samples import Record, Samples


def test_the_document_is_the_documented_one(serve, valid):
    report = fm.check(serve(), label="today")
    valid(report.document)
    assert report.verdict is None
    assert not report.lost
    assert set(report.document["views"]) == {"phrasing", "outline", "answer"}
    log = report.document["log"]
    assert (log["label"], log["outputs"], log["prompts"]) == ("today", 200, 20)
    assert log["outputs_per_prompt"] == 10


def test_fewer_dishes_are_a_smaller_number(serve, menu):
    sizes = []
    for k in (1, 2, 6):
        found = fm.check(serve(menu[:k]), views=["phrasing"]).document["views"]["phrasing"]
        within, across = (found[q]["effective_number"] for q in ("within", "across"))
        assert within["low"] <= within["value"] <= within["high"]
        assert across["value"] == pytest.approx(k, rel=0.2)
        sizes.append(within["value"])
    assert sizes[0] == 1
    assert sizes == pytest.approx([1, 2, 6], rel=0.25)


def test_rows_in_another_order_give_the_same_document(serve, menu, shuffled):
    log = serve(menu[:7], prompts=12)
    log = log.with_outputs([f"{t} {k % 5}" for k, t in enumerate(log.outputs)])
    assert fm.check(log).document == fm.check(shuffled(log)).document


def test_one_output_a_prompt(serve, valid):
    report = fm.check(serve(prompts=30, outputs=1))
    valid(report.document)
    view = report.document["views"]["phrasing"]
    assert "sample each 10 times" in view["within"]["undefined"]
    assert view["across"]["repeat_rate"]["value"] > 0
    assert report.document["caveats"][0].startswith("One output per prompt")
    assert report.document["prompts"] == []


def test_one_prompt(serve, valid):
    report = fm.check(serve(prompts=1, outputs=30))
    valid(report.document)
    view = report.document["views"]["phrasing"]
    assert "fewer than six" in view["across"]["undefined"]
    assert view["within"]["repeat_rate"]["n"] == 30


def test_a_single_output_says_what_is_missing(valid):
    report = fm.check(Samples.of(["soup"]))
    valid(report.document)
    for view in report.document["views"].values():
        assert "undefined" in view["within"]
        assert "undefined" in view["across"]
    assert str(report)


def test_the_most_repetitive_prompt_comes_first(serve, menu):
    served = {p: list(menu) for p in serve(prompts=8).prompt_ids}
    served["Guest 5 asks"] = [menu[0]] * 12
    first = fm.check(Samples.of(served), views=["phrasing"]).document["prompts"][0]
    assert first["prompt_id"] == "Guest 5 asks"
    assert first["views"]["phrasing"]["value"] == 1.0
    assert first["example"] == menu[0]


def test_what_is_served_most(serve, menu):
    log = serve(menu[:3], prompts=30, p=[0.7, 0.2, 0.1])
    cards = fm.check(log).document["fallback"]
    assert [card["example"] for card in cards] == list(menu[:3])
    assert [card["plates"] for card in cards] == [log.outputs.count(d) for d in menu[:3]]
    assert sum(card["share"] for card in cards) == pytest.approx(1)


def test_empty_and_hostile_outputs(valid):
    odd = ["", " ", "\x00", "\x1b[31m", "<script>", "[red]", "\u202e", "🍲", "x" * 9000, "\ud800"]
    report = fm.check(Samples.of({f"<b>{k}": odd for k in range(4)}))
    valid(report.document)
    assert report.document["log"]["empty"] == 8
    assert "\x1b" not in str(report)
    assert "<script>[red]" not in report.to_html()


def test_an_encoder_and_its_name(serve, menu):
    def encode(texts):
        return np.array([[1.0, len(t), t.count("soup")] for t in texts])

    log = serve(menu[:3], prompts=5)
    view = fm.check(log, views=["answer"], encoder=encode, ruler="length").document["views"]
    assert view["answer"]["ruler"] == "length"


def test_what_is_refused(serve):
    with pytest.raises(NotEnoughData, match="holds no outputs"):
        fm.check(Samples.of({}))
    with pytest.raises(BadInput, match="no view"):
        fm.check(serve(), views=[])
    with pytest.raises(UnknownName, match="did you mean 'phrasing'"):
        fm.check(serve(), views=["phrasng"])


def test_it_can_be_written(serve, tmp_path):
    report = fm.check(serve(), views=["phrasing"])
    for name in ("r.json", "r.html", "r.svg"):
        assert report.save(tmp_path / name).stat().st_size > 1000
    with pytest.raises(BadInput, match=r"\.html, \.json, \.md, \.svg or \.png"):
        report.save(tmp_path / "r.pdf")


def test_scores_and_models_are_told(valid):
    records = [
        Record(f"dish {k % 4}", f"p{k % 8}", score=k / 40 if k % 5 else None, model="m")
        for k in range(40)
    ]
    document = fm.check(Samples.from_records(records)).document
    valid(document)
    assert document["log"]["models"] == ["m"]
    known = [r.score for r in records if r.score is not None]
    assert document["signals"]["score"]["value"]["value"] == pytest.approx(np.mean(known))


def test_against_a_baseline(serve, menu):
    report = fm.check(serve(menu[:1]), baseline=serve(), views=["phrasing"])
    assert report.verdict == "collapsed"
    assert report.content.before.outputs == report.content.after.outputs == 200
    with pytest.raises(BadInput, match="not both"):
        fm.check(serve(), baseline=serve(), by="model")
