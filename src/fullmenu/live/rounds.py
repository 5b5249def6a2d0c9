"""Rounds of a thread in the background: one after another, whatever goes wrong in one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from fullmenu.errors import FullmenuError


def go_round(
    turn: Callable[[], object],
    stop: threading.Event,
    pause: float,
    failed: str,
    log: logging.Logger,
) -> None:
    """Take turns until ``stop``; pause after one in which there was nothing to do, or that failed.

    Why turns fail is logged once, until one succeeds or fails otherwise.
    """
    told = ""
    while not stop.is_set():
        try:
            busy, told = turn(), ""
        except Exception as error:  # the thread goes on: the store may be reached again
            busy, why = False, repr(error)
            if why != told:
                known = isinstance(error, FullmenuError)
                log.error("%s: %s", failed, error, exc_info=None if known else error)
            told = why
        if not busy:
            stop.wait(pause)
