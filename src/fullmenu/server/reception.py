"""What every door does with what comes: read in bounds, redacted, stored, and counted."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import HTTPException, Request

from fullmenu.errors import BadInput
from fullmenu.readers.spans import NO_CONTENT
from fullmenu.readers.uploads import UploadLedger
from fullmenu.samples import Record, ToolCall
from fullmenu.server.bodies import Bounds, Space, TooLarge, body_of, busy
from fullmenu.server.writer import Closed, Full, Writer

if TYPE_CHECKING:
    from fullmenu.store import Added

Redact = Callable[[str], str]
"""What is done to every prompt and output before anything is stored."""

REMEMBERED = 100_000
"""Model calls that are remembered, to tell two instrumentations of one call from two calls."""

WAITING = 10_000
"""Calls whose prompt came in a log record of its own, and waits for its answer."""


def redaction(pattern: str) -> Redact:
    """Return what replaces all that matches a regular expression.

    Raises
    ------
    BadInput
        It is none.

    Examples
    --------
    >>> redaction(r"[\\w.]+@[\\w.]+")("write to ann@example.com")
    'write to [redacted]'
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise BadInput(f"cannot read the regular expression {pattern!r}: {error}") from None
    return lambda text: compiled.sub("[redacted]", text)


class Received:
    """How much came, by what became of it, since the server began."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, what: str, n: int = 1) -> None:
        """Count."""
        with self._lock:
            self._counts[what] += n

    def __getitem__(self, what: str) -> int:
        return self._counts[what]


class _Known(set[int]):
    """What one request adds to what was known before it."""

    def __init__(self, before: Mapping[int, None]) -> None:
        super().__init__()
        self.before = before

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or key in self.before


class _Asked(OrderedDict[object, list[object]]):
    """What one request adds to the prompts that wait for their answers, by call."""

    def __init__(self, before: Mapping[object, list[object]]) -> None:
        super().__init__()
        self.before = before

    def get(self, key: object, default: Any = None) -> Any:
        return super().get(key) or self.before.get(key, default)

    def setdefault(self, key: object, default: Any = None) -> Any:
        if key not in self:
            self[key] = [*self.before.get(key, default)]
        return self[key]


@dataclass
class Remembered:
    """Model calls, what is around them, and prompts, that were committed, the latest ones."""

    calls: OrderedDict[int, None] = field(default_factory=OrderedDict)
    around: OrderedDict[int, None] = field(default_factory=OrderedDict)
    asked: OrderedDict[object, list[object]] = field(default_factory=OrderedDict)

    def ledger(self, name: str) -> UploadLedger:
        """Return an account for one request that knows them."""
        log = UploadLedger(name)
        log.calls, log.around = _Known(self.calls), _Known(self.around)
        log.state["pending"] = _Asked(self.asked)
        return log

    def keep(self, log: UploadLedger) -> None:
        """Remember what a request told of, once that is committed."""
        for new, known in ((log.calls, self.calls), (log.around, self.around)):
            known.update(dict.fromkeys(new))
            _shorten(known, REMEMBERED)
        self.asked.update(log.state["pending"])
        _shorten(self.asked, WAITING)


def _shorten(known: OrderedDict[Any, Any], most: int) -> None:
    while len(known) > most:
        known.popitem(last=False)


@dataclass
class Reception:
    """What the doors of one server share."""

    writer: Writer
    bounds: Bounds = field(default_factory=Bounds)
    redact: Redact | None = None
    counts: Received = field(default_factory=Received)
    remembered: Remembered = field(default_factory=Remembered)

    def __post_init__(self) -> None:
        self.space = Space(self.bounds.together)
        self._readers = ThreadPoolExecutor(2, "fullmenu-reader")

    @asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[bytes]:
        """Yield a request's body, where there is room for it and what is in it."""
        if self.writer.waiting >= self.bounds.waiting:
            self.counts.add("refused")
            raise busy("the queue is full")
        async with body_of(request, self.bounds, self.space) as body:
            yield body

    async def read(self, how: Callable[..., Any], *given: Any) -> Any:
        """Call what reads a body, beside the loop; what is wrong with the body is the answer.

        Raises
        ------
        HTTPException
            400: it cannot be read; 413: there is too much in it.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._readers, how, *given)
        except TooLarge as error:
            raise HTTPException(413, f"{error}: send less at once") from None
        except BadInput as error:
            raise HTTPException(400, str(error)) from None

    async def store(self, records: Sequence[Record]) -> Added:
        """Return once the records are committed.

        Raises
        ------
        HTTPException
            503: not now, and nothing of it was stored.
        """
        try:
            added = await asyncio.wrap_future(self.writer.put(records))
        except Full:
            self.counts.add("refused")
            raise busy("the queue is full") from None
        except Closed:
            raise busy("the server is about to end") from None
        except Exception as error:
            self.counts.add("failed")
            why = str(error) if isinstance(error, BadInput) else type(error).__name__
            raise busy(f"it cannot be stored now ({why})") from None
        self.counts.add("stored", added.stored)
        self.counts.add("known", added.known)
        return added

    def fitted(self, records: Sequence[Record], log: UploadLedger) -> list[Record]:
        """Return records as they are stored; those that are too large are rejects.

        Raises
        ------
        TooLarge
            There are too many.
        """
        if len(records) > self.bounds.samples:
            raise TooLarge(f"more than {self.bounds.samples:,} samples")
        return list(self._fitted(records, log))

    def _fitted(self, records: Sequence[Record], log: UploadLedger) -> Iterator[Record]:
        for record in records:
            if why := _too_large(record, self.bounds):
                log.reject(0, why, "")
                continue
            yield record if self.redact is None else self._redacted(record, self.redact)

    def _redacted(self, record: Record, redact: Redact) -> Record:
        try:
            return _changed(record, redact)
        except Exception as error:
            raise HTTPException(
                500, f"the redaction failed ({type(error).__name__}), so nothing was stored"
            ) from None

    def noted(self, log: UploadLedger) -> None:
        """Count what was no sample."""
        self.counts.add("rejected", log.rejected)
        self.counts.add("without content", without_content(log))

    def close(self) -> None:
        """End."""
        self._readers.shutdown(wait=False)


def without_content(log: UploadLedger) -> int:
    """Return how many model calls came without what was said."""
    return sum(n for what, n in log.skipped.items() if what.startswith(NO_CONTENT))


def _too_large(record: Record, bounds: Bounds) -> str:
    """Say what of a record is too large; nothing, where all fits."""
    for name in ("output", "prompt", "prompt_id", "model", "call_id", "system_fingerprint"):
        most = bounds.text if name in ("output", "prompt", "prompt_id") else bounds.name
        size = len(getattr(record, name) or "")
        if size > most:
            return f"the {name} has {size:,} characters, and {most:,} are allowed"
    size = sum(len(call["arguments"]) + len(call["name"]) for call in record.calls or ())
    if size > bounds.text:
        return f"the tool calls have {size:,} characters, and {bounds.text:,} are allowed"
    return ""


def _changed(record: Record, change: Redact) -> Record:
    """Return a record with all its texts changed."""

    def maybe(text: str | None) -> str | None:
        return None if text is None else change(text)

    calls: Sequence[ToolCall] | None = record.calls and [
        {"name": call["name"], "arguments": change(call["arguments"])} for call in record.calls
    ]
    extra = record.extra and {
        name: change(value) if isinstance(value, str) else value
        for name, value in record.extra.items()
    }
    return record._replace(
        output=change(record.output),
        prompt=maybe(record.prompt),
        prompt_id=maybe(record.prompt_id),
        calls=calls,
        extra=extra,
    )
