"""The page in a real browser: charts are drawn, hostile outputs do nothing, nothing is fetched."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fullmenu.judge.two import compare
from fullmenu.report.document import Content, Sides
from fullmenu.report.report import Report

from . import documents
from .test_pictures import HOSTILE, pictured, png

CHROMIUM = Path(os.environ.get("FULLMENU_CHROMIUM", "/usr/bin/chromium"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

Open = Callable[..., tuple[Any, list[str]]]


@pytest.fixture(scope="module")
def browser(require: Callable[..., Any]) -> Iterator[Any]:
    playwright = require("playwright.sync_api", CHROMIUM)
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def opened(opened_html: Open) -> Open:
    """Open a document's page; return it, and a list of whatever it should not have done."""

    def open_page(document: dict[str, Any] | Content, width: int = 1200, **options: Any) -> Any:
        return opened_html(documents.page(document), width, **options)

    return open_page


@pytest.fixture
def opened_html(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Open a page that is given; return it, and a list of whatever it should not have done."""
    pages = []

    def open_page(html: str, width: int = 1200, **options: Any) -> Any:
        path = tmp_path / "report.html"
        path.write_text(html, encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 900}, **options)
        pages.append(page)
        faults: list[str] = []

        def refuse(dialog: Any) -> None:
            faults.append(f"dialog {dialog.message}")
            dialog.dismiss()

        def requested(request: Any) -> None:
            if request.url != path.as_uri():
                faults.append(f"request {request.url}")

        page.on("dialog", refuse)
        page.on("request", requested)
        page.on("pageerror", lambda error: faults.append(f"error {error}"))
        page.on("console", lambda said: faults.append(f"console {said.type}: {said.text}"))
        page.goto(path.as_uri())
        return page, faults

    yield open_page
    for page in pages:
        page.close()


def _drawn(page: Any) -> list[int]:
    marks = "xs => xs.map(x => x.querySelectorAll('svg path, svg text, svg line').length)"
    found: list[int] = page.eval_on_selector_all(".chart", marks)
    return found


@pytest.mark.parametrize("name", list(documents.ALL))
def test_charts_are_drawn_and_hostile_text_is_inert(opened: Open, name: str) -> None:
    page, faults = opened(documents.hostile(documents.ALL[name]()))
    drawn = _drawn(page)
    assert drawn and min(drawn) >= 10
    for summary in page.query_selector_all("summary"):
        summary.click()
    page.mouse.move(600, 500)
    page.wait_for_timeout(200)
    assert not faults
    assert page.query_selector("main img, main iframe, main a, .model b") is None


@pytest.mark.parametrize("name", ["compare", "trend"])
def test_it_fits_a_phone(opened: Open, name: str) -> None:
    for document in (documents.ALL[name](), documents.hostile(documents.ALL[name]())):
        page, faults = opened(document, width=400)
        assert page.evaluate("document.documentElement.scrollWidth") == 400
        assert not faults


def test_dark_pages_have_light_ink(opened: Open) -> None:
    colours = "getComputedStyle(document.body).backgroundColor"
    light, _ = opened(documents.check(), color_scheme="light")
    dark, faults = opened(documents.check(), color_scheme="dark")
    assert light.evaluate(colours) != dark.evaluate(colours)
    label = "getComputedStyle(document.querySelector('.chart svg text')).fill"
    assert light.evaluate(label) != dark.evaluate(label)
    assert not faults


def test_paper_is_white_and_ink_dark_whatever_the_screen(opened: Open) -> None:
    page, faults = opened(documents.compare(), color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    ink = "getComputedStyle(document.body).color"
    assert page.evaluate(ink) == "rgb(31, 35, 40)"
    shown = "getComputedStyle(document.querySelector('.chart svg text.lane')).fill"
    assert page.evaluate(shown) == "rgb(31, 35, 40)"
    assert not faults


OVERLAPS = """charts => charts.flatMap(chart => {
  const shown = [...chart.querySelectorAll("text")].filter(t => t.getClientRects().length);
  const boxes = shown.map(t => [t.textContent, t.getBoundingClientRect()]);
  return boxes.flatMap(([a, x], i) => boxes.slice(i + 1)
    .filter(([b, y]) => Math.min(x.right, y.right) - Math.max(x.left, y.left) > 1
                     && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 3)
    .map(([b, y]) => `${a} | ${b}`));
})"""
CUT = """charts => charts.flatMap(chart => [...chart.querySelectorAll("text")]
  .filter(t => t.getBoundingClientRect().right > innerWidth + 1
            || t.getBoundingClientRect().left < -1)
  .map(t => t.textContent))"""


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("name", list(documents.ALL))
def test_no_label_overlaps_another_or_is_cut(opened: Open, name: str, width: int) -> None:
    for document in (documents.ALL[name](), documents.hostile(documents.ALL[name]())):
        page, _ = opened(document, width=width)
        assert page.eval_on_selector_all(".chart", OVERLAPS) == []
        assert page.eval_on_selector_all(".chart", CUT) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_hostile_prompts_are_text(opened: Open) -> None:
    document = documents.compare()
    for prompt in document["prompts"]:
        prompt["prompt"] = "<img src=x onerror=alert(9)>"
    page, faults = opened(document)
    assert "<img src=x onerror=alert(9)>" in page.locator("h2#prompts ~ .scroll").first.inner_text()
    assert not faults


def test_a_notebook_keeps_its_own_style(browser: Any) -> None:
    page = browser.new_page(viewport={"width": 900, "height": 900})
    faults: list[str] = []
    page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: faults.append(str(error)))
    shown = Report(documents.hostile(documents.compare()))._repr_html_()
    page.set_content(f"<body style='background: #abcdef'><div>{shown}</div></body>")
    frame = page.wait_for_selector("iframe").content_frame()
    assert frame.evaluate("window.origin") == "null"
    assert "Variety collapsed" in frame.locator("h1").inner_text()
    colour = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(colour) == "rgb(171, 205, 239)"
    assert not faults
    page.close()


@pytest.mark.parametrize("width", [1200, 400])
def test_thumbnails_are_drawn_and_nothing_is_fetched(opened: Open, width: int) -> None:
    for compared in (True, False):
        page, faults = opened(pictured(compared), width=width)
        sizes = page.eval_on_selector_all("main img", "xs => xs.map(x => x.naturalWidth)")
        assert len(sizes) >= 6 and set(sizes) == {8}
        shown = page.eval_on_selector_all("main img", "xs => xs.map(x => x.clientWidth)")
        assert min(shown) > 20
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert [f for f in faults if not f.startswith("request data:")] == []


def test_a_picture_is_enlarged_without_scripts(opened: Open) -> None:
    page, _ = opened(pictured(), java_script_enabled=False)
    first = page.locator(".sheet img").first
    small = first.bounding_box()["width"]
    first.click()
    assert first.bounding_box()["width"] > 4 * small
    page.mouse.click(5, 5)
    assert first.bounding_box()["width"] == small
    page.keyboard.press("Enter")
    assert first.bounding_box()["width"] > 4 * small


def test_the_policy_stops_a_picture_from_elsewhere(opened: Open) -> None:
    content = Report(pictured()).content
    page, faults = opened(replace(content, gallery=Sides([png(), *HOSTILE], [png()])))
    assert [f for f in faults if not f.startswith("request data:")] == []
    page.evaluate(
        "() => { const i = new Image(); i.src = 'https://example.invalid/x.png';"
        " document.body.append(i); }"
    )
    page.wait_for_timeout(200)
    assert any("Content Security Policy" in fault for fault in faults)


def test_the_policy_stops_a_script_that_got_in(opened: Open) -> None:
    page, faults = opened(documents.check())
    page.evaluate(
        "() => { const s = document.createElement('script');"
        " s.textContent = 'window.stolen = 1'; document.body.append(s); }"
    )
    assert page.evaluate("window.stolen") is None
    assert any("Content Security Policy" in fault for fault in faults)


def test_without_javascript_the_numbers_are_there(opened: Open, browser: Any) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.set_content(documents.page(documents.compare()))
    assert min(_drawn(page)) >= 10
    assert page.locator("details.data table tbody tr").count() > 20
    assert "Variety collapsed" in page.locator("h1").inner_text()
    page.close()


NASTY = "</script><img src=x onerror=alert(1)>\u2028<b>kiwi"
MARKDOWN = """# A head
It is **bold**, *slanted* and `code`, [a link](javascript:alert(2)) <i>raw</i>

- one
  - deep
3. three

```
<b>pre</b>
```
![x](https://example.invalid/x.png) **<img src=x onerror=alert(3)>**"""


def _browsed() -> str:
    before = {f"Fruit {k}?": ["fig", NASTY, "plum " * 9_000, "pear"] for k in range(60)}
    after = {f"Fruit {k}?": ["fig"] * (1 + k % 4) + ["kiwi"] * 3 for k in range(60)}
    after["Fruit 7?"] = ["I'm sorry, but I can't help with that.", MARKDOWN, "pear", "kiwi"]
    return compare(before, after, views=["phrasing"]).to_html()


@pytest.mark.parametrize("width, scheme", [(390, "dark"), (768, "light"), (1280, "light")])
def test_outputs_are_searched_and_hostile_ones_are_text(
    require: Callable[..., Any], opened_html: Open, width: int, scheme: str
) -> None:
    page, faults = opened_html(_browsed(), width, color_scheme=scheme)
    entries = page.locator("#browsed > details")
    assert entries.count() == 10
    assert page.locator("#browsed > details[open]").count() == 0
    page.click("#more")
    assert entries.count() == 20
    page.fill("#search", "Fruit 59?")
    assert page.locator("#told").inner_text() == "1 of 60 prompts"
    assert "</script><img src=x" in page.locator("#browsed").inner_text()
    assert page.locator("#browsed img, #browsed b").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == width
    link = page.locator("#browsed > details > a").get_attribute("href")
    page.fill("#search", "nothing has this")
    page.evaluate("link => { location.hash = link }", link)
    page.wait_for_selector(f"{link}[open]")
    assert not faults
    axe = require("axe_playwright_python.sync_playwright").Axe()
    checked, _ = opened_html(_browsed(), width, color_scheme=scheme, bypass_csp=True)
    checked.eval_on_selector_all("details", "found => found.forEach(x => { x.open = true })")
    violations = axe.run(checked).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in violations] == []


def test_outputs_are_filtered_by_text_mark_and_change(opened_html: Open) -> None:
    page, faults = opened_html(_browsed())

    def told() -> str:
        return str(page.locator("#told").inner_text())

    page.select_option("#with", label="refusal")
    assert told() == "1 of 60 prompts"
    hit = page.locator("#browsed .hit")
    assert hit.count() == 1 and "can't help" in hit.inner_text()
    page.select_option("#with", "")
    page.fill("#search-answers", "kiwi")
    assert told() == "60 of 60 prompts"
    page.fill("#search-answers", "slanted")
    assert told() == "1 of 60 prompts"
    page.fill("#search-answers", "")
    counts = []
    for kind in ("fewer", "same", "more"):
        page.select_option("#change", kind)
        counts.append(int(told().split(" ")[0]))
    assert sum(counts) == 60 and counts[0] >= 50 and counts[2] == 0
    page.select_option("#change", "")
    page.select_option("#order", "asked")
    assert "Fruit 0?" in page.locator("#browsed summary").first.inner_text()
    assert not faults


def test_markdown_is_formatted_and_nothing_in_it_is_markup(opened_html: Open) -> None:
    page, faults = opened_html(_browsed())
    page.fill("#search", "Fruit 7?")
    text = page.locator("#browsed .text", has_text="A head").first
    assert text.locator(".head").inner_text() == "A head"
    assert text.locator("b").all_inner_texts() == ["bold", "<img src=x onerror=alert(3)>"]
    assert text.locator("i").all_inner_texts() == ["slanted"]
    assert text.locator("code").inner_text() == "code"
    assert text.locator("li").all_inner_texts() == ["one", "deep", "three"]
    assert text.locator("ol > li").evaluate("x => x.value") == 3
    assert text.locator("pre").inner_text().strip() == "<b>pre</b>"
    assert text.locator("a, img, script").count() == 0
    assert "[a link](javascript:alert(2)) <i>raw</i>" in text.inner_text()
    page.check("#raw")
    page.wait_for_selector("#browsed .text.raw")
    assert "# A head" in page.locator("#browsed").inner_text()
    assert page.locator("#browsed b").count() == 0
    assert not faults


def test_an_output_can_be_copied(opened_html: Open) -> None:
    page, _ = opened_html(_browsed())
    page.fill("#search", "Fruit 7?")
    page.locator("#browsed .output", has_text="A head").first.locator("button").click()
    page.wait_for_selector("button:text-matches('Copied|Cannot copy here')")


def test_the_prompts_that_lost_most_lead_to_their_outputs(opened_html: Open) -> None:
    page, faults = opened_html(_browsed())
    link = page.locator("h2#prompts ~ .scroll a").nth(7)
    link.click()
    page.wait_for_selector(f"{link.get_attribute('href')}[open]")
    assert not faults


def test_without_scripts_the_first_prompts_can_be_read(opened_html: Open) -> None:
    page, _ = opened_html(_browsed(), java_script_enabled=False)
    assert page.locator("#browsed > details").count() == 8
    page.locator("#browsed summary").first.click()
    assert page.locator("#browsed .given").first.is_visible()
    assert not page.locator("#find").is_visible()
    target = page.locator("h2#prompts ~ .scroll a").first.get_attribute("href")
    assert page.locator(f"{target}").count() == 1


def test_any_two_versions_can_be_compared(opened: Open) -> None:
    document = documents.answered()
    for answer in document["answers"]["answers"]:
        answer["prompt"] = "<img src=x onerror=alert(5)>"
    page, faults = opened(document)
    assert not page.locator("#pairs").is_visible()
    lost = page.locator("#changes section").first
    assert "9 → 0" in lost.inner_text() and "<img src=x onerror=alert(5)>" in lost.inner_text()
    page.select_option("#from", "2")
    page.select_option("#to", "0")
    assert page.locator("#told").inner_text() == "of 400 and 400 outputs"
    gained = page.locator("#changes section").last
    assert "0 → 9" in gained.inner_text()
    assert "Plum" not in page.locator("#changes section").first.inner_text()
    assert not faults


HERE = "getClientRects().length"
UPRIGHT = OVERLAPS.replace(HERE, f"{HERE} && !t.hasAttribute('transform')")


@pytest.mark.parametrize("versions", [8, 32, 100])
@pytest.mark.parametrize("width", [390, 1280])
def test_many_versions_fit(opened: Open, width: int, versions: int) -> None:
    page, faults = opened(documents.over(versions), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.eval_on_selector_all(".chart", CUT) == []
    assert page.eval_on_selector_all(".chart", UPRIGHT) == []
    assert not faults
