"""A log in parts: files, or row groups of Parquet files, each read by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import IO, Any

from fullmenu.errors import BadInput
from fullmenu.readers import images, registry
from fullmenu.readers.account import Account
from fullmenu.readers.formats import parquet
from fullmenu.readers.inputs import Rows
from fullmenu.readers.ledger import Ledger, Reasoning
from fullmenu.readers.reader import intake_of, of_files, of_rows
from fullmenu.readers.sources import Source, resolve
from fullmenu.readers.streams import File, opened
from fullmenu.samples import Record, RecordColumns, Samples

SIZE = 64 << 20
"""Bytes of a part, about, where a file can be cut."""
_UNPACKED = 4  # times as large as they are stored, about, are compressed logs


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a log that can be read by itself, in any process.

    Parameters
    ----------
    number
        Its place among the parts of the log.
    file
        The file that it is, or that it is cut from.
    rows, size
        Records in it, where that is known, and bytes to expect when it is unpacked.
    options
        How it is read: as :func:`fullmenu.read` is told.
    alone
        Whether the log is this file only: one that is empty, or no log, is then an error.
    first
        The row of the file that it begins with.
    """

    number: int
    file: File
    rows: int | None
    size: int
    options: Mapping[str, Any]
    alone: bool = False
    first: int = 0

    @property
    def source(self) -> str:
        """Where the file is."""
        return self.file.place

    @property
    def row_groups(self) -> tuple[int, ...] | None:
        """The row groups of a Parquet file; ``None`` for a whole file."""
        return self.file.row_groups

    def batches(self, rejects: Path | IO[str] | None = None) -> Batches:
        """Return the outputs, some 10,000 at a time, and the account of reading them."""
        return self._read(rejects)

    def prompt_counts(self) -> Iterator[dict[str, int]]:
        """Yield how many outputs prompts have, by id; a prompt may come again.

        Of a Parquet file whose prompts stand in columns of their own only these are read; then
        records without an output are counted too.
        """
        batches = self._read(None, prompts_only=True)
        for samples in batches:
            ids = samples.table.column("prompt_id").to_pylist()
            if not batches.stand_ins:
                yield Counter(ids)
                continue
            counts: dict[str, int] = {}
            for name, text in zip(ids, samples.outputs, strict=True):
                counts[name] = counts.get(name, 0) + int(text.split()[0])
            yield counts

    def _read(self, rejects: Path | IO[str] | None, prompts_only: bool = False) -> Batches:
        intake = intake_of(**self.options, rejects=rejects)
        intake.use(self.options["format"])
        intake.log.prompts_only = prompts_only
        file = self.file if self.alone else replace(self.file, found=True)
        return Batches(intake.log, of_files([file], intake))


class Batches(Iterator[Samples]):
    """Outputs, a bounded number at a time.

    ``account`` says what was read and what was not, and is complete after the last batch.
    """

    def __init__(self, log: Ledger, records: Iterator[Record | RecordColumns]) -> None:
        self._log = log
        self.account: Account = log
        self._batches = Samples.in_batches(records)

    @property
    def calls(self) -> Collection[int]:
        """The model calls that were read, by a digest; of a log that names none, nothing."""
        return self._log.calls

    @property
    def stand_ins(self) -> bool:
        """Whether each output stands for rows of one prompt, and begins with how many."""
        return self._log.stand_ins

    def __next__(self) -> Samples:
        try:
            return next(self._batches)
        except BaseException:
            self._log.close()
            raise


def of_arrow(
    first: Any,
    others: Iterable[Any] = (),
    *,
    columns: Mapping[str, str] | str | None = None,
    where: str | None = None,
) -> Batches:
    """Return the outputs in Arrow record batches that are handed in, one after the other.

    Parameters
    ----------
    first, others
        The batches. What columns mean is told from the first rows.
    columns, where
        As of :func:`fullmenu.read`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> batch = pa.RecordBatch.from_pylist([{"prompt": "A fruit?", "output": "fig"}])
    >>> [samples.outputs for samples in of_arrow(batch, [batch])]
    [['fig', 'fig']]
    """
    intake = intake_of(map=columns, where=where)
    intake.use(None)
    rows = (row for batch in chain([first], others) for row in parquet.cells(batch))
    return Batches(intake.log, of_rows(Rows("record batches", rows), intake))


class Parts(list[Part]):
    """The parts of a log, in order; ``account`` says which files were left out."""

    account: Account


def parts(
    source: Source,
    *,
    columns: Mapping[str, str] | str | None = None,
    format: str | None = None,
    records: str | None = None,
    reasoning: Reasoning = "drop",
    tolerate: bool = False,
    where: str | None = None,
    size: int = SIZE,
) -> Parts:
    """Return the parts of a log: whole files, or runs of row groups of Parquet files.

    The same files are always cut alike, so that a part can be known by its number. What a record
    means is told from the first records of its file, wherever the file is cut. What depends on
    other parts does not: an output's place among those of its prompt is counted within its part,
    and a call that the log holds twice is noticed where both records are in one part.

    Parameters
    ----------
    source, columns, format, records, reasoning, tolerate, where
        As of :func:`fullmenu.read`.
    size
        Bytes of a part, unpacked, that row groups are gathered up to. A file that cannot be cut is
        one part, whatever its size.

    Raises
    ------
    BadInput
        A file cannot be read twice, or holds pictures.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "log.jsonl")
    >>> _ = path.write_text('{"prompt": "A fruit?", "response": ["fig", "kiwi"]}')
    >>> (part,) = parts(path)
    >>> batches = part.batches()
    >>> [samples.outputs for samples in batches], batches.account.seen
    ([['fig', 'kiwi']], 1)
    """
    if images.find(source, format) is not None:
        raise BadInput("pictures are not read in parts: leave out the engine")
    options: dict[str, Any] = {
        "format": format, "map": columns, "records": records, "reasoning": reasoning,
        "tolerate": tolerate, "where": where,
    }  # fmt: skip
    intake = intake_of(**options)
    intake.use(format)
    files, remarks = resolve(source)
    found = Parts()
    found.account = Account(beside=dict.fromkeys(remarks), tolerate=tolerate)
    for file in files:
        if not file.can_seek:
            raise BadInput(f"{file.name} can be read only once: save it to a file, and name that")
        first = 0
        for row_groups, rows, unpacked in _cuts(file, intake.packing, size):
            cut = replace(file, row_groups=row_groups)
            part = Part(len(found), cut, rows, unpacked, options, len(files) == 1, first)
            found.append(part)
            first += rows or 0
    return found


def _cuts(
    file: File, packing: registry.Packing | None, size: int
) -> Iterator[tuple[tuple[int, ...] | None, int | None, int]]:
    """Yield the row groups, rows and bytes of the parts of a file."""
    with opened(file) as source:
        cut = (
            source.file is not None
            and packing in (None, parquet.FORMAT)
            and parquet.recognise(source) > 0
        )
        if not cut:
            times = 1 if source.file is not None else _UNPACKED
            yield None, None, times * source.size
            return
        groups = parquet.row_groups(source)
    taken: list[int] = []
    rows = size_so_far = 0
    for number, (n, unpacked) in enumerate(groups):
        if taken and size_so_far + unpacked > size:
            yield tuple(taken), rows, size_so_far
            taken, rows, size_so_far = [], 0, 0
        taken.append(number)
        rows, size_so_far = rows + n, size_so_far + unpacked
    if taken:
        yield tuple(taken), rows, size_so_far
