"""The page: complete, self-contained, and model text in it is nothing but text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from fullmenu.report import plain, sentences
from fullmenu.report.html import render
from fullmenu.report.report import Report

from . import documents

ATTRIBUTES = {"src", "href", "action", "srcset", "data", "poster", "style"}
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "main", "header", "section", "div", "span",
    "b", "i", "em", "p", "h1", "h2", "h3", "figure", "figcaption", "svg", "circle", "rect",
    "details", "summary", "table", "caption", "thead", "tbody", "tr", "th", "td", "article", "ul",
    "li", "br", "footer", "noscript", "script",
}  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of the page: elements, attributes, scripts, text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.raw.append((tag, ""))

    def handle_data(self, data: str) -> None:
        if self.lasttag in ("script", "style") and self.cdata_elem:
            tag, so_far = self.raw[-1]
            self.raw[-1] = (tag, so_far + data)
        else:
            self.text += data


@pytest.fixture(scope="module", params=list(documents.ALL))
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return documents.ALL[request.param]()


def test_the_page_is_self_contained(document: dict[str, Any]) -> None:
    page = Page(render(document))
    for tag, attributes in page.elements:
        assert tag in ELEMENTS
        assert not ATTRIBUTES & set(attributes), (tag, attributes)
        assert not any(name.startswith("on") for name in attributes)


def test_the_policy_allows_exactly_what_is_inlined(document: dict[str, Any]) -> None:
    page = Page(render(document))
    policy = next(a["content"] for t, a in page.elements if a.get("http-equiv"))
    assert policy is not None and policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    inlined = [text for _, text in page.raw if not text.startswith("{")]
    assert len(inlined) == 3
    for text in inlined:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_hostile_text_adds_no_element(document: dict[str, Any]) -> None:
    page = Page(render(documents.hostile(document)))
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    assert [tag for tag, _ in page.elements if tag == "script"] == ["script"] * 3
    assert not any(name.startswith("on") for _, a in page.elements for name in a)
    for character in ("\x00", "\x07", "\x1b", "\u202e", "\u2066", "\ud800"):
        assert character not in page.text
    assert "<img src=x onerror=alert(2)>" in page.text


def test_chart_data_cannot_end_its_script(document: dict[str, Any]) -> None:
    page = Page(render(documents.hostile(document)))
    specs = next(text for _, text in page.raw if text.startswith("{"))
    assert not re.search("[<>&\u2028\u2029]", specs)
    assert specs.isascii()
    assert all(key.startswith("chart-") for key in json.loads(specs))


def test_long_texts_are_bounded() -> None:
    document = documents.compare()
    document["fallback"] = [documents.card("y" * 1_000_000, 0, 9)]
    document["caveats"] = ["z" * 1_000_000]
    assert len(render(document)) < len(render(documents.compare())) + 10_000


def test_every_chart_has_words_and_a_table(document: dict[str, Any]) -> None:
    page = Page(render(document))
    charts = [a for t, a in page.elements if a.get("class") == "chart"]
    specs = json.loads(next(text for _, text in page.raw if text.startswith("{")))
    assert [a["id"] for a in charts] and {a["id"] for a in charts} == set(specs)
    assert all(a["role"] == "img" and len(a["aria-label"] or "") > 20 for a in charts)
    tables = [a for t, a in page.elements if t == "details" and a.get("class") == "data"]
    assert len(tables) == len(charts)


def test_the_verdict_comes_first_in_plain_words() -> None:
    text = " ".join(Page(render(documents.compare())).text.split())
    said = "Variety collapsed Asked twice, it now repeats itself 5 times as often."
    assert said in text
    order = ["Variety collapsed", "The picture", "How the menu fills up", "The dishes",
             "What was lost", "Turns of phrase", "prompts that lost most", "Signals", "Method",
             "docs/report.md"]  # fmt: skip
    places = [text.index(x) for x in order]
    assert places == sorted(places)
    assert "0.98 [0.88, 1.08] at matched lengths" in text


def test_what_is_undefined_says_why() -> None:
    text = Page(render(documents.across_only())).text
    assert "one output per prompt" in text and "fewer than three prompts" in text
    assert "NaN" not in text and "None" not in text and "null" not in text


def test_report_writes_the_page(tmp_path: Any) -> None:
    document = documents.hostile(documents.compare())
    path = Report(document).save(tmp_path / "report.html")
    assert path.read_text(encoding="utf-8").lstrip().startswith("<!DOCTYPE html>")


def test_every_verdict_has_words() -> None:
    for verdict in plain.SYMBOLS:
        document = documents.compare() | {"verdict": verdict}
        for view in document["views"].values():
            view["verdict"] = verdict
        assert sentences.headline(document)
        assert sentences.TITLES[verdict] in Page(render(document)).text
