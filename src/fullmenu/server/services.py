"""What one server consists of, as doors and pages find it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Protocol

import msgspec
from fastapi import Request

from fullmenu.cleaner import one_line
from fullmenu.report.watch import words
from fullmenu.report.watch.document import WatchDocument
from fullmenu.server.access import Access
from fullmenu.server.reception import Reception
from fullmenu.server.stored_review import desk_of
from fullmenu.server.summaries import Summaries

if TYPE_CHECKING:
    from fullmenu.review.desk import Desk
    from fullmenu.store import ChangeNote, Store, StoredAlarm, StoredWatch

NOTES = 200
"""Notes of changes that are looked at, the latest."""

DOCUMENTS = 256
"""Documents of watches that are kept as they were read last."""


class Worker(Protocol):
    """Runs beside what comes in: the watches of a store, the courier of its alarms."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End, once what is being done is saved."""


@dataclass
class Services:
    """What one server consists of."""

    store: Store
    reception: Reception
    access: Access
    summaries: Summaries
    demo: bool = False
    desk: Desk | None = None
    began: float = field(default_factory=time.time)
    _seated: tuple[int, Desk] | None = None
    _seating: threading.Lock = field(default_factory=threading.Lock)
    _documents: dict[int, tuple[bytes, WatchDocument]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def review_desk(self) -> Desk | None:
        """Return the desk of the review that goes on: the given one, or the store's."""
        if self.desk is not None:
            return self.desk
        number = self.store.reviews.current()
        if number is None:
            return None
        with self._seating:
            if self._seated is None or self._seated[0] != number:
                self._seated = number, desk_of(self.store, number)
            return self._seated[1]

    @property
    def lasted(self) -> float:
        """Seconds since the server began."""
        return time.time() - self.began

    def document(self, watch: int) -> WatchDocument | None:
        """Return how a watch stood last; ``None`` before it has begun."""
        data = self.store.document(watch)
        if data is None:
            return None
        known = self._documents.get(watch)
        if known is not None and known[0] == data:
            return known[1]
        document = msgspec.json.decode(data, type=WatchDocument)
        with self._lock:
            self._documents[watch] = data, document
            while len(self._documents) > DOCUMENTS:
                del self._documents[next(iter(self._documents))]
        return document

    def watch_of(self, model: str | None) -> StoredWatch | None:
        """Return the watch that a model has."""
        return next((watch for watch in self.store.watches() if watch.model == model), None)

    def notes(self, model: str | None) -> list[ChangeNote]:
        """Return what somebody noted to have changed for a model, the newest first."""
        noted = self.store.changes(limit=NOTES)
        return [note for note in noted if note.model in (None, model)]

    def told(self, stored: StoredAlarm) -> dict[str, object]:
        """Return an alarm as a table tells it."""
        document = self.document(stored.watch)
        about = words.what(document, stored.alarm) if document else one_line(stored.alarm, 200)
        seconds = stored.alarm.time
        raised = stored.raised if seconds is None else datetime.fromtimestamp(seconds, timezone.utc)
        return {"stored": stored, "about": about, "raised": raised}


def services_of(request: Request) -> Services:
    """Return what the server consists of that a request came to."""
    held: Services = request.app.state.services
    return held


async def services(request: Request) -> Services:
    """Return the same, as a dependency, for which no thread is needed."""
    return services_of(request)
