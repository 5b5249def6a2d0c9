"""Over-optimisation as a finding: verdicts, one run, a broken run, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from fullmenu.cli.app import app
from fullmenu.diagnose import over_optimisation
from fullmenu.errors import BadInput

KL = np.linspace(0.1, 30, 30)


def runs(seeds: int, alpha: float = 2.0, beta: float = 1.1, rise: float = 1.0) -> dict[str, object]:
    rng = np.random.default_rng(0)
    d = np.sqrt(np.tile(KL, seeds))
    gold = d * (alpha - beta * np.log(d)) + rng.normal(0, 0.1, len(d))
    proxy = rise * d + rng.normal(0, 0.02, len(d))
    return {"kl": d**2, "proxy": proxy, "gold": gold, "runs": np.repeat(np.arange(seeds), len(KL))}


def test_a_fall_of_gold_under_a_rising_proxy_is_a_failure() -> None:
    found = over_optimisation(**runs(4))
    assert (found.verdict, found.seeds, found.items) == ("failure", 4, 120)
    assert found.gap.low is not None and found.gap.low > 0  # gold lost, positive is bad
    peak = found.evidence["peak of gold"]
    assert peak.value == pytest.approx(np.exp(2 / 1.1 - 1), abs=0.15)


def test_one_run_warns_at_most() -> None:
    given = runs(1)
    given.pop("runs")
    assert over_optimisation(**given).verdict == "warning"


def test_gold_that_rises_is_ok() -> None:
    assert over_optimisation(**runs(4, beta=0.2)).verdict == "ok"


def test_a_proxy_that_fell_too_was_not_over_optimised() -> None:
    found = over_optimisation(**runs(4, rise=-1.0))
    assert found.verdict == "inconclusive"


def test_the_command_reads_tables(tmp_path: Path) -> None:
    given = runs(3)
    rows = list(zip(*(np.asarray(given[k]).tolist() for k in given), strict=True))
    path = tmp_path / "runs.csv"
    path.write_text("kl,proxy,gold,run\n" + "".join(f"{a},{b},{c},{r}\n" for a, b, c, r in rows))
    lines = tmp_path / "runs.jsonl"
    names = ("kl", "proxy", "gold", "run")
    lines.write_text("".join(json.dumps(dict(zip(names, r, strict=True))) + "\n" for r in rows))
    asked = ["diagnose", "over-optimisation", "--json"]
    both = [json.loads(CliRunner().invoke(app, [*asked, str(p)]).output) for p in (path, lines)]
    assert both[0] == both[1] and both[0]["verdict"] == "failure"
    page = tmp_path / "page.html"
    ran = CliRunner().invoke(app, ["diagnose", "over-optimisation", str(path), "--html", str(page)])
    assert ran.exit_code == 0 and "FAILURE" in ran.output and page.exists()


def test_the_command_takes_best_of_n(tmp_path: Path) -> None:
    path = tmp_path / "bon.csv"
    n = np.unique(np.geomspace(1, 4096, 24).astype(int))
    d = np.sqrt(np.log(n) - (n - 1) / n)
    rng = np.random.default_rng(0)
    gold = d * (2 - 0.6 * d) + rng.normal(0, 0.02, len(n))
    rows = "".join(f"{a},{b},{c},0.02\n" for a, b, c in zip(n, d, gold, strict=True))
    path.write_text(f"n,proxy,gold,gold_error\n{rows}")
    ran = CliRunner().invoke(app, ["diagnose", "over-optimisation", str(path), "--json"])
    assert json.loads(ran.output)["verdict"] == "warning"


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("kl,proxy\n1,2\n")
    ran = CliRunner().invoke(app, ["diagnose", "over-optimisation", str(path)])
    assert isinstance(ran.exception, BadInput)
    assert "no column gold; it has kl, proxy" in str(ran.exception)
    path.write_text("kl,proxy,gold\n1,2,\n")
    ran = CliRunner().invoke(app, ["diagnose", "over-optimisation", str(path)])
    assert "gold is empty in some rows" in str(ran.exception)
