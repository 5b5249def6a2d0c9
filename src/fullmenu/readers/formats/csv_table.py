"""A header and rows, with ``,`` ``;`` tab or ``|`` between."""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from itertools import pairwise

from fullmenu.errors import BadInput
from fullmenu.readers import ledger
from fullmenu.readers.fields import NAMES, numbered, plain
from fullmenu.readers.formats import promptfoo
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Item, Packing
from fullmenu.readers.scalars import number
from fullmenu.readers.streams import Opened, is_binary
from fullmenu.readers.text_lines import lines

_DELIMITERS = ",\t;|"
_RECENT = 200  # rows with which lines inside a cell are compared
_SWALLOWED = 3  # lines inside a cell, or more, that would be rows
_SEP = re.compile(r"\ufeff?\"?sep=([,;|\t])\"?[\r\n]*(?:$|\n)", re.IGNORECASE)


def recognise(file: Opened) -> float:
    """Tell by the ending, a line ``sep=;``, or a header that names an output."""
    if _SEP.match(file.head[:64].decode("utf-8", "replace")):
        return 0.95
    if is_binary(file.head, 0.2):
        return 0.0
    if file.suffix == ".csv":
        return 0.7
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
    recent: deque[list[str]] = deque(maxlen=_RECENT)
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
            if twice and promptfoo.is_header(header):
                header = promptfoo.apart(header)
            elif twice:
                raise BadInput(f"{file.name} has the column {twice[0]!r} twice in its header")
        elif len(row) != len(header):
            reason = f"{len(row)} fields where the header has {len(header)}"
            log.malformed(source.begun, reason, source.text)
        else:
            if source.number > source.begun + _SWALLOWED:
                _check_swallowed(source, row, recent, delimiter, log)
            recent.append(row)
            yield source.begun, dict(zip(header, row, strict=True))


def _check_swallowed(
    source: _Lines, row: list[str], recent: Sequence[list[str]], delimiter: str, log: Ledger
) -> None:
    """Refuse a record over several lines that are rows between two stray quotes.

    Each line then has as many cells as the header. A text may have such lines too, a table under
    its title in the last column, so the lines must also go on as the rows before them did.

    Raises
    ------
    BadInput
        They do.
    """
    inner = [line.rstrip("\r\n").split(delimiter) for line in source.texts]
    if any(len(cells) != len(row) for cells in inner):
        return
    where = f"lines {source.begun:,} to {source.number:,}"
    before = list(zip(*recent, strict=True))
    for column, cells in enumerate(zip(*inner[1:], strict=True)):
        known = {row[column], *(before[column] if before else ())}
        if _continues([r[column] for r in list(recent)[-1:]] + [inner[0][column], *cells]) or (
            all(cell.strip() and number(cell) is None for cell in cells) and known >= {*cells}
        ):
            raise BadInput(
                f"{log.name}: a quote opened on line {source.begun:,} is closed on line "
                f"{source.number:,}, and each line between is a row like those before: is the "
                f"quote a stray one? Double it, or take it out, on {where}"
            )
    log.remark("cells whose lines look like rows: is a quote never closed where it should be?")


def _continues(cells: Sequence[str]) -> bool:
    """Tell numbers that count on by one step."""
    numbers = [number(cell) for cell in cells]
    values = [value for value in numbers if value is not None]
    steps = {b - a for a, b in pairwise(values)}
    return len(values) == len(cells) > _SWALLOWED and len(steps) == 1 and steps != {0.0}


class _Lines:
    """Lines for the CSV reader, which knows where a record began and bounds its length."""

    def __init__(self, file: Opened, log: Ledger) -> None:
        self._lines = lines(file.stream, log)
        self.begun = self.number = 0
        self.text = ""
        self.texts: list[str] = []  # of one record
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
            self.texts.clear()
        self.texts.append(line)
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
