"""A thread in the background goes on after a fault, and says each once."""

from __future__ import annotations

import logging
import threading

import pytest

from fullmenu.errors import BadInput
from fullmenu.live.rounds import go_round

LOG = logging.getLogger("fullmenu.live")


def test_faults_are_said_once_and_end_nothing(caplog: pytest.LogCaptureFixture) -> None:
    stop = threading.Event()
    turns = iter([BadInput("away")] * 3 + [True] + [BadInput("away")] + [KeyError("a fault")] * 2)

    def turn() -> object:
        result = next(turns, None)
        if result is None:
            stop.set()
        if isinstance(result, Exception):
            raise result
        return result

    go_round(turn, stop, 0.0, "cannot go on", LOG)
    said = [(r.getMessage(), r.exc_info is not None) for r in caplog.records]
    assert said == [
        ("cannot go on: away", False),
        ("cannot go on: away", False),
        ("cannot go on: 'a fault'", True),
    ]
