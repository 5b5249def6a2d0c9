"""Rows; columns of vectors or bytes are not loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from fullmenu.errors import BadInput
from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Item, Packing, Run
from fullmenu.readers.streams import Opened, seekable
from fullmenu.text.json_values import Object

_ROWS = 1_000
_SHORT = 400  # bytes of a value, on average, up to which a column that is no field is kept


def recognise(file: Opened) -> float:
    """Tell by magic bytes."""
    return 1.0 if file.head.startswith(b"PAR1") else 0.0


def items(file: Opened, log: Ledger) -> Iterator[Item]:
    """Yield each row as an object; line is the number of the row."""
    for number, rows in runs(file, log):
        yield from enumerate(rows, number)


def runs(file: Opened, log: Ledger) -> Iterator[Run]:
    """Yield the rows many at a time."""
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
            for batch in table.iter_batches(_ROWS, columns=names):
                for rows in _rows(batch, log, pa):
                    yield number + 1, rows
                    number += len(rows)
        except UnicodeDecodeError:
            raise BadInput(
                f"{file.name} is not a readable Parquet file: after row {number:,} it holds text "
                "that is not UTF-8. Write it again from where it came from"
            ) from None
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            if isinstance(error, BadInput):
                raise
            said = str(error).split("\n")[0][:200]
            raise BadInput(f"{file.name} is not a readable Parquet file: {said}") from None


def _rows(batch: Any, log: Ledger, pa: Any) -> Iterator[list[Object]]:
    """Turn a batch into objects, 16 rows at first so that unneeded columns are soon left out."""
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
        yield list(cells(part))
        start, step = start + step, _ROWS


def cells(batch: Any) -> Iterator[Object]:
    """Yield the rows of an Arrow record batch as objects."""
    import pyarrow as pa

    columns = [_values(column, pa) for column in batch.columns]
    for values in zip(*columns, strict=True):
        yield dict(zip(batch.schema.names, values, strict=True))


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
