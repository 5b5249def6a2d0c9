"""Inspect's zip, with Zstandard or deflate inside.

The standard library lists such a zip but does not unpack its entries (method 93).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from fullmenu.errors import BadInput
from fullmenu.readers import ledger
from fullmenu.readers.json_text import loads
from fullmenu.readers.ledger import Ledger, Reject
from fullmenu.readers.registry import Item, Packing
from fullmenu.readers.streams import Opened, decompression_errors, seekable, zstd_decompressor
from fullmenu.text.json_values import Object, at, is_object

_STORED, _DEFLATE, _ZSTD = 0, 8, 93
_MOST = 1 << 27
"""Bytes of one entry; a longer one is rejected without being loaded."""
_TIMES = 100  # times that a log of over 8 MB may unpack to
_FAULTS = (ValueError, RecursionError, OSError, zlib.error, struct.error, AttributeError)


def recognise(file: Opened) -> float:
    """Tell by magic bytes."""
    zipped = file.head.startswith(b"PK\x03\x04")
    return 1.0 if zipped and (file.suffix == ".eval" or b"_journal/" in file.head) else 0.0


def items(file: Opened, log: Ledger) -> Iterator[Item]:
    """Yield each sample in an object with the header, as in Inspect's JSON logs."""
    with seekable(file) as stream:
        try:
            entries = ZipFile(stream).infolist()
        except (BadZipFile, RuntimeError, LookupError, *_FAULTS) as error:
            raise BadInput(
                f"{file.name} is no complete Inspect log ({error}); was the run cut off? "
                "Write it again with: inspect log convert --to json"
            ) from None
        unpacked, stored = sum(e.file_size for e in entries), max(stream.seek(0, 2), 1 << 23)
        if unpacked > _TIMES * stored:
            raise BadInput(
                f"{file.name} unpacks to {unpacked:,} bytes, over {_TIMES} times of what it holds; "
                "write it again with: inspect log convert --to json"
            )
        about = _header(stream, entries, log)
        samples = [e for e in entries if e.filename.startswith("samples/")]
        if not samples:
            raise BadInput(f"{file.name} is a zip without samples/, not a log of Inspect")
        for n, entry in enumerate(samples, 1):
            try:
                sample = loads(unpack(stream, entry, _MOST), log)
            except _FAULTS as error:
                log.malformed(n, f"{entry.filename}: {str(error)[:200]}", entry.filename)
                continue
            yield n, {"eval": about, "samples": [sample]}


def unpack(stream: IO[bytes], entry: ZipInfo, limit: int) -> bytes:
    """Return the bytes of an entry, read behind its local header."""
    if entry.file_size > limit:
        raise Reject(f"{entry.file_size:,} bytes, more than the {limit:,} allowed")
    stream.seek(entry.header_offset)
    header = stream.read(30)
    if header[:4] != b"PK\x03\x04":
        raise Reject("the zip's directory points to no entry")
    name, extra = struct.unpack("<HH", header[26:30])
    stream.seek(name + extra, 1)
    packed = stream.read(entry.compress_size)
    if entry.flag_bits & 1:
        raise Reject("it is encrypted")
    data = _unpacked(packed, entry.compress_type, limit)
    if zlib.crc32(data) != entry.CRC:
        raise Reject("its checksum is wrong: it is damaged, or was altered")
    return data


def _unpacked(packed: bytes, method: int, limit: int) -> bytes:
    if method == _STORED:
        return packed
    if method == _DEFLATE:
        return zlib.decompressobj(-15).decompress(packed, limit)
    if method == _ZSTD:
        try:
            return bytes(zstd_decompressor().decompress(packed, limit))
        except decompression_errors() as error:
            raise Reject(f"damaged: {error}") from None
    raise Reject(f"zip method {method} is not known")


def _header(stream: IO[bytes], entries: list[ZipInfo], log: Ledger) -> Object:
    """Return ``eval`` of the header, or of the journal's start where a run did not finish."""
    named = {e.filename: e for e in entries}
    for name in ("header.json", "_journal/start.json"):
        if name in named:
            try:
                header = loads(unpack(stream, named[name], ledger.MAX_RECORD), log)
            except _FAULTS:
                header = None
            if is_object(about := at(header, "eval")):
                return about
            log.remark("headers of Inspect logs that cannot be read")
    return {}


FORMAT = Packing("eval", "eval", recognise, items, (".eval",))
