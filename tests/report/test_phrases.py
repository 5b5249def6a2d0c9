"""Turns of phrase on paper: said in words that are true, whatever they hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fullmenu.estimate import Estimate
from fullmenu.report.document import LogFacts
from fullmenu.report.phrases import page, words
from fullmenu.report.phrases.document import (
    HeldOut,
    MovedTurns,
    OverusedTurn,
    OverusingLog,
    PhrasesDocument,
)
from fullmenu.report.phrases.report import PhraseReport

from .documents import HOSTILE
from .test_browser import CHROMIUM, FLAGS


def rate(value: float, low: float | None = None, high: float | None = None) -> Estimate:
    return Estimate(
        value, value * 0.8 if low is None else low, high or value * 1.2, 100, "uses", "counted"
    )


def turn(text: str, prompts: int = 40, **given: Any) -> OverusedTurn:
    known = {"rate": rate(0.5), "other_rate": rate(0.1), "other_prompts": 3, **given}
    return OverusedTurn(text=text, prompts=prompts, of=100, **known)


def held_out(here: float, there: float) -> HeldOut:
    return HeldOut(found=9, again=8, rate=rate(here), other_rate=rate(there))


def log(*texts: str, name: str = "new", **given: Any) -> OverusingLog:
    facts = LogFacts(label=name, outputs=100, prompts=100)
    return OverusingLog(log=facts, turns=[turn(text) for text in texts], **given)


def moved(fell: float, rose: float) -> PhrasesDocument:
    return PhrasesDocument(
        against="baseline",
        baseline="old",
        logs=[log("instead of", held_out=held_out(1 + rose, 1), score=rate(0.2))],
        gone=MovedTurns(turns=[turn("sense of")], held_out=held_out(1 + fell, 1), score=rate(0.8)),
        caveats=[],
    )


def test_it_says_whether_turns_moved_or_went():
    assert "turns of phrase moved: for every 10 uses that went, 8.0 came" in words.headline(
        moved(5, 4)
    )
    assert "moved" not in words.headline(moved(5, 1))
    assert "for every 10 uses that went, 2.0 came" in words.headline(moved(5, 1))
    assert "new turns came: 4.0 more uses in 1,000 words" in words.headline(moved(-0.5, 4))


def test_a_bound_is_told_as_a_bound():
    rare = turn("old man hemlock", other_rate=Estimate(0.01, 0, 0.01, 9, "", ""))
    known = turn("took a deep breath", other_rate=rate(0.1))
    never = turn("a thing", other_rate=Estimate(0, 0, 0.01, 9, "", ""))
    assert words.times(rare) == "at least 50 times"
    assert words.rate(rare.other_rate) == "at most 0.01"
    assert words.times(known) == "5.0 times"
    assert "0" not in words.times(never)


def test_every_headline_is_a_sentence():
    people = PhrasesDocument(against="people", logs=[log("old man hemlock")], caveats=[])
    others = replace(people, against="others", logs=[log("x y"), log("y z", name="second")])
    never = OverusedTurn(
        text="x y", prompts=9, of=10, rate=rate(1), other_rate=Estimate(0, 0, 0.1, 9, "", "")
    )
    scored = replace(others, logs=[log("x", score=rate(1)), log("y", score=rate(0.5), name="b")])
    for document in (
        people,
        others,
        scored,
        replace(people, logs=[replace(log("x"), turns=[never])]),
        replace(people, logs=[log()]),
        moved(1, 1),
        moved(-1, -1),
        replace(moved(1, 1), logs=[log("x y")]),
        replace(moved(1, 1), logs=[log()], gone=MovedTurns(turns=[])),
    ):
        said = words.headline(document)
        assert said.endswith(".") and "None" not in said and "  " not in said
        assert said in " ".join(str(PhraseReport(document)).split()) or len(said) > 60
        assert len(str(PhraseReport(document)).splitlines()) <= 25


@pytest.mark.parametrize("width", [390, 820, 1280])
def test_the_page_is_inert_fits_and_shuts_nobody_out(
    require: Callable[..., Any], tmp_path: Path, width: int
):
    playwright = require("playwright.sync_api", CHROMIUM)
    axe = require("axe_playwright_python.sync_playwright").Axe()
    document = replace(moved(5, 4), logs=[log(*HOSTILE, held_out=held_out(2, 1), name=HOSTILE[0])])
    path = tmp_path / "phrases.html"
    path.write_text(page.render(document), encoding="utf-8")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for scheme in ("light", "dark"):
            options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
            tab = browser.new_page(**options)
            faults: list[str] = []
            tab.on("console", lambda said, faults=faults: faults.append(said.text))
            tab.on("request", lambda asked, faults=faults: faults.append(asked.url))
            tab.goto(path.as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth") == width
            assert faults == [path.as_uri()]
            assert tab.query_selector("main img, main iframe, main a, .model b") is None
            checked = browser.new_page(**options, bypass_csp=True)
            checked.goto(path.as_uri())
            assert [v["id"] for v in axe.run(checked).response["violations"]] == []
        browser.close()
