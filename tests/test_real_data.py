"""Real models, one before and after alignment, and one that says the same to everybody."""

from __future__ import annotations

import pytest

import fullmenu as fm


@pytest.fixture(scope="module")
def stage(data):
    return lambda name: fm.read(data / "olmo2_7b_stages" / f"{name}_alpacaeval.jsonl.xz")


def test_instruction_tuning_collapsed_the_phrasing(stage):
    report = fm.compare(stage("base"), stage("sft"), views=["phrasing"])
    block = report.document["views"]["phrasing"]
    assert report.verdict == block["verdict"] == "collapsed"
    assert 0.1 < block["ratio"]["low"] < block["ratio"]["high"] < 0.35
    assert report.document["shared_prompts"] == 200


def test_the_last_stage_held(stage, valid):
    report = fm.compare(stage("dpo"), stage("instruct"))
    valid(report.document)
    verdicts = {name: block["verdict"] for name, block in report.document["views"].items()}
    assert (report.verdict, set(verdicts.values())) == ("held", {"held"})


def test_the_null_model_is_exactly_one(data, valid):
    report = fm.check(fm.read(data / "alpaca_eval" / "NullModel.json.xz"))
    valid(report.document)
    assert report.document["log"]["prompts"] == 805
    for view in report.document["views"].values():
        assert view["across"]["repeat_rate"]["value"] == 1.0
        assert view["across"]["effective_number"]["value"] == 1.0
    assert report.document["dishes"]["seen"] == 1
    assert report.document["dishes"]["top_3_share"]["value"] == 1.0
