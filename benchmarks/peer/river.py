"""river's drift detectors on the same streams: the first alarm in each.

No case of its own for ``peers.py``: ``watch_false_alarms.py`` and ``watch_delay.py`` call it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

REQUIREMENTS = ["river==0.26.1"]


def theirs_detect(
    path: str, name: str, rows: int, options: dict[str, Any] | None = None
) -> Callable[[], list[int]]:
    """First step (from 1) at which a detector alarms in each row; one past the end if never."""
    import numpy as np
    from river import drift

    x = np.load(path)[:rows]

    def run() -> list[int]:
        found = []
        for row in x:
            detector = getattr(drift, name)(**(options or {}))
            end = len(row) + 1
            for t, value in enumerate(row.tolist(), 1):
                detector.update(value)
                if detector.drift_detected:
                    end = t
                    break
            found.append(end)
        return found

    return run


def main() -> int:
    """Say where the comparison is."""
    print("river is compared in watch_false_alarms.py and watch_delay.py")
    return 0
