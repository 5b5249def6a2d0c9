"""The janitor: takes away samples that are older than the settings say."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from fullmenu.errors import FullmenuError

if TYPE_CHECKING:
    from fullmenu.store import Store

_LOG = logging.getLogger(__name__)

DAYS = "retention_days"
"""The setting: for how many days samples are kept; without it for good."""

POLL = 600.0
"""Seconds between two rounds."""


class Janitor:
    """Takes away samples that are older than the settings say, as long as the server lives.

    Parameters
    ----------
    store
        Where they are; it stays open.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="janitor", daemon=True)

    def start(self) -> None:
        """Run in a thread of its own, until :meth:`stop`."""
        self._thread.start()

    def stop(self) -> None:
        """End, after what is being taken away."""
        self._stop.set()
        self._thread.join(30)

    def round(self) -> int:
        """Take away what is due, and return how many samples that were."""
        days = self.store.setting(DAYS)
        if not days:
            return 0
        return self.store.prune(before=datetime.now(timezone.utc) - timedelta(days=days)).samples

    def _loop(self) -> None:
        while True:
            try:
                gone = self.round()
                if gone:
                    _LOG.info("%d samples were older than is kept, and went", gone)
            except FullmenuError as error:
                _LOG.warning("old samples could not be taken away: %s", error)
            if self._stop.wait(POLL):
                return
