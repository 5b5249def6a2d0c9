"""The page: complete, self-contained, and model text in it is nothing but text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from fullmenu.judge.signals import SETS
from fullmenu.report import charts, plain, words
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
    page = Page(documents.page(document))
    for tag, attributes in page.elements:
        assert tag in ELEMENTS
        assert not ATTRIBUTES & set(attributes), (tag, attributes)
        assert not any(name.startswith("on") for name in attributes)


def test_the_policy_allows_exactly_what_is_inlined(document: dict[str, Any]) -> None:
    page = Page(documents.page(document))
    policy = next(a["content"] for t, a in page.elements if a.get("http-equiv"))
    assert policy is not None and policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    inlined = [text for _, text in page.raw if not text.startswith("{")]
    assert len(inlined) == 3
    for text in inlined:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_hostile_text_adds_no_element(document: dict[str, Any]) -> None:
    page = Page(documents.page(documents.hostile(document)))
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    assert [tag for tag, _ in page.elements if tag == "script"] == ["script"] * 3
    assert not any(name.startswith("on") for _, a in page.elements for name in a)
    for character in ("\x00", "\x07", "\x1b", "\u202e", "\u2066", "\ud800"):
        assert character not in page.text
    assert "<img src=x onerror=alert(2)>" in page.text


def test_chart_data_cannot_end_its_script(document: dict[str, Any]) -> None:
    page = Page(documents.page(documents.hostile(document)))
    specs = next(text for _, text in page.raw if text.startswith("{"))
    assert not re.search("[<>&\u2028\u2029]", specs)
    assert specs.isascii()
    assert all(key.startswith("chart-") for key in json.loads(specs))


def test_long_texts_are_bounded() -> None:
    document = documents.compare()
    document["fallback"] = [documents.card("y" * 1_000_000, 0, 9)]
    document["caveats"] = ["z" * 1_000_000]
    assert len(documents.page(document)) < len(documents.page(documents.compare())) + 10_000


def test_every_chart_has_words_and_a_table(document: dict[str, Any]) -> None:
    page = Page(documents.page(document))
    charts = [a for t, a in page.elements if a.get("class") == "chart"]
    specs = json.loads(next(text for _, text in page.raw if text.startswith("{")))
    assert [a["id"] for a in charts] and {a["id"] for a in charts} == set(specs)
    assert all(a["role"] == "img" and len(a["aria-label"] or "") > 20 for a in charts)
    tables = [a for t, a in page.elements if t == "details" and a.get("class") == "data"]
    assert len(tables) == len(charts)


def test_the_verdict_comes_first_in_plain_words() -> None:
    text = " ".join(Page(documents.page(documents.compare())).text.split())
    said = "Variety collapsed To the same prompt, it now repeats itself 5 times as often."
    assert said in text
    order = ["Variety collapsed", "The picture", "How the menu fills up", "The dishes",
             "What was lost", "Turns of phrase", "prompts that lost most", "Signals", "Method",
             "docs/report.md"]  # fmt: skip
    places = [text.index(x) for x in order]
    assert places == sorted(places)
    assert "0.98 [0.88, 1.08] at matched lengths" in text


def tables(text: str) -> list[list[str]]:
    """Return the rows of every chart's table."""
    found = re.findall(r'<details class="data">.*?<tbody>(.*?)</tbody>', text, re.S)
    return [re.findall("<tr>(.*?)</tr>", body) for body in found]


def layers(text: str, name: str) -> list[dict[str, Any]]:
    specs = json.loads(next(text for _, text in Page(text).raw if text.startswith("{")))
    marked = [s for s in specs.values() if name in json.dumps(s["layer"])]
    assert len(marked) == 1
    return marked[0]["layer"]


def test_prompts_have_intervals_where_they_are_known() -> None:
    text = documents.page(documents.compare())
    rows = tables(text)[-1]
    assert "<td>0.100 [0.080, 0.130]</td><td>0.400 [0.320, 0.520]</td>" in rows[0]
    assert "<td>0.100</td><td>0.300</td>" in rows[10]
    marks = [x["mark"] for x in layers(text, "before_low") if "_low" in str(x["encoding"]["x"])]
    assert [m["type"] for m in marks] == ["rule", "rule"]
    assert marks[0]["yOffset"] < 10 < marks[1]["yOffset"]


def test_prompts_without_any_interval_are_drawn_as_points() -> None:
    document = documents.check()
    for rates in document["prompts"][0]["views"].values():
        rates |= {"low": None, "high": None}
    text = documents.page(document)
    assert "<td>0.700</td>" in tables(text)[-1][0]
    assert not any("_low" in str(x["encoding"].get("x")) for x in layers(text, "prompt"))
    assert "0.700 [0.560, 0.910]" in documents.page(documents.check())


def test_no_line_ends_within_an_interval() -> None:
    text = Page(documents.page(documents.compare())).text
    assert "50\u00a0%\u00a0[45\u00a0%,\u00a055\u00a0%] of all outputs" in text
    assert "38\u00a0[35,\u00a042]" in text
    assert "0.026\u00a0→\u00a00.129" in text
    assert "[35, 42]" not in text
    assert plain.unbroken("[a, b] of 3 %") == "[a, b] of 3\u00a0%"


def test_a_trend_says_how_it_was_decided() -> None:
    text = " ".join(Page(documents.page(documents.trend())).text.split())
    for part in ("an error rate of 5 % over all views and both questions", "below 0.5",
                 "has half of it, the 3 steps the other half",
                 "phrasing, v1 to v2: ? unclear, the ratio is 0.83",
                 "phrasing, last against first: ▼▼ collapsed", "fixed", "Computed as: by hand",
                 "Same prompt. Upright lines: intervals.",
                 "0.75 [0.67, 0.82] at matched lengths"):  # fmt: skip
        assert part in text, part


def test_a_trend_without_an_upper_bound_is_drawn_and_told() -> None:
    document = documents.trend()
    document["views"]["answer"]["versions"][1]["effective_number"]["high"] = None
    content = Report(document).content
    rows = charts.trend_rows(content, "answer")
    assert rows[1].high is None
    spec = charts.trend(content, "answer").to_dict()
    [drawn] = spec["datasets"].values()
    assert drawn[1]["to"] > max(r.high for r in rows if r.high) > drawn[1]["value"]
    assert "None" not in Page(documents.page(document)).text


def test_signals_are_explained() -> None:
    text = " ".join(Page(documents.page(documents.compare())).text.split())
    assert "effective openings: how many equally common ways to begin" in text
    assert "cautious outputs: by hand" in text
    assert set(words.SIGNALS) == set(SETS)


def test_what_took_over_and_what_faded_stand_side_by_side() -> None:
    text = Page(documents.page(documents.compare())).text
    heads = ["Phrases that took over", "Openings that took over", "Outlines that took over",
             "Phrases that faded", "Openings that faded", "Outlines that faded"]  # fmt: skip
    places = [text.index(x) for x in heads]
    assert places == sorted(places)


def test_a_notebook_shows_the_page_in_a_frame_of_its_own() -> None:
    document = documents.hostile(documents.compare())
    shown = Page(Report(document)._repr_html_())
    [(tag, attributes)] = shown.elements
    assert (tag, attributes["sandbox"]) == ("iframe", "allow-scripts")
    assert attributes["srcdoc"] == documents.page(document)
    assert not shown.text


def test_what_is_undefined_says_why() -> None:
    text = Page(documents.page(documents.across_only())).text
    assert "one output per prompt" in text and "fewer than six prompts" in text
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
        assert words.headline(Report(document).content)
        assert words.TITLES[verdict] in Page(documents.page(document)).text
