"""A store as the log of a session, and as the keeper of its state."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from fullmenu.errors import BadInput
from fullmenu.live.cursors import GONE, Chunk, LastSample, Mark
from fullmenu.report.watch.document import Alarm
from fullmenu.samples import Media, Record
from fullmenu.store import Range, Store, StoredWatch

PART = 2_000
"""Samples that are read at once."""


def records_of(store: Store, model: str | None, within: Range) -> list[Record]:
    """Return a model's samples in a range."""
    return [stored.record for page in store.pages(*within, model=model) for stored in page]


@dataclass
class StoreCursor:
    """What a store holds of a model, in the order of arrival, after a sample.

    A log that grows never says that it ends: ``take(None, grows=False)`` reads nothing, and closes
    the visit that is open.
    """

    store: Store
    model: str | None
    position: int
    media: Media = "text"
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start: Mark | None = LastSample(self.position)
        self._begun = self.position
        self._closed = False

    def take(self, end: Mark | None, grows: bool) -> Chunk | None:
        """Return the next samples, or once more those up to ``end``."""
        if end is not None and not isinstance(end, LastSample):
            raise BadInput(GONE)
        if end is not None:
            records = records_of(self.store, self.model, Range(self._begun, end.sample))
            self.position = end.sample
            return Chunk(end, records)
        self._begun = self.position
        if not grows:
            self._closed = not self._closed
            return Chunk(LastSample(self.position)) if self._closed else None
        page = self.store.samples(self.position, model=self.model, limit=PART)
        if not page:
            return None
        self.position, self._closed = page[-1].id, False
        return Chunk(LastSample(self.position), [stored.record for stored in page])

    def left_out(self) -> str | None:
        """Say nothing: what cannot be read is not stored."""
        return None


class StoreState:
    """The state of a watch in its store, beside its alarms."""

    def __init__(self, store: Store, watch: StoredWatch) -> None:
        self.store, self.watch = store, watch
        self.version, self._data = self._read()
        self._kept: dict[int, Alarm] = {}

    def __str__(self) -> str:
        return f"of the watch {self.watch.name!r} in {self.store}"

    def load(self) -> bytes | None:
        """Return what was saved last, by whomever."""
        if self.store.version(self.watch.id) != self.version:
            self.version, self._data = self._read()
        return self._data

    def _read(self) -> tuple[int, bytes | None]:
        version, data = self.store.state(self.watch.id)
        with suppress(zlib.error):  # the session refuses what is none
            data = None if data is None else zlib.decompress(data)
        return version, data

    def save(self, data: bytes, place: Mark | None, alarms: Sequence[Alarm]) -> None:
        """Keep the state, and in the same transaction those alarms that are new or have changed."""
        position = place.sample if isinstance(place, LastSample) else self.watch.baseline.until
        changed = [a for a in alarms if self._kept.get(a.visit) != a]
        packed = zlib.compress(data, 1)  # a third, in two milliseconds
        self.store.keep_state(self.watch.id, self.version, packed, position, changed)
        self.version, self._data = self.version + 1, data
        self._kept = {a.visit: a for a in alarms}
