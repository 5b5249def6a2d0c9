"""How alike models are, on paper: words, a table, a picture; inert and readable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fullmenu.report.document import TrendDocument, read
from fullmenu.report.models import page, terminal, words
from fullmenu.report.models.document import AlikeModels
from fullmenu.report.report import Report

from . import documents
from .documents import HOSTILE, estimate
from .test_browser import CHROMIUM, FLAGS

NAMES = ["v1", f"v2 {HOSTILE[0]}", "provider/a-model-with-a-long-name-2026-11"]
SAMENESS = {(0, 1): 0.9, (0, 2): 0.3, (1, 2): 0.25}


def document(**given: Any) -> documents.Doc:
    about = estimate(0.5)
    return documents.trend() | {
        "models": {
            "view": "answer",
            "prompts": 40,
            "outputs": 10,
            **dict.fromkeys(("within", "between", "chance", "beyond_chance", "effective"), about),
            "models": [
                {"name": name, "likeness": about, "answers": estimate(5.0), "alone": estimate(2.0)}
                for name in NAMES
            ],
            "pairs": [
                {"one": NAMES[a], "other": NAMES[b], "likeness": about, "sameness": estimate(same)}
                for (a, b), same in SAMENESS.items()
            ],
            "groups": [NAMES[:2]],
            "teams": [
                {"models": NAMES[:k], "answers": estimate(6.0), "held_out": 0.97} for k in (1, 2)
            ],
            **given,
        }
    }


@pytest.fixture
def models() -> AlikeModels:
    alike = read(document(), TrendDocument).models
    assert alike
    return alike


def test_the_table_holds_every_two(models: AlikeModels):
    head, *rows = words.table(models)
    assert head[-3:] == ("1", "2", "3")
    assert [row[-3:] for row in rows] == [("·", "90", "30"), ("90", "·", "25"), ("30", "25", "·")]
    assert rows[2][1] == "a-model-with-a-l…"[: len(rows[2][1])]


def test_sentences_name_groups_or_the_nearest_two(models: AlikeModels):
    said = " ".join(words.sentences(models))
    assert "Could replace one another: v1 and v2" in said
    alone = read(document(groups=[]), TrendDocument).models
    assert alone
    assert "No two could replace one another; the most alike are v1" in " ".join(
        words.sentences(alone)
    )
    assert "97 % / 97 %" in words.held_out(models)


def test_a_screen_is_short_and_the_whole_fits_80_columns(models: AlikeModels):
    from fullmenu.report.console import as_text

    lines = as_text(terminal.blocks(models, 80)).splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 80


def test_the_picture_has_a_cell_for_every_two(models: AlikeModels):
    drawn = str(page.heat_map(models))
    assert drawn.count("<rect") == 9
    assert "<img" not in drawn and "<script" not in drawn


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(require: Callable[..., Any], tmp_path: Path, width: int, scheme: str):
    playwright = require("playwright.sync_api", CHROMIUM)
    axe = require("axe_playwright_python.sync_playwright").Axe()
    path = tmp_path / "models.html"
    path.write_text(Report(document()).to_html(), encoding="utf-8")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        tab = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        tab.goto(path.as_uri())
        tab.eval_on_selector_all("details", "found => found.forEach(x => { x.open = true })")
        assert tab.evaluate("document.documentElement.scrollWidth") == width
        assert tab.query_selector("main img, main iframe") is None
        assert [v["id"] for v in axe.run(tab).response["violations"]] == []
        browser.close()
