"""``Samples``: the table that every part of Fullmenu passes on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import lru_cache
from reprlib import repr as _repr
from typing import Any, Literal, NamedTuple, TypedDict

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fullmenu.errors import BadInput, MissingExtra, UnknownName

_REPEATED = pa.dictionary(pa.int32(), pa.large_string())
SCHEMA = pa.schema(
    [
        pa.field("prompt_id", pa.large_string(), nullable=False),
        pa.field("prompt", pa.large_string()),
        pa.field("output", pa.large_string(), nullable=False),
        pa.field("model", pa.string()),
        pa.field("time", pa.timestamp("us", tz="UTC")),
        pa.field("score", pa.float64()),
        pa.field("sample_index", pa.int32(), nullable=False),
        pa.field("source", pa.string()),
        pa.field("logprobs", pa.list_(pa.float32())),
        pa.field(
            "calls",
            pa.list_(pa.struct([("name", pa.large_string()), ("arguments", pa.large_string())])),
        ),
        pa.field("finish_reason", _REPEATED),
        pa.field("system_fingerprint", _REPEATED),
        pa.field("parameters", _REPEATED),
        pa.field("call_id", pa.large_string()),
        pa.field("extra", pa.large_string()),
    ]
)
_PROMPT_ID, _PROMPT = map(SCHEMA.get_field_index, ("prompt_id", "prompt"))
_JSON = ("parameters", "extra")
_ENCODE = msgspec.json.Encoder(enc_hook=str).encode
_NUMBERS = (bool, int, float)
_SHORT = {*_NUMBERS, str, type(None)}
_ROWS, _CHARACTERS = 10_000, 1 << 24  # of one Arrow batch
_LONGEST = 100  # characters of a further column's value that is kept
_MOST = 1_000  # characters of all of them together

Media = Literal["text", "image", "vector"]


class Outputs(list[str]):
    """The texts of outputs, which know how many prompts they answer: measures warn of several."""

    def __init__(self, texts: Iterable[str] = (), prompts: int = 1) -> None:
        super().__init__(texts)
        self.prompts = prompts


class ToolCall(TypedDict):
    """A tool that an output calls; ``arguments`` is JSON."""

    name: str
    arguments: str


class Record(NamedTuple):
    """One output of a model, as a reader finds it; ``logprobs`` are of its tokens, in nats.

    ``prompt_id`` may be ``None``: the prompt's text then identifies it. ``sample_index`` may be
    ``None``: outputs of one prompt are then counted in the order they come. ``parameters`` are
    those of the request, such as ``temperature``; ``call_id`` is of the call or span that the
    output came from, and outputs of one call share it. ``extra`` holds the log's further columns:
    its values of up to 100 characters, up to 1,000 characters in all, are kept.
    """

    output: str
    prompt: str | None = None
    prompt_id: str | None = None
    model: str | None = None
    time: datetime | None = None
    score: float | None = None
    sample_index: int | None = None
    source: str | None = None
    logprobs: Sequence[float] | None = None
    calls: Sequence[ToolCall] | None = None
    finish_reason: str | None = None
    system_fingerprint: str | None = None
    parameters: Mapping[str, Any] | None = None
    call_id: str | None = None
    extra: Mapping[str, Any] | None = None


class RecordColumns(NamedTuple):
    """Outputs of a model by column; no text in them has lone surrogates.

    ``fields`` are others of :class:`Record`, as long as the outputs; ``parameters`` and ``extra``
    hold a column for each of the names in them.
    """

    output: Sequence[str]
    fields: Mapping[str, Sequence[Any]] = {}
    source: str | None = None
    parameters: Mapping[str, Sequence[Any]] = {}
    extra: Mapping[str, Sequence[Any]] = {}


@dataclass(frozen=True)
class Samples:
    """Outputs of a model, one a row, in the columns of :data:`SCHEMA`.

    Parameters
    ----------
    table
        An Arrow table with exactly those columns.
    notes
        What was read and how, in sentences that a report repeats.
    media
        ``text``; or ``image`` or ``vector``: an output is then the place of a picture or of a row
        of numbers (``photo.png``, ``images.npy#3``), which the view of that name opens.

    Examples
    --------
    >>> s = Samples.of({"Name a fruit": ["fig", "kiwi"], "Name a tree": ["oak", "oak"]})
    >>> len(s), s.n_prompts, s.outputs[0]
    (4, 2, 'fig')
    """

    table: pa.Table
    notes: tuple[str, ...] = ()
    media: Media = "text"

    def __post_init__(self) -> None:
        if self.table.column_names != SCHEMA.names:
            raise BadInput(
                f"a Samples table has the columns {SCHEMA.names}, not {self.table.column_names}; "
                "use Samples.from_records or fm.read"
            )

    @classmethod
    def from_records(
        cls,
        records: Iterable[Record | RecordColumns],
        notes: Sequence[str] = (),
        media: Media = "text",
    ) -> Samples:
        """Build the table from records, filling in what readers may leave out."""
        table = _Building()
        for record in records:
            table.take(record)
        return cls(table.finish(), tuple(notes), media)

    @classmethod
    def in_batches(cls, records: Iterable[Record | RecordColumns]) -> Iterator[Samples]:
        """Yield the same rows, some 10,000 of them at a time.

        Examples
        --------
        >>> [log.outputs for log in Samples.in_batches([Record("fig"), Record("kiwi")])]
        [['fig', 'kiwi']]
        """
        table = _Building()
        for record in records:
            table.take(record)
            if table.batches:
                yield cls(table.finish())
        if len(rest := cls(table.finish())):
            yield rest

    @classmethod
    def of(
        cls,
        outputs: Mapping[str, Iterable[str | None]] | Iterable[str | None],
        model: str | None = None,
    ) -> Samples:
        """Build samples from ``{prompt: outputs}``, or from a list of outputs of one prompt.

        Missing outputs (``None``, NaN) are left out and counted in the notes.

        Raises
        ------
        BadInput
            It is something else; :func:`fullmenu.read` takes files, tables and lists of dicts.

        Examples
        --------
        >>> Samples.of(["fig", "kiwi", None]).notes
        ('not read: null outputs (1)',)
        """
        groups = by_prompt(outputs)
        missing = sum(text is None for texts in groups.values() for text in texts)
        records = (
            Record(output=text, prompt=prompt or None, prompt_id=prompt, model=model)
            for prompt, texts in groups.items()
            for text in texts
            if text is not None
        )
        return cls.from_records(records, [f"not read: null outputs ({missing:,})"] * bool(missing))

    @classmethod
    def of_images(
        cls, images: Any, prompts: Sequence[str] | None = None, model: str | None = None
    ) -> Samples:
        """Build samples from pictures, or vectors, that are in memory.

        They are written to a temporary file, which goes when the program ends.

        Parameters
        ----------
        images
            An array or tensor of shape (n, h, w), (n, h, w, c) or (n, c, h, w), bytes or numbers
            from 0 to 1, -1 to 1 or 0 to 255; a list of such pictures or of Pillow images, all of
            one size; or vectors, (n, d).
        prompts
            What each was asked for; by default all are of one prompt.
        model
            Who made them.

        Raises
        ------
        BadInput
            The array can be neither; or there is not one prompt for each picture.

        Examples
        --------
        >>> s = Samples.of_images(np.zeros((3, 8, 8), np.uint8), prompts=["cat", "cat", "dog"])
        >>> s.media, s.n_prompts, s.notes
        ('image', 2, ('3 pictures of 8 by 8 pixels, grey, bytes',))
        """
        from fullmenu import pictures

        array = pictures.as_array(images)
        if prompts is not None and len(prompts) != len(array):
            raise BadInput(f"{len(prompts)} prompts for {len(array)} pictures: give one for each")
        stack = pictures.understood(array)
        file = pictures.keep(array)
        made = cls.from_records(
            Record(f"{file}#{i}", prompt, prompt or "", model, source="memory")
            for i, prompt in enumerate(prompts or [None] * len(array))
        )
        return replace(
            made, notes=(stack.said,), media="vector" if stack.layout == "n d" else "image"
        )

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __eq__(self, other: object) -> bool:
        """Compare values: a repeated text may be kept under different codes."""
        if not isinstance(other, Samples):
            return NotImplemented
        same = (self.notes, self.media) == (other.notes, other.media)
        return same and bool(_decoded(self.table).equals(_decoded(other.table)))

    @property
    def outputs(self) -> Outputs:
        """The outputs' texts, in order."""
        return Outputs(self.table.column("output").to_pylist(), self.n_prompts)

    @property
    def prompts(self) -> list[str | None]:
        """The prompts' texts, in order; ``None`` where the log has none."""
        return _shared(self.table.column("prompt"))

    @property
    def n_prompts(self) -> int:
        """How many different prompts."""
        return len(self.prompt_ids)

    @property
    def prompt_ids(self) -> list[str]:
        """The different prompt ids, in order of first appearance."""
        return list(self.table.column("prompt_id").unique().to_pylist())

    @property
    def groups(self) -> NDArray[np.int64]:
        """For each row, the index of its prompt in :attr:`prompt_ids`, shape (n,)."""
        return self.codes("prompt_id")

    def codes(self, column: str) -> NDArray[np.int64]:
        """For each row, a number that equal texts of a column share; -1 where there is none, (n,).

        Numbers rise in the order of first appearance.
        """
        coded = self.table.column(column).combine_chunks().dictionary_encode()
        if isinstance(coded, pa.ChunkedArray):
            coded = (
                coded.chunk(0)
                if coded.num_chunks
                else pa.array([], pa.string()).dictionary_encode()
            )
        return np.asarray(coded.indices.fill_null(-1)).astype(np.int64)

    @property
    def bytes_of_outputs(self) -> NDArray[np.int64]:
        """How many bytes each output's text has in UTF-8, (n,)."""
        import pyarrow.compute as pc

        return np.asarray(pc.binary_length(self.table.column("output")), np.int64)

    @property
    def scores(self) -> NDArray[np.float64]:
        """The scores that were recorded, without the missing ones."""
        return np.asarray(self.table.column("score").drop_null(), dtype=np.float64)

    @property
    def models(self) -> list[str]:
        """The different models named, in order of first appearance."""
        return [m for m in self.table.column("model").unique().to_pylist() if m is not None]

    def column(self, name: str) -> list[Any]:
        """Return the values of a column: of :data:`SCHEMA`, a parameter, or one kept in ``extra``.

        Dots lead into a value that is an object.

        Raises
        ------
        UnknownName
            No output has it; the error lists the columns that there are.

        Examples
        --------
        >>> warm = {"temperature": 1.0}
        >>> rows = [Record("fig", parameters=warm, extra={"step": step}) for step in (1, 2)]
        >>> s = Samples.from_records(rows)
        >>> s.column("step"), s.column("temperature")
        ([1, 2], [1.0, 1.0])
        """
        if name == "prompt_id":
            return _shared(self.table.column(name))
        if name in SCHEMA.names:
            return list(self.table.column(name).to_pylist())
        held = [self._held(column) for column in _JSON]
        values = [
            next((v for v in (_at(row, name) for row in rows) if v is not None), None)
            for rows in zip(*held, strict=True)
        ]
        if all(value is None for value in values):
            raise UnknownName("column", name, [*SCHEMA.names[:-1], *self.further])
        return values

    @property
    def further(self) -> list[str]:
        """The names of the parameters and further columns, in order of first appearance."""
        return list({name: None for c in _JSON for row in self._held(c) for name in row})

    def _held(self, column: str) -> list[dict[str, Any]]:
        read = msgspec.json.Decoder(dict[str, Any]).decode
        return [read(text) if text else {} for text in self.table.column(column).to_pylist()]

    def take(self, rows: Sequence[int] | NDArray[Any]) -> Samples:
        """Return the given rows (indices, or a boolean mask), in that order."""
        index = np.asarray(rows)
        if index.dtype == bool:  # chunk by chunk: by indices, Arrow joins all chunks first
            return replace(self, table=self.table.filter(pa.array(index)))
        return replace(self, table=self.table.take(pa.array(index.astype(np.int64))))

    def order_by(self, columns: Sequence[str]) -> NDArray[np.int64]:
        """Return the places of the rows in ascending order of some columns, missing ones last."""
        import pyarrow.compute as pc

        keys = [(column, "ascending") for column in columns]
        return np.asarray(pc.sort_indices(self.table, sort_keys=keys)).astype(np.int64)

    @classmethod
    def joined(cls, logs: Sequence[Samples]) -> Samples:
        """Return the rows of several logs as one, in order.

        Examples
        --------
        >>> Samples.joined([Samples.of({"Fruit?": ["fig"]}), Samples.of(["oak"])]).outputs
        ['fig', 'oak']
        """
        return cls(pa.concat_tables([log.table for log in logs]), media=logs[0].media)

    def of_model(self, name: str) -> Samples:
        """Return the outputs of one model.

        Raises
        ------
        UnknownName
            No output names that model; the error lists those that are named.

        Examples
        --------
        >>> both = [Record("fig", "Fruit?", model="a"), Record("kiwi", "Fruit?", model="b")]
        >>> Samples.from_records(both).of_model("b").outputs
        ['kiwi']
        """
        if name not in self.models:
            raise UnknownName("model", name, self.models)
        column = self.table.column("model").to_pylist()
        return self.take(np.array([m == name for m in column]))

    def to_arrow(self) -> pa.Table:
        """Return the rows as an Arrow table.

        Examples
        --------
        >>> Samples.of({"Fruit?": ["fig", "kiwi"]}).to_arrow().column("output").to_pylist()
        ['fig', 'kiwi']
        """
        return self.table

    def to_pandas(self) -> Any:
        """Return the rows as a pandas ``DataFrame``.

        Raises
        ------
        MissingExtra
            Pandas is not installed.
        """
        return self._frame("pandas")

    def to_polars(self) -> Any:
        """Return the rows as a polars ``DataFrame``.

        Raises
        ------
        MissingExtra
            Polars is not installed.
        """
        return self._frame("polars")

    def _frame(self, library: Literal["pandas", "polars"]) -> Any:
        import narwhals

        try:
            return narwhals.from_arrow(self.table, backend=library).to_native()
        except ImportError:
            raise MissingExtra(f"{library} frames", library) from None

    def with_outputs(self, outputs: Sequence[str]) -> Samples:
        """Return the same rows with other output texts."""
        return self._with("output", outputs)

    def with_prompts(self, prompts: Sequence[str | None]) -> Samples:
        """Return the same rows with other prompt texts."""
        return self._with("prompt", prompts)

    def with_prompt_ids(self, ids: Iterable[str]) -> Samples:
        """Return the same rows with other prompt ids."""
        return self._with("prompt_id", list(ids))

    def apart(self, items: Sequence[Sequence[str]]) -> Samples:
        """Return a row for each item of every row, its place there as the sample's index.

        >>> Samples.of({"ann": ["[1, 2]"], "bob": ["[2]"]}).apart([["1", "2"], ["2"]]).outputs
        ['1', '2', '2']
        """
        sizes = [len(row) for row in items]
        rows = self.take(np.repeat(np.arange(len(self)), sizes)).with_outputs(
            [item for row in items for item in row]
        )
        at = SCHEMA.get_field_index("sample_index")
        places = pa.array([place for size in sizes for place in range(size)], pa.int32())
        return replace(rows, table=rows.table.set_column(at, SCHEMA.field(at), places))

    def _with(self, column: str, texts: Sequence[str | None]) -> Samples:
        at = SCHEMA.get_field_index(column)
        values = pa.array(texts, pa.large_string())
        return replace(self, table=self.table.set_column(at, SCHEMA.field(at), values))


def by_prompt(outputs: object) -> dict[str, list[str | None]]:
    """Return the texts of ``{prompt: outputs}``, or of a list of outputs; a missing one is None.

    Raises
    ------
    BadInput
        It is neither.
    """
    if not isinstance(outputs, Mapping):
        return {"": _texts(outputs, "")}
    for prompt in outputs:
        if not isinstance(prompt, str):
            raise BadInput(
                f"a prompt is a text, not {shown(prompt)}: write {{{str(prompt)!r:.60}: [outputs]}}"
            )
    return {str(prompt): _texts(texts, prompt) for prompt, texts in outputs.items()}


def _texts(values: object, prompt: str) -> list[str | None]:
    what = f"the outputs of {prompt!r:.60}" if prompt else "the outputs"
    if isinstance(values, str):
        listed = f"{{{prompt!r:.60}: [{values!r:.60}]}}" if prompt else f"[{values!r:.60}]"
        file = "" if prompt else f", or, where it names a file, fm.read({values!r:.60})"
        raise BadInput(f"{what} are one text, {values!r:.60}: write a list, {listed}{file}")
    for method in ("tolist", "to_pylist", "to_list"):  # of numpy and pandas, Arrow, polars
        if not isinstance(values, type) and hasattr(values, method):
            values = getattr(values, method)()
            break
    if isinstance(values, (bytes, bytearray)) or not isinstance(
        values, (Sequence, Iterator, ValuesView)
    ):
        raise BadInput(f"{what} are {shown(values)}; {_PLAIN}")
    texts: list[str | None] = []
    for value in values:
        if not (missing := is_missing(value)) and not isinstance(value, str):
            raise BadInput(f"{what} hold {shown(value)}, which is no text; {_PLAIN}")
        texts.append(None if missing else str(value))
    return texts


_PLAIN = (
    "give a list of texts, ['fig', 'kiwi'], or a dict of prompts to such lists, "
    "{'A fruit?': ['fig', 'kiwi']}; fm.read takes files, tables and lists of dicts"
)


def is_missing(value: object) -> bool:
    """Tell whether a value stands for none: ``None``, NaN, or what pandas writes for them."""
    if isinstance(value, float):
        return value != value
    return value is None or type(value).__name__ in ("NAType", "NaTType")


def shown(value: object) -> str:
    """Return a value for an error: what it is, and, where it is short, how it is written."""
    kind = type(value)
    place = kind.__module__.partition(".")[0]
    name = kind.__name__ if place == "builtins" else f"{place} {kind.__name__}"
    if value is None or isinstance(value, (str, int, float, bytes, list, tuple, dict, set)):
        return f"{_repr(value)} ({name})"
    return f"a {name}"


def _shared(column: pa.ChunkedArray) -> list[Any]:
    """Return the texts of a column, one object for equal ones."""
    known: dict[Any, Any] = {}
    parts = (column.slice(a, 1 << 16).to_pylist() for a in range(0, len(column), 1 << 16))
    return [known.setdefault(text, text) for part in parts for text in part]


def _decoded(table: pa.Table) -> pa.Table:
    plain = [f.with_type(pa.large_string()) if f.type == _REPEATED else f for f in SCHEMA]
    return table.cast(pa.schema(plain)).combine_chunks()


def _at(values: dict[str, Any], name: str) -> Any:
    """Return a value by its name, or by its path."""
    if name in values:
        return values[name]
    first, dot, rest = name.partition(".")
    inner = values.get(first)
    return _at(inner, rest) if dot and isinstance(inner, dict) else None


class _Building:
    """Rows of a table in the making, which become Arrow batches of 10,000 rows or 16 MB."""

    def __init__(self) -> None:
        self.batches: list[pa.RecordBatch] = []
        self._rows: list[tuple[Any, ...]] = []
        self._columns: list[list[Any]] = [[] for _ in SCHEMA]
        self._counts: dict[str, int] = {}
        self._size = 0

    def add(self, r: Record) -> None:
        """Add one output."""
        pid = r.prompt_id if r.prompt_id is not None else (r.prompt or "")
        count = self._counts.get(pid, 0)
        self._counts[pid] = count + 1
        index = count if r.sample_index is None else r.sample_index
        first = (pid, r.prompt, r.output, r.model, _aware(r.time), r.score, index, *r[7:12])
        self._rows.append((*first, kept_values(r.parameters), r.call_id, kept_values(r.extra)))
        self._size += len(r.output or "") + len(r.prompt or "")
        if len(self._rows) >= _ROWS or self._size > _CHARACTERS:
            self._flush()

    def extend(self, columns: RecordColumns) -> None:
        """Add many outputs."""
        n = len(columns.output)
        fields = columns.fields
        prompts = fields.get("prompt") or [None] * n
        ids = fields.get("prompt_id")
        ids = [p or "" for p in prompts] if ids is None else [
            p or "" if i is None else i for i, p in zip(ids, prompts, strict=True)
        ]  # fmt: skip
        counts, given = self._counts, fields.get("sample_index") or [None] * n
        indices = []
        for pid, index in zip(ids, given, strict=True):
            count = counts.get(pid, 0)
            counts[pid] = count + 1
            indices.append(count if index is None else index)
        made: dict[str, Sequence[Any]] = {
            "parameters": _jsons(columns.parameters, n),
            **fields,
            "prompt_id": ids,
            "output": columns.output,
            "sample_index": indices,
            "source": [columns.source] * n,
            "extra": _jsons(columns.extra, n),
        }
        if "time" in made:
            made["time"] = list(map(_aware, made["time"]))
        if "parameters" in fields:
            made["parameters"] = list(map(kept_values, fields["parameters"]))
        self._move()
        for name, column in zip(SCHEMA.names, self._columns, strict=True):
            column += made.get(name) or [None] * n
        self._size += sum(map(len, columns.output)) + sum(len(p or "") for p in prompts)
        if len(self._columns[0]) >= _ROWS or self._size > _CHARACTERS:
            self._flush()

    def take(self, outputs: Record | RecordColumns) -> None:
        """Add one output, or many."""
        if isinstance(outputs, RecordColumns):
            self.extend(outputs)
        else:
            self.add(outputs)

    def finish(self) -> pa.Table:
        """Return the table of what was added since it was last asked for."""
        self._flush()
        table = pa.Table.from_batches(self.batches, SCHEMA)
        self.batches = []
        return table

    def _move(self) -> None:
        """Move the rows to the columns."""
        if self._rows:
            for column, values in zip(self._columns, zip(*self._rows, strict=True), strict=True):
                column += values
            self._rows = []

    def _flush(self) -> None:
        self._move()
        if self._columns[0]:
            columns, fields = [*self._columns], [*SCHEMA]
            by_text = columns[_PROMPT] == columns[_PROMPT_ID]  # then one column is held for both
            if by_text:
                del columns[_PROMPT], fields[_PROMPT]
            arrays = [_array(c, field) for c, field in zip(columns, fields, strict=True)]
            if by_text:
                arrays.insert(_PROMPT, arrays[_PROMPT_ID])
            self.batches.append(pa.RecordBatch.from_arrays(arrays, schema=SCHEMA))
        self._columns, self._size = [[] for _ in SCHEMA], 0


def _aware(time: datetime | None) -> datetime | None:
    if time is not None and time.tzinfo is None:
        return time.replace(tzinfo=timezone.utc)
    return time


def _array(column: Sequence[Any], field: pa.Field) -> pa.Array:
    if column[0] is None and column.count(None) == len(column):
        return _nothing(field.type, len(column))
    if field.name == "calls":
        column = [
            x and [{k: as_utf8(str(v)) for k, v in call.items()} for call in x] for x in column
        ]
    if field.type not in (pa.large_string(), _REPEATED):
        return pa.array(column, field.type)
    try:
        texts = pa.array(column, pa.large_string())
    except (UnicodeEncodeError, pa.ArrowException, TypeError):
        column = [as_utf8(x if x is None else str(x)) for x in column]
        texts = pa.array(column, pa.large_string())
    return texts.dictionary_encode() if field.type == _REPEATED else texts


@lru_cache(maxsize=64)
def _nothing(kind: pa.DataType, n: int) -> pa.Array:
    """Return a column without values: one for all batches of its size, as most fields are empty."""
    return pa.nulls(n, kind)


def _jsons(columns: Mapping[str, Sequence[Any]], n: int) -> list[str | None]:
    """Write rows of columns as :func:`kept_values` does, at once where all values are short."""
    if not (columns and n):
        return [None] * n
    room, kept, whole = _MOST, {}, True
    for name, column in columns.items():
        kinds = set(map(type, column))
        if not kinds <= _SHORT:
            break
        sizes = [*map(len, column)] if kinds == {str} else _sizes(column)
        if min(sizes) > _LONGEST:
            continue
        if (longest := max(sizes)) > _LONGEST or (room := room - longest - len(name)) < 0:
            break
        kept[name] = column
        whole = whole and min(sizes) > 0
    else:
        if not kept:
            return [None] * n
        rows = [dict(zip(kept, row, strict=True)) for row in zip(*kept.values(), strict=True)]
        if not whole:
            rows = [{k: v for k, v in row.items() if v is not None and v != ""} for row in rows]
        return [_encoded(row).decode() if row else None for row in rows]
    names = list(columns)
    return [
        kept_values(dict(zip(names, row, strict=True)))
        for row in zip(*columns.values(), strict=True)
    ]


def _sizes(column: Sequence[Any]) -> list[int]:
    return [len(v) if type(v) is str else 0 if v is None else 8 for v in column]


def kept_values(values: Mapping[str, Any] | None) -> str | None:
    """Write the short ones of these values as JSON, as many as there is room for."""
    room = _MOST
    kept = {}
    for name, value in (values or {}).items():
        kind = type(value)
        if value is None or value == "" or (kind in (dict, list) and len(value) > _LONGEST):
            continue
        known = len(value) if kind is str else 8 if kind in _NUMBERS else None
        size = len(_encoded(value)) if known is None else known
        if size <= _LONGEST and (room := room - size - len(name)) >= 0:
            kept[name] = value
    return _encoded(kept).decode() if kept else None


def _encoded(value: Any) -> bytes:
    try:
        return _ENCODE(value)
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=False, default=str)
        return msgspec.json.encode(json.loads(as_utf8(text) or ""))
    except (RecursionError, OverflowError):
        return b"{}"


def as_utf8(text: str | None) -> str | None:
    """Arrow holds UTF-8 only: a lone surrogate becomes U+FFFD, as every decoder would write it."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
