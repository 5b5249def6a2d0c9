"""Watching variety over time: the monitor, and logs that are followed with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu.live.recorder import Recorder as Recorder
    from fullmenu.live.recorder import record as record
    from fullmenu.live.stream import follow as follow
    from fullmenu.monitor.baseline import Baseline as Baseline
    from fullmenu.monitor.forecast import plan as plan
    from fullmenu.monitor.monitor import Monitor as Monitor
    from fullmenu.monitor.two_sample import TwoSample as TwoSample
    from fullmenu.monitor.visits import Visit as Visit
    from fullmenu.monitor.visits import gather as gather
    from fullmenu.monitor.visits import gather_some as gather_some
    from fullmenu.report.watch.document import Alarm as Alarm
    from fullmenu.report.watch.document import Expected as Expected
else:
    from fullmenu.lazy_names import attach

    __getattr__, __dir__ = attach(__name__)
