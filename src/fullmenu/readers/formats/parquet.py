"""Rows; columns of vectors or bytes are not loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any

from fullmenu.errors import BadInput
from fullmenu.readers.condition import LEFT_OUT, RowFilter
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import ColumnRun, Item, Packing, Run
from fullmenu.readers.streams import Opened, seekable
from fullmenu.text.json_values import Object

_ROWS = 1_000
_LINE = "\0line"
_SHORT = 400  # bytes of a value, on average, up to which a column that is no field is kept


def recognise(file: Opened) -> float:
    """Tell by magic bytes."""
    return 1.0 if file.head.startswith(b"PAR1") else 0.0


def items(file: Opened, log: Ledger) -> Iterator[Item]:
    """Yield each row as an object; line is the number of the row."""
    for number, rows in runs(file, log):
        yield from enumerate(rows, number)


def runs(file: Opened, log: Ledger) -> Iterator[Run]:
    """Yield the rows many at a time; of a part of a file, those of its row groups."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with seekable(file) as stream:
        number = 0
        try:
            table = pq.ParquetFile(stream)
            names = light(table.schema_arrow)
            twice = [name for name, n in Counter(names).items() if n > 1]
            if twice:
                raise BadInput(f"{file.name} has the column {twice[0]!r} twice")
            sizes = [table.metadata.row_group(i).num_rows for i in range(table.num_row_groups)]
            chosen = [*range(len(sizes))] if file.row_groups is None else file.row_groups
            row_filter: RowFilter | None = log.state.get("row_filter")
            wanted = None if row_filter is None else row_filter.expression(table.schema_arrow)
            asked = _prompt_columns(table, chosen, log) if log.prompts_only else None
            log.stand_ins = asked is not None
            for group in _promising(stream, chosen, sizes, wanted, log):
                number = sum(sizes[:group])
                columns = names if asked is None else asked
                for batch in table.iter_batches(_ROWS, row_groups=[group], columns=columns):
                    lines: Sequence[int] = range(number + 1, number + 1 + batch.num_rows)
                    number += batch.num_rows
                    if wanted is not None:
                        batch, lines = _wanted(batch, wanted, lines, log)
                    if asked is not None:
                        batch, lines = _runs_of_prompts(batch, lines, log)
                    done = 0
                    for rows in _rows(batch, log, pa):
                        at = lines[done : done + len(next(iter(rows.values())))]
                        done += len(at)
                        yield at[0], ColumnRun(rows, at if isinstance(at, list) else None)
        except UnicodeDecodeError:
            raise BadInput(
                f"{file.name} is not a readable Parquet file: after row {number:,} it holds text "
                "that is not UTF-8. Write it again from where it came from"
            ) from None
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            if isinstance(error, BadInput):
                raise
            raise _unreadable(file, error) from None


def row_groups(file: Opened) -> list[tuple[int, int]]:
    """Return the rows and the unpacked bytes of each row group, as the file's end says."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with seekable(file) as stream:
            held = pq.read_metadata(stream)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(file, error) from None
    groups = (held.row_group(i) for i in range(held.num_row_groups))
    return [(group.num_rows, group.total_byte_size) for group in groups]


def _promising(
    stream: Any, chosen: Sequence[int], sizes: Sequence[int], wanted: Any, log: Ledger
) -> Sequence[int]:
    """Return the row groups whose bounds allow for a row that is wanted."""
    if wanted is None:
        return chosen
    import pyarrow.dataset as ds

    fragment = ds.ParquetFileFormat().make_fragment(stream, row_groups=chosen)
    left = {group.id for group in fragment.subset(filter=wanted).row_groups}
    log.skip(LEFT_OUT, sum(sizes[group] for group in chosen if group not in left))
    return [group for group in chosen if group in left]


def _beside(batch: Any, name: str, column: Any) -> Any:
    """Return a batch with one column more."""
    import pyarrow as pa

    schema = batch.schema.append(pa.field(name, column.type))
    return pa.RecordBatch.from_arrays([*batch.columns, column], schema=schema)


def _wanted(batch: Any, wanted: Any, lines: Sequence[int], log: Ledger) -> tuple[Any, list[int]]:
    """Return the rows of a batch that are wanted, and on which lines they are."""
    import pyarrow as pa

    numbered = pa.Table.from_batches([_beside(batch, _LINE, pa.array(lines))])
    kept = numbered.filter(wanted).combine_chunks()
    log.skip(LEFT_OUT, len(lines) - kept.num_rows)
    at = kept.column(_LINE).to_pylist()
    rows = kept.drop_columns([_LINE]).to_batches()
    return (rows[0] if rows else batch.slice(0, 0)), at


def _prompt_columns(table: Any, groups: Sequence[int], log: Ledger) -> list[str] | None:
    """Return the columns that tell the prompts' ids, or ``None`` where the output may tell more."""
    import pyarrow as pa

    schema, full = table.schema_arrow, set(table.schema_arrow.names)
    for group in groups:
        held = table.metadata.row_group(group)
        columns = [held.column(i) for i in range(held.num_columns)]
        full &= {
            column.path_in_schema
            for column in columns
            if column.statistics is not None and column.statistics.null_count == 0
        }
    output = schema.get_field_index(log.fields.get("output", ""))
    if output < 0 or not pa.types.is_string(schema.field(output).type):
        return None
    if "role" in schema.names:
        return None
    by_id, by_text = (log.fields.get(name, "") for name in ("prompt_id", "prompt"))
    tells = {by_id} if by_id in full else {by_text, by_id, "input", "system", "system_prompt"}
    tells |= log.state["row_filter"].roots if "row_filter" in log.state else set()
    if not full.isdisjoint((by_id, by_text)) and log.fields["output"] not in tells:
        return [name for name in schema.names if name in tells]
    return None


def _runs_of_prompts(batch: Any, lines: Sequence[int], log: Ledger) -> tuple[Any, Sequence[int]]:
    """Return the first of rows that follow each other and are equal, and on which lines these are.

    What stands in for its output begins with how many rows it stands for.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    n = batch.num_rows
    try:
        differ = [pc.not_equal(column[1:], column[:-1]).fill_null(True) for column in batch.columns]
        first = [0, *(i + 1 for i in pc.indices_nonzero(reduce(pc.or_, differ)).to_pylist())][:n]
        batch = batch.take(pa.array(first, pa.int32())) if len(first) < n else batch
    except pa.ArrowNotImplementedError:  # of columns of some kinds
        first = [*range(n)]
    lines = [lines[i] for i in first] if len(first) < n else lines
    counts = [f"{end - begin} times" for begin, end in zip(first, [*first[1:], n], strict=True)]
    stand_ins = pa.array(counts, pa.string())
    return _beside(batch, log.fields["output"], stand_ins), lines


def _unreadable(file: Opened, error: Exception) -> BadInput:
    said = str(error).split("\n")[0][:200]
    return BadInput(f"{file.name} is not a readable Parquet file: {said}")


def _rows(batch: Any, log: Ledger, pa: Any) -> Iterator[dict[str, list[Any]]]:
    """Yield the columns of a batch, 16 rows at first so that unneeded ones are soon left out."""
    start, step = 0, 16
    while start < batch.num_rows:
        part = batch.slice(start, step)
        if log.columns is not None:
            short = _SHORT * part.num_rows
            names = [
                field.name
                for field, column in zip(part.schema, part.columns, strict=True)
                if field.name in log.columns
                or not (pa.types.is_nested(field.type) or column.nbytes > short)
            ]
            part = part.select(names)
        if not part.schema.names:
            return
        yield _by_name(part)
        start, step = start + step, _ROWS


def _by_name(batch: Any) -> dict[str, list[Any]]:
    import pyarrow as pa

    return {
        name: _values(column, pa)
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    }


def cells(batch: Any) -> Iterator[Object]:
    """Yield the rows of an Arrow record batch as objects."""
    yield from ColumnRun(_by_name(batch))


def light(schema: Any) -> list[str]:
    """Return the names of an Arrow schema's columns, without those of vectors or bytes."""
    import pyarrow as pa

    return [field.name for field in schema if not _is_heavy(field.type, pa)]


def _values(column: Any, pa: Any) -> list[object]:
    """Return a column's values; dates that Python cannot hold become words, which are no time."""
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        raise
    except (ValueError, OverflowError, LookupError, OSError):  # a date, or a time zone
        if pa.types.is_timestamp(kind):
            column = column.cast(pa.timestamp(column.type.unit, "UTC"))
        return [_value(one) for one in column]


def _value(one: Any) -> object:
    try:
        return one.as_py()
    except UnicodeDecodeError:
        raise
    except (ValueError, OverflowError, LookupError, OSError):
        return f"{getattr(one, 'value', one.type)} (out of range)"


def _is_heavy(kind: Any, pa: Any) -> bool:
    """Embeddings, images and audio, which no field can be."""
    t = pa.types
    if t.is_list(kind) or t.is_large_list(kind) or t.is_fixed_size_list(kind):
        inner = kind.value_type
        return _is_heavy(inner, pa) or (t.is_fixed_size_list(kind) and t.is_floating(inner))
    return bool(t.is_binary(kind) or t.is_large_binary(kind) or t.is_fixed_size_binary(kind))


FORMAT = Packing("parquet", "Parquet", recognise, items, (".parquet", ".pq"), runs)
