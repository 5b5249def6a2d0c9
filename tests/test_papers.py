"""PAPERS.md names files that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = [line for line in (ROOT / "PAPERS.md").read_text("utf-8").split("\n") if "` | `" in line]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.strip("| ")[:40])
def test_a_paper_s_files_are_there(row: str) -> None:
    *_, code, tests = row.strip("| ").split(" | ")
    for cell, root in ((code, ROOT / "src" / "fullmenu"), (tests, ROOT)):
        folder = root  # a bare name stands in the folder of the one before it
        for name in re.findall(r"`([^`]+)`", cell):
            places = [place / name for place in (root, ROOT, folder)]
            there = next((p for p in places if p.exists()), None)
            assert there is not None, f"{name} of {row!r} is not there"
            folder = there.parent


def test_there_are_rows() -> None:
    assert len(ROWS) > 60
