"""The gate for tests: passes, fails readably, and knows its words."""

from __future__ import annotations

import pytest

import fullmenu as fm
from fullmenu.errors import BadInput


def test_passes_and_returns_the_report(serve):
    report = fm.assert_variety(serve(seed=1), serve(), views=["phrasing"])
    assert report.document["schema"] == "fullmenu/compare/1"


def test_fails_with_the_report_as_its_text(serve, menu):
    with pytest.raises(fm.VarietyLost) as caught:
        fm.assert_variety(serve(menu[:1]), serve(), views=["phrasing"])
    assert isinstance(caught.value, AssertionError)
    assert caught.value.report.verdict == "collapsed"
    text = str(caught.value)
    assert text.startswith("variety collapsed\n")
    assert "VARIETY COLLAPSED" in text
    assert menu[0] in text
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_after_comes_first(serve, menu):
    fm.assert_variety(serve(), serve(menu[:1]), views=["phrasing"])
    with pytest.raises(fm.VarietyLost):
        fm.assert_variety(after=serve(menu[:1]), before=serve(), views=["phrasing"])


def test_what_fails_can_be_chosen(serve, menu):
    after = serve(menu[:1])
    fm.assert_variety(after, serve(), fail_on=(), views=["phrasing"])
    fm.assert_variety(after, serve(), fail_on=["narrowed"], views=["phrasing"])
    few = serve(prompts=3), serve(prompts=3, seed=1)
    fm.assert_variety(*few, views=["phrasing"])
    with pytest.raises(fm.VarietyLost, match="variety unclear") as caught:
        fm.assert_variety(*few, fail_on=["unclear"], views=["phrasing"])
    assert isinstance(caught.value, fm.VarietyUnclear)
    assert caught.value.exit_code == 4


def test_a_loss_is_told_from_what_is_not_settled(serve, menu):
    with pytest.raises(fm.VarietyLost) as caught:
        fm.assert_variety(serve(menu[:1]), serve(), fail_on=["unclear", "collapsed"])
    assert not isinstance(caught.value, fm.VarietyUnclear)
    assert caught.value.exit_code == 3


def test_an_unknown_verdict_is_refused_before_the_work(serve):
    with pytest.raises(BadInput, match=r"cannot fail on 'colapsed'.*collapsed, narrowed"):
        fm.assert_variety(serve(), serve(), fail_on=["colapsed"], views=["no such view"])


def test_a_pipe_can_fail_it_too(menu):
    text = "I would braise {}, bake it with a little {} and serve it hot with cream."
    cached = {f"Dish {n}?": [text.format(f"fruit {n}", f"herb {n}")] * 5 for n in range(8)}
    with pytest.raises(fm.VarietyLost) as caught:
        fm.assert_variety(cached, cached, fail_on=["pipe"], views=["phrasing"])
    assert str(caught.value).startswith("model or pipeline? identical outputs\n")
    assert fm.assert_variety(cached, cached, views=["phrasing"]).document["pipe"]


def test_no_sign_of_a_pipe_passes(serve):
    fm.assert_variety(serve(seed=1), serve(), fail_on=["pipe"], views=["phrasing"])
