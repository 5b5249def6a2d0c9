"""The outputs on a page: counted, bounded, and safe inside a script."""

from __future__ import annotations

import json

import pytest

from fullmenu.cleaner import clean
from fullmenu.report import browser as module
from fullmenu.report.browser import browser
from fullmenu.samples import Samples


def test_equal_answers_are_counted_and_the_most_alike_come_first() -> None:
    before = Samples.of({"a": ["x", "y", "z"], "b": ["x", "x", "y"]})
    after = Samples.of({"a": ["x", "x", "x"], "b": ["x", "x", "y"]})
    shown = browser([before, after], ["v1", "v2"])
    assert [p["asked"] for p in shown["first"]] == ["a", "b"]
    assert shown["first"][0]["sides"] == [[(1, "x"), (1, "y"), (1, "z")], [(3, "x")]]
    assert shown["first"][1]["sides"][0] == [(2, "x"), (1, "y")]


def test_a_large_log_is_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TEXT", 1_000)
    monkeypatch.setattr(module, "ANSWERS", 5)
    log = Samples.of({f"p{k}": [f"{i} {'w' * 50}" for i in range(9)] for k in range(100)})
    shown = browser([log], ["log"])
    assert shown["prompts"] == 100 and 1 <= shown["shown"] <= 3
    assert all(len(side) == 5 for p in shown["first"] for side in p["sides"])
    assert shown["data"] == browser([log], ["log"])["data"]
    one = Samples.of({"p": ["w" * 500, "v" * 900]})
    assert browser([one], ["log"])["shown"] == 1


@pytest.mark.parametrize("text", ["</script><img>", "\u2028\u2029", "<!--", "&lt;", '"\\'])
def test_nothing_ends_the_script(text: str) -> None:
    data = browser([Samples.of({text: [text, "x"]})], [text])["data"]
    assert not set("<>&\u2028\u2029") & set(data)
    assert clean(text) in [t for _, t in json.loads(data)["prompts"][0]["sides"][0]]
