"""What is posted, read in bounded memory: as it streams in, unpacked as far as is allowed."""

from __future__ import annotations

import asyncio
import threading
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fastapi import HTTPException, Request

SECONDS = 30.0
"""A body that takes longer to come is given up."""

_PIECE = 1 << 20
_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


@dataclass
class Space:
    """Bytes that all bodies together may take; what does not fit is to come again later."""

    most: int
    taken: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, size: int) -> bool:
        """Take so many bytes, if they are left."""
        with self._lock:
            if self.taken + size > self.most:
                return False
            self.taken += size
            return True

    def give_back(self, size: int) -> None:
        """Give bytes back."""
        with self._lock:
            self.taken -= size


@dataclass(frozen=True)
class Bounds:
    """How much is taken at once.

    Parameters
    ----------
    packed, unpacked
        Bytes of one body as it comes, and unpacked.
    together
        Bytes of all bodies that are being read or wait to be stored.
    samples
        Samples of one body.
    waiting
        Samples that wait to be stored.
    text, name
        Characters of an output or a prompt, and of a model's name or an id.
    """

    packed: int = 16 << 20
    unpacked: int = 64 << 20
    together: int = 256 << 20
    samples: int = 10_000
    waiting: int = 50_000
    text: int = 1 << 20
    name: int = 1_000


class TooLarge(Exception):
    """A body that is larger than is allowed."""


@asynccontextmanager
async def body_of(request: Request, bounds: Bounds, space: Space) -> AsyncIterator[bytes]:
    """Yield the body of a request, unpacked; its bytes count against ``space`` until the end.

    Raises
    ------
    HTTPException
        408: it does not come; 413: it is too large; 415: packed in a way that is not known;
        400: it breaks off; 503: there is no space left.
    """
    kind = request.headers.get("content-encoding", "identity").strip().lower()
    if kind not in (*_WINDOWS, "identity", ""):
        raise HTTPException(
            415, f"content encoding {kind[:40]!r} is not known: send gzip, deflate or none"
        )
    unpack = Unpacking(_WINDOWS[kind], bounds.unpacked) if kind in _WINDOWS else None
    pieces: list[bytes] = []
    size = came = 0
    try:

        async def read() -> None:
            nonlocal size, came
            async for piece in request.stream():
                came += len(piece)
                if came > bounds.packed:
                    raise TooLarge(f"a body of more than {bounds.packed:,} bytes")
                for part in unpack.parts(piece) if unpack else (piece,):
                    if not space.take(len(part)):
                        raise busy("too many bodies at once")
                    size += len(part)
                    pieces.append(part)

        try:
            await asyncio.wait_for(read(), SECONDS)
            if unpack is not None:
                unpack.end()
        except TooLarge as error:
            raise HTTPException(413, f"{error}: send less at once") from None
        except zlib.error as error:
            raise HTTPException(400, f"this is no {kind}, or cut off: {error}") from None
        except (asyncio.TimeoutError, TimeoutError):
            raise HTTPException(408, f"the body did not come within {SECONDS:g} s") from None
        yield b"".join(pieces)
    finally:
        space.give_back(size)


def busy(why: str) -> HTTPException:
    """Return the answer to what is to be sent again a little later."""
    return HTTPException(503, f"{why}: try again", {"Retry-After": "1"})


class Unpacking:
    """A stream unpacked piece by piece, one member after the other, up to ``most`` bytes.

    >>> import gzip
    >>> two = gzip.compress(b"a" * 9) + gzip.compress(b"b")
    >>> b"".join(Unpacking(31, 10).parts(two))
    b'aaaaaaaaab'
    >>> list(Unpacking(31, 9).parts(two))
    Traceback (most recent call last):
    ...
    fullmenu.server.request_body.TooLarge: a body of more than 9 bytes when it is unpacked
    """

    def __init__(self, window: int, most: int) -> None:
        self.window, self.most = window, most
        self.size = 0
        self._member = zlib.decompressobj(window)
        self._begun = False

    def parts(self, piece: bytes) -> Iterator[bytes]:
        """Yield what a piece holds."""
        while piece:
            self._begun = True
            part = self._member.decompress(piece, min(_PIECE, self.most - self.size + 1))
            self.size += len(part)
            if self.size > self.most:
                raise TooLarge(f"a body of more than {self.most:,} bytes when it is unpacked")
            if part:
                yield part
            piece = self._member.unconsumed_tail
            if self._member.eof:
                piece = self._member.unused_data.lstrip(b"\0")
                self._member = zlib.decompressobj(self.window)
                self._begun = False

    def end(self) -> None:
        """Refuse a stream that ends within a member.

        Raises
        ------
        zlib.error
            It does.
        """
        if self._begun:
            raise zlib.error("it ends too early")
