"""A report on one screen: it fits, says what is worst, and nothing in it can steer a terminal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

import fullmenu as fm
from fullmenu.report import questions
from fullmenu.report.report import Report
from fullmenu.report.terminal import show

from . import documents


def brief(document: dict[str, Any], width: int = 80) -> str:
    out = io.StringIO()
    show(Report(document).content, Console(file=out, width=width), whole=False)
    return out.getvalue()


@pytest.mark.parametrize("kind", list(documents.ALL))
@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits(kind: str, width: int) -> None:
    for document in (documents.ALL[kind](), documents.hostile(documents.ALL[kind]())):
        text = brief(document, width)
        assert max(map(cell_len, text.splitlines())) <= width
        assert all(x.isprintable() or x == "\n" for x in text)
        assert "--verbose" in text and "--html" in text


def test_a_comparison_takes_25_lines(serve: Any, menu: Any) -> None:
    text = brief(fm.compare(serve(), serve(menu[:2])).document)
    assert len(text.splitlines()) <= 25
    for part in ("VARIETY COLLAPSED", "same prompt", "different prompts", "▼", "gained"):
        assert part in text


def test_what_cannot_be_judged_is_said_once(serve: Any, menu: Any) -> None:
    text = brief(fm.compare(serve(outputs=1), serve(menu[:2], outputs=1)).document)
    assert len(text.splitlines()) <= 25
    assert " ".join(text.split()).count("no prompt has two outputs") == 1


def test_a_long_trend_shows_where_it_moved() -> None:
    document = documents.trend()
    text = brief(document)
    assert "last ÷ first" in text
    assert all(name in text for name in questions.names(Report(document).content))


def test_lost_answers_are_counted_out_of_their_own_side(serve: Any, menu: Any) -> None:
    before, after = serve(outputs=6), serve(menu[:2], outputs=3)
    text = brief(fm.compare(before, after).document)
    assert f"of {len(before):,} and {len(after):,}" in text
