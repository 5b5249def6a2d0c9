"""Examples in modules of an extra run where the extra is installed; the rest is named."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

EXTRAS = ("torch", "transformers", "trl", "lightning", "keras", "pytorch_optimizer")
os.environ.setdefault("KERAS_BACKEND", "torch")
_LEFT: dict[str, list[str]] = {}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what cannot be imported here, unless everything is required."""
    if collection_path.suffix != ".py" or "src" not in collection_path.parts:
        return None
    text = collection_path.read_text("utf-8")
    if collection_path.parent.name == "integrations":
        text += f"\nimport {collection_path.stem}"
    missing = [
        name
        for name in EXTRAS
        if re.search(rf"^( *>>> )?(import|from) {name}\b", text, re.M) and find_spec(name) is None
    ]
    if not missing or os.environ.get("FULLMENU_REQUIRE_ALL") == "1":
        return None
    _LEFT.setdefault(missing[0], []).append(collection_path.name)
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the modules whose examples did not run."""
    for name, files in sorted(_LEFT.items()):
        terminalreporter.write_line(
            f"EXAMPLES NOT RUN, {name} is not installed: {', '.join(sorted(files))}"
        )
