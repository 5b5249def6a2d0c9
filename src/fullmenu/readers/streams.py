"""Files opened: whatever they are compressed with, as a stream of UTF-8 bytes."""

from __future__ import annotations

import codecs
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import unquote

from fullmenu.errors import BadInput
from fullmenu.readers import remote

HEAD = 1 << 18
"""Bytes looked at to guess what a file is."""

MAX_COPY = 1 << 30
"""Bytes of a packed or streamed file that are copied to the temporary folder."""

PACKED = (".gz", ".bz2", ".xz", ".zst")
"""Endings that say how a file is compressed, and not what it is."""


@dataclass(frozen=True)
class File:
    """One file to read; ``path`` is ``None`` for stdin, ``found`` if a directory was searched.

    Parameters
    ----------
    url
        Where it is, if it is elsewhere; then there is no path.
    row_groups
        Those of a Parquet file that are read; by default all.
    """

    path: Path | None
    name: str
    found: bool = False
    url: str | None = None
    row_groups: tuple[int, ...] | None = None

    @property
    def place(self) -> str:
        """Its path or address; ``stdin`` is called so."""
        return self.url or (str(self.path) if self.path is not None else self.name)

    @property
    def can_seek(self) -> bool:
        """Whether it can be read more than once, and from anywhere."""
        return self.url is not None or (self.path is not None and self.path.is_file())

    @property
    def stamp(self) -> tuple[int, int]:
        """How large it is, and when it was written, in nanoseconds since 1970."""
        if self.url is not None:
            return remote.stamp(self.url)
        held = Path(self.place).stat()
        return held.st_size, held.st_mtime_ns

    @property
    def partition(self) -> dict[str, str]:
        """The columns that the names of its folders give.

        >>> File(Path("logs/model=a/day=2026-01-31/0.parquet"), "0.parquet").partition
        {'model': 'a', 'day': '2026-01-31'}
        """
        folders = self.place.replace(os.sep, "/").split("/")[:-1]
        pairs = [part.partition("=") for part in folders if part.partition("=")[0].isidentifier()]
        return {name: unquote(value) for name, equals, value in pairs if equals}


def suffix(name: str) -> str:
    """Return the extension that tells the format.

    >>> suffix("a/b.JSONL.xz"), suffix("-")
    ('.jsonl', '')
    """
    path = Path(name.lower())
    return Path(path.stem).suffix if path.suffix in PACKED else path.suffix


@dataclass
class Opened:
    """A file opened: its first bytes, and all of its bytes again as a stream.

    ``file`` is ``None`` where the stream is not what the file holds, but unpacked from it.
    """

    name: str
    head: bytes
    stream: IO[bytes]
    file: File | None
    size: int
    raw: IO[bytes]
    remark: str = ""

    @property
    def row_groups(self) -> tuple[int, ...] | None:
        """Those that are read; ``None`` for all."""
        return self.file.row_groups if self.file is not None else None

    @property
    def suffix(self) -> str:
        """The extension, without that of a compression: ``.jsonl``."""
        return suffix(self.name)

    def done(self) -> int:
        """Bytes of the file, as stored, that were read so far."""
        try:
            return self.raw.tell()
        except (OSError, ValueError):
            return 0


@contextmanager
def opened(file: File) -> Iterator[Opened]:
    """Open a file, whatever it is compressed with, as UTF-8 bytes without a byte order mark."""
    with ExitStack() as stack:
        if file.path is None and file.url is None:
            raw: IO[bytes] = sys.stdin.buffer
        else:
            raw = stack.enter_context(_from_start(file))
        size = raw.seek(0, os.SEEK_END) if file.can_seek else 0
        if size:
            raw.seek(0)
        head, stream = _peek(raw, 16)
        packed = False
        for _ in range(3):
            unpacked = _unpack(head, stream)
            if unpacked is None:
                break
            packed = True
            head, stream = _peek(unpacked, 16)
        remark = ""
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            stream = io.BufferedReader(_Recoded(stream))
            remark = "was UTF-16"
        head, stream = _peek(stream, HEAD)
        if head.startswith(codecs.BOM_UTF8):
            stream.read(3)
            head = head[3:]
        yield Opened(file.name, head, stream, None if packed else file, size, raw, remark)


def _from_start(file: File) -> IO[bytes]:
    """Open a file that is here or elsewhere."""
    if file.url is not None:
        return remote.opened(file.url)
    assert file.path is not None
    try:
        return file.path.open("rb")
    except OSError as error:
        raise BadInput(f"cannot open {file.path}: {error.strerror}") from None


@contextmanager
def seekable(file: Opened) -> Iterator[IO[bytes]]:
    """Return a stream that can seek: the file itself, or a copy on disk of what streams by.

    Raises
    ------
    BadInput
        The copy would be larger than ``MAX_COPY``, or does not fit on the disk.
    """
    if file.file is not None and file.file.can_seek:
        with _from_start(file.file) as stream:
            yield stream
        return
    with ExitStack() as stack:
        with _writing(file.name):
            copy = stack.enter_context(tempfile.TemporaryFile())
        while piece := file.stream.read(1 << 20):
            if copy.tell() + len(piece) > MAX_COPY:
                raise BadInput(f"{file.name} unpacks to more than {MAX_COPY:,} bytes. {_UNPACK}")
            with _writing(file.name):
                copy.write(piece)
                copy.flush()
        copy.seek(0)
        yield copy


_UNPACK = "Unpack it, or save it to a file, and name that"


@contextmanager
def _writing(name: str) -> Iterator[None]:
    """Say that the disk failed, and not the file that is read."""
    try:
        yield
    except OSError as error:
        where = tempfile.gettempdir()
        raise BadInput(
            f"{name} cannot be copied to {where} ({error.strerror}). {_UNPACK}"
        ) from None


def is_binary(head: bytes, share: float = 0.01) -> bool:
    """Tell whether more than that share of bytes are control characters that no text has."""
    some = head[:4096]
    odd = sum(some.count(bytes([c])) for c in range(32) if c not in b"\t\n\r\f\x0b\x1b")
    return odd > len(some) * share


def decompression_errors() -> tuple[type[Exception], ...]:
    """Return what the decompressors raise on a file that is cut off or damaged."""
    found: list[type[Exception]] = [EOFError, OSError]
    for module, name in (
        ("lzma", "LZMAError"), ("zlib", "error"), ("backports.zstd", "ZstdError"),
        ("compression.zstd", "ZstdError"),
    ):  # fmt: skip
        if module in sys.modules:  # else it has not decompressed anything
            found.append(getattr(sys.modules[module], name))
    return tuple(found)


def _peek(stream: IO[bytes], n: int) -> tuple[bytes, IO[bytes]]:
    """Return the first bytes, and a stream that begins with them; an error waits behind them."""
    head, fault = b"", None
    try:
        while len(head) < n and (piece := _some(stream, n - len(head))):
            head += piece
    except decompression_errors() as error:
        fault = error
    return head, io.BufferedReader(_Replay(head, stream, fault), 1 << 16)


def _some(stream: IO[bytes], n: int) -> bytes:
    """Read what is there, up to n bytes, so that an error does not take good bytes with it."""
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    return read(n)


def _unpack(head: bytes, stream: IO[bytes]) -> IO[bytes] | None:
    if head.startswith(b"\x1f\x8b"):
        import gzip

        return cast(IO[bytes], gzip.GzipFile(fileobj=stream))
    if head.startswith(b"BZh"):
        import bz2

        return bz2.BZ2File(stream)
    if head.startswith(b"\xfd7zXZ\x00"):
        import lzma

        return lzma.LZMAFile(stream)
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return io.BufferedReader(_Zstd(stream), 1 << 16)
    return None


class _Pieces(io.RawIOBase):
    """A stream of whatever ``_next`` returns, until that is empty."""

    def __init__(self, rest: IO[bytes], left: bytes = b"") -> None:
        self._rest = rest
        self._left = memoryview(left)  # a part of it copies nothing

    def _next(self) -> bytes:
        raise NotImplementedError

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._left = self._left or memoryview(self._next())
        n = min(len(buffer), len(self._left))
        buffer[:n] = self._left[:n]
        self._left = self._left[n:]
        return n


class _Replay(_Pieces):
    """A stream whose first bytes were taken off to be looked at."""

    def __init__(self, head: bytes, rest: IO[bytes], fault: Exception | None) -> None:
        super().__init__(rest, head)
        self._fault = fault

    def _next(self) -> bytes:
        if self._fault is not None:
            raise self._fault
        return _some(self._rest, 1 << 16)


_PIECE = 1 << 10  # bytes of Zstandard unpacked at once, which may become 32,768 times as many


def zstd_decompressor() -> Any:
    """Return what unpacks one Zstandard frame, of a window up to 2 GiB."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: 31})


class _Zstd(_Pieces):
    """Zstandard frames unpacked; unlike the library's own reader, in pieces of a bounded size."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        self._unpack = zstd_decompressor()
        self._over = b""

    def _next(self) -> bytes:
        while piece := self._over or self._rest.read(_PIECE):
            if self._unpack.eof:
                self._unpack = zstd_decompressor()
            unpacked: bytes = self._unpack.decompress(piece)
            self._over = self._unpack.unused_data if self._unpack.eof else b""
            if unpacked:
                return unpacked
        if not self._unpack.eof:
            raise EOFError("a Zstandard frame ended before its end marker")
        return b""


class _Recoded(_Pieces):
    """A UTF-16 stream as UTF-8."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        self._decode = codecs.getincrementaldecoder("utf-16")("replace").decode

    def _next(self) -> bytes:
        while piece := self._rest.read(1 << 16):
            if text := self._decode(piece):
                return text.encode("utf-8", "replace")
        return self._decode(b"", True).encode("utf-8", "replace")
