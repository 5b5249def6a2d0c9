"""Watching variety over time: alarms whose false-alarm rate is guaranteed. Pure: no I/O."""

from __future__ import annotations

from fullmenu.report.watch.document import Alarm, Expected
from fullmenu.watch.baseline import Baseline
from fullmenu.watch.forecast import plan
from fullmenu.watch.monitor import Monitor
from fullmenu.watch.two_sample import TwoSample
from fullmenu.watch.visits import Visit, gather, gather_some

__all__ = [
    "Alarm",
    "Baseline",
    "Expected",
    "Monitor",
    "TwoSample",
    "Visit",
    "gather",
    "gather_some",
    "plan",
]
