"""What Python hands over that is no file: texts, dicts of prompts, rows, tables of any library."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass
from datetime import date, datetime
from glob import has_magic
from pathlib import Path
from typing import Any, TypeAlias

from fullmenu.errors import BadInput
from fullmenu.pictures import ARRAYS, IMAGES
from fullmenu.readers import remote
from fullmenu.readers.account import plural
from fullmenu.readers.fields import NAMES, plain
from fullmenu.readers.formats import parquet
from fullmenu.readers.registry import endings
from fullmenu.readers.sources import matching
from fullmenu.readers.streams import suffix
from fullmenu.samples import Samples, by_prompt, is_missing, shown
from fullmenu.text.json_values import Object, is_object

Log: TypeAlias = object
"""What :func:`fullmenu.read` takes, or samples; a type checker cannot tell more."""

EXPECTED = (
    "give a file, a glob or a folder, a list of outputs, a dict of prompts to outputs "
    "({'A fruit?': ['fig', 'kiwi']}), a list of dicts, or a table (pandas, polars, Arrow, Hugging "
    "Face, any that narwhals knows)"
)
_ROWS = 1_000
_LONGEST = 1_000  # characters of a path


@dataclass(frozen=True)
class Rows:
    """Rows in memory.

    Parameters
    ----------
    name
        What they are: ``a pandas DataFrame``.
    items
        The rows; one that is missing is ``None``.
    read_as
        How they are understood; empty where their columns tell.
    """

    name: str
    items: Iterable[Object | None]
    read_as: str = ""

    def numbered(self) -> Iterator[tuple[int, Object | None]]:
        """Yield each row with its number, in plain Python values."""
        for number, row in enumerate(self.items, 1):
            yield number, row and {str(name): _plain(value) for name, value in row.items()}


def rows_or_files(source: object, mapped: bool) -> Rows | str | list[str]:
    """Return the rows that a source holds, or the files that it names.

    Parameters
    ----------
    source
        Anything.
    mapped
        Whether the user says which column is what.

    Raises
    ------
    BadInput
        It is neither, or could be either.
    """
    if isinstance(source, str) and (len(source) > _LONGEST or "\n" in source or "\0" in source):
        raise BadInput(
            f"one text, {shown(source)}, names no file: outputs are given as a list, [x]"
        )
    if isinstance(source, (str, os.PathLike)):
        return os.fspath(source)
    if isinstance(source, Mapping):
        return _dict(source, mapped)
    table = _table(source)
    if table is not None:
        return Rows(_called(source), table)
    for method in ("tolist", "to_pylist", "to_list"):  # of numpy and pandas, Arrow, polars
        if not isinstance(source, type) and hasattr(source, method):
            return _list(getattr(source, method)(), _called(source), mapped)
    if isinstance(source, (Sequence, Iterator, ValuesView)) and not isinstance(source, bytes):
        return _list(list(source), _called(source), mapped)
    once = ": a set holds each output once, and how often it repeats is what is measured"
    raise BadInput(
        f"cannot read {shown(source)}{once if isinstance(source, (set, frozenset)) else ''}; "
        + EXPECTED
    )


def _list(values: Sequence[object], called: str, mapped: bool) -> Rows | list[str]:
    """Return a list's paths, texts or rows."""
    there = [value for value in values if not is_missing(value)]
    if all(isinstance(value, (str, os.PathLike)) for value in there):
        paths = [v for v in there if isinstance(v, (str, os.PathLike)) and _is_path(v)]
        if len(paths) == len(values):
            return [os.fspath(path) for path in paths]
        if paths:
            other = next(v for v in values if is_missing(v) or not _is_path(v))
            raise BadInput(
                f"{str(paths[0])!r:.80} names a file and {other!r:.80} does not: give files alone, "
                "or, where all are outputs, fm.Samples.of([…])"
            )
        if mapped:
            raise BadInput(f"{called} of texts has no columns to name: leave columns out")
        texts = by_prompt(list(values))[""]
        outputs = ({"output": text, "prompt_id": ""} for text in texts)
        return Rows(called, outputs, "outputs of one prompt")
    if all(map(is_object, there)):
        rows = (value if is_object(value) else None for value in values)
        return Rows(f"{called} of dicts", rows)
    if all(type(value).__name__ == "RecordBatch" for value in there):
        return Rows(f"{called} of record batches", _arrow(there))
    first, *others = there
    beside = next((shown(v) for v in others if type(v) is not type(first)), "")
    several = isinstance(first, Samples) or _table(first) is not None
    raise BadInput(
        f"cannot read {called} with {shown(first)}{' beside ' * bool(beside)}{beside} in it; "
        + ("several versions go to fm.compare or fm.trend" if several else EXPECTED)
        + "; pictures and vectors go to fm.Samples.of_images" * ("ndarray" in called)
    )


def _is_path(value: object) -> bool:
    """Tell whether a text names a file, or looks as if it should."""
    if isinstance(value, os.PathLike):
        return True
    text = str(value)
    if text == "-" or not text or len(text) > _LONGEST or "\n" in text or "\0" in text:
        return text == "-"
    if suffix(text) in (*endings(), *IMAGES, *ARRAYS) or remote.is_remote(text):
        return True
    try:
        if Path(text).expanduser().exists():
            return True
    except (OSError, RuntimeError):  # a name too long; no home of that user
        return False
    return has_magic(text) and "/" in text and " " not in text and bool(matching(text, []))


def _dict(source: Mapping[Any, object], mapped: bool) -> Rows:
    """Return the rows of a dict: of columns, or of prompts to outputs."""
    called = _called(source)
    if not source:
        raise BadInput(f"{called} without a key holds no outputs; {EXPECTED}")
    for name, value in source.items():
        if not isinstance(value, (str, Mapping)) and _table(value) is not None:
            raise BadInput(
                f"{called} of tables ({plural(map(str, source), 5)}): give one of them, such as "
                f"x[{name!r}]; several versions go to fm.compare or fm.trend"
            )
    known = {plain(name): name for name in source}
    output = next((known[name] for name in NAMES["output"] if name in known), None)
    fields = [name for name in known if any(name in names for names in NAMES.values())]
    if not mapped and (output is None or (len(fields) == 1 and len(source) > 1)):
        if output is not None:
            raise BadInput(
                f"{called} with the keys {plural(map(str, source), 5)} may hold columns or "
                f"prompts: for columns, say columns={{'output': {output!r}}}; for prompts, give "
                "fm.Samples.of(x)"
            )
        rows = (
            {"prompt": prompt or None, "prompt_id": prompt, "output": text}
            for prompt, texts in by_prompt(source).items()
            for text in texts
        )
        return Rows(called, rows, "prompts to outputs")
    columns = {name: _column(value) for name, value in source.items()}
    if any(column is None for column in columns.values()):
        raise BadInput(
            f"{called} with the keys {plural(map(str, source), 5)} is one record: give a list of "
            "such dicts, [x, …], or one of lists"
        )
    sizes = {name: len(column or ()) for name, column in columns.items()}
    if len(set(sizes.values())) > 1:
        raise BadInput(
            f"{called} has columns of different lengths "
            f"({plural((f'{name}: {n:,}' for name, n in sizes.items()), 5)}): give columns of one "
            "length, or, where the keys are prompts, fm.Samples.of(x)"
        )
    cells = zip(*(column or () for column in columns.values()), strict=True)
    return Rows(f"{called} of columns", (dict(zip(columns, row, strict=True)) for row in cells))


def _column(value: object) -> Sequence[object] | None:
    """Return the cells of a column; ``None`` where it is none."""
    for method in ("tolist", "to_pylist", "to_list"):
        if hasattr(value, method):
            return _column(getattr(value, method)())
    is_cells = isinstance(value, Sequence) and not isinstance(value, (str, bytes))
    return value if is_cells else None  # type: ignore[return-value]


def _table(source: Any) -> Iterable[Object] | None:
    """Return the rows of a table of any library; ``None`` where it is none."""
    import narwhals
    import pyarrow as pa

    if isinstance(source, (str, list, tuple, type)):
        return None
    if hasattr(source, "with_format") and hasattr(source, "iter"):  # a Hugging Face dataset
        return _arrow(source.with_format("arrow").iter(_ROWS))
    index = getattr(source, "index", None)
    try:
        if any(name is not None for name in getattr(index, "names", ())):  # of pandas: columns too
            source = source.reset_index()
        frame = narwhals.from_native(source, pass_through=True)
        if isinstance(frame, narwhals.LazyFrame):
            frame = frame.collect()
        if isinstance(frame, narwhals.DataFrame):
            if not frame.implementation.is_pyarrow():
                return frame.iter_rows(named=True)
            source = frame.to_native()
        elif not isinstance(source, (pa.RecordBatch, pa.RecordBatchReader)):
            return None
        return _arrow([pa.table(source)])
    except (ValueError, TypeError, narwhals.exceptions.NarwhalsError) as error:
        said = " ".join(str(error).split())[:200]
        raise BadInput(f"{_called(source)} cannot be read: {said}") from None


def _arrow(tables: Iterable[Any]) -> Iterator[Object]:
    """Yield the rows of Arrow tables or record batches, without columns of vectors or bytes."""
    for table in tables:
        names = table.column_names if hasattr(table, "column_names") else table.schema.names
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise BadInput(f"a table has the column {twice!r} twice: rename one, or drop it")
        batches = table.to_batches(_ROWS) if hasattr(table, "to_batches") else [table]
        for batch in batches:
            yield from parquet.cells(batch.select(parquet.light(batch.schema)))


def _called(source: object) -> str:
    """Return what a value is: ``a pandas DataFrame``, ``a list``."""
    kind = type(source)
    place = kind.__module__.partition(".")[0]
    return f"a {kind.__name__}" if place == "builtins" else f"a {place} {kind.__name__}"


def _plain(value: Any) -> Any:
    """Return a value of numpy, pandas or Python as JSON would hold it; times stay times."""
    if isinstance(value, str):
        return str(value)
    if is_missing(value):
        return None
    if isinstance(value, date):
        whole = value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value
        return whole if isinstance(whole, datetime) else datetime(*whole.timetuple()[:3])
    if hasattr(value, "tolist"):
        inner = value.tolist()
        return inner if inner is value else _plain(inner)
    if is_object(value):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value
