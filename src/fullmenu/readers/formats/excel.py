"""An Excel workbook (``.xlsx``), one sheet of it: a header and rows. Needs the extra ``excel``."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import time, timedelta
from itertools import islice
from shlex import quote
from typing import IO, Any
from zipfile import ZipFile

from fullmenu.errors import BadInput, FullmenuError, UnknownName, extra
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Item, Packing
from fullmenu.readers.streams import Opened, seekable

_ENDINGS = (".xlsx", ".xlsm")
_TIMES, _SMALL = 20, 1 << 22  # times that a workbook of over 4 MB may unpack to
_MOST = 1 << 30  # bytes that any may unpack to
_ROWS = 1_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def recognise(file: Opened) -> float:
    """Tell by a zip with ``xl/`` in it, or the ending."""
    if not file.head.startswith(b"PK\x03\x04"):
        return 0.0
    parts = b"[Content_Types].xml" in file.head and b"xl/" in file.head
    return 1.0 if parts or file.suffix in _ENDINGS else 0.0


def items(file: Opened, log: Ledger) -> Iterator[Item]:
    """Yield each row under the header as an object; ``log.records`` may name the sheet."""
    with extra("Excel workbooks", "excel"):
        import openpyxl
    with seekable(file) as stream:
        names: list[str] = []
        try:
            _check(stream, file.name)
            for line, row in _rows(openpyxl, stream, log):
                if not names:
                    names = _header(row, file.name)
                elif len(row) > len(names):
                    reason = f"{len(row):,} cells where the header has {len(names):,}"
                    log.malformed(line, reason, row)
                else:
                    cells = row + [None] * (len(names) - len(row))
                    named = dict(zip(names, cells, strict=True))
                    yield line, named if log.records is None else {log.records: named}
        except (FullmenuError, MemoryError):
            raise
        except Exception as error:  # whatever openpyxl meets in a damaged part
            said = f"{type(error).__name__}: {error}".split("\n")[0][:200]
            raise BadInput(f"{file.name} is not a readable Excel workbook ({said})") from None
        if not names:
            raise BadInput(f"{file.name} holds no row in the sheet that is read")


def _check(stream: IO[bytes], name: str) -> None:
    """Refuse what unpacks to too much; ``zipfile`` reads no more of a part than is told here."""
    unpacked = sum(part.file_size for part in ZipFile(stream).infolist())
    most = min(_MOST, _TIMES * max(stream.seek(0, 2), _SMALL // _TIMES))
    if unpacked > most:
        raise BadInput(
            f"{name} unpacks to {unpacked:,} bytes, and {most:,} are allowed for a workbook of its "
            "size. Save its sheet as CSV"
        )


def _rows(openpyxl: Any, stream: IO[bytes], log: Ledger) -> Iterator[tuple[int, list[object]]]:
    """Yield the rows that are not empty, with their numbers, up to the last cell that is filled."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on what of a workbook is no text
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        sheet = _sheet({one.title: one for one in book.worksheets}, log)
        sheet.reset_dimensions()  # what a file says of them need not be so
        every = enumerate(sheet.iter_rows(values_only=True), 1)
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            some = list(islice(every, _ROWS))
        if not some:
            return
        for line, cells in some:
            row = [_value(cell) for cell in cells]
            while row and row[-1] is None:
                row.pop()
            if row:
                yield line, row


def _sheet(sheets: dict[str, Any], log: Ledger) -> Any:
    """Return the sheet that is named, or the first."""
    if log.records is not None:
        if log.records not in sheets:
            raise UnknownName("sheet", log.records, sheets)
        return sheets[log.records]
    if not sheets:
        raise BadInput(f"{log.name} has no sheet of rows")
    first = next(iter(sheets))
    if len(sheets) > 1:
        way = log.naming_records.format(quote(list(sheets)[1]))
        log.say(f"read the first of {len(sheets)} sheets, {first!r}; another with {way}")
    return sheets[first]


def _header(row: list[object], name: str) -> list[str]:
    names = ["" if cell is None else str(cell) for cell in row]
    twice = [one for one, n in Counter(names).items() if n > 1]
    if twice:
        raise BadInput(f"{name} has the column {twice[0]!r} twice in its header")
    return names


def _value(cell: object) -> object:
    """Return a cell's value; characters that XML cannot hold are written as ``_x000D_``."""
    if isinstance(cell, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell)
    return str(cell) if isinstance(cell, (time, timedelta)) else cell


FORMAT = Packing("excel", "Excel", recognise, items, _ENDINGS)
