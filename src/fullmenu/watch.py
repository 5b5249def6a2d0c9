"""Watching variety over time: the monitor, and logs that are followed with it."""

from __future__ import annotations

from fullmenu.live.stream import follow
from fullmenu.monitor.baseline import Baseline
from fullmenu.monitor.forecast import plan
from fullmenu.monitor.monitor import Monitor
from fullmenu.monitor.two_sample import TwoSample
from fullmenu.monitor.visits import Visit, gather, gather_some
from fullmenu.report.watch.document import Alarm, Expected

__all__ = [
    "Alarm",
    "Baseline",
    "Expected",
    "Monitor",
    "TwoSample",
    "Visit",
    "follow",
    "gather",
    "gather_some",
    "plan",
]
