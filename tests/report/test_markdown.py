"""A report as Markdown and as records: whole, and model text in it does nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from fullmenu.report import frame
from fullmenu.report.report import Report

from . import documents


@pytest.mark.parametrize("kind", list(documents.ALL))
def test_model_text_is_neither_markup_nor_a_link(kind: str) -> None:
    text = Report(documents.hostile(documents.ALL[kind]())).to_markdown()
    for line in text.splitlines():
        for cell in re.findall(r"<code>(.*?)</code>", line):
            assert not re.search(r"[<>\[\]`*_@|:/\\.]", re.sub(r"&#\d+;", "", cell))
    assert all(x.isprintable() or x == "\n" for x in text)


def test_a_comparison_is_a_table() -> None:
    text = Report(documents.compare()).to_markdown()
    assert text.startswith("### ▼▼ Variety collapsed\n")
    assert "| answers | before | after | ratio |  |\n|---|---|---|---|---|\n" in text
    rows = [line for line in text.splitlines() if line.startswith("| phrasing")]
    assert len(rows) == 2 and all(line.count("|") == 6 for line in rows)
    assert "Plum dumplings" in text


def test_a_few_lines_in_a_prompt() -> None:
    lines = repr(Report(documents.compare())).splitlines()
    assert 3 <= len(lines) <= 6
    assert lines[1].startswith("Variety collapsed.")


def test_records(serve: Any) -> None:
    rows = list(frame.records(Report(documents.compare()).content))
    assert [r["question"] for r in rows] == ["same prompt"] * 3 + ["different prompts"] * 3
    assert rows[0]["verdict"] == "collapsed"
    assert rows[0]["ratio_low"] < rows[0]["ratio"] < rows[0]["ratio_high"]
    checked = next(frame.records(Report(documents.check()).content))
    assert checked["answers_low"] < checked["answers"] < checked["answers_high"]
    trend = list(frame.records(Report(documents.trend()).content))
    assert trend[0]["ratio"] is None and trend[1]["ratio"] is not None


def test_a_frame_of_pandas(require: Callable[..., ModuleType]) -> None:
    require("pandas")
    table = Report(documents.compare()).to_frame()
    assert list(table.columns[:4]) == ["view", "question", "before", "after"] and len(table) == 6
