"""Findings: what each kind may say, and how they stand side by side."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import fullmenu as fm
from fullmenu.cli.app import app
from fullmenu.diagnose import mode_collapse
from fullmenu.errors import BadInput
from fullmenu.estimate import Estimate
from fullmenu.finding import MEANINGS, SAYS, Finding, capped
from fullmenu.report.finding.page import render


def made(**more: Any) -> Finding:
    given: dict[str, Any] = {
        "cousin": "forgetting", "kind": "failure", "subject": "after <b>", "score": "new task",
        "intention": "old tasks too", "null": "no change: 0", "items": 500, "seeds": 5,
        "gap": Estimate(0.4, 0.3, 0.5, n=500, unit="accuracy", method="paired by item"),
        "verdict": "failure", "why": "Lost 40 %.", "caveat": "One suite.", "cure": "Replay.",
        "evidence": {"lost": Estimate(0.5, 0.4, 0.6, n=500, unit="share", method="exact")},
    }  # fmt: skip
    return Finding(**given | more)


def test_one_seed_never_earns_a_failure() -> None:
    with pytest.raises(BadInput, match="1 seed never earns a failure"):
        made(seeds=1)
    assert made(seeds=1, verdict=capped("failure", 1)).verdict == "warning"
    assert made(seeds=2).verdict == "failure"


@pytest.mark.parametrize("kind", list(SAYS))
def test_a_kind_says_what_it_may(kind: str) -> None:
    for verdict in {v for says in SAYS.values() for v in says}:
        if verdict in SAYS[kind]:  # type: ignore[index]
            assert made(kind=kind, verdict=verdict).verdict == verdict
        else:
            with pytest.raises(BadInput, match=f"a {kind} is never"):
                made(kind=kind, verdict=verdict)


def test_structure_is_never_failed_and_kinds_are_listed() -> None:
    assert "failure" not in SAYS["structure"] and "failure" not in SAYS["hazard"]
    with pytest.raises(BadInput, match="use one of failure, hazard, structure"):
        made(kind="fault")


@pytest.fixture(scope="module")
def collapse() -> dict[str, Any]:
    before = fm.Samples.of({f"q{i}": [f"dish {i} {j}" for j in range(8)] for i in range(12)})
    after = fm.Samples.of({f"q{i}": [f"dish {i}"] * 8 for i in range(12)})
    return fm.compare(before, after, labels=("base", "tuned")).document


def test_mode_collapse_is_one_of_them(collapse: dict[str, Any]) -> None:
    one = mode_collapse(collapse)
    assert (one.kind, one.verdict, one.seeds) == ("failure", "warning", 1)
    assert mode_collapse(collapse, seeds=5).verdict == "failure"
    worst = min(v["ratio"]["value"] for v in collapse["views"].values())
    assert one.gap.value == pytest.approx(1 - worst)
    assert one.gap.low is not None and one.gap.low <= one.gap.value
    with pytest.raises(BadInput, match="'fullmenu/check/1'; give one of fullmenu/compare/1"):
        mode_collapse({"schema": "fullmenu/check/1"})


def test_side_by_side_on_the_terminal_and_on_a_page(
    collapse: dict[str, Any], tmp_path: Path
) -> None:
    structure = made(cousin="lottery-ticket", kind="structure", verdict="present")
    inputs = {
        "a.json": made().to_dict(), "b.json": collapse, "c.json": structure.to_dict(),
    }  # fmt: skip
    for name, body in inputs.items():
        (tmp_path / name).write_text(json.dumps(body))
    page = tmp_path / "family.html"
    ran = CliRunner().invoke(
        app,
        ["diagnose", "report", *(str(tmp_path / n) for n in reversed(inputs)), "--html", str(page)],
    )
    assert ran.exit_code == 0, ran.output
    at = [ran.output.index(x) for x in ("forgetting", "mode collapse", "lottery-ticket")]
    assert at == sorted(at)  # failures before structure, a failure before a warning
    html = page.read_text()
    assert "after <b>" not in html and "after &lt;b&gt;" in html


def test_a_file_that_is_no_finding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"schema": "other"}')
    ran = CliRunner().invoke(app, ["diagnose", "report", str(path)])
    assert isinstance(ran.exception, BadInput) and "other" in str(ran.exception)
    path.write_text("{")
    ran = CliRunner().invoke(app, ["diagnose", "report", str(path)])
    assert isinstance(ran.exception, BadInput) and "not the JSON" in str(ran.exception)


def test_it_opens_in_a_browser(
    require: Callable[..., Any], tmp_path: Path, collapse: dict[str, Any]
) -> None:
    chromium = Path(os.environ.get("FULLMENU_CHROMIUM", "/usr/bin/chromium"))
    require("playwright", chromium)
    from playwright.sync_api import sync_playwright

    path = tmp_path / "page.html"
    path.write_text(render([made(), mode_collapse(collapse)]))
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 800})
        errors: list[str] = []
        page.on("pageerror", lambda e: errors.append(str(e)))
        page.goto(path.as_uri())
        assert page.locator("h1").first.is_visible()
        assert not errors
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        browser.close()


def test_the_document_and_the_page_say_what_the_verdict_means() -> None:
    finding = made()
    told = finding.to_dict()["meaning"]
    assert told == MEANINGS[finding.verdict]
    assert str(told) in render([finding])
