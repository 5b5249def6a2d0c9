"""Bytes to lines of text: bounded, counted, whatever the bytes are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from fullmenu.readers import ledger
from fullmenu.readers.ledger import Ledger

_BAD_BYTES = "lines that were not valid UTF-8: bad bytes became U+FFFD"
_RUN = 1 << 18  # bytes


def lines(stream: IO[bytes], log: Ledger) -> Iterator[tuple[int, str]]:
    """Yield ``(number, line)`` from 1, line ends included; reject a line that is too long."""
    for number, raw in raw_lines(stream, log):
        yield number, decode(raw, log)


def raw_lines(stream: IO[bytes], log: Ledger) -> Iterator[tuple[int, bytes]]:
    """Yield ``(number, line)`` as :func:`lines` does, as bytes."""
    number = 0
    limit = ledger.MAX_RECORD
    while raw := stream.readline(limit + 1):
        number += 1
        if len(raw) > limit:
            while (rest := stream.readline(1 << 20)) and not rest.endswith(b"\n"):
                pass
            log.malformed(number, f"longer than {limit >> 20 or limit} {_unit(limit)}", raw)
            continue
        yield number, raw


def raw_runs(stream: IO[bytes], log: Ledger) -> Iterator[tuple[int, list[bytes]]]:
    """Yield lines that follow each other, up to 256 kB of them, and the number of the first."""
    first, size = 1, 0
    run: list[bytes] = []
    try:
        for number, raw in raw_lines(stream, log):
            if size > _RUN or number != first + len(run):
                if run:
                    yield first, run
                first, run, size = number, [], 0
            run.append(raw)
            size += len(raw)
    except Exception:  # what came before it is good
        if run:
            yield first, run
        raise
    if run:
        yield first, run


def decode(raw: bytes, log: Ledger) -> str:
    """Decode one line; bytes that are not UTF-8 become U+FFFD and are counted."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        log.remark(_BAD_BYTES)
        return raw.decode("utf-8", "replace")


def _unit(limit: int) -> str:
    return "MB" if limit >> 20 else "bytes"
