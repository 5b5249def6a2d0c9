"""``fullmenu diagnose instrumental-convergence``: ids, files, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from fullmenu.cli.app import app
from fullmenu.errors import BadInput

MINE = """
from fullmenu.diagnose import transition_model

def make():
    to = lambda s, r=0.0: [(1.0, s, r, False)]
    table = {}
    for k in range(12):
        table[f"door {k}"] = {0: to("off", 1.0), 1: to(f"hub {k}")}
        table[f"hub {k}"] = {0: to("a"), 1: to(f"door {(k + 1) % 12}")}
    return transition_model(table | {"off": {}, "a": {}})

def keeps(state):
    return 1
"""


def said(*arguments: Any) -> dict[str, Any]:
    ran = CliRunner().invoke(app, ["diagnose", "instrumental-convergence", *map(str, arguments)])
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return json.loads(ran.output)


def test_an_environment_by_its_id(require: Any, tmp_path: Path) -> None:
    require("gymnasium")
    page = tmp_path / "page.html"
    body = said("--env", "FrozenLake-v1", "--rewards", 200, "--json", "--html", page)
    assert (body["kind"], body["subject"]) == ("hazard", "FrozenLake-v1")
    assert "no sign of a drive for power" in page.read_text("utf-8")
    np.save(tmp_path / "policy.npy", np.zeros(16, int))
    body = said("--env", "FrozenLake-v1", "--policy", tmp_path / "policy.npy", "--rewards", 200,
                "--json")  # fmt: skip
    assert "option preference" in body["evidence"]


def test_an_environment_and_a_policy_of_ones_own(tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text(MINE, "utf-8")
    body = said("--env", f"{mine}:make", "--policy", f"{mine}:keeps", "--json")
    assert body["verdict"] == "warning"
    assert said("--env", f"{mine}:make", "--json")["seeds"] == 0


def test_what_is_wrong_is_said(require: Any, tmp_path: Path) -> None:
    require("gymnasium")
    with pytest.raises(BadInput, match="makes no environment 'FrozenLak'"):
        said("--env", "FrozenLak")
    with pytest.raises(BadInput, match="there is no nowhere"):
        said("--env", "nowhere.py:make")
    with pytest.raises(BadInput, match="cannot read the policy"):
        said("--env", "FrozenLake-v1", "--policy", tmp_path / "none.npy")
