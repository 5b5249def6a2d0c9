"""The page: complete, self-contained, and model text in it is nothing but text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

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
    "li", "br", "footer", "nav", "a", "h4", "path", "line", "text",
    "dl", "dt", "dd", "code",
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
        address = attributes.pop("href", None)
        assert address is None or (tag == "a" and address.startswith("#"))
        assert not ATTRIBUTES & set(attributes), (tag, attributes)
        assert not any(name.startswith("on") for name in attributes)


def test_the_contents_lead_to_every_section(document: dict[str, Any]) -> None:
    page = Page(documents.page(document))
    headings = [attributes["id"] for tag, attributes in page.elements if tag == "h2"]
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert len(headings) >= 2 and links == [f"#{x}" for x in headings]
    assert len(set(headings)) == len(headings)


def test_a_check_answers_in_its_first_line() -> None:
    text = " ".join(Page(documents.page(documents.check())).text.split())
    said = "It gives about 5.0 different answers To the same prompt, it repeats itself"
    assert f"{said} about 1 time in 5" in text


def test_the_policy_allows_exactly_what_is_inlined(document: dict[str, Any]) -> None:
    page = Page(documents.page(document))
    policy = next(a["content"] for t, a in page.elements if a.get("http-equiv"))
    assert policy is not None and policy.startswith("default-src 'none'")
    assert "unsafe" not in policy and "script-src" not in policy
    [(tag, text)] = page.raw
    assert tag == "style"
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy


def test_hostile_text_adds_no_element(document: dict[str, Any]) -> None:
    page = Page(documents.page(documents.hostile(document)))
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    assert not any(name.startswith("on") for _, a in page.elements for name in a)
    for character in ("\x00", "\x07", "\x1b", "\u202e", "\u2066", "\ud800"):
        assert character not in page.text
    assert "<img src=x onerror=alert(2)>" in page.text


def drawn(text: str) -> list[ET.Element]:
    """Return the charts of a page: each is well-formed on its own."""
    return [ET.fromstring(x) for x in re.findall(r"<svg height.*?</svg>(?=</div>)", text, re.S)]


def test_charts_of_hostile_text_are_well_formed(document: dict[str, Any]) -> None:
    text = documents.page(documents.hostile(document))
    charts = drawn(text)
    assert charts and len(charts) == text.count('class="chart ')
    for chart in charts:
        for element in chart.iter():
            assert element.tag in {"svg", "path", "line", "circle", "rect", "text", "title"}
            assert len(element.text or "") <= 200


def test_a_chart_with_all_its_words_is_small(document: dict[str, Any]) -> None:
    assert len(documents.page(documents.hostile(document))) < 100_000


def test_long_texts_are_bounded() -> None:
    document = documents.compare()
    document["fallback"] = [documents.card("y" * 1_000_000, 0, 9)]
    document["caveats"] = ["z" * 1_000_000]
    assert len(documents.page(document)) < len(documents.page(documents.compare())) + 10_000


def test_every_chart_has_words_and_a_table(document: dict[str, Any]) -> None:
    page = Page(documents.page(document))
    charts = [a for _, a in page.elements if (a.get("class") or "").startswith("chart ")]
    assert charts
    assert all(a["role"] == "img" and len(a["aria-label"] or "") > 20 for a in charts)
    tables = [a for t, a in page.elements if t == "details" and a.get("class") == "data"]
    assert len(tables) >= len(charts)


def test_every_mark_says_what_it_is(document: dict[str, Any]) -> None:
    for chart in drawn(documents.page(document)):
        for element in chart.iter():
            kind = (element.get("class") or "").split(" ")[0]
            if kind in {"dot", "square", "diamond", "interval", "thin", "line"}:
                title = element.find("title")
                assert title is not None and title.text, kind


def test_the_verdict_comes_first_in_plain_words() -> None:
    text = " ".join(Page(documents.page(documents.compare())).text.split())
    said = "Variety collapsed To the same prompt, it now repeats itself 5 times as often."
    text = text[text.index(said) :]
    order = ["Variety collapsed", "The picture", "How the menu fills up", "The answers",
             "Given more than before", "prompts that lost most", "Turns of phrase", "Signals",
             "Method", "docs/report.md"]  # fmt: skip
    places = [text.index(x) for x in order]
    assert places == sorted(places)
    assert "0.98 [0.88, 1.08] *" in text and "* at matched lengths" in text


def prompt_rows(text: str) -> list[str]:
    """Return the rows of the prompts."""
    return re.findall(r'<tr><th scope="row" class="one-line asked-for".*?</tr>', text, re.S)


def test_prompts_have_intervals_where_they_are_known() -> None:
    rows = prompt_rows(documents.page(documents.compare()))
    assert len(rows) == 15
    assert "0.100 [0.080, 0.130]</span>" in rows[0] and "0.400 [0.320, 0.520]</span>" in rows[0]
    assert ">0.100</span>" in rows[10] and ">0.300</span>" in rows[10]
    assert 'class="was" x="0" y="2" width="11.0"' in rows[0]


def test_a_prompt_of_one_log_has_one_bar() -> None:
    document = documents.check()
    [row] = prompt_rows(documents.page(document))
    assert "0.700 [0.560, 0.910]" in row and 'class="was"' not in row and 'class="is"' in row
    for rates in document["prompts"][0]["views"].values():
        rates |= {"low": None, "high": None}
    [row] = prompt_rows(documents.page(document))
    assert ">0.700</span>" in row


def test_all_lost_answers_are_on_the_page() -> None:
    document = documents.compare()
    document["lost"] = [documents.card(f"Dumpling number {k}.", 90 - k, 0) for k in range(62)]
    document["dishes"]["lost"] = 62
    text = documents.page(document)
    assert all(f"Dumpling number {k}." in text for k in range(62))
    assert "All 62 lost answers" in text and "commonest are listed" not in text
    document["dishes"]["lost"] = 500
    assert "The 62 commonest are listed." in documents.page(document)


def test_signals_that_did_not_change_are_folded() -> None:
    text = documents.page(documents.compare())
    shown, folded = text[text.index('id="signals"') :].split("<summary>1 more signal</summary>")
    assert "cautious outputs" in shown and "effective openings" in folded


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
                 "Upright lines or a band: intervals", "against the version before: ▼▼ collapsed",
                 "0.75 [0.67, 0.82] *", "* at matched lengths"):  # fmt: skip
        assert part in text, part


def test_a_trend_without_an_upper_bound_is_drawn_and_told() -> None:
    document = documents.trend()
    document["views"]["answer"]["versions"][1]["effective_number"]["high"] = None
    form = charts.trend(Report(document).content, "answer")
    assert form.points[0].high[1] is None
    text = documents.page(document)
    chart = next(x for x in drawn(text) if any("…]" in (t.text or "") for t in x.iter("title")))
    tops = [min(float(x.get("y1")), float(x.get("y2"))) for x in chart.iter("line")
            if (x.get("class") or "").startswith("interval")]  # fmt: skip
    assert tops[1] == min(tops) < tops[0]
    assert "None" not in Page(text).text


def test_the_largest_fall_of_a_trend_is_marked() -> None:
    document = documents.trend()
    document["fall"] = {"version": 2, "when": "from v2 to v3", "view": "answer",
                        "verdict": "narrowed", "before": 9.0, "after": 4.0}  # fmt: skip
    for chart in drawn(documents.page(document)):
        [rule] = [
            x for x in chart.iter("line") if (x.get("class") or "").startswith("rule of-coll")
        ]
        assert rule.get("x1") == "50%"
        assert any(x.text == "since v2" for x in chart.iter("text"))


def test_lost_and_gained_answers_of_a_trend_can_be_read_without_scripts() -> None:
    document = documents.answered()
    text = documents.page(document)
    [shown] = re.findall(r'<div id="pairs">(.*?)<div id="any"', text, re.S)
    assert "v1 → v3" in shown and "of 400 and 200" in shown
    lost, gained = re.findall(r"<section>.*?</section>", shown, re.S)
    assert "9 → 0" in lost and "Plum dumplings." in lost and "2 → 0" in lost
    assert "4 → 60" in gained and "Plum" not in gained
    document["fall"] = {"version": 2, "when": "from v2 to v3", "view": "answer",
                        "verdict": "narrowed", "before": 9.0, "after": 4.0}  # fmt: skip
    assert re.findall(r"<h3>(v. → v.)</h3>", documents.page(document)) == ["v2 → v2", "v1 → v3"]
    assert "Answers lost and gained" not in documents.page(documents.trend())


def test_the_page_of_a_trend_has_one_script_and_no_more() -> None:
    page = Page(documents.page(documents.hostile(documents.answered())))
    policy = next(a["content"] for t, a in page.elements if a.get("http-equiv"))
    [data, script] = [text for tag, text in page.raw if tag == "script"]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in (policy or "") and "unsafe" not in (policy or "")
    assert json.loads(data)["counted"] == [400, 400, 400, 200] and "<" not in data


@pytest.mark.parametrize("versions", [8, 32, 100])
def test_many_versions_are_drawn_as_a_line(versions: int) -> None:
    document = documents.over(versions)
    document["views"]["answer"]["versions"][3]["effective_number"]["high"] = 1e6
    form = charts.trend(Report(document).content, "answer")
    assert form.x.names[1] == "00001" and form.y.high < 20
    [line] = form.lines
    assert bool(line.low) == (versions > charts.MARKED)
    assert len(form.points[0].x) == (3 if line.low else versions)
    [rule] = form.rules
    assert rule.at == versions / 2 - 0.5


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
    assert (tag, attributes["sandbox"]) == ("iframe", "")
    inside = Page(attributes["srcdoc"] or "")
    assert {tag for tag, _ in inside.elements} <= ELEMENTS and not shown.text
    assert "Variety collapsed" in inside.text and "The numbers" not in inside.text


@pytest.mark.parametrize("lost", [1, 400])
def test_a_notebook_is_not_filled(document: dict[str, Any], lost: int) -> None:
    if "lost" in document:
        document["lost"] = [documents.card("Plum dumplings. " * 25, 9, 0)] * lost
        document["prompts"] = document["prompts"] * lost
    if "versions" in document:
        times = min(lost, 25)  # four versions, or a hundred
        document["versions"] = document["versions"] * times
        for view in document["views"].values():
            view["steps"] = view["steps"][:1] * (4 * times - 1)
            view["versions"] = view["versions"] * times
    shown = Report(document)._repr_html_()
    assert len(shown.encode()) <= 100_000 and "<script" not in shown


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


def test_every_word_with_a_meaning_is_in_the_list_that_travels_with_the_page(
    document: dict[str, Any],
) -> None:
    text = documents.page(document)
    listed = re.findall(r"<dt>(.*?)</dt>", text)
    assert {"repeat rate", "view", "phrasing", "outline", "answer", "matched lengths", "margin",
            "same prompt", "different prompts", "interval", "signal"} <= {*listed}  # fmt: skip
    tips = re.findall(r'role="tooltip">(.*?)</span>', text)
    assert tips and {*tips} <= {*re.findall(r"<dd>(.*?)</dd>", text)}
