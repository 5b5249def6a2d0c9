"""Examples in modules of an extra run where the extra is installed; skips are counted by reason."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

from fullmenu.compiled import choice

EXTRAS = (
    "torch",
    "transformers",
    "trl",
    "lightning",
    "keras",
    "pytorch_optimizer",
    "sqlalchemy",
    "fastapi",
)
ROOMS = {"store": "sqlalchemy", "server": "fastapi"}
"""Rooms that cannot be imported without an extra, from inside or from elsewhere."""
SOURCES = Path(__file__).parent / "src"
os.environ.setdefault("KERAS_BACKEND", "torch")
if os.environ.get("FULLMENU_LOOPS") == "1":  # all tests by the compiled loops, at whatever size
    choice.LARGE = choice.LOADED = 0
settings.register_profile("fullmenu", deadline=None)
settings.load_profile("fullmenu")


def missing(module: Path) -> str | None:
    """Return the extra that the examples of a module need and that is not installed here."""
    text = module.read_text("utf-8")
    if module.parent.name == "integrations":
        text += f"\nimport {module.stem}"
    text += "".join(
        f"\nimport {x}"
        for room, x in ROOMS.items()
        if SOURCES / "fullmenu" / room in module.parents
        or re.search(rf"^( *>>> )?(import|from) fullmenu\.{room}\b", text, re.M)
    )
    used = (x for x in EXTRAS if re.search(rf"^( *>>> )?(import|from) {x}\b", text, re.M))
    return next((name for name in used if find_spec(name) is None), None)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what cannot be imported here, unless everything is required."""
    if collection_path.suffix != ".py" or SOURCES not in collection_path.parents:
        return None
    required = os.environ.get("FULLMENU_REQUIRE_ALL") == "1"
    return True if not required and missing(collection_path) else None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a file that skips itself (``importorskip`` at its top), where everything is required."""
    report = yield
    if report.skipped and os.environ.get("FULLMENU_REQUIRE_ALL") == "1":
        report.outcome = "failed"
        report.longrepr = f"FULLMENU_REQUIRE_ALL=1, but {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why tests did not run: a line a reason."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    for reason, n in reasons.most_common():
        terminalreporter.write_line(f"SKIPPED {n}: {reason}")
    if terminalreporter.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return  # somebody asked for a part
    left = Counter(filter(None, map(missing, SOURCES.rglob("*.py"))))
    for name, n in sorted(left.items()):
        terminalreporter.write_line(f"EXAMPLES of {n} modules not run: {name} is not installed")
