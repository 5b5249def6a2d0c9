"""Lines that are added to a file: each read once, whatever happens to the file."""

from __future__ import annotations

import io
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO

from fullmenu.errors import BadInput
from fullmenu.readers import ledger, paths, registry
from fullmenu.readers.fields import check_map, parse_map
from fullmenu.readers.formats import jsonl, text
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.reader import Intake, described, understood
from fullmenu.readers.registry import Item, Packing
from fullmenu.readers.sources import resolve
from fullmenu.readers.streams import HEAD, File, Opened, opened, suffix
from fullmenu.samples import Record

PART = 8 << 20
"""Bytes read at once, unless a line is longer."""

MARK = 1024
"""Bytes at the beginning, and before the place, by which a file is known again."""

FIRST = 16
"""Lines at the beginning from which it is told what the fields are, for all lines."""

LINES = ("jsonl", "text")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Place:
    """How far a file was read, and how to know the file again."""

    offset: int = 0  # bytes read
    first: int = 0  # bytes at its beginning that tell what the fields are
    items: int = 0  # records read
    head: str = ""  # digests of the bytes at its beginning, and of those before ``offset``
    tail: str = ""
    since: int = 0  # where nothing was read yet: when it began, in ns since 1970

    def to_dict(self) -> dict[str, str | int]:
        """Return plain JSON."""
        return asdict(self)


@dataclass(frozen=True)
class ReadStretch:
    """What was read at once: its records, and the places where it began and ended."""

    records: list[Record]
    begin: Place
    end: Place


def is_lines(source: str, format: str | None = None) -> bool:
    """Whether a source is one plain file of one record a line, which can be read on as it grows."""
    if source == "-" or Path(source).is_dir() or not Path(source).exists():
        return False
    files, _ = resolve(source)
    if len(files) != 1 or files[0].path is None:
        return False
    with opened(files[0]) as file:
        if file.file is None or file.remark or not file.file.can_seek:
            return False
        packing, shape = registry.named(format)
        if not file.head.strip() and packing is None:
            return shape is not None or file.suffix in (*jsonl.ENDINGS, *text.NAMES)
        return (packing or registry.guess_packing(file)).name in LINES


class Growing:
    """A file of one record a line that grows, is rotated, or is cut.

    Parameters
    ----------
    path
        The file; it may not be there yet.
    format, map, records, tolerate
        As in :func:`fullmenu.read`; ``log`` counts what is malformed.
    place
        Where to go on: in the file itself, or in the one that it was renamed to (``log.jsonl.1``).

    Notes
    -----
    Every part is understood from the file's first lines, so that fields do not depend on where it
    begins. A file that was renamed is read to its end before the one that now has its name. One
    that was cut or replaced is read from its beginning. ``remarks`` tells what happened.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        format: str | None = None,
        map: dict[str, str] | str | None = None,
        records: str | None = None,
        place: Place | None = None,
        tolerate: bool = True,
    ) -> None:
        self._file: IO[bytes] | None = None
        self.path = Path(path).expanduser()
        self._goes_on = place is not None
        self.place = place or Place(since=_beginning(self.path))
        self.remarks: list[str] = []
        self._map = parse_map(map) if isinstance(map, str) else map
        if self._map:
            check_map(self._map)
        self._packing, self._shape = registry.named("table" if self._map else format)
        if self._map and format is not None:
            self._packing = registry.named(format)[0]
        self._older: list[Path] = []
        self.how = ""
        self.log = Ledger(tolerate=tolerate, map=self._map, records=records)

    def part(
        self, *, end: Place | None = None, whole: bool = False, last: bool = False
    ) -> ReadStretch | None:
        """Return the next lines; ``None`` where there are none yet.

        Parameters
        ----------
        end
            Stop exactly there: to read once more what was read before.
        whole
            All that the file holds, and not about 8 MB of it.
        last
            Take a last line without a line end too, if it is a whole record.
        """
        if self._file is None and not self._begin(end or self.place):
            return None
        moved = self._moved()
        while True:
            data = self._bytes(end, whole, last or moved)
            if data or not moved:
                break
            self._next()
            moved = self._moved()
        return self._understood(data) if data else None

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self.close()

    def _begin(self, place: Place) -> bool:
        """Open the file that holds a place; ``False`` where there is no file yet."""
        before = sorted(_rotated(self.path), key=_written)
        if not place.offset:
            mine = self._goes_on and place.since
            self._older = [p for p in before if mine and _written(p) >= place.since]
            if not self._older:
                return self._open(self.path)
            first = self._older.pop(0)
            self.remarks.append(f"began in {first.name}, which {self.path.name} became")
            return self._open(first)
        if _holds(self.path, place):
            return self._open(self.path)
        for i, path in enumerate(before):
            if _holds(path, place):
                self.remarks.append(f"went on in {path.name}, which {self.path.name} became")
                self._older = before[i + 1 :]
                return self._open(path)
        if not self.path.exists():
            return False
        self.remarks.append(
            f"{self.path.name} is not the file that was read before, nor is that beside it: "
            "read from its beginning"
        )
        self.place = Place()
        return self._open(self.path)

    def _open(self, path: Path) -> bool:
        self.close()
        try:
            self._file = path.open("rb")
        except FileNotFoundError:
            return False
        except OSError as error:
            raise BadInput(f"cannot open {path}: {error.strerror}") from None
        return True

    def _next(self) -> None:
        """Go on to the next file; where it has just gone, stay."""
        path = self._older.pop(0) if self._older else self.path
        held, self._file = self._file, None
        since = 0 if held is None else os.fstat(held.fileno()).st_mtime_ns
        if not self._open(path):
            self._file = held
            return
        if held is not None:
            held.close()
        self.remarks.append(f"{self.path.name} was rotated: went on in the new one")
        self.place = Place(since=since + 1)

    def _moved(self) -> bool:
        """Whether another file has this one's name by now; one that was cut is begun anew."""
        assert self._file is not None
        mine = os.fstat(self._file.fileno())
        try:
            named = self.path.stat()
        except OSError:
            return bool(self._older)
        if (named.st_dev, named.st_ino) != (mine.st_dev, mine.st_ino):
            if not self._older:  # several may have come and gone since it was looked at last
                since = [p for p in _rotated(self.path) if _written(p) > mine.st_mtime_ns]
                self._older = sorted(since, key=_written)
            return named.st_size > 0 or bool(self._older)
        grown = mine.st_size > self.place.offset > 0
        if mine.st_size < self.place.offset or (grown and not _fits(self._file, self.place)):
            self.remarks.append(f"{self.path.name} was cut or replaced: read from its beginning")
            self.place = Place()
        return False

    def _bytes(self, end: Place | None, whole: bool, last: bool) -> bytes:
        assert self._file is not None
        self._file.seek(self.place.offset)
        if end is not None:
            return self._file.read(end.offset - self.place.offset)
        data = self._file.read() if whole else self._file.read(PART)
        while b"\n" not in data and len(data) <= ledger.MAX_RECORD:
            more = self._file.read(PART)
            if not more:
                break
            data += more
        kept = data.rfind(b"\n") + 1
        ended = not self._file.read(1)
        if (last and ended and self._is_record(data[kept:])) or len(data) > ledger.MAX_RECORD > 0:
            return data if kept in (0, len(data)) or ended else data[:kept]
        return data[:kept]

    def _is_record(self, line: bytes) -> bool:
        if self._packing is not None and self._packing.name == "text":
            return True
        try:
            json.loads(line)
        except (ValueError, RecursionError):
            return (
                bool(line)
                and suffix(self.path.name) not in jsonl.ENDINGS
                and not (line.lstrip().startswith((b"{", b"[")))
            )
        return True

    def _understood(self, data: bytes) -> ReadStretch:
        assert self._file is not None
        begin = self.place
        first = _lines(data, FIRST) if not begin.offset else _at(self._file, 0, begin.first)
        open_line = begin.offset and _at(self._file, begin.offset - 1, begin.offset) != b"\n"
        new = data.removeprefix(b"\n") if open_line else data
        name = self.path.name
        log = self.log
        log.begin(name)
        log.calls, log.around = set(), set()  # a part that is read once more is read alike
        packing = self._packing = self._packing or registry.guess_packing(
            _as_opened(name, first + (b"" if not begin.offset else new))
        )
        if packing.name not in LINES:
            raise BadInput(
                f"{name} is {packing.title}, and only JSONL and plain text can be read as they grow"
            )
        log.packing = packing.name
        known = [value for _, value in self._items(packing, first, True, Ledger())]
        intake = Intake(log, packing, self._shape)
        shape = understood(known, intake)
        self.how = described(packing.title, shape, log)
        records: list[Record] = []
        items = begin.items
        for line, value in self._items(packing, new, not begin.offset, log):
            log.position = items
            items += 1
            records += intake.records(line, value, shape)
        if log.state.get("pieces"):
            raise BadInput(
                f"{name} holds streams in pieces, one a line, which cannot be read as they grow: "
                "log whole responses"
            )
        offset = begin.offset + len(data)
        self.place = Place(
            offset,
            begin.first or len(first),
            items,
            _digest(_at(self._file, 0, min(offset, MARK))),
            _digest(_at(self._file, max(offset - MARK, 0), offset)),
        )
        return ReadStretch(records, begin, self.place)

    def _items(self, packing: Packing, data: bytes, bom: bool, log: Ledger) -> Iterator[Item]:
        items = packing.items(_as_opened(self.path.name, data, bom), log)
        if self.log.records is None:
            return items
        log.name = self.path.name
        return paths.under(items, self.log.records, log)


def _as_opened(name: str, data: bytes, bom: bool = True) -> Opened:
    data = data.removeprefix(_BOM) if bom else data
    stream = io.BytesIO(data)
    return Opened(File(None, name).name, data[:HEAD], stream, None, len(data), stream)


def _lines(data: bytes, n: int) -> bytes:
    return b"".join(islice(io.BytesIO(data), n))


def _at(file: IO[bytes], begin: int, end: int) -> bytes:
    file.seek(begin)
    return file.read(end - begin)


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:32]


def _fits(file: IO[bytes], place: Place) -> bool:
    at = place.offset
    return (
        _digest(_at(file, 0, min(at, MARK))) == place.head
        and _digest(_at(file, max(at - MARK, 0), at)) == place.tail
    )


def _holds(path: Path, place: Place) -> bool:
    try:
        with path.open("rb") as file:
            return _fits(file, place)
    except OSError:
        return False


def _written(path: Path) -> int:
    return path.stat().st_mtime_ns


def _beginning(path: Path) -> int:
    """Return from when on what is written belongs to a file: its lines so far do too."""
    try:
        held = path.stat()
    except OSError:
        return time.time_ns()
    return held.st_mtime_ns if held.st_size else time.time_ns()


def _rotated(path: Path) -> list[Path]:
    """Return the files beside it that are named as rotated ones: ``log.jsonl.1``, ``….2026-11-20``.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("a.jsonl", "a.jsonl.1", "a.jsonl.bak"):
    ...     (folder / name).touch()
    >>> [p.name for p in _rotated(folder / "a.jsonl")]
    ['a.jsonl.1']
    """
    named = re.compile(re.escape(path.name) + r"[.-][\dT_.:-]+")
    if not path.parent.is_dir():
        return []
    return [p for p in path.parent.iterdir() if named.fullmatch(p.name) and p.is_file()]
