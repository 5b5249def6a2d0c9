"""``read``: from a source of any kind to ``Samples``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, compress
from pathlib import Path
from typing import IO, Any, NamedTuple, get_args

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput, UnknownName
from fullmenu.readers import images, inputs, paths, registry
from fullmenu.readers.account import NotALog, plural
from fullmenu.readers.condition import LEFT_OUT, Condition, RowFilter, in_record
from fullmenu.readers.fields import NAMES, check_map, parse_map, plain
from fullmenu.readers.formats import parquet
from fullmenu.readers.inputs import Log, Rows
from fullmenu.readers.ledger import Ledger, Progress, Reasoning, Reject
from fullmenu.readers.registry import Item, Numbered, Packing, Run, Shape, lines_of
from fullmenu.readers.sources import Source, keep_apart, resolve
from fullmenu.readers.streams import File, Opened, decompression_errors, opened
from fullmenu.samples import Record, RecordColumns, Samples, shown
from fullmenu.text.encoding import dump, mend
from fullmenu.text.json_values import is_object

LOOK = 16  # records from which the shape of a file is told
EMPTY = "empty outputs, kept as a dish of their own"
_COLUMNS = 50  # names in an error
_EVERY = 1_000  # records between two reports of progress
_FAULTS = (AttributeError, TypeError, KeyError, IndexError, ValueError, RecursionError)


@dataclass(frozen=True)
class Origin:
    """Where an output stood: it is the ``at``-th of ``of`` in a record with these columns."""

    record: object
    at: int
    of: int
    fields: dict[str, str]
    packing: str


class Way(NamedTuple):
    """How one file was understood; ``fields`` are those of a table, and the columns they are in."""

    name: str
    packing: str
    format: str
    told_by: str
    fields: Mapping[str, str]


@dataclass
class Intake:
    """One call of ``read``, and how it goes."""

    log: Ledger
    packing: Packing | None = None
    shape: Shape | None = None
    progress: Progress | None = None
    origins: list[Origin] | None = None  # one for each output, where they are kept
    ways: list[Way] = field(default_factory=list)  # one for each file
    condition: Condition | None = None  # which records are read

    def use(self, format: str | None) -> None:
        """Take the packing or the shape of that name, or the table that a map is of."""
        self.packing, self.shape = registry.named(format)
        if self.log.map:
            if self.shape is not None and self.shape.name != "table":
                raise BadInput(
                    f"a map names columns, and {self.shape.title} has fields of its own: drop one"
                )
            self.shape = registry.named("table")[1]

    def records(self, line: int, value: object, shape: Shape) -> list[Record]:
        """Return the outputs of one value of a file; a value without sense is a reject."""
        log = self.log
        log.line = line
        log.seen += 1
        try:
            outputs = shape.records(value, log)
            if self.condition is not None and "row_filter" not in log.state:
                outputs = self._wanted(outputs, self.condition)
            records = [self._finished(record) for record in outputs]
        except Reject as error:
            log.reject(line, str(error), value)
            return []
        except BadInput:
            raise
        except _FAULTS as error:
            log.reject(line, f"not a record of {shape.title} ({_reason(error)})", value)
            return []
        if self.origins is not None:
            fields = log.fields if shape.name == "table" else {}
            of = len(records)
            self.origins += [Origin(value, i, of, fields, log.packing) for i in range(of)]
        return records

    def taken(
        self, line: int, values: Sequence[object], shape: Shape
    ) -> Iterator[Record | RecordColumns]:
        """Yield the outputs of one run, by column where that can be."""
        log = self.log
        begin = log.position
        lines = lines_of(line, values)
        by_column = shape.columns is not None and self.origins is None and len(values) > 1
        if self.condition is not None and "row_filter" not in log.state:
            by_column = False  # outputs are left out one by one
        stretches = shape.columns(values, log) if by_column and shape.columns else [(values, None)]
        done = 0
        for stretch, columns in stretches:
            if columns is None:
                for n, value in enumerate(stretch, done):
                    log.position = begin + n
                    yield from self.records(lines[n], value, shape)
            else:
                log.seen += len(stretch)
                if empty := columns.output.count(""):
                    log.remark(EMPTY, empty)
                log.filled += len(columns.output) - empty
                yield columns
            done += len(stretch)

    def _wanted(self, records: Iterable[Record], condition: Condition) -> Iterator[Record]:
        for record in records:
            if condition.holds(in_record(record, self.log.asked)):
                yield record
            else:
                self.log.skip(LEFT_OUT)

    def _finished(self, record: Record) -> Record:
        """Return a record as texts only, mended, with the file it came from."""
        if any(type(text) is not str and text is not None for text in record[:4]):
            output, *others = (None if text is None else dump(text) for text in record[:4])
            prompt, prompt_id, model = others
            record = Record(output or "", prompt, prompt_id, model, *record[4:])
        named = (record.finish_reason, record.system_fingerprint, record.call_id)
        if any(type(name) is not str and name is not None for name in named):
            reason, print_of, call = (None if name is None else str(name) for name in named)
            record = record._replace(
                finish_reason=reason, system_fingerprint=print_of, call_id=call
            )
        if record.output:
            self.log.filled += 1
            if not record.output.isascii() and (mended := mend(record.output)) is not None:
                self.log.remark("outputs with lone surrogates, which became U+FFFD")
                record = record._replace(output=mended)
        else:
            self.log.remark(EMPTY)
        for text in (record.prompt, record.prompt_id):
            if text is not None and not text.isascii() and mend(text) is not None:
                self.log.remark("prompts with lone surrogates, which became U+FFFD")
        if record.model is not None and (mended := mend(record.model)) is not None:
            record = record._replace(model=mended)
        if record.source is None:
            record = record._replace(source=mend(self.log.name) or self.log.name)
        return record


def read(
    source: Log,
    *,
    format: str | None = None,
    map: Mapping[str, str] | str | None = None,
    columns: Mapping[str, str] | None = None,
    records: str | None = None,
    rejects: str | Path | IO[str] | None = None,
    tolerate: bool = False,
    where: str | None = None,
    requests: Source | None = None,
    reasoning: Reasoning = "drop",
    progress: Progress | None = None,
) -> Samples:
    """Read the outputs of a model from a log of any format, or from what Python holds.

    Parameters
    ----------
    source
        A path, a list of paths, a glob, a directory, or ``"-"`` for stdin; plain or compressed
        with gzip, bzip2, xz or Zstandard. Or pictures: a folder of them, whose sub-folders are
        prompts, or ``.npy`` and ``.npz`` arrays. Or a list of outputs of one prompt, a dict of
        prompts to outputs, a list of dicts, a dict of columns, or a table: of pandas, polars,
        Arrow, a Hugging Face ``Dataset``, or any that narwhals knows. Samples are returned as
        they are.
    format
        Name of the format; guessed from the first bytes and records if not given. ``images``
        reads the pictures of a folder that holds logs too.
    map
        Names of columns where they are not common ones: ``{"output": "answer"}`` or
        ``"output=answer,prompt=request.text"``. Dots lead into nested fields.
    columns
        The same, under the name that :func:`fullmenu.check` and its like have for it.
    records
        Where the records stand in each value, where that is not guessed right: ``"results"``, or
        ``"run.samples"``. What is said once of all of them (the model, its parameters) holds for
        each.
    rejects
        A file to write rejected records to, as JSON lines.
    tolerate
        Go on where more than 10 records, and more than 1 % of them, are rejected.
    where
        Read only records of which this is true: ``"model = 'x' and time > '2026-01-01'"``. Names
        are columns or fields; there is ``= != < <= > >=``, ``in (…)``, ``is null``, ``and``,
        ``or``, ``not`` and brackets.
    requests
        The request file of a batch, which holds the prompts.
    reasoning
        ``drop`` leaves a model's thoughts out of its outputs, and counts them; ``keep`` reads them
        as the beginning of the outputs.
    progress
        Called as ``progress(file name, bytes read, bytes in all)`` now and then.

    Returns
    -------
    Samples
        With notes on what was read as what, what was not, and why.

    Raises
    ------
    BadInput
        Nothing could be read, or too much of it is malformed.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "log.jsonl")
    >>> _ = path.write_text('{"prompt": "A fruit?", "response": ["fig", "kiwi"]}')
    >>> samples = read(path)
    >>> samples.outputs, samples.notes
    (['fig', 'kiwi'], ('read 2 outputs of 1 prompt from log.jsonl as JSONL (output=response, \
prompt=prompt)',))
    >>> read({"A fruit?": ["fig", "kiwi", None]}).notes
    ('read 2 outputs of 1 prompt from a dict as prompts to outputs', 'not read: null outputs (1)')
    """
    if columns is not None:
        if map is not None:
            raise BadInput("columns and map are two names for one thing: give one of them")
        if isinstance(columns, str):
            raise BadInput(f"columns is {shown(columns)}: give a dict, {{'output': 'answer'}}")
        map = columns
    if isinstance(source, Samples):
        if map or format or records or where:
            raise BadInput(
                "samples were read already: give columns, records, format and where as they are "
                "read"
            )
        return source
    return _read(
        source, None, format=format, map=map, records=records, rejects=rejects, tolerate=tolerate,
        where=where, requests=requests, reasoning=reasoning, progress=progress,
    )  # fmt: skip


def read_with_origins(source: Source, **given: Any) -> tuple[Samples, list[Origin]]:
    """Read a log as :func:`read` does, and keep the record that each output is from.

    Of pictures there are no records.
    """
    origins: list[Origin] = []
    return _read(source, origins, **given), origins


def read_with_ways(source: Source, **given: Any) -> tuple[Samples, list[Way]]:
    """Read a log as :func:`read` does, and say of each file how it was understood.

    Of pictures nothing is said.
    """
    ways: list[Way] = []
    return _read(source, None, ways, **given), ways


def read_with_calls(source: Source) -> Samples:
    """Read a log as :func:`read` does; outputs that only call tools are there too, as empty."""
    return _read(source, None, only_calls=True)


def _read(
    source: Log,
    origins: list[Origin] | None,
    ways: list[Way] | None = None,
    *,
    only_calls: bool = False,
    format: str | None = None,
    map: Mapping[str, str] | str | None = None,
    records: str | None = None,
    rejects: str | Path | IO[str] | None = None,
    tolerate: bool = False,
    where: str | None = None,
    requests: Source | None = None,
    reasoning: Reasoning = "drop",
    progress: Progress | None = None,
) -> Samples:
    intake = intake_of(
        format=format, map=map, records=records, rejects=rejects, tolerate=tolerate,
        where=where, requests=requests, reasoning=reasoning,
    )  # fmt: skip
    intake.progress, intake.origins, log = progress, origins, intake.log
    log.only_calls = only_calls
    given = inputs.rows_or_files(source, bool(log.map))
    if not isinstance(given, Rows) and (pictures := images.find(given, format)) is not None:
        if log.map or records or where:
            what = (
                "a map names columns" if log.map
                else f"records={records!r} names a key" if records
                else f"where={where!r:.80} names columns"
            )  # fmt: skip
            raise BadInput(f"{what}, and pictures have none: drop one")
        return images.read(pictures, Ledger(log.rejects, tolerate), progress)
    intake.use(format)
    if requests is not None:
        resolve(requests)
    if isinstance(given, Rows):
        if intake.packing:
            raise BadInput(
                f"{given.name} is no file, so it is not packed as {intake.packing.title}"
            )
        files, found = [File(None, given.name)], of_rows(given, intake)
    else:
        files, remarks = resolve(given)
        log.beside |= dict.fromkeys(remarks)
        if isinstance(log.rejects, Path):
            keep_apart(log.rejects, given)
        found = of_files(files, intake)
    if rejects is not None:
        log.open()
    try:
        samples = Samples.from_records(found)
        log.judge()
    finally:
        log.close()
    log.refuse_nothing([f.name for f in files], log.naming)
    if requests is not None and "prompts" not in intake.log.shared:
        names = plural([f.name for f in files], 3)
        raise BadInput(f"requests belong to the output of a batch, and {names} is none: drop them")
    if ways is not None:
        ways += intake.ways
    notes = log.summary(samples.n_prompts)
    return Samples(samples.table, tuple(one_line(note, 1_500) for note in notes))


def intake_of(
    *,
    format: str | None = None,
    map: Mapping[str, str] | str | None = None,
    records: str | None = None,
    rejects: str | Path | IO[str] | None = None,
    tolerate: bool = False,
    where: str | None = None,
    requests: Source | None = None,
    reasoning: Reasoning = "drop",
) -> Intake:
    """Return the beginning of a reading, as :func:`read` is told to do it."""
    if reasoning not in get_args(Reasoning):
        raise UnknownName("way with reasoning", reasoning, get_args(Reasoning))
    if format is not None and not isinstance(format, str):
        raise BadInput(
            f"format is {shown(format)}: give one of {', '.join(registry.known_formats())}"
        )
    if map is not None and not isinstance(map, (str, Mapping)):
        raise BadInput(
            f"map is {shown(map)}: give a dict, {{'output': 'answer'}}, or 'output=answer'"
        )
    if records is not None and (not isinstance(records, str) or not records.strip(" .")):
        raise BadInput(
            f"records is {shown(records)}: give the key that records stand under, such as 'results'"
        )
    columns = parse_map(map) if isinstance(map, str) else check_map({**map}) if map else {}
    rejects = Path(rejects) if isinstance(rejects, str) else rejects
    log = Ledger(rejects, tolerate, columns, requests, reasoning, records)
    return Intake(log, condition=None if where is None else Condition.read(where))


def of_rows(given: Rows, intake: Intake) -> Iterator[Record | RecordColumns]:
    """Yield the records of rows in memory, which come from no file."""
    log = intake.log
    log.begin(given.name)
    log.naming, log.naming_records = "columns={{'{}': '{}'}}", "records={!r}"
    if given.read_as:
        intake.shape = registry.named("table")[1]
    told = given.read_as
    items = _singles(given.numbered())
    if log.records is not None:
        items = _under(items, log.records, log)
    for record in _taken(items, intake, told or "rows", bool(told)):
        yield record._replace(source=None)


def of_files(files: Sequence[File], intake: Intake) -> Iterator[Record | RecordColumns]:
    """Yield the records of every file; what is remarkable about one goes into the account."""
    beside = intake.log.beside
    for file in files:
        lenient = file.found or len(files) > 1
        try:
            with opened(file) as source:
                if not source.head.strip():
                    if not lenient:
                        raise BadInput(f"{file.name} is empty: it holds no record")
                    beside[f"{file.name} is empty"] = None
                    continue
                if source.remark:
                    beside[f"{file.name} {source.remark}"] = None
                yield from _file_records(file, source, intake)
        except NotALog as error:
            if not file.found:
                raise
            beside[f"not read: {error}"] = None


def _file_records(file: File, source: Opened, intake: Intake) -> Iterator[Record | RecordColumns]:
    log, progress = intake.log, intake.progress
    log.begin(source.name, file.place)
    packing = intake.packing
    if packing is None:
        cut = file.row_groups is not None
        packing = parquet.FORMAT if cut else registry.guess_packing(source)
    log.packing = packing.name
    columns = {
        name: value for name, value in file.partition.items() if plain(name) not in NAMES["output"]
    }
    prunes = packing.name == "parquet" and file.can_seek and intake.condition is not None
    head = _head(file, packing, columns, log) if prunes or file.row_groups is not None else None
    runs = _with_columns(_unpacked(packing, source, log), columns)
    for n, outputs in enumerate(_taken(runs, intake, packing.title, head=head, constants=columns)):
        yield outputs
        if progress and (n % _EVERY == 0 or isinstance(outputs, RecordColumns)):
            progress(source.name, source.done(), source.size)
    if progress:
        progress(source.name, source.size or source.done(), source.size)


def _taken(
    runs: Iterator[Run],
    intake: Intake,
    packed: str,
    told: bool = False,
    head: Sequence[object] | None = None,
    constants: Mapping[str, str] | None = None,
) -> Iterator[Record | RecordColumns]:
    """Yield the outputs of one file's runs.

    ``told``: ``packed`` says all of how they are read. ``head``: the file's first values, where
    the runs may not begin with them. ``constants``: columns that folders name.
    """
    log = intake.log
    first: list[Run] = []
    in_part = head is not None
    if head is None:
        head, first = _first(runs)
    shape = understood(head, intake)
    row_filter = _row_filter(intake, shape, constants)
    how = packed if told else described(packed, shape, log)
    log.read.setdefault(how, {})[log.place or log.name] = log.name
    why = "" if intake.shape else shape.told_by
    intake.ways.append(Way(log.name, packed, shape.title, why, log.fields))
    count = position = 0
    for line, values in chain(first, runs):
        position = line - 1 if in_part and not position else position
        log.position = position
        position += len(values)
        if row_filter is not None:
            values = _filtered(line, values, row_filter, log)
        for outputs in intake.taken(line, values, shape):
            count += len(outputs.output) if isinstance(outputs, RecordColumns) else 1
            yield outputs
    if shape.finish is not None:
        shape.finish(log)
    log.outputs[how] += count
    if row_filter is not None:
        log.ask(row_filter.met)


def _row_filter(
    intake: Intake, shape: Shape, constants: Mapping[str, str] | None
) -> RowFilter | None:
    """Return what leaves rows out, where a file holds a table; else outputs are left out."""
    if (condition := intake.condition) is None:
        return None
    log = intake.log
    known = log.state.get("known", frozenset())
    log.ask(dict.fromkeys(condition.names(), False))
    log.columns_met |= dict.fromkeys(sorted(known)[:_COLUMNS] or Record._fields)
    if shape.name != "table" or not log.fields:
        return None
    comma = bool(log.state.get("comma"))
    made = log.state["row_filter"] = RowFilter(condition, known, log.fields, comma, constants)
    if log.columns is not None:
        log.columns |= made.roots
    return made


def _filtered(
    line: int, values: Sequence[object], row_filter: RowFilter, log: Ledger
) -> Sequence[object]:
    """Return the rows of which the condition is true; what is no row is left for a reject."""
    lines = lines_of(line, values)
    mask = [not is_object(value) or row_filter.holds(value) for value in values]
    if all(mask):
        return values
    log.skip(LEFT_OUT, mask.count(False))
    return Numbered(compress(values, mask), [*compress(lines, mask)])


def _first(runs: Iterator[Run]) -> tuple[list[object], list[Run]]:
    """Return the first values, and the runs that were taken off for them."""
    taken: list[Run] = []
    values: list[object] = []
    while len(values) < LOOK and (run := next(runs, None)) is not None:
        taken.append(run)
        values += run[1]
    return values[:LOOK], taken


def _head(file: File, packing: Packing, columns: Mapping[str, str], log: Ledger) -> list[object]:
    """Return the first values of the whole file that a part belongs to."""
    unheard = Ledger(map=log.map, records=log.records)
    unheard.begin(file.name)
    with opened(replace(file, row_groups=None)) as source:
        return _first(_with_columns(_unpacked(packing, source, unheard), columns))[0]


def _with_columns(runs: Iterator[Run], columns: Mapping[str, str]) -> Iterator[Run]:
    """Add columns that are the same in all rows, where a row has none of that name."""
    if not columns:
        return runs
    return (
        (
            line,
            Numbered(
                [{**columns, **v} if is_object(v) else v for v in values], lines_of(line, values)
            ),
        )
        for line, values in runs
    )


def understood(values: Sequence[object], intake: Intake) -> Shape:
    """Return the shape of a file's records, prepared for its first ones."""
    shape = intake.shape or registry.guess_shape(values)
    if values and shape.prepare is not None:
        shape.prepare(values, intake.log)
    if intake.origins is not None:
        intake.log.columns = None  # then all are read, the needed and the others
    return shape


def _unpacked(packing: Packing, source: Opened, log: Ledger) -> Iterator[Run]:
    """Yield the runs of a file, or of what stands under the key that a user named."""
    runs = _guarded(packing, source, log)
    return runs if log.records is None else _under(runs, log.records, log)


def _under(runs: Iterator[Run], records: str, log: Ledger) -> Iterator[Run]:
    items = ((line + n, value) for line, values in runs for n, value in enumerate(values))
    return _singles(paths.under(items, records, log))


def _guarded(packing: Packing, source: Opened, log: Ledger) -> Iterator[Run]:
    """Yield the runs; a stream that cannot be unpacked further is a broken record."""
    line = 0
    runs = packing.runs(source, log) if packing.runs else _singles(packing.items(source, log))
    try:
        for first, values in runs:
            line = first + len(values) - 1
            yield first, values
    except decompression_errors() as error:
        log.broken(line + 1, f"the file is cut off or damaged ({_reason(error)})", "")


def _singles(items: Iterator[Item]) -> Iterator[Run]:
    return ((line, (value,)) for line, value in items)


def described(packed: str, shape: Shape, log: Ledger) -> str:
    """Say how records packed in some way were read."""
    if shape.name != "table":
        return f"{shape.title} ({packed})" if shape.title != packed else shape.title
    given = ", ".join(f"{name}={column}" for name, column in log.fields.items())
    return f"{packed} ({given})" if given else packed


def _reason(error: BaseException) -> str:
    """Return an error in one short line."""
    return f"{type(error).__name__}: {error}"[:200].replace("\n", " ")
