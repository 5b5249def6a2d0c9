"""What formats there are, and which one a file is in."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, TypeAlias

from fullmenu.errors import BadInput, UnknownName
from fullmenu.plugins import plugins
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.streams import Opened

if TYPE_CHECKING:
    from fullmenu.samples import Record, RecordColumns

GROUP = "fullmenu.readers"


Item: TypeAlias = tuple[int, object]
"""A record as a packing finds it, with the line on which it stands."""
Run: TypeAlias = tuple[int, Sequence[object]]
"""Records on lines that follow each other, and the first line. Several come out of a strict
decoder: no text in them holds lone surrogates."""


class Numbered(list[Any]):
    """Records of a run that do not all follow each other, and the line of each."""

    def __init__(self, values: Iterable[Any], lines: Sequence[int]) -> None:
        super().__init__(values)
        self.lines = lines


class ColumnRun(Sequence[Any]):
    """Records of a run that are objects with the same keys, kept by key.

    >>> rows = ColumnRun({"prompt": ["A fruit?", "A tree?"], "output": ["fig", "oak"]})
    >>> rows[1], rows.column("output"), rows.column("model")
    ({'prompt': 'A tree?', 'output': 'oak'}, ['fig', 'oak'], [None, None])
    """

    def __init__(self, held: dict[str, list[Any]], lines: Sequence[int] | None = None) -> None:
        self.held = held
        self.lines = lines  # of each record, where they do not all follow each other

    def __len__(self) -> int:
        return len(next(iter(self.held.values()), ()))

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [*self][at]
        return {name: values[at] for name, values in self.held.items()}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        names = [*self.held]
        for values in zip(*self.held.values(), strict=True):
            yield dict(zip(names, values, strict=True))

    def column(self, name: str) -> list[Any]:
        """Return what each record has under a key, or ``None``."""
        return self.held[name] if name in self.held else [None] * len(self)


def lines_of(first: int, values: Sequence[object]) -> Sequence[int]:
    """Return the line of each record of a run."""
    lines = values.lines if isinstance(values, (Numbered, ColumnRun)) else None
    return range(first, first + len(values)) if lines is None else lines


Stretch: TypeAlias = "tuple[Sequence[object], RecordColumns | None]"


@dataclass(frozen=True)
class _Format:
    name: str
    title: str
    recognise: Callable[..., float]

    @property
    def about(self) -> str:
        """What it is: the first line of its module's docstring."""
        about = (sys.modules[self.recognise.__module__].__doc__ or "").split("\n")[0]
        return about.removesuffix(".").replace("``", "`")

    @property
    def told_by(self) -> str:
        """What it is recognised by: what the docstring of ``recognise`` says."""
        told = re.sub(r"^Tell (by|where) ", "", self.recognise.__doc__ or "")
        return told.removesuffix(".").replace("``", "`")


@dataclass(frozen=True)
class Packing(_Format):
    """How records are packed into a file.

    Parameters
    ----------
    name, title
        What ``--format`` calls it, and what a note calls it.
    recognise
        How sure it is, 0 to 1, that a file is packed so, from its head and its name.
    items
        The records. Lines that are none go to ``Ledger.malformed``.
    endings
        Of the names of such files; in a folder, files with them are read.
    runs
        The records again, many at a time, of a packing that can be read so.
    """

    recognise: Callable[[Opened], float]
    items: Callable[[Opened, Ledger], Iterator[Item]]
    endings: tuple[str, ...] = ()
    runs: Callable[[Opened, Ledger], Iterator[Run]] | None = None


@dataclass(frozen=True)
class Shape(_Format):
    """What a record means.

    Parameters
    ----------
    name, title
        As of a :class:`Packing`.
    recognise
        Whether a value is a record of this shape.
    records
        The outputs that a value holds. Raises ``Reject``, or counts with ``Ledger.skip``.
    prepare, finish
        Called once a file, with its first values and at its end.
    columns
        The same for many values, by column: stretches of them, and what outputs each holds;
        ``None`` where its values are to be read one by one.
    """

    recognise: Callable[[object], bool]
    records: Callable[[Any, Ledger], Iterable[Record]]
    prepare: Callable[[Sequence[object], Ledger], None] | None = None
    finish: Callable[[Ledger], None] | None = None
    columns: Callable[[Sequence[Any], Ledger], Iterable[Stretch]] | None = None


@lru_cache(maxsize=1)
def known_formats() -> dict[str, Packing | Shape]:
    """Return every format by name: the files of ``formats/``, then the plugins."""
    package = import_module("fullmenu.readers.formats")
    found = [
        import_module(f"fullmenu.readers.formats.{module.name}").FORMAT
        for module in iter_modules(package.__path__)
    ]
    found += plugins(GROUP, Packing, Shape)
    return {one.name: one for one in found}


def endings() -> tuple[str, ...]:
    """Return the endings of files that are read as logs.

    >>> ".jsonl" in endings()
    True
    """
    packings = [f for f in known_formats().values() if isinstance(f, Packing)]
    return tuple(sorted({ending for packing in packings for ending in packing.endings}))


def named(name: str | None) -> tuple[Packing | None, Shape | None]:
    """Return the packing or the shape of that name."""
    if name is None:
        return None, None
    known = known_formats()
    one = known.get(name.strip().lower().replace("_", "-"))
    if one is None:
        raise UnknownName("format", name, known)
    return (one, None) if isinstance(one, Packing) else (None, one)


def guess_packing(file: Opened) -> Packing:
    """Return the packing that is surest of the file."""
    packings = [f for f in known_formats().values() if isinstance(f, Packing)]
    sure, best = max(((p.recognise(file), p) for p in packings), key=lambda pair: pair[0])
    if sure <= 0:
        raise BadInput(
            f"cannot tell what {file.name} is ({_looks(file.head)}); readable are "
            f"{', '.join(sorted(p.title for p in packings))}, also compressed. "
            "Name it with --format, e.g. --format text for one output a line"
        )
    return best


def guess_shape(head: Sequence[object]) -> Shape:
    """Return the shape that most of the first values have; a table if none.

    One is enough: logs of spans are mostly other spans, and no table looks like a span.
    """
    shapes = [f for f in known_formats().values() if isinstance(f, Shape) and f.name != "table"]
    table = known_formats()["table"]
    assert isinstance(table, Shape)
    counts = [(sum(map(s.recognise, head)), s) for s in shapes]
    most, best = max(counts, key=lambda pair: pair[0])
    return best if most else table


def _looks(head: bytes) -> str:
    kinds = {
        b"SQLite": "a SQLite database",
        b"PK\x03\x04": "a zip archive",
        b"\xd0\xcf\x11\xe0": "an old Excel workbook, or one with a password; save it as .xlsx",
        b"\x89PNG": "an image",
        b"\xff\xd8\xff": "an image",
        b"%PDF": "a PDF",
        b"\x80\x04": "a pickle",
        b"<": "markup",
    }
    for magic, kind in kinds.items():
        if head.lstrip().startswith(magic):
            return f"it looks like {kind}"
    if b"ustar" in head[:512]:
        return "it looks like a tar archive"
    return "its bytes are not text" if b"\0" in head[:4096] else f"it begins {head[:40]!r}"
