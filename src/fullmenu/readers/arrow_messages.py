"""What the messages of an Arrow file declare, read before anything is unpacked.

A message is a flatbuffer, then its body: https://arrow.apache.org/docs/format/Columnar.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO, NamedTuple

from fullmenu.errors import BadInput
from fullmenu.readers import ledger

FILE, STREAM = b"ARROW1", b"\xff\xff\xff\xff"
_DICTIONARY, _BATCH = 2, 3
_TIMES = 20  # times that what is larger than ``MAX_UNPACKED`` may be as large as the file
_EMPTY = 1_000_000  # rows that a batch may have whose columns hold nothing


class Declared(NamedTuple):
    """A batch: whether of a dictionary, its rows, and the bytes that it unpacks to."""

    dictionary: bool
    rows: int
    unpacked: int


def check(stream: IO[bytes], name: str) -> None:
    """Refuse a file that is cut off, or declares more than can be kept; leave it at its start.

    Raises
    ------
    BadInput
        It does.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    begin, end = 0, size
    if stream.read(6) == FILE:
        stream.seek(max(size - 10, 0))
        last = stream.read(10)
        if len(last) < 10 or last[4:] != FILE:
            raise BadInput(f"{name} is not a readable Arrow file: it is cut off")
        begin, end = 8, size - 10 - max(struct.unpack("<i", last[:4])[0], 0)
    stream.seek(begin)
    kept = 0
    try:
        for batch in _batches(stream, end):
            kept += batch.unpacked if batch.dictionary else 0
            held = max(batch.unpacked, kept)
            most = ledger.MAX_UNPACKED if held > _TIMES * size else ledger.MAX_DOCUMENT
            if held > most:
                raise BadInput(
                    f"{name} declares a batch of {held:,} bytes in a file of {size:,}, and "
                    f"{most:,} are allowed. Write it in smaller batches"
                )
            if not 0 <= batch.rows <= max(batch.unpacked, _EMPTY):
                raise BadInput(
                    f"{name} declares {batch.rows:,} rows in a batch of {batch.unpacked:,} bytes"
                )
    except (struct.error, EOFError, IndexError) as error:
        said = str(error) if isinstance(error, EOFError) else "a message makes no sense"
        raise BadInput(f"{name} is not a readable Arrow file: {said}") from None
    stream.seek(begin)


def _batches(stream: IO[bytes], end: int) -> Iterator[Declared]:
    """Yield what each batch declares; only its head is read."""
    while stream.tell() + 8 <= end:
        mark = stream.read(4)
        length = struct.unpack("<i", stream.read(4) if mark == STREAM else mark)[0]
        if length == 0:
            return
        begin = stream.tell()
        if length < 0 or begin + length > end:
            raise EOFError("it is cut off in a message")
        message = _Table.root(stream.read(length))
        body = message.number(3, "q")
        after = begin + length + body
        if body < 0 or after > end:
            raise EOFError("it is cut off in a batch")
        kind = message.number(1, "B")
        if kind in (_DICTIONARY, _BATCH):
            held = message.table(2)
            batch = held.table(1) if kind == _DICTIONARY else held
            unpacked = sum(_sizes(batch, stream, begin + length))
            yield Declared(kind == _DICTIONARY, batch.number(0, "q"), unpacked)
        stream.seek(after)


def _sizes(batch: _Table, stream: IO[bytes], body: int) -> Iterator[int]:
    """Yield the bytes of each buffer; a compressed one begins with its size, or -1 if it is not."""
    packed = batch.has(3)
    for offset, length in batch.pairs(2):
        size = length
        if packed and length >= 8 and offset >= 0:
            stream.seek(body + offset)
            size = max(length, *struct.unpack("<q", stream.read(8)))
        yield max(size, 0)


class _Table:
    """A table of a flatbuffer: where each field stands is told in a table of offsets before it."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    @classmethod
    def root(cls, data: bytes) -> _Table:
        return cls(data, *struct.unpack_from("<I", data))

    def _field(self, n: int) -> int:
        offsets = self._at - self._read("i", self._at)
        if 4 + 2 * n >= self._read("H", offsets):
            return 0
        offset = self._read("H", offsets + 4 + 2 * n)
        return self._at + offset if offset else 0

    def _read(self, kind: str, at: int) -> int:
        if at < 0:
            raise IndexError(at)
        number: int = struct.unpack_from(f"<{kind}", self._data, at)[0]
        return number

    def has(self, n: int) -> bool:
        return self._field(n) > 0

    def number(self, n: int, kind: str) -> int:
        at = self._field(n)
        return self._read(kind, at) if at else 0

    def table(self, n: int) -> _Table:
        at = self._field(n)
        if not at:
            raise IndexError(n)
        return _Table(self._data, at + self._read("I", at))

    def pairs(self, n: int) -> Iterator[tuple[int, int]]:
        at = self._field(n)
        if at:
            first = at + self._read("I", at)
            for i in range(self._read("I", first)):
                place = first + 4 + 16 * i
                yield self._read("q", place), self._read("q", place + 8)
