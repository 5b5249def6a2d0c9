"""The terminal report: whole at 80 columns, plain without colour, and nothing can steer it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

import fullmenu as fm
from fullmenu.cleaner import clean
from fullmenu.judge import signals
from fullmenu.report.report import Report
from fullmenu.report.terminal import show

from . import documents


@pytest.fixture(params=list(documents.ALL))
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return documents.ALL[request.param]()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_keeps_to_its_width(document: dict[str, Any], width: int) -> None:
    for found in (document, documents.hostile(document)):
        assert max(map(cell_len, documents.text(found, width).splitlines())) <= width


def test_no_control_character_comes_through(document: dict[str, Any]) -> None:
    text = documents.text(documents.hostile(document))
    assert all(x.isprintable() or x == "\n" for x in text)
    assert "\u202e" not in text and "\x1b" not in text


def test_markup_is_shown_not_followed() -> None:
    document = documents.compare()
    document["fallback"] = [documents.card("[bold red]x[/bold red] [/] :soup:", 0, 9)]
    assert "[bold red]x[/bold red] [/] :soup:" in documents.text(document)


def test_colour_is_never_the_only_carrier() -> None:
    text = documents.text(documents.compare())
    assert "▼▼ VARIETY COLLAPSED" in text
    for word in ("▼▼ collapsed", "▼ narrowed", "= held"):
        assert word in text


def test_one_line_for_each_view_and_question() -> None:
    text = documents.text(documents.compare(), 80)
    rows = [x for x in text.splitlines() if x.startswith("phrasing")]
    shown = " ".join(rows[0].split())
    assert shown == "phrasing 38 [35, 42] → 7.8 [7.0, 8.5] 0.20 [0.18, 0.22] ▼▼ collapsed"
    assert len(rows) == 2 and "0.98 [0.88, 1.08] *" in rows[1]


def test_it_is_complete() -> None:
    text = documents.text(documents.compare())
    for part in ("5 times as often", "cautious outputs", "5.0 % → 11 %", "Lost answers",
                 "Plum dumplings", "falls back on", "Soup of the day.", "as the chef recommends",
                 "2 → 30 of 40", "Mean length went", "cannot see sense"):  # fmt: skip
        assert part in text


def test_our_own_labels_are_whole_at_80_columns(serve: Any, menu: Any) -> None:
    report = fm.compare(serve(), serve(menu[:2]))
    labels = [s["label"] for s in report.document["signals"].values()]
    assert set(signals.SETS.values()) < set(labels)
    shown = documents.text(report.document, 80).split("Signals")[1].split("Dishes")[0]
    assert "…" not in shown
    for label in (s["label"] for s in report.document["signals"].values() if s["before"]):
        assert label in shown


def test_a_trend_marks_what_was_matched() -> None:
    text = documents.text(documents.trend())
    assert "0.75 [0.67, 0.82] *" in text
    assert "* ratio and verdict at matched lengths" in text


def test_undefined_says_why() -> None:
    text = documents.text(documents.across_only())
    assert "phrasing: no answer, one output per prompt" in text
    assert "fewer than six prompts" in text
    assert "About 90 prompts would settle it." in text
    assert "None" not in text and "nan" not in text


def test_a_colour_terminal_gets_colour() -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True, color_system="standard")
    show(Report(documents.hostile(documents.compare())).content, console)
    assert "\x1b[1;31m▼▼ VARIETY COLLAPSED" in out.getvalue()
    assert "\x1b]8" not in out.getvalue()


def test_report_prints_it() -> None:
    assert str(Report(documents.check())) == documents.text(documents.check())


@pytest.mark.parametrize("text", documents.HOSTILE)
def test_clean_is_stable_and_encodable(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")
    assert len(once) <= 2000
