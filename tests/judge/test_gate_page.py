"""A gate that fails writes its page first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import fullmenu as fm
from fullmenu.judge.gate import VarietyLost, assert_variety


def test_the_page_is_written_where_variety_was_lost(tmp_path: Path, serve: Any, menu: Any) -> None:
    page = tmp_path / "report.html"
    with pytest.raises(VarietyLost):
        assert_variety(serve(menu[:1]), serve(), html=page)
    assert "<html" in page.read_text(encoding="utf-8")


def test_files_are_called_by_their_names(tmp_path: Path, serve: Any) -> None:
    paths = [tmp_path / "spring.jsonl", tmp_path / "autumn.jsonl"]
    for path in paths:
        path.write_text('{"prompt": "Fruit?", "output": "fig"}\n' * 8, encoding="utf-8")
    report = fm.compare(*paths)
    assert report.content.before.label == "spring" and report.content.after.label == "autumn"


def test_one_log_and_many_are_called_by_their_files_too(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.jsonl" for name in ("may", "june", "july")]
    for path in paths:
        path.write_text('{"prompt": "Fruit?", "output": "fig"}\n' * 8, encoding="utf-8")
    assert fm.check(paths[0]).content.log.label == "may"
    assert fm.check({"Fruit?": ["fig", "plum"]}).content.log.label == "log"
    assert [x.label for x in fm.trend(paths).content.versions] == ["may", "june", "july"]
    assert fm.trend(paths, labels=["a", "b", "c"]).content.versions[0].label == "a"
