"""A watch on paper: the document, the terminal, the page; hostile text is nothing but text."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec import structs

from fullmenu.live import Session, SessionSettings
from fullmenu.live.documents import document_of
from fullmenu.report import plain
from fullmenu.report.document import read, to_json
from fullmenu.report.watch import charts, page, terminal, words
from fullmenu.report.watch.document import WatchDocument
from fullmenu.samples import Samples
from fullmenu.watch import Baseline, Monitor, TwoSample, Visit

from . import documents
from .test_html import ATTRIBUTES, ELEMENTS, Page

CHROMIUM = Path(os.environ.get("FULLMENU_CHROMIUM", "/usr/bin/chromium"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WORDS = [f"{a}{b}{c}" for a in "bdfgklmprs" for b in "aeiou" for c in ("nt", "sk", "lm", "rp")]


def visits(n: int, dishes: int, seed: int, model: str | None = None) -> list[Visit]:
    rng = np.random.default_rng(seed)
    found = []
    for p in rng.integers(0, 25, n).tolist():
        menu = np.random.default_rng(p).permutation(len(WORDS))[:20]
        outputs = tuple(f"{WORDS[menu[d]]} stew" for d in rng.integers(0, dishes, 4))
        found.append(Visit(f"q{p}", outputs, f"Question {p}", model))
    return found


@pytest.fixture(scope="module")
def before() -> Samples:
    rng = np.random.default_rng(9)
    menus = [np.random.default_rng(p).permutation(len(WORDS))[:20] for p in range(25)]
    return Samples.of(
        {
            f"q{p}": [f"{WORDS[m[d]]} stew" for d in rng.integers(0, 20, 12)]
            for p, m in enumerate(menus)
        },
        model="a",
    )


def watched(before: Samples, *parts: list[Visit], signals: list[str] | None = None) -> Any:
    baseline = Baseline.fit(before, views=["phrasing", "answer"], signals=signals)
    two_sample = TwoSample(before, views=baseline.ruler.views)
    session = Session(SessionSettings("live", ""), Monitor(baseline), two_sample)
    for part in parts:
        session.monitor.update(part)
        session.two_sample.update(part)
        session.count(part)
    return to_json(document_of(session, ("before", "live")))


def content(document: dict[str, Any]) -> WatchDocument:
    return read(document, WatchDocument)


@pytest.fixture(scope="module")
def lost(before: Samples) -> dict[str, Any]:
    return watched(before, visits(150, 20, 1, "a"), visits(120, 2, 2, "b"), signals=[])


@pytest.fixture(scope="module")
def calm(before: Samples) -> dict[str, Any]:
    return watched(before, visits(130, 20, 3))


@pytest.fixture(scope="module")
def nothing(before: Samples) -> dict[str, Any]:
    return watched(before)


def hostile(document: dict[str, Any]) -> dict[str, Any]:
    """Put hostile text wherever somebody else wrote it."""
    found = copy.deepcopy(document)
    texts = iter([x for x in documents.HOSTILE for _ in range(40)] * 9)
    for alarm in found["alarms"]:
        alarm["model"] = next(texts)
        for e in alarm["examples"]:
            e["output"] = next(texts)
        for p in (*alarm["prompts"], *alarm["examples"]):
            p["prompt_id"] = documents.HOSTILE[0]
    found["asked"] = {
        x: {"prompt": y, "before": list(documents.HOSTILE)}
        for x, y in zip(documents.HOSTILE, reversed(documents.HOSTILE), strict=True)
    }
    for v in found["versions"]:
        v["model"] = next(texts)
    found["log"]["label"] = found["baseline"]["label"] = documents.HOSTILE[0]
    found["notices"] = list(documents.HOSTILE)
    return found


def test_documents_fit_the_schema(
    lost: Any, calm: Any, nothing: Any, valid: Callable[..., None]
) -> None:
    for document in (lost, calm, nothing, hostile(lost)):
        valid(document)


def test_the_terminal_says_what_where_and_since_when(lost: Any) -> None:
    text = terminal.as_text(content(lost))
    flat = " ".join(text.split())
    for said in (
        "▼ VARIETY LOST", "To the same prompt, b now repeats itself", "times as often",
        "a: 150 visits, the first is visit 1", "b: 120 visits, the first is visit 151",
        "how sure by chance, so strong an alarm would come once in", "what is now repeated",
    ):  # fmt: skip
        assert said in flat
    [alarm] = words.standing(content(lost))
    assert 141 <= alarm.since <= 156
    assert max(map(len, text.splitlines())) <= 80
    dishes = 1 / lost["streams"]["phrasing"]["baseline"]
    assert f"phrasing {plain.number(dishes)}" in flat


def test_a_calm_watch_and_an_empty_one(calm: Any, nothing: Any) -> None:
    assert "= NO ALARM" in terminal.as_text(content(calm))
    assert "length" in terminal.as_text(content(calm))
    text = terminal.as_text(content(nothing))
    assert "? NOTHING SEEN YET" in text and "None" not in text
    assert "Nothing seen yet" in page.render(content(nothing))


def test_signals_are_told_in_their_own_units(calm: Any) -> None:
    document = content(calm)
    middle, spread = document.scales["length"]
    for length in (middle, middle + spread, middle - spread / 2):
        z = (length - middle) / spread
        x = 0.5 + z / (2 * (1 + abs(z)))
        assert words.level(document, "length", x) == plain.number(length)


def test_an_alarm_says_what_it_is_about(lost: Any, calm: Any) -> None:
    [alarm] = words.standing(content(lost))
    shorter = replace(alarm, stream="length", model=None, falls=True, before=0.5, after=0.2)
    assert words.what(content(calm), shorter).startswith("It now answers shorter (2.0 → ")
    asked = replace(alarm, stream="answer", model="b", before=0.1, after=0.3)
    said = "To the same prompt, b now repeats itself 3 times as often (seen by answer)"
    assert words.what(content(lost), asked) == said


def test_a_watch_without_a_guarantee_says_so_everywhere(lost: Any) -> None:
    document = lost | {"notices": ["Prompts do not come at random: no guarantee holds."]}
    assert "no guarantee holds" in terminal.as_text(content(document))
    shown = Page(page.render(content(document))).text
    assert shown.count("no guarantee holds") == 2
    assert "false alarm comes after" not in shown


def test_the_course_is_drawn_from_the_timeline(lost: Any) -> None:
    document = content(lost)
    rows = charts.course_rows(document, "phrasing")
    assert rows[-1].last == 270
    assert rows[-1].mean == pytest.approx(1 / lost["streams"]["phrasing"]["now"]["value"])
    line, own = charts.course(document, "phrasing").lines
    assert all(a <= b <= c for a, b, c in zip(line.low, line.y, line.high, strict=True))
    assert list(own.x) == [float(r.last) for r in rows if r.value]
    was = [r.value for r in rows if r.last <= 150 and r.value]
    now = [r.value for r in rows if r.last > 160]
    assert max(now) < np.median(was)
    long = structs.replace(document, timeline=document.timeline * 20)
    assert len(charts.course_rows(long, "phrasing")) <= charts.DRAWN


def test_a_part_of_the_course_goes_on_from_what_came_before_it(lost: Any) -> None:
    document = content(lost)
    whole = charts.course_rows(document, "phrasing")
    part = charts.course_rows(document, "phrasing", (100, 200))
    assert part[0].visits.startswith(("96 ", "100 ")) and 200 <= part[-1].last <= 205
    assert len(part) > len([r for r in whole if 100 <= r.last <= 205])
    end = charts.course_rows(document, "phrasing", (200, 270))[-1]
    assert (end.mean, end.low, end.high) == pytest.approx(
        (whole[-1].mean, whole[-1].low, whole[-1].high)
    )
    form = charts.course(document, "phrasing", (100, 200), [(120, "v7"), (260, "v8")])
    assert form is not None and (form.x.low, form.x.high) == (100, part[-1].last)
    assert [r.name for r in form.rules if not r.level and r.name] == ["b", "v7"]
    assert all(span.low >= 100 for span in form.spans)
    assert charts.course(document, "phrasing", (5_000, 6_000)) is None


def test_the_course_marks_what_it_was_asked_with(lost: Any) -> None:
    change = {"visit": 140, "time": None, "model": "a", "name": "temperature", "before": "1",
              "value": "0.2"}  # fmt: skip
    document = content({**lost, "changes": [change]})
    form = charts.course(document, "phrasing")
    assert form is not None
    marks = {rule.at: rule.name for rule in form.rules if not rule.level and rule.name}
    assert marks[140.0] == "temperature 1 → 0.2"
    assert "a change of what it is asked with" in page.render(document)


def test_the_page_is_self_contained_and_hostile_text_is_inert(lost: Any, calm: Any) -> None:
    for document in (lost, calm, hostile(lost), hostile(calm)):
        text = page.render(content(document))
        shown = Page(text)
        for tag, attributes in shown.elements:
            assert tag in ELEMENTS
            assert attributes.pop("href", "#").startswith("#")
            assert not ATTRIBUTES & set(attributes)
            assert not any(name.startswith("on") for name in attributes)
        policy = next(a["content"] for t, a in shown.elements if a.get("http-equiv"))
        assert policy and policy.startswith("default-src 'none'") and "unsafe" not in policy
        for character in ("\x00", "\x07", "\x1b", "\u202e", "\u2066", "\ud800"):
            assert character not in shown.text
        assert text.count('class="chart plot ') == 2
        assert "NaN" not in shown.text and "None" not in shown.text


def test_the_page_shows_before_and_after(lost: Any) -> None:
    text = " ".join(Page(page.render(content(lost))).text.split())
    assert "What it gave, and what it repeats now" in text
    assert "what to do" in text and "since then with the baseline" in text
    [alarm] = words.standing(content(lost))
    example = alarm.examples[0]
    assert example.output in text
    assert lost["asked"][example.prompt_id]["before"][0] in text
    noted = lost | {"acknowledged": 1, "standing": False}
    text = " ".join(Page(page.render(content(noted))).text.split())
    assert "No alarm" in text and "Earlier alarms, acknowledged" in text


def test_it_opens_in_a_browser(require: Callable[..., Any], lost: Any, tmp_path: Path) -> None:
    playwright = require("playwright.sync_api", CHROMIUM)
    path = tmp_path / "watch.html"
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for document, width in ((lost, 1200), (hostile(lost), 400)):
            path.write_text(page.render(content(document)), encoding="utf-8")
            tab = browser.new_page(viewport={"width": width, "height": 900})
            faults: list[str] = []
            tab.on("dialog", lambda d, f=faults: (f.append(d.message), d.dismiss()))
            tab.on("pageerror", lambda e, f=faults: f.append(str(e)))
            tab.on("console", lambda m, f=faults: f.append(m.text))
            tab.on(
                "request",
                lambda r, f=faults: None if r.url == path.as_uri() else f.append(r.url),
            )
            tab.goto(path.as_uri())
            marks = "xs => xs.map(x => x.querySelectorAll('svg path, svg text').length)"
            assert min(tab.eval_on_selector_all(".chart", marks)) > 10
            for summary in tab.query_selector_all("summary"):
                summary.click()
            assert tab.evaluate("document.documentElement.scrollWidth") == width
            assert tab.query_selector("main img, main iframe, main a, .model b") is None
            assert not faults
            tab.close()
        browser.close()
