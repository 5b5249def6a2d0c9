"""pytest: ``assert_variety`` as a fixture, and failures that show the report, not a traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fullmenu.report.report import Report


@pytest.fixture
def assert_variety(record_property: Callable[[str, object], None]) -> Callable[..., Any]:
    """Return :func:`fullmenu.assert_variety`; verdict and ratios go into JUnit's XML."""
    from fullmenu.judge.gate import VarietyLost
    from fullmenu.judge.gate import assert_variety as checked
    from fullmenu.report.plain import interval
    from fullmenu.report.questions import QUESTIONS, answers

    def tell(report: Report) -> None:
        record_property("variety", report.verdict)
        for x in answers(report.content):
            if x.ratio:
                record_property(f"{x.view}, {QUESTIONS[x.question]}", interval(x.ratio))

    @wraps(checked)
    def asserted(*args: Any, **options: Any) -> Report:
        try:
            report = checked(*args, **options)
        except VarietyLost as error:
            tell(error.report)
            raise
        tell(report)
        return report

    return asserted


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Show a variety failure as the report itself."""
    outcome = yield
    error = call.excinfo.value if call.excinfo else None
    if type(error).__name__ in ("VarietyLost", "VarietyUnclear", "PipeFound"):
        outcome.get_result().longrepr = str(error)
