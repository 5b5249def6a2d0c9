"""A log copied into a store as it grows, each of its outputs once."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

from msgspec import to_builtins

from fullmenu.live.cursors import Chunk, Cursor, mark_of, open_log
from fullmenu.samples import Record, Samples
from fullmenu.store import Added, Store


class Feed:
    """A log on its way into a store. How far it is stands in the store, beside what was read.

    Parameters
    ----------
    store
        Where to.
    log
        The log; its path is what it is known by.
    grows
        Whether it is read as it grows.
    model
        Whose outputs are taken; by default everybody's.
    format, map, records, tolerate
        As in :func:`fullmenu.read`.

    Raises
    ------
    BadInput
        There is no such log, it cannot be read, or it is another one than before.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> log = folder / "log.jsonl"
    >>> _ = log.write_text('{"prompt": "A fruit?", "output": "fig"}\\n' * 2)
    >>> store = Store.open(str(folder / "store.db"))
    >>> list(Feed(store, str(log)).parts()), list(Feed(store, str(log)).parts())
    ([Added(stored=2, known=0)], [])
    """

    def __init__(
        self,
        store: Store,
        log: str,
        *,
        grows: bool = False,
        model: str | None = None,
        format: str | None = None,
        map: dict[str, str] | str | None = None,
        records: str | None = None,
        tolerate: bool = False,
    ) -> None:
        self.store, self.grows = store, grows
        self._name = f"log {Path(log).expanduser().resolve()}"
        saved = store.setting(self._name, {"id": secrets.token_hex(8), "taken": 0, "place": {}})
        self._id, self._taken = saved["id"], saved["taken"]
        place = mark_of(saved["place"])
        self.cursor: Cursor = open_log(
            log,
            place,
            grows=grows,
            model=model,
            format=format,
            map=map,
            records=records,
            tolerate=tolerate,
        )
        if place is None and self.cursor.start is not None:
            self._keep(to_builtins(self.cursor.start))

    def parts(self) -> Iterator[Added]:
        """Store what the log holds since, part by part."""
        while (chunk := self.cursor.take(None, self.grows)) is not None:
            rows = _records(chunk)
            keys = None  # of calls that have a name, which other ways into the store know too
            if any(row.call_id is None for row in rows):
                keys = [f"{self._id} {self._taken + n}" for n in range(len(rows))]
            with self.store.database.write():
                added = self.store.add(rows, keys)
                self._taken += len(rows)
                self._keep(to_builtins(chunk.end))
            yield added

    def _keep(self, place: dict[str, int | str]) -> None:
        self.store.set(self._name, {"id": self._id, "taken": self._taken, "place": place})


def _records(chunk: Chunk) -> list[Record]:
    return list(chunk.records) if chunk.samples is None else _rows(chunk.samples)


def _rows(samples: Samples) -> list[Record]:
    written = ("parameters", "extra")
    return [
        Record(**{**row, **{name: json.loads(row[name] or "{}") for name in written}})
        for row in samples.table.to_pylist()
    ]
