"""``read``: from a source of any kind to ``Samples``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from fullmenu.errors import BadInput
from fullmenu.readers import images, registry
from fullmenu.readers.fields import check_map, parse_map
from fullmenu.readers.ledger import Ledger, NotALog, Progress, Reject
from fullmenu.readers.registry import Packing, Shape
from fullmenu.readers.sources import File, Source, resolve
from fullmenu.readers.streams import Opened, decompression_errors, opened
from fullmenu.readers.summary import Run, check, notes
from fullmenu.samples import Record, Samples
from fullmenu.text.encoding import dump, mend

_LOOK = 16  # records from which the shape of a file is told
_EVERY = 1_000  # records between two reports of progress
SHAPE_FAULTS = (AttributeError, TypeError, KeyError, IndexError, ValueError, RecursionError)


def read(
    source: Source,
    *,
    format: str | None = None,
    map: dict[str, str] | str | None = None,
    rejects: str | Path | IO[str] | None = None,
    tolerate: bool = False,
    requests: Source | None = None,
    progress: Progress | None = None,
) -> Samples:
    """Read the outputs of a model from a log of any format.

    Parameters
    ----------
    source
        A path, a list of paths, a glob, a directory, or ``"-"`` for stdin; plain or compressed
        with gzip, bzip2, xz or Zstandard. Or pictures: a folder of them, whose sub-folders are
        prompts, or ``.npy`` and ``.npz`` arrays.
    format
        Name of the format; guessed from the first bytes and records if not given. ``images``
        reads the pictures of a folder that holds logs too.
    map
        Names of columns where they are not common ones: ``{"output": "answer"}`` or
        ``"output=answer,prompt=request.text"``. Dots lead into nested fields.
    rejects
        A file to write rejected records to, as JSON lines.
    tolerate
        Go on where more than 10 records, and more than 1 % of them, are rejected.
    requests
        The request file of an OpenAI batch, which holds the prompts.
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
    """
    if isinstance(map, str):
        map = parse_map(map)
    if (found := images.find(source, format)) is not None:
        if map:
            raise BadInput("a map names columns, and pictures have none: drop one")
        return images.read(found, Ledger(_path(rejects), tolerate), progress)
    packing, shape = registry.named(format)
    if map:
        check_map(map)
        if shape is not None and shape.name != "table":
            raise BadInput(
                f"a map names columns, and {shape.title} has fields of its own: drop one"
            )
        shape = registry.named("table")[1]
    files, remarks = resolve(source)
    rejects = _path(rejects)
    keep_apart(files, rejects)
    log = Ledger(rejects, tolerate, map, requests)
    run = Run(log, packing, shape, progress)
    if rejects is not None:
        log.open()
    try:
        samples = Samples.from_records(records_of(files, run, remarks))
        log.judge()
    finally:
        log.close()
    check(samples, files, run)
    return Samples(samples.table, tuple(notes(samples, run, remarks)))


def records_of(files: list[File], run: Run, remarks: list[str]) -> Iterator[Record]:
    """Yield the records of every file; what is remarkable about one is added to ``remarks``."""
    for file in files:
        lenient = file.found or len(files) > 1
        try:
            with opened(file) as source:
                if not source.head.strip():
                    if not lenient:
                        raise BadInput(f"{file.name} is empty: it holds no record")
                    remarks.append(f"{file.name} is empty")
                    continue
                if source.remark:
                    remarks.append(f"{file.name} {source.remark}")
                yield from _file_records(source, run)
        except NotALog as error:
            if not file.found:
                raise
            remarks.append(f"not read: {error}")


def _file_records(source: Opened, run: Run) -> Iterator[Record]:
    log = run.log
    log.begin(source.name)
    packing = run.packing or registry.guess_packing(source)
    log.packing = packing.name
    items = _guarded(packing, source, log)
    head = list(islice(items, _LOOK))
    values = [value for _, value in head]
    shape = run.shape or registry.guess_shape(values)
    if head and shape.prepare is not None:
        shape.prepare(values, log)
    how = described(packing, shape, log)
    run.read.setdefault(how, []).append(source.name)
    count = 0
    for n, (line, value) in enumerate(chain(head, items)):
        log.line, log.position = line, n
        log.seen += 1
        try:
            found = list(shape.records(value, log))
        except Reject as error:
            log.reject(line, str(error), value)
            continue
        except BadInput:
            raise
        except SHAPE_FAULTS as error:
            log.reject(line, f"not a record of {shape.title} ({reason(error)})", value)
            continue
        for record in found:
            count += 1
            yield finished(record, source.name, run)
        if run.progress and n % _EVERY == 0:
            run.progress(source.name, source.done(), source.size)
    run.outputs[how] = run.outputs.get(how, 0) + count
    if run.progress:
        run.progress(source.name, source.size or source.done(), source.size)


def _guarded(packing: Packing, source: Opened, log: Ledger) -> Iterator[tuple[int, Any]]:
    """Yield the items; a stream that cannot be unpacked further is a broken record."""
    line = 0
    try:
        for line, value in packing.items(source, log):
            yield line, value
    except decompression_errors() as error:
        log.broken(line + 1, f"the file is cut off or damaged ({reason(error)})", "")


def finished(record: Record, name: str, run: Run) -> Record:
    """Return a record as texts only, mended, with the file it came from."""
    if any(type(text) is not str and text is not None for text in record[:4]):
        output, *others = (None if text is None else dump(text) for text in record[:4])
        prompt, prompt_id, model = others
        record = Record(output or "", prompt, prompt_id, model, *record[4:])
    if record.output:
        run.filled += 1
        if not record.output.isascii() and (mended := mend(record.output)) is not None:
            run.log.remark("outputs with lone surrogates, which became U+FFFD")
            record = record._replace(output=mended)
    else:
        run.log.remark("empty outputs, kept as a dish of their own")
    if record.model is not None and (mended := mend(record.model)) is not None:
        record = record._replace(model=mended)
    if record.source is None:
        record = record._replace(source=mend(name) or name)
    return record


def described(packing: Packing, shape: Shape, log: Ledger) -> str:
    """Say how a file was read."""
    if shape.name != "table":
        return f"{shape.title} ({packing.title})" if shape.title != packing.title else shape.title
    given = ", ".join(f"{name}={column}" for name, column in log.fields.items())
    return f"{packing.title} ({given})" if given else packing.title


def _path(rejects: str | Path | IO[str] | None) -> Path | IO[str] | None:
    return Path(rejects) if isinstance(rejects, str) else rejects


def keep_apart(files: list[File], rejects: Path | IO[str] | None) -> None:
    """Refuse to write rejected records over what is being read."""
    if isinstance(rejects, Path):
        for file in files:
            if file.path and file.path.resolve() == rejects.resolve():
                raise BadInput(f"rejects cannot be written to {rejects}, which is being read")


def reason(error: BaseException) -> str:
    """Return an error in one short line."""
    return f"{type(error).__name__}: {error}"[:200].replace("\n", " ")
