"""pytest: ``assert_variety`` as a fixture, and failures that show the report, not a traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def assert_variety() -> Callable[..., Any]:
    """Return :func:`fullmenu.assert_variety`."""
    from fullmenu.judge.gate import assert_variety

    return assert_variety


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Show a variety failure as the report itself."""
    outcome = yield
    error = call.excinfo.value if call.excinfo else None
    if type(error).__name__ in ("VarietyLost", "VarietyUnclear"):
        outcome.get_result().longrepr = str(error)
