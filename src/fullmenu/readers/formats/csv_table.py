"""A header and rows, with ``,`` ``;`` tab or ``|`` between."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator

from fullmenu.errors import BadInput
from fullmenu.readers import ledger
from fullmenu.readers.fields import NAMES, numbered, plain
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Item, Packing
from fullmenu.readers.streams import Opened, is_binary
from fullmenu.readers.text_lines import lines

_DELIMITERS = ",\t;|"
_SEP = re.compile(r"\ufeff?\"?sep=([,;|\t])\"?[\r\n]*(?:$|\n)", re.IGNORECASE)


def recognise(file: Opened) -> float:
    """Tell by the ending, a line ``sep=;``, or a header that names an output."""
    if _SEP.match(file.head.decode("utf-8", "replace")):
        return 0.95
    if file.suffix == ".csv":
        return 0.0 if is_binary(file.head, 0.2) else 0.7
    if file.head.lstrip()[:1] in (b"{", b"["):
        return 0.0
    names = _header(file, _delimiter(file))
    known = {plain(n) for n in names} & set(NAMES["output"]) or numbered(names)
    return 0.55 if len(names) > 1 and known else 0.0


def items(file: Opened, log: Ledger) -> Iterator[Item]:
    """Yield each row as an object."""
    yield from rows(file, log, _delimiter(file))


def rows(file: Opened, log: Ledger, delimiter: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows under the header, with the line on which each begins."""
    csv.field_size_limit(max(csv.field_size_limit(), ledger.MAX_RECORD))
    log.state["comma"] = delimiter != ","
    source = _Lines(file, log)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        source.mark()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if source.number > source.begun or source.ended:
                log.broken(source.begun, source.left_open(), source.text)
                return
            log.malformed(source.begun, f"not CSV: {error}", source.text)
            continue
        if not row:
            continue
        if header is None and source.begun == 1 and _SEP.match(source.text):
            continue
        if header is None:
            header = row
            twice = sorted(name for name, n in Counter(header).items() if n > 1)
            if twice:
                raise BadInput(f"{file.name} has the column {twice[0]!r} twice in its header")
        elif len(row) != len(header):
            reason = f"{len(row)} fields where the header has {len(header)}"
            log.malformed(source.begun, reason, source.text)
        else:
            yield source.begun, dict(zip(header, row, strict=True))


class _Lines:
    """Lines for the CSV reader, which knows where a record began and bounds its length."""

    def __init__(self, file: Opened, log: Ledger) -> None:
        self._lines = lines(file.stream, log)
        self.begun = self.number = 0
        self.text = ""
        self.ended = False
        self._size = 0
        self._fresh = True

    def mark(self) -> None:
        self._fresh, self._size = True, 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        number, line = next(self._lines, (0, ""))
        if not number:
            self.ended = True
            raise StopIteration
        self.number = number
        if self._fresh:
            self.begun, self.text, self._fresh = number, line, False
        self._size += len(line)
        if self._size > ledger.MAX_RECORD:
            raise csv.Error("a record is too long")
        return line

    def left_open(self) -> str:
        """Say what became of a quote that was followed by other lines."""
        if self.ended:
            return f"a quote opened on line {self.begun:,} is never closed"
        return (
            f"a quote opened on line {self.begun:,} goes on to line {self.number:,}, where "
            + ("it is too long" if self._size > ledger.MAX_RECORD else "text follows its end")
            + ": is it never closed?"
        )


def _delimiter(file: Opened) -> str:
    """Return what stands between cells: what Excel's line ``sep=;`` says, or the likeliest."""
    said = _SEP.match(file.head.decode("utf-8", "replace"))
    if said:
        return said[1]
    return max(_DELIMITERS, key=lambda d: len(_header(file, d)))


def _header(file: Opened, delimiter: str) -> list[str]:
    text = file.head.decode("utf-8", "replace").lstrip("\r\n")
    try:
        return next(csv.reader(text.splitlines(keepends=True)[:50], delimiter=delimiter), [])
    except csv.Error:
        return []


FORMAT = Packing("csv", "CSV", recognise, items, (".csv",))
