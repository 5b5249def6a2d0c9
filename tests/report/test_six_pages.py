"""Compare, check, trend, watch, lab, diagnose: for whoever comes, at any width, and on paper."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.diagnose.collapse import mode_collapse
from fullmenu.estimate import Estimate
from fullmenu.finding import Finding
from fullmenu.live import Session, SessionSettings
from fullmenu.live.documents import document_of
from fullmenu.report.finding import page as findings
from fullmenu.report.forms import Axis, Line, Picture, Plot
from fullmenu.report.lab import page as lab
from fullmenu.report.lab.document import ArmSummary, Claim, LabDocument, Number, Published
from fullmenu.report.watch import page as watch
from fullmenu.samples import Samples
from fullmenu.watch import Baseline, Monitor, TwoSample, Visit

from . import documents
from .test_pictures import pictured

CHROMIUM = Path(os.environ.get("FULLMENU_CHROMIUM", "/usr/bin/chromium"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WORDS = [f"{a}{b}{c}" for a in "bdfgklmprs" for b in "aeiou" for c in ("nt", "sk", "lm", "rp")]

Open = Callable[..., Any]


def log(dishes: int, seed: int) -> dict[str, list[str]]:
    rng = np.random.default_rng(seed)
    return {
        f"What is on menu {p}, and why is it there?": [
            f"## Menu\n\nToday **{WORDS[20 * (p % 8) + d]}** stew, `boiled`:\n- one\n- two"
            for d in rng.integers(0, dishes, 8)
        ]
        for p in range(14)
    }


def compared() -> str:
    after = log(2, 1)
    after["What is on menu 3, and why is it there?"] = [
        "I'm sorry, but I can't help with that."
    ] * 8
    return fm.compare(log(18, 0), after).to_html()


def checked() -> str:
    return fm.check(log(6, 2)).to_html()


def over_time() -> str:
    return documents.page(documents.over(32))


def watched() -> str:
    before = Samples.of(log(18, 3))
    baseline = Baseline.fit(before, views=["phrasing", "answer"], signals=[])
    session = Session(
        SessionSettings("live", ""),
        Monitor(baseline),
        TwoSample(before, views=baseline.ruler.views),
    )
    rng = np.random.default_rng(4)
    for dishes, model in ((18, "a"), (1, "b")):
        prompts = list(log(dishes, 5).items())
        visits = []
        for _ in range(150):
            asked, outputs = prompts[rng.integers(len(prompts))]
            said = tuple(outputs[j] for j in rng.integers(0, 8, 4))
            visits.append(Visit(asked, said, asked, model))
        session.monitor.update(visits)
        session.count(visits)
    document = document_of(session, ("before", "live"))
    assert document.alarms and document.answers
    return watch.render(document)


def experimented() -> str:
    def number(x: float) -> Estimate:
        return Estimate(x, x - 0.1, x + 0.1, 5, "dishes", "t over seeds")

    arms = {
        name: ArmSummary(
            about="three dishes earn more", numbers={"dishes": number(x)},
            against_baseline={} if name == "untuned" else {"dishes": number(x - 9)},
            verdicts={"compare": ["held", "collapsed"]}, cpu_seconds=3.0,
        )
        for name, x in (("untuned", 9.0), ("double", 2.0))
    }  # fmt: skip
    line = Line(x=[0.0, 1.0, 2.0], y=[9.0, 4.0, 2.0], name="double", colour="c1")
    document = LabDocument(
        experiment="menu", about="How sharp must a score be?", caveat="One policy.",
        setting="quick", settings={}, seeds=[0, 1], numbers={"dishes": Number("cooked", "dishes")},
        baseline="untuned", arms=arms, cells=[], versions={"python": "3.11"},
        claims=[Claim("it falls", "9 > 2", True), Claim("it is seen", "0 of 2", False)],
        published=[Published("double", "dishes", "2.1", "Somebody 2020")],
        picture=Picture(title="A menu", about="A line a seed.",
                        forms=[Plot(x=Axis(title="step"), y=Axis(title="dishes"), lines=[line])]),
    )  # fmt: skip
    return lab.render([document])


def diagnosed() -> str:
    found = Finding(
        cousin="forgetting", kind="failure", subject="after", score="new task",
        intention="old tasks too", null="no change: 0", items=500, seeds=5, verdict="failure",
        gap=Estimate(0.4, 0.3, 0.5, 500, "accuracy", "paired by item"), why="Lost 40 %.",
        caveat="One suite.", cure="Replay.", notes=["A note."],
        evidence={"lost": Estimate(0.5, 0.4, 0.6, 500, "share", "exact")},
    )  # fmt: skip
    return findings.render([found, mode_collapse(documents.compare())])


PAGES: dict[str, Callable[[], str]] = {
    "compare": compared,
    "check": checked,
    "trend": over_time,
    "watch": watched,
    "lab": experimented,
    "diagnose": diagnosed,
    "pictures": lambda: documents.page(pictured()),
}


@pytest.fixture(scope="module")
def browser(require: Callable[..., Any]) -> Iterator[Any]:
    playwright = require("playwright.sync_api", CHROMIUM)
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module", params=list(PAGES))
def page_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / f"{request.param}.html"
    path.write_text(PAGES[request.param](), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Any, page_file: Path) -> Iterator[Open]:
    pages = []

    def open_page(width: int, scheme: str = "light", **options: Any) -> Any:
        page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **options
        )
        pages.append(page)
        page.goto(page_file.as_uri())
        return page

    yield open_page
    for page in pages:
        page.close()


def unfold(page: Any) -> None:
    page.eval_on_selector_all(
        "details:not(.zoom)", "found => found.forEach(x => { x.open = true })"
    )
    page.wait_for_timeout(50)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nobody_is_shut_out(
    require: Callable[..., Any], opened: Open, width: int, scheme: str
) -> None:
    axe = require("axe_playwright_python.sync_playwright").Axe()
    page = opened(width, scheme, bypass_csp=True)
    for _ in range(2):  # folded, and with all that is folded
        found = axe.run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []
        unfold(page)


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_no_page_scrolls_sideways(opened: Open, width: int) -> None:
    page = opened(width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_every_page_has_contents_words_and_provenance(opened: Open) -> None:
    page = opened(1280)
    links = page.eval_on_selector_all("nav a", "found => found.map(x => x.getAttribute('href'))")
    assert links and links[-1] == "#words"
    assert all(page.locator(link).count() == 1 for link in links)
    assert page.locator("dl dt").count() >= 5
    assert "Measured with Fullmenu" in page.locator("footer").inner_text()


def test_paper_shows_all_that_is_folded(opened: Open) -> None:
    page = opened(794, "dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(31, 35, 40)"
    assert not page.locator("nav").is_visible()
    assert page.locator("dl dt").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 794
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_everything_is_reached_with_the_keyboard(opened: Open) -> None:
    page = opened(1280)
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.localName"))
    assert "a" in reached and len(reached) > 1
