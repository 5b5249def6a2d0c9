"""Thumbnails in the page: pictures and nothing else, whatever a document holds."""

from __future__ import annotations

import io
import re
from base64 import b64encode
from typing import Any

import pytest
from msgspec.structs import replace
from PIL import Image

from fullmenu.errors import BadInput
from fullmenu.report import plain
from fullmenu.report.document import Sides
from fullmenu.report.report import Report

from . import documents
from .test_html import Page

HOSTILE = [
    "javascript:alert(1)",
    "https://example.invalid/x.png",
    "data:image/svg+xml;base64,PHN2Zy8+",
    "data:text/html;base64,PHNjcmlwdD4=",
    'data:image/png;base64,iVBORw0KGgo=" onerror="alert(1)',
    "data:image/png;base64,iVBORw0KGgo" + "A" * 70_000,
    "data:image/png;base64,PHNjcmlwdD4=",
]


def png(colour: str = "red") -> str:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return "data:image/png;base64," + b64encode(out.getvalue()).decode()


def pictured(compared: bool = True) -> dict[str, Any]:
    """A document as a log of pictures has it."""
    document = documents.compare() if compared else documents.check()
    names = ("before", "after") if compared else ("log",)
    for name in names:
        document[name]["media"] = "image"
    document["gallery"] = {name: [png(), png("blue")] for name in names}
    for card in [*document.get("lost", []), *document["fallback"]]:
        card |= {"example": "/data/runs/night/kitchen/0003.png", "pictures": [png()] * 3}
    for prompt in document["prompts"]:
        prompt["pictures"] = {name: [png("green")] for name in names}
    return document


def images(page: Page) -> list[dict[str, str | None]]:
    return [attributes for tag, attributes in page.elements if tag == "img"]


@pytest.mark.parametrize("compared", [True, False])
def test_pictures_are_shown(compared: bool, valid: Any) -> None:
    document = pictured(compared)
    valid(document)
    page = Page(documents.page(document))
    assert len(images(page)) >= 6
    assert {i["src"] for i in images(page)} == {png(), png("blue"), png("green")}
    for element, attributes in page.elements:
        assert element == "img" or "src" not in attributes
        assert not any(name.startswith("on") for name in attributes)
    policy = next(a["content"] for _, a in page.elements if a.get("http-equiv"))
    assert policy and "img-src data:;" in policy and "default-src 'none'" in policy
    assert "…/night/kitchen/0003.png" in page.text or "runs/night/kitchen/0003.png" in page.text


def test_every_picture_says_what_it_shows() -> None:
    document = pictured()
    document["gallery"]["after"] = [png()] * 3 + [png("blue")]
    page = Page(documents.page(document))
    told = [i["alt"] or "" for i in images(page)]
    assert all(told)
    assert "a picture of autumn, 3 of 4 shown are equal to it" in told
    assert "picture 2 of autumn" in told and "75 %" in page.text
    assert "one answer, 2.2 % of spring and 0 % of autumn, 1 of 3" in told
    assert sum(i["src"] == png() for i in images(page)) == 1 + 1 + 3 + 3


def test_pages_of_texts_allow_no_pictures() -> None:
    document = documents.compare()
    document["gallery"] = {"before": [png()], "after": []}
    assert "img-src" not in documents.page(document)


@pytest.mark.parametrize("picture", [*HOSTILE[:5], {"src": "x"}, 7, None])
def test_what_is_no_picture_is_refused(picture: Any) -> None:
    document = pictured()
    document["lost"][0]["pictures"] = [png(), picture]
    with pytest.raises(BadInput, match=r"\$\.lost\[0\]\.pictures\[1\]"):
        Report(document)


def test_nothing_but_small_pngs_is_shown() -> None:
    content = Report(pictured()).content
    given = [*HOSTILE, png()]
    poisoned = replace(
        content,
        gallery=Sides(HOSTILE, ["x"]),
        lost=[replace(dish, pictures=given) for dish in content.lost],
        fallback=[replace(dish, pictures=given) for dish in content.fallback],
        prompts=[replace(p, pictures=Sides(HOSTILE, [])) for p in content.prompts],
    )
    page = Page(Report(poisoned).to_html())
    assert {i["src"] for i in images(page)} == {png()}
    assert len(plain.pictures([png()] * 1000)) == 64


def test_hostile_places_are_text() -> None:
    document = pictured()
    for card in document["lost"]:
        card["example"] = '/x/"><script>alert(1)</script>\x1b[31m.png'
    text = documents.page(document)
    assert "<script>alert" not in text and "\x1b" not in text
    told = documents.text(document)
    assert "\x1b" not in told and max(map(len, told.splitlines())) <= 80


def test_a_place_keeps_its_name_in_the_terminal() -> None:
    document = pictured()
    for card in document["lost"]:
        card["example"] = "/data/" + "long/" * 40 + "kitchen-0003.png"
    lines = [line for line in documents.text(document).splitlines() if "kitchen-0003.png" in line]
    assert lines and max(map(len, lines)) <= 80
    assert re.search(r"outputs +…/long/.*kitchen-0003\.png$", lines[0])
