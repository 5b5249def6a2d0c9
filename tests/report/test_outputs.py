"""The outputs on a page: counted, bounded, and safe inside a script."""

from __future__ import annotations

import json

import pytest

from fullmenu.cleaner import clean
from fullmenu.report import browser as module
from fullmenu.report.browser import Marks, browser
from fullmenu.samples import Samples


def test_equal_answers_are_counted_and_the_most_alike_come_first() -> None:
    before = Samples.of({"a": ["x", "y", "z"], "b": ["x", "x", "y"]})
    after = Samples.of({"a": ["x", "x", "x"], "b": ["x", "x", "y"]})
    shown = browser([before, after], ["v1", "v2"])
    assert [p.asked for p in shown["first"]] == ["a", "b"]
    assert shown["first"][0].sides == [
        [(0, [(1, "x", 0)]), (1, [(1, "y", 0)]), (2, [(1, "z", 0)])],
        [(0, [(3, "x", 0)])],
    ]
    assert [p.rates for p in shown["first"]] == [[0.0, 1.0], [1 / 3, 1 / 3]]
    assert [p.loss for p in shown["first"]] == [1.0, 0.0]


def test_outputs_that_are_one_answer_stand_together() -> None:
    before = Samples.of({"a": ["soup", "a soup", "fig", "fig"], "b": ["soup"]})
    after = Samples.of({"a": ["the soup"], "b": ["fig", "pear"]})
    marks = [
        Marks([7, 7, 3, 3, 7], [False] * 5, [False, True, False, False, False]),
        Marks([7, 3, None], [True, False, True], [True, False, False]),
    ]
    shown = browser([before, after], ["v1", "v2"], lambda logs: marks)
    a, b = sorted(shown["first"], key=lambda prompt: prompt.asked)
    assert a.sides[0] == [(0, [(2, "fig", 0)]), (1, [(1, "a soup", 2), (1, "soup", 0)])]
    assert a.sides[1] == [(1, [(1, "the soup", 3)])]
    assert [answer.n for answer in a.sides[0]] == [2, 2] and a.rates == [1 / 3, None]
    assert b.sides[1] == [(1, [(1, "fig", 0)]), (2, [(1, "pear", 1)])] and b.loss == 0


def test_the_prompts_of_the_table_are_here_and_can_be_read_without_scripts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "TEXT", 450)
    log = Samples.of({f"p{k}": [f"{i} {'w' * 50}" for i in range(4)] for k in range(50)})
    shown = browser([log], ["log"], leading=["p40", "p7", "gone"])
    assert {"p40", "p7"} <= {p.asked for p in shown["first"]}
    assert shown["anchors"].keys() == {"p40", "p7"} and shown["shown"] < 50


def test_a_large_log_is_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TEXT", 1_000)
    monkeypatch.setattr(module, "ANSWERS", 5)
    log = Samples.of({f"p{k}": [f"{i} {'w' * 50}" for i in range(9)] for k in range(100)})
    shown = browser([log], ["log"])
    assert shown["prompts"] == 100 and 1 <= shown["shown"] <= 3
    assert all(len(side) == 5 for p in shown["first"] for side in p.sides)
    assert shown["data"] == browser([log], ["log"])["data"]
    one = Samples.of({"p": ["w" * 500, "v" * 900]})
    assert browser([one], ["log"])["shown"] == 1


@pytest.mark.parametrize("text", ["</script><img>", "\u2028\u2029", "<!--", "&lt;", '"\\'])
def test_nothing_ends_the_script(text: str) -> None:
    data = browser([Samples.of({text: [text, "x"]})], [text])["data"]
    assert not set("<>&\u2028\u2029") & set(data)
    assert clean(text) in [
        given[1] for _, outputs in json.loads(data)["prompts"][0][2][0] for given in outputs
    ]


def test_of_one_output_each_the_prompts_with_the_commonest_answer_come_first() -> None:
    before = Samples.of({"a": ["fig"], "b": ["fig"], "c": ["plum"], "d": ["pear"]})
    after = Samples.of({"a": ["kiwi"], "b": ["soup"], "c": ["soup"], "d": ["soup"]})
    shown = browser([before, after], ["v1", "v2"])
    assert not shown["twice"] and [p.asked for p in shown["first"]] == ["c", "d", "b", "a"]
    assert [p.asked for p in browser([before], ["v1"])["first"]] == ["a", "b", "c", "d"]
    assert browser([Samples.of({"a": ["x", "y"]})], ["v1"])["twice"]
