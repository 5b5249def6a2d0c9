"""The one writer: what waits is stored in one transaction, and answered once that is committed."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fullmenu.samples import Record

if TYPE_CHECKING:
    from fullmenu.store import Added, Store

_LOG = logging.getLogger(__name__)

TOGETHER = 5_000
"""Samples of one transaction, unless one batch holds more."""


class Full(Exception):
    """So many samples wait that no more are taken for now."""


class Closed(Exception):
    """The server is about to end."""


@dataclass
class _Batch:
    records: Sequence[Record]
    stored: Future[Added]


class Writer:
    """A thread that stores batches in the order in which they come.

    Parameters
    ----------
    store
        Where to.
    most
        Samples that may wait.
    """

    def __init__(self, store: Store, most: int) -> None:
        self.store, self.most = store, most
        self.waiting = 0
        self.rejections = 0
        self._batches: deque[_Batch] = deque()
        self._changed = threading.Condition()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="fullmenu-writer", daemon=True)

    def start(self) -> None:
        """Begin to store."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it stores what comes."""
        return self._thread.is_alive()

    def put(self, records: Sequence[Record]) -> Future[Added]:
        """Take a batch; what it returns is done once the batch is committed, or has failed.

        Raises
        ------
        Full, Closed
            It was not taken.
        """
        with self._changed:
            if self._ending:
                raise Closed
            if self._batches and self.waiting + len(records) > self.most:
                self.rejections += 1
                raise Full
            batch = _Batch(records, Future())
            self._batches.append(batch)
            self.waiting += len(records)
            self._changed.notify()
        return batch.stored

    def close(self, timeout: float | None = None) -> None:
        """Store what waits, and end."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        while batches := self._next():
            self._store(batches)

    def _next(self) -> list[_Batch]:
        """Wait for batches, and return as many as make one transaction; none: it is over."""
        with self._changed:
            while not self._batches:
                if self._ending:
                    return []
                self._changed.wait()
            taken: list[_Batch] = []
            size = 0
            while self._batches and (not taken or size < TOGETHER):
                batch = self._batches.popleft()
                if batch.stored.set_running_or_notify_cancel():
                    taken.append(batch)
                    size += len(batch.records)
                else:  # whoever sent it went away
                    self.waiting -= len(batch.records)
            return taken or self._next()

    def _store(self, batches: list[_Batch]) -> None:
        """Store batches together; where that fails each alone, so that one spoils no other."""
        try:
            with self.store.database.write():
                answers = [self.store.add(batch.records) for batch in batches]
        except Exception as error:
            if len(batches) > 1:
                for batch in batches:
                    self._store([batch])
                return
            _LOG.error("a batch could not be stored: %s", type(error).__name__)
            self._leaves(batches)
            batches[0].stored.set_exception(error)
            return
        self._leaves(batches)
        for batch, added in zip(batches, answers, strict=True):
            batch.stored.set_result(added)

    def _leaves(self, batches: list[_Batch]) -> None:
        with self._changed:
            self.waiting -= sum(len(batch.records) for batch in batches)
