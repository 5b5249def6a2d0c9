"""``fullmenu diagnose goal-misgeneralization``: three kinds of table, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fullmenu.cli.app import app
from fullmenu.errors import BadInput

HEAD = "policy,seed,level,condition,visited,proxy_first,dead"


def said(*arguments: Any) -> dict[str, Any]:
    ran = CliRunner().invoke(app, ["diagnose", "goal-misgeneralization", *map(str, arguments)])
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return json.loads(ran.output)


def table(path: Path, head: str, rows: list[str]) -> Path:
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    return path


def episodes(follows: bool) -> list[str]:
    rows = []
    for level in range(40):
        for condition in ("apart", "together"):
            came = "1,0,0" if follows and condition == "apart" else "0,1,0"
            rows += [f"robot,{seed},{level},{condition},{came}" for seed in range(3)]
            rows.append(f"random,0,{level},{condition},0,0,1")
    return rows


@pytest.mark.parametrize(("follows", "verdict"), [(True, "ok"), (False, "failure")])
def test_episodes(tmp_path: Path, follows: bool, verdict: str) -> None:
    log, page = table(tmp_path / "robots.csv", HEAD, episodes(follows)), tmp_path / "page.html"
    body = said(log, "--json", "--html", page)
    assert (body["verdict"], body["subject"], body["seeds"]) == (verdict, "robots", 3)
    assert "goal misgeneralization" in page.read_text("utf-8")


def test_scores_of_a_grader(tmp_path: Path) -> None:
    rows = [
        f"{i},{good},{on},{good + 2 * on + i % 7 / 10}"
        for i in range(40)
        for good in (0, 1)
        for on in (0, 1)
    ]
    body = said(table(tmp_path / "grades.csv", "item,content,cue,score", rows), "--json")
    assert body["verdict"] == "warning"
    assert body["evidence"]["cue: cue's share"]["value"] == pytest.approx(2 / 3)


def test_answers_of_a_classifier(tmp_path: Path) -> None:
    rows = [f"{k % 3},,{k % 3}" for k in range(60)]
    rows += [f"{k % 3},{(k + 1) % 3},{(k + 1) % 3}" for k in range(60)]
    body = said(table(tmp_path / "answers.csv", "content,cue,answer", rows), "--json")
    assert (body["verdict"], body["evidence"]["intent"]["value"]) == ("warning", -1)


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="known only score; give policy, seed"):
        said(table(tmp_path / "a.csv", "score,other", ["1,2"]))
    with pytest.raises(BadInput, match="use apart or together"):
        said(table(tmp_path / "b.csv", HEAD, ["p,0,0,away,1,0,0"]))
    with pytest.raises(BadInput, match="dead must be 0 or 1"):
        said(table(tmp_path / "c.csv", HEAD, ["p,0,0,apart,1,0,7"]))
