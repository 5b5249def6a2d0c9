"""Three versions and more."""

from __future__ import annotations

import pytest

import fullmenu as fm
from fullmenu.errors import BadInput


@pytest.fixture(scope="module")
def versions(serve, menu):
    few = menu[:6]
    logs = (serve(dishes, 40, 20, seed) for seed, dishes in enumerate((few, few, menu[:1])))
    return list(logs)


def test_each_against_the_one_before_and_the_last_against_the_first(versions, valid):
    report = fm.trend(versions, views=["phrasing", "outline"])
    valid(report.document)
    assert report.verdict == "collapsed"
    block = report.document["views"]["phrasing"]
    assert [s["verdict"] for s in block["steps"]] == ["held", "collapsed"]
    assert block["overall"]["verdict"] == "collapsed"
    sizes = [v["effective_number"]["value"] for v in block["versions"]]
    assert len(sizes) == 3
    assert sizes[2] == pytest.approx(1)
    assert min(sizes[:2]) > 4
    assert [v["label"] for v in report.document["versions"]] == ["v1", "v2", "v3"]
    assert report.document["reason"].startswith("v3 against v1: collapsed in phrasing")


def test_steps_share_the_error_rate(versions):
    found = fm.trend(versions, views=["phrasing"]).document["views"]["phrasing"]
    # two questions; the ends have half of .05, and two steps the other half
    assert [s["ratio"]["level"] for s in found["steps"]] == pytest.approx([1 - 0.05 / 8] * 2)
    assert found["overall"]["ratio"]["level"] == pytest.approx(1 - 0.05 / 4)
    rates = fm.trend(versions, views=["phrasing"]).document["error_rates"]
    assert rates["verdict"] == {"rate": 0.05, "decisions": 6}


def test_the_ends_agree_with_a_comparison_of_two(versions):
    trend = fm.trend(versions, views=["phrasing"]).document["views"]["phrasing"]
    two = fm.compare(versions[0], versions[2], views=["phrasing"]).document["views"]["phrasing"]
    assert trend["overall"]["ratio"]["value"] == two["ratio"]["value"]
    assert trend["overall"]["ratio"]["low"] < two["ratio"]["low"]
    assert trend["versions"][2]["repeat_rate"] == two["after"]["repeat_rate"]


def test_one_output_a_prompt(serve, menu, valid):
    logs = [serve(menu[:k], prompts=40, outputs=1, seed=k) for k in (12, 11, 1)]
    report = fm.trend(logs, views=["phrasing"])
    valid(report.document)
    assert report.verdict == "collapsed"
    assert any(c.startswith("One output per prompt") for c in report.document["caveats"])


def test_a_step_that_cannot_be_judged_says_so(serve, valid):
    logs = [serve(prompts=2), serve(prompts=2, outputs=1, seed=1), serve(prompts=2, seed=2)]
    report = fm.trend(logs, views=["phrasing"])
    valid(report.document)
    step = report.document["views"]["phrasing"]["steps"][0]
    assert (step["verdict"], step["ratio"]) == ("unclear", None)
    assert "two outputs" in step["reason"]


def test_rows_in_another_order(versions, shuffled):
    one = fm.trend(versions, views=["phrasing"]).document
    assert fm.trend([shuffled(v) for v in versions], views=["phrasing"]).document == one


def test_labels_and_numbers_are_checked(versions):
    with pytest.raises(BadInput, match="three versions"):
        fm.trend(versions[:2])
    with pytest.raises(BadInput, match="2 labels for 3 versions"):
        fm.trend(versions, labels=["a", "b"])


def test_text_and_page(versions):
    report = fm.trend(versions, labels=["base", "sft", "dpo"], views=["phrasing"])
    assert "base → sft → dpo" in str(report)
    assert "<html" in report.to_html()
