"""The watches of a store in a process of their own, so that taking samples waits for none."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
from contextlib import suppress
from multiprocessing.connection import Connection

from fullmenu.live.watcher import Watcher
from fullmenu.store import Store

_LOG = logging.getLogger(__name__)

AGAIN = 5.0
"""Seconds after which a process that ended by itself is started again."""

ENDING = 30.0
"""Seconds in which it may save what it is counting."""


class WatcherProcess:
    """A :class:`~fullmenu.live.watcher.Watcher` in a process of its own, which ends with this one.

    Parameters
    ----------
    url
        The store, as :meth:`fullmenu.store.Store.open` takes it.
    """

    def __init__(self, url: str | None) -> None:
        self.url = url
        self._ending = threading.Event()
        self._line: Connection | None = None
        self._thread = threading.Thread(target=self._keep, name="watcher-process", daemon=True)

    def start(self) -> None:
        """Start it, and start it again where it ends by itself."""
        self._thread.start()

    def stop(self) -> None:
        """End it, once what it counts is saved."""
        self._ending.set()
        if self._line is not None:
            self._line.close()
        self._thread.join(ENDING)

    def _keep(self) -> None:
        context = multiprocessing.get_context("spawn")
        while not self._ending.is_set():
            theirs, self._line = context.Pipe(duplex=False)
            process = context.Process(target=_run, args=(self.url, theirs), daemon=True)
            process.start()
            theirs.close()
            if self._ending.is_set():
                self._line.close()
            process.join()
            if self._ending.wait(1):  # both may have been told to end
                return
            _LOG.error("the watcher ended with status %s; it is started again", process.exitcode)
            self._ending.wait(AGAIN)


def _run(url: str | None, line: Connection) -> None:
    """Run the watches until the other end of the line is closed, or its process is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Store.open(url) as store:
        watcher = Watcher(store)
        watcher.start()
        with suppress(EOFError, KeyboardInterrupt):
            line.recv()
        watcher.stop()
