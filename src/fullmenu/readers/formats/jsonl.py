"""One JSON value a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from fullmenu.readers.json_text import loads, loads_all
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Item, Packing, Run
from fullmenu.readers.streams import HEAD, Opened
from fullmenu.readers.text_lines import raw_lines, raw_runs

ENDINGS = (".jsonl", ".ndjson")


def recognise(file: Opened) -> float:
    """Tell by lines that are JSON."""
    hint = file.suffix in ENDINGS
    head = file.head.lstrip()
    if not head.startswith((b"{", b"[", b'"', b"null")):
        return 0.6 if hint else 0.0
    first, newline, rest = head.partition(b"\n")
    whole = len(file.head) < HEAD
    if not newline and not whole:  # one line, longer than we look
        return 0.9 if hint else 0.3
    if _is_json(first):
        alike = rest.lstrip()[:1] == head[:1] or (rest.strip() and not head.startswith(b"["))
        return 0.9 if hint or alike else 0.3
    if _spreads(file.head):
        return 0.1
    later = [line for line in rest.split(b"\n")[:20] if len(line) > 2 and line.startswith(b"{")]
    return 0.8 if any(map(_is_json, later)) else (0.6 if hint else 0.1)


def items(file: Opened, log: Ledger) -> Iterator[Item]:
    """Yield each line's value."""
    return _values(raw_lines(file.stream, log), log)


def runs(file: Opened, log: Ledger) -> Iterator[Run]:
    """Yield the values of many lines at once where all are plain JSON, else one by one."""
    for first, lines in raw_runs(file.stream, log):
        values = loads_all(lines, log)
        if values is not None:
            yield first, values
        else:
            for number, value in _values(enumerate(lines, first), log):
                yield number, (value,)


def _values(lines: Iterable[tuple[int, bytes]], log: Ledger) -> Iterator[Item]:
    for number, line in lines:
        try:
            value = loads(line, log)
        except (ValueError, RecursionError) as error:
            if line.isspace():
                continue
            log.malformed(number, f"not JSON: {_said(error)}", line)
            continue
        yield number, value


def _said(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]


def _spreads(head: bytes) -> bool:
    """Tell by its head that a value is written over several lines."""
    text = head.decode("utf-8", "replace").lstrip()
    try:
        end = json.JSONDecoder().raw_decode(text)[1]
    except (ValueError, RecursionError):
        return text.partition("\n")[0].strip() in ("{", "[") and '"' in text
    return "\n" in text[:end]


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return False
    return True


FORMAT = Packing("jsonl", "JSONL", recognise, items, ENDINGS, runs)
